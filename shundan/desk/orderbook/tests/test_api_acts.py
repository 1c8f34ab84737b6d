"""Programs do at an order what people do on its page."""

from __future__ import annotations

import pytest

from shundan.core.moves import OrderMove as M
from shundan.edges.outbox.models import Call
from shundan.stages.orders.actions import move_orders, open_stop
from shundan.stages.orders.models import Order, Stop
from shundan.stages.orders.tests.made import CLERK, T0, facts, line, make_shop, store
from shundan.stages.stock.models import Item
from shundan.stages.stock.tests.made import listing, review, store_listing

pytestmark = pytest.mark.django_db
ORDERS = "/api/v1/orders"
ONE = f"{ORDERS}/7490000000000000001/577000000000000001"


def post(client, address: str, **body):
    return client.post(address, body, content_type="application/json")


@pytest.fixture
def shop():
    return make_shop()


def test_orders_are_listed_by_cursor_newest_placed_first(clerk, shop):
    store(shop, *(facts(f"5770000000000{n:05d}", buyer_id=f"b{n}") for n in range(5)))
    first = clerk.get(f"{ORDERS}?limit=3").json()
    second = clerk.get(f"{ORDERS}?limit=3&after={first['next']}").json()
    ids = [row["order_id"][-1] for row in (*first["items"], *second["items"])]
    assert ids == ["4", "3", "2", "1", "0"]
    assert second["next"] is None
    assert (first["items"][0]["state"], first["items"][0]["platform_status"]) == ("RECEIVED", "AWAITING_SHIPMENT")
    assert clerk.get(f"{ORDERS}?limit=0").status_code == 422


def test_a_price_hold_is_approved_with_a_reason(clerk, shop):
    store_listing(shop, listing(stock=9))
    store(shop, facts(lines=(line(price=100),)))
    review()
    assert clerk.get(ONE).json()["holds"][0]["kind"] == "price"
    assert post(clerk, f"{ONE}/approve", why="").json()["error"]["code"] == "refused"
    assert post(clerk, f"{ONE}/approve", why="flash sale").json()["state"] == "RECEIVED"
    assert review() == 1


def test_an_unknown_sku_is_linked_and_cannot_be_approved_away(clerk, shop):
    Item.objects.create(sku="CUP-9", created_at=T0)
    store(shop, facts())
    review()
    answer = post(clerk, f"{ONE}/approve", why="please")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "never_waived")
    linked = post(clerk, f"{ONE}/link-sku", sku_id="1729000000000000001", item="CUP-9")
    assert linked.json()["state"] == "RECEIVED"


def test_cancelling_queues_one_call_and_stops_what_has_parcels(clerk, shop):
    [order] = store(shop, facts())
    for move in (M.APPROVE, M.RESERVE, M.PLAN):
        move_orders([(order.pk, move)], by=CLERK, at=T0)
    assert post(clerk, f"{ONE}/cancel", reason="because").status_code == 422
    assert not Call.objects.exists()
    assert post(clerk, f"{ONE}/cancel", reason="seller_cancel_reason_out_of_stock").json()["cancel"] == "asked"
    assert post(clerk, f"{ONE}/cancel", reason="seller_cancel_reason_out_of_stock").status_code == 409
    assert (Call.objects.count(), Stop.objects.get().kind) == (1, "cancelling")
    assert Order.objects.get().order_state == "FULFILLING"


def test_a_stop_is_lifted_once_and_only_at_its_own_order(clerk, shop):
    [order, other] = store(shop, facts(), facts("577000000000000002", buyer_id="b2"))
    for move in (M.APPROVE, M.RESERVE, M.PLAN):
        move_orders([(order.pk, move), (other.pk, move)], by=CLERK, at=T0)
    open_stop(order.pk, "by_hand", by=CLERK, now=T0)
    open_stop(other.pk, "by_hand", by=CLERK, now=T0)
    theirs = Stop.objects.get(order=other)
    assert post(clerk, f"{ONE}/let-go", stop=theirs.pk).status_code == 422
    ours = Stop.objects.get(order=order)
    assert post(clerk, f"{ONE}/let-go", stop=ours.pk).status_code == 200
    assert post(clerk, f"{ONE}/let-go", stop=ours.pk).status_code == 409
    assert Stop.objects.get(order=other).closed_at is None


def test_a_viewer_reads_and_changes_nothing(viewer, shop):
    store(shop, facts())
    told = viewer.get(ONE).json()
    assert (told["payment"], "total_minor" in told) == (None, False)
    for act, body in (("hold", {"why": "x"}), ("approve", {"why": "x"}), ("cancel", {"reason": "x"})):
        assert post(viewer, f"{ONE}/{act}", **body).status_code == 403
    assert Order.objects.get().order_state == "RECEIVED"
