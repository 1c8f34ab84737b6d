from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shundan.core.actors import PLATFORM
from shundan.core.moves import OrderMove as M
from shundan.ground.journal.models import Entry, Erasable
from shundan.stages.orders.actions import HoldDraft, move_orders, open_hold, open_stop
from shundan.stages.orders.models import Note, Order
from shundan.stages.orders.tests.made import T0, facts, later, line, make_shop, store
from shundan.stages.stock.tests.made import expect, listing, reserve, review, store_listing

pytestmark = pytest.mark.django_db
ORDER = "/orders/7490000000000000001/577000000000000001/"


def text(answer) -> str:
    assert answer.status_code in (200, 422), answer.content[:400]
    return answer.content.decode()


@pytest.fixture
def order() -> Order:
    shop = make_shop()
    store_listing(shop, listing(stock=10))
    [order] = store(shop, facts(lines=(line(quantity=2),), buyer_note="Ring twice"))
    expect()
    review()
    reserve()
    return Order.objects.get(pk=order.pk)


def test_the_list_shows_orders_by_view_and_hides_money_from_packers(owner, packer, order):
    page = text(owner.get("/orders/"))
    assert "000 001" in page
    assert "$39.80" in page
    assert "emma" in page
    assert "000 001" not in text(owner.get("/orders/?state=HELD"))
    hidden = text(packer.get("/orders/"))
    assert "000 001" in hidden
    assert "$39.80" not in hidden
    assert ">emma<" not in hidden


def test_a_page_of_fifty_orders_costs_as_many_queries_as_a_page_of_one(owner, order):
    cache.clear()  # the counts beside the navigation are kept for seconds: both pages shall count them
    with CaptureQueriesContext(connection) as few:
        owner.get("/orders/")
    store(order.shop, *(facts(f"5770000000000{n:05d}", buyer_id=f"b{n}") for n in range(50)))
    cache.clear()
    with CaptureQueriesContext(connection) as many:
        owner.get("/orders/")
    assert len(many) == len(few)


def test_an_order_tells_by_which_delivery_option_it_goes(owner, order):
    assert "Same day" not in text(owner.get(ORDER))
    Order.objects.filter(pk=order.pk).update(delivery_option="Same day")
    assert "· Same day</span>" in text(owner.get(ORDER))


def test_checks_that_merely_passed_are_folded_into_their_number(owner, order):
    open_part, folded = text(owner.get(ORDER)).split("checks passed</summary>")
    assert ">passed</time>" not in open_part
    assert folded.split("</details>")[0].count(">passed</time>") > 1


def test_an_order_page_tells_where_it_is_and_why(owner, order):
    page = text(owner.get(ORDER))
    for words in ("577000000000", "Reserved", "Travel cup", "CUP-1", "Ring twice", "Why it is so", "Journal", "$39.80"):
        assert words in page
    assert "12 Rose Street" not in page
    assert "E*** S***" in page


def test_the_drawer_gets_the_same_order_without_the_page_around_it(owner, order):
    page = text(owner.get(ORDER, headers={"HX-Request": "true", "HX-Target": "drawer"}))
    assert "<html" not in page
    assert "Travel cup" in page


def test_a_look_at_the_buyer_needs_a_reason_and_is_journaled(owner, packer, order):
    assert "12 Rose Street" in text(owner.post(f"{ORDER}look/", {"why": "the label is torn"}))
    entry = Entry.objects.get(verb="look_at_buyer")
    assert Erasable.objects.get(entry=entry).values == {"why": "the label is torn"}
    assert owner.post(f"{ORDER}look/", {"why": " "}).status_code == 422
    assert packer.post(f"{ORDER}look/", {"why": "curious"}).status_code == 403
    assert Entry.objects.filter(verb="look_at_buyer").count() == 1


