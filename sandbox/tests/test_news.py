"""All kinds of webhook: each has an example another client can read; what the world acts out is told as it happens."""

from __future__ import annotations

import asyncio

import httpx
import orjson
import pytest
from tiktok_shop_api import EVENT_TYPES, UnknownWebhookEvent, Webhooks

from sandbox import deliveries
from sandbox.aftersales.rules import SELLER_CANCEL
from sandbox.deliveries import Postman
from sandbox.errors import ControlRefusal
from sandbox.fulfilment.packages import packages_of
from sandbox.fulfilment.parting import join_again
from sandbox.tests.test_webhooks import ADDRESS, deliver, subscribe, waiting
from sandbox.webhooks.examples import example_bodies
from sandbox.webhooks.types import BY_TYPE, KINDS, LEGACY

OURS_ALONE = {LEGACY, 68}  # what the other client has no model for


@pytest.fixture
def heard(tool):
    """Let the app hear everything of every shop."""
    tool.control("app", webhook_url=ADDRESS)
    for region in tool.shops:
        tool.token(region)
    return tool


def bodies(tool):
    return [row["body"] for row in tool.box.store.table("delivery").values()]


def events(tool):
    return {body["type"] for body in bodies(tool)}


def readable(body):
    """Return whether a strict client of another make reads this body."""
    event = Webhooks.parse(orjson.dumps(body))
    return not isinstance(event, UnknownWebhookEvent) or body["type"] in OURS_ALONE


def test_there_are_45_kinds_and_16_of_them_are_subscribed_by_name():
    today = [kind for kind in BY_TYPE.values() if kind.type != LEGACY]
    assert len(today) == 45 and sum(kind.subscribable for kind in today) == 16
    assert set(EVENT_TYPES) <= set(BY_TYPE) and len(KINDS) == len(BY_TYPE)
    assert all(EVENT_TYPES[number] == BY_TYPE[number].event for number in EVENT_TYPES)


def test_every_kind_has_an_example_with_its_fields_that_a_strict_client_reads(tool):
    tool.place(status="AWAITING_COLLECTION")
    seen = {}
    for kind, body in example_bodies(tool.box, tool.shops["US"]["id"]):
        assert set(body["data"]) == set(kind.fields) and kind.owner in body, kind
        assert readable(body), kind
        seen[kind.type] = body
    assert len(seen) == 45
    assert {row["type"] for row in tool.box.store.table("delivery").values()} == set()


@pytest.mark.parametrize("kind", list(BY_TYPE.values()), ids=lambda kind: kind.event)
def test_any_kind_can_be_sent_by_hand(heard, kind):
    row = heard.control("webhooks", type=kind.type, shop="GB")
    assert row["event"] == kind.event and row["body"]["type"] == kind.type
    assert heard.control("webhooks", type=kind.event, shop="GB", data={"extra": 1})["body"]["data"]["extra"] == 1
    assert len(deliver(heard, 200)) == 2


def test_by_hand_nothing_is_sent_to_nobody_and_nonsense_is_refused(tool):
    with pytest.raises(ControlRefusal, match="Nobody listens"):
        tool.control("webhooks", type=1)
    for wrong in ({"type": 900}, {"type": "NO_SUCH"}, {}, {"type": 1, "data": []}):
        with pytest.raises(ControlRefusal):
            tool.control("webhooks", **{"shop": "US", **wrong, "data": wrong.get("data", "x")})


def test_an_order_tells_of_stock_and_status_and_a_sample_of_its_application(heard):
    order_id = heard.place(type="SAMPLE", status="DELIVERED", sku="BDR-01")
    heard.place(shop="ID", status="IN_TRANSIT")
    told = [(body["type"], body["data"]) for body in bodies(heard)]
    stock = [data for number, data in told if number == 68]
    assert [data["change_detail"][0]["trigger_source"] for data in stock] == ["order_created", "order_shipped"]
    assert stock[0]["change_detail"][0]["available_quantity_delta"] == -1
    sku = heard.box.sku(str(stock[0]["sku_id"]))[1]
    assert stock[1]["quantity_snapshot_after_change"]["total_available_quantity"] == sum(sku["available"].values())
    assert stock[1]["quantity_snapshot_after_change"]["total_committed_quantity"] == 0
    samples = [data["new_status"] for number, data in told if number == 56]
    assert samples == ["PENDING", "AWAITING_SHIPMENT", "SHIPPED", "CONTENT_PENDING"]
    assert heard.truth(order_id) == "DELIVERED"
    assert {71} <= events(heard) and all(map(readable, bodies(heard)))


