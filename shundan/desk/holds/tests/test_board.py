from __future__ import annotations

import pytest

from shundan.core.actors import step
from shundan.edges.outbox.models import Call
from shundan.stages.orders.models import Hold, Order, Waiver
from shundan.stages.orders.tests.made import T0, facts, later, line, make_shop, store
from shundan.stages.review.actions import apply_cancel_answers
from shundan.stages.stock.models import Item, Listing
from shundan.stages.stock.tests.made import expect, level, listing, reserve, review, store_listing

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    assert answer.status_code == 200, answer.content[:400]
    return answer.content.decode()


@pytest.fixture
def shop():
    return make_shop()


def held(shop, **more) -> Hold:
    store(shop, facts(**more))
    review()
    return Hold.objects.filter(closed_at=None).latest("pk")


def test_an_empty_board_says_so(clerk):
    assert "Nothing waits" in text(clerk.get("/holds/"))


def test_holds_stand_in_groups_with_the_chosen_one_beside(clerk, shop):
    store_listing(shop, listing(stock=0))
    store(
        shop,
        facts("577000000000000001"),
        facts("577000000000000002", buyer_id="b2"),
        facts(
            "577000000000000003", buyer_id="b3", lines=(line("1729000000000000007", quantity=1, seller_sku="LAMP-7"),)
        ),
    )
    review()
    page = text(clerk.get("/holds/"))
    assert "Out of stock" in page
    assert "SKU not linked" in page
    assert "CUP-1 lacks 1" in page
    assert "000 003" not in text(clerk.get("/holds/?waits=stock"))


def test_linking_a_sku_frees_its_order(clerk, shop):
    Item.objects.create(sku="CUP-9", created_at=T0)
    hold = held(shop)
    assert hold.kind == "unknown_sku"
    clerk.post(f"/holds/{hold.pk}/settle/", {"choice": "link", "sku_id": "1729000000000000001", "item": "CUP-9"})
    assert Order.objects.get().order_state == "RECEIVED"
    assert Listing.objects.get().item.sku == "CUP-9"


def test_a_wrong_item_is_refused_and_the_hold_stays(clerk, shop):
    hold = held(shop)
    answer = clerk.post(
        f"/holds/{hold.pk}/settle/", {"choice": "link", "sku_id": "1729000000000000001", "item": "NO"}, follow=True
    )
    assert "There is no item NO." in text(answer)
    assert Order.objects.get().order_state == "HELD"


def test_a_waiver_lets_a_low_price_pass_until_the_price_changes(clerk, shop):
    store_listing(shop, listing(stock=9, price=1990))
    one = facts(lines=(line(price=199),))
    hold = held(shop, lines=one.lines)
    assert hold.kind == "price"
    clerk.post(f"/holds/{hold.pk}/settle/", {"choice": "waive", "why": "flash sale"})
    assert Waiver.objects.get().why == "flash sale"
    assert review() == 1
    store(shop, later(facts("577000000000000002", buyer_id="b2", lines=(line(price=100),))))
    assert review() == 0


def test_a_waiver_needs_a_reason_and_missing_stock_cannot_be_waived(clerk, shop):
    store_listing(shop, listing(stock=0))
    hold = held(shop)
    answer = clerk.post(f"/holds/{hold.pk}/settle/", {"choice": "waive", "why": "please"}, follow=True)
    assert "Choose how this hold ends." in text(answer)
    assert Hold.objects.get().closed_at is None


def test_cancelling_asks_the_platform_once_and_nothing_leaves_meanwhile(clerk, shop):
    item = store_listing(shop, listing(stock=9))
    [order] = store(shop, facts(lines=(line(quantity=20, price=1990),)))
    review()
    hold = Hold.objects.get(kind="quantity")
    reason = "seller_cancel_reason_wrong_price"
    clerk.post(f"/holds/{hold.pk}/settle/", {"choice": "cancel", "reason": reason})
    clerk.post(f"/holds/{hold.pk}/settle/", {"choice": "cancel", "reason": reason})
    call = Call.objects.get()
    assert call.request == {"order_id": order.order_id, "cancel_reason": reason}
    assert Hold.objects.filter(kind="cancelling", closed_at=None).exists()
    Call.objects.update(call_state="FAILED", error_code="25001011", error="not allowed")
    apply_cancel_answers([Call.objects.get()], by=step("test"), now=T0)
    assert set(Hold.objects.filter(closed_at=None).values_list("kind", flat=True)) >= {"cancel_refused", "quantity"}
    assert Order.objects.get().order_state == "HELD"
    assert Call.objects.get().call_state == "APPLIED"
    expect()
    assert level(item) == (9, 0, 20)


def test_a_packer_sees_the_board_and_cannot_settle(packer, shop):
    hold = held(shop)
    assert text(packer.get("/holds/"))
    assert packer.post(f"/holds/{hold.pk}/settle/", {"choice": "again"}).status_code == 403
    assert Hold.objects.get().closed_at is None


def test_programs_read_and_settle_holds(clerk, shop):
    store_listing(shop, listing(stock=9))
    hold = held(shop, lines=(line(price=199),))
    told = clerk.get("/api/v1/holds").json()
    assert [(row["kind"], row["choices"]) for row in told["items"]] == [("price", ["waive", "again", "cancel"])]
    answer = clerk.post(
        f"/api/v1/holds/{hold.pk}/settle", {"choice": "waive", "why": "agreed"}, content_type="application/json"
    )
    assert answer.json()["state"] == "RECEIVED"
    assert (review(), reserve()) == (1, 1)