def test_holding_and_ending_a_hold_by_hand(clerk, order):
    clerk.post(f"{ORDER}hold/", {"why": "ask the boss"})
    assert Order.objects.get().order_state == "HELD"
    page = text(clerk.get(ORDER))
    assert "ask the boss" in page
    hold = order.holds.get()
    clerk.post(f"{ORDER}unhold/", {"hold": hold.pk})
    assert Order.objects.get().order_state == "RECEIVED"


def test_a_refusal_comes_back_as_a_sentence_and_changes_nothing(clerk, order):
    answer = clerk.post(f"{ORDER}hold/", {"why": " "}, follow=True)
    assert "A hold needs its reason." in answer.content.decode()
    assert Order.objects.get().order_state == "RESERVED"


def test_a_stop_is_shown_and_lifted(clerk, order):
    move_orders([(order.pk, M.PLAN)], by=PLATFORM, at=T0)
    open_stop(order.pk, "address_changed", by=PLATFORM, now=T0)
    assert "Nothing of it may leave" in text(clerk.get(ORDER))
    clerk.post(f"{ORDER}let-go/", {"stop": order.stops.get().pk})
    assert order.stops.get().outcome == "fixed"


def test_an_address_correction_frees_the_order_and_keeps_both_values(clerk, order):
    open_hold(order.pk, HoldDraft("address", facts={"absent": ["postal_code"]}), by=PLATFORM, now=T0)
    clerk.post(f"{ORDER}address/", {"postal_code": "94110", "lines": "9 Elm Street\nFlat 2"})
    assert Order.objects.get().order_state == "RECEIVED"
    assert (order.address.postal_code, order.address.lines) == ("94110", ["9 Elm Street", "Flat 2"])
    values = Erasable.objects.get(entry__verb="change_address").values
    assert (values["old_postal_code"], values["new_postal_code"]) == ("90001", "94110")


def test_a_viewer_reads_and_cannot_act(viewer, order):
    assert text(viewer.get(ORDER))
    for act in ("hold", "waive", "cancel", "address", "adopt", "look"):
        assert viewer.post(f"{ORDER}{act}/", {"why": "x"}).status_code == 403
    assert Order.objects.get().order_state == "RESERVED"


def test_a_note_stands_beside_the_order(clerk, order):
    clerk.post(f"{ORDER}note/", {"text": "Called the buyer"})
    assert Note.objects.get().text == "Called the buyer"
    assert "Called the buyer" in text(clerk.get(ORDER))


def test_an_order_of_another_shop_is_not_there(owner, order):
    assert owner.get("/orders/7490000000000000009/577000000000000001/").status_code == 404


def test_many_orders_are_held_and_checked_again_at_once(owner, order):
    answer = owner.post("/orders/many/hold/", {"row": [order.pk], "why": "stocktaking"}, follow=True)
    assert "1 order done" in answer.content.decode()
    assert Order.objects.get().order_state == "HELD"
    answer = owner.post("/orders/many/again/", {"row": [order.pk]}, follow=True)
    assert "1 order does not allow it" in answer.content.decode()


def test_every_state_draws_its_page_in_both_languages(owner, order):
    for number, status in enumerate(
        ("ON_HOLD", "AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED", "CANCELLED")
    ):
        one = facts(f"57700000000000010{number}", status=status)
        store(order.shop, one)
        store(order.shop, later(one, buyer_note="changed"))
        for language in ("en", "zh-hans"):
            page = text(
                owner.get(f"/orders/7490000000000000001/{one.order_id}/", headers={"Accept-Language": language})
            )
            assert one.order_id[-6:] in page
            assert "style=" not in page


def test_a_watched_order_is_adopted_by_a_person(clerk, order):
    one = facts("577000000000000200", status="AWAITING_COLLECTION")
    [watched] = store(order.shop, one)
    assert "Adopt" in text(clerk.get(f"/orders/7490000000000000001/{one.order_id}/"))
    clerk.post(f"/orders/7490000000000000001/{one.order_id}/adopt/")
    assert Order.objects.get(pk=watched.pk).order_state == "FULFILLING"