def test_a_buyers_message_is_told_to_customer_service_and_a_creators_to_those_who_listen_for_them(heard):
    message = heard.control("buyers/chat", order_id=heard.place(), text="hello")["message_id"]
    told = {body["type"]: body["data"] for body in bodies(heard) if body["type"] in (13, 14, 33)}
    assert set(told) == {13, 14} and told[14]["message_id"] == message
    assert told[14]["conversation_id"] == told[13]["conversation_id"]
    heard.place(type="SAMPLE", status="AWAITING_SHIPMENT")
    told = {body["type"]: body["data"] for body in bodies(heard)}
    card, application = told[33], told[56]["application_id"]
    assert (card["msg_type"], orjson.loads(card["content"])) == ("FREE_SAMPLE_CARD", {"apply_id": application})
    path = f"/customer_service/202601/conversations/{card['conversation_id']}"
    assert heard.refused("GET", path)[1] == 45101003
    assert all(map(readable, bodies(heard)))


def test_a_shelf_that_runs_low_is_told_once_per_level(heard):
    found = next(sku for row in heard.box.products(heard.shops["US"]["id"]) for sku in row["skus"] if sku["seller_sku"])
    warehouse = heard.shops["US"]["warehouse_id"]
    found["available"][warehouse] = 12
    for _ in range(12):
        heard.place(sku=found["seller_sku"], status="UNPAID")
    levels = [body["data"]["current_inventory_status"] for body in bodies(heard) if body["type"] == 27]
    assert levels == ["LOW_STOCK", "OUT_OF_STOCK"]


def test_a_return_tells_its_request_its_way_back_and_its_money(heard):
    order_id = heard.place(status="DELIVERED")
    return_id = heard.control("buyers/return", order_id=order_id)["return_id"]
    path = f"/return_refund/202309/returns/{return_id}/approve"
    heard.call("POST", path, body={"decision": "APPROVE_RETURN"})
    heard.control("buyers/ship_back", return_id=return_id)
    heard.call("POST", path, body={"decision": "APPROVE_RECEIVED_PACKAGE"})
    heard.advance(hours=3)
    told = [(body["type"], body["data"]) for body in bodies(heard)]
    requests = [data["aftersales_request_status"] for number, data in told if number == 64]
    assert requests == ["PENDING_REQUEST_REVIEW", "REQUEST_REVIEW_COMPLETED"]
    ways = [data["rma_status"] for number, data in told if number == 65]
    assert ways == ["INIT", "AWAITING_BUYER_SHIPPED", "RETURN_IN_TRANSIT", "PACKAGE_REVIEW_COMPLETED"]
    (money,) = [data for number, data in told if number == 67]
    total = heard.box.store.table("return")[return_id]["refund_amount"]["refund_total"]
    assert (money["refund_total"], money["line_items"][0]["main_order_id"]) == (total, order_id)
    assert all(map(readable, bodies(heard)))


def test_an_order_that_is_shipped_in_part_is_told_when_all_of_it_is(heard):
    order_id = heard.place(sku="BDR-01", quantity=2)
    lines = [line["id"] for line in heard.order(order_id)["line_items"]]
    body = {"splittable_groups": [{"id": "1", "order_line_item_ids": lines[:1]}]}
    made = heard.call("POST", f"/fulfillment/202309/orders/{order_id}/split", body=body)["packages"]
    for package in made:
        heard.call("POST", f"/fulfillment/202309/packages/{package['id']}/ship", body={})
        assert heard.truth(order_id) == ("AWAITING_COLLECTION" if package is made[-1] else "PARTIALLY_SHIPPING")
    told = [body["data"]["order_status"] for body in bodies(heard) if body["type"] == 1]
    assert told[-2:] == ["AWAITING_SHIPMENT", "AWAITING_COLLECTION"]


def test_packages_tell_how_they_were_parted_and_joined(heard):
    kinds = lambda: [body["data"]["sc_type"] for body in bodies(heard) if body["type"] == 4]  # noqa: E731
    order_id = heard.place(sku="BDR-01", quantity=3)
    lines = [line["id"] for line in heard.order(order_id)["line_items"]]
    groups = [{"id": "1", "order_line_item_ids": lines[:1]}]
    heard.call("POST", f"/fulfillment/202309/orders/{order_id}/split", body={"splittable_groups": groups})
    whole = join_again(heard.box, heard.box.book.orders[order_id])
    assert kinds() == ["SPLIT", "CANCEL_SPLIT"] and sorted(whole["lines"]) == sorted(lines)
    cancel = {"order_id": order_id, "cancel_reason": next(iter(SELLER_CANCEL)), "order_line_item_ids": lines[:1]}
    heard.call("POST", "/return_refund/202309/cancellations", body=cancel)
    assert kinds()[2:] == ["PARTLY_CANCEL_SPLIT"]
    pair = [heard.place(buyer="ann", sku="BDR-01") for _ in range(2)]
    found = heard.call("GET", "/fulfillment/202309/combinable_packages/search", query={"page_size": 10})
    heard.call(
        "POST", "/fulfillment/202309/packages/combine", body={"combinable_packages": found["combinable_packages"]}
    )
    heard.control("buyers/address", order_id=pair[0], address={"address_line1": "5 New Street"})
    assert kinds()[3:] == ["COMBINE", "ADDRESS_UPDATE_SPLIT"]
    packages = [packages_of(heard.box, heard.box.book.orders[key]) for key in pair]
    assert [[row["orders"] for row in rows if row["status"] != "CANCELLED"] for rows in packages] == [
        [[pair[0]]], [[pair[1]]],
    ]  # fmt: skip
    assert all(map(readable, bodies(heard)))


def test_what_a_seller_does_to_his_goods_is_told_and_true(heard):
    made = heard.control("sellers/goods", shop="US", deed="list")
    row = heard.box.store.table("product")[made["product_id"]]
    assert row["status"] == "PENDING"
    heard.advance(seconds=700)
    assert row["status"] == "ACTIVATE"
    off = heard.control("sellers/goods", shop="US", deed="variant", product_id=row["id"])
    shown = heard.call("GET", f"/product/202309/products/{row['id']}")
    assert shown["skus"][-1]["status_info"]["status"] == off["status"] == "DEACTIVATED"
    heard.control("sellers/goods", shop="US", deed="category", product_id=row["id"])
    heard.control("sellers/goods", shop="US", deed="discount", product_id=row["id"])
    heard.advance(days=1.1)
    told = [(body["type"], body["data"]) for body in bodies(heard) if body["type"] != 27]
    assert [number for number, _ in told] == [16, 37, 37, 5, 50, 18, 63, 39, 39]
    assert [data["status"] for number, data in told if number == 39] == ["ONGOING", "EXPIRED"]
    assert [data["audit"]["status"] for number, data in told if number == 37] == ["AUDITING", "APPROVED"]
    assert all(map(readable, bodies(heard)))
    for wrong in ({"deed": "sell"}, {"deed": "list", "product_id": "1"}):
        with pytest.raises(ControlRefusal):
            heard.control("sellers/goods", shop="US", **wrong)


def test_the_seller_takes_his_consent_back_and_is_warned_before_it_ends(heard):
    heard.advance(days=336)
    assert 7 in events(heard)
    heard.control("sellers/revoke", shop="US")
    last = bodies(heard)[-1]
    assert (last["type"], last["shop_id"]) == (6, heard.shops["US"]["id"])
    assert not any(heard.shops["US"]["id"] in grant["shops"] for grant in heard.box.store.table("grant").values())


def test_a_subscription_of_a_shop_goes_before_the_address_of_the_app(heard):
    subscribe(heard, address="http://127.0.0.1:9/own")
    heard.place(status="UNPAID")
    heard.place(shop="GB", status="UNPAID")
    to = {(row["event"], row["address"]) for row in waiting(heard) if row["event"] == "ORDER_STATUS_CHANGE"}
    assert {address for _, address in to} == {"http://127.0.0.1:9/own", ADDRESS}


def test_no_answer_in_time_is_a_failure(heard, monkeypatch):
    monkeypatch.setattr(deliveries, "PATIENCE", 0.2)
    heard.control("webhooks", type=1, shop="US")

    async def late(request):
        await asyncio.sleep(1)
        return httpx.Response(200)

    async def run():
        postman = Postman(heard.box)
        await postman.client.aclose()
        postman.client = httpx.AsyncClient(transport=httpx.MockTransport(late))
        postman.look()
        await asyncio.gather(*list(postman.tasks))
        await postman.close()

    asyncio.run(run())
    (row,) = waiting(heard)
    assert (row["attempts"], row["answer"]) == (1, "TimeoutError")
    assert row["due"] == pytest.approx(heard.box.clock.now() + 120, abs=1)


def test_the_list_of_deliveries_tells_what_was_sent_answered_and_dropped(heard):
    heard.control("webhooks", type=1, shop="US")
    deliver(heard, 200)
    heard.control("webhooks", type=3, shop="US")
    for delay in (0, 121, 1801, 10801, 43201):
        heard.advance(seconds=delay)
        deliver(heard, 500)
    heard.control("webhooks", type=5, shop="GB")
    listed = heard.read("deliveries")
    assert listed["counts"] == {"WAITING": 1, "DELIVERED": 1, "GIVEN_UP": 1, "LOST": 0}
    assert [(row["event"], row["state"], row["attempts"], row["answer"]) for row in listed["deliveries"]] == [
        ("PRODUCT_STATUS_CHANGE", "WAITING", 0, ""),
        ("RECIPIENT_ADDRESS_UPDATE", "GIVEN_UP", 5, "500"),
        ("ORDER_STATUS_CHANGE", "DELIVERED", 1, "200"),
    ]
    assert len(heard.read("deliveries", state="given_up")["deliveries"]) == 1
    assert len(heard.read("deliveries", type="5", limit="1")["deliveries"]) == 1
    for wrong in ({"state": "ODD"}, {"limit": "many"}, {"type": "77"}):
        with pytest.raises(ControlRefusal):
            heard.read("deliveries", **wrong)
    assert len(heard.read("webhooks")["webhooks"]) == 46
