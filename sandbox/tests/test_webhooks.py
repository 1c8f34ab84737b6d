"""Webhooks: who gets them, how they are signed, and when they are tried again."""

from __future__ import annotations

import asyncio

import httpx
import orjson
import pytest

from sandbox.deliveries import Postman
from sandbox.signing import webhook_signature

ADDRESS = "http://127.0.0.1:9/hook"


def subscribe(tool, event="ORDER_STATUS_CHANGE", address=ADDRESS):
    tool.token("US")
    tool.call("PUT", "/event/202309/webhooks", body={"event_type": event, "address": address})


def deliver(tool, answer):
    """Run the postman until nothing is due; return the requests he made."""
    made: list[httpx.Request] = []

    def receive(request):
        made.append(request)
        result = answer(len(made)) if callable(answer) else answer
        if isinstance(result, Exception):
            raise result
        return httpx.Response(result)

    async def run():
        postman = Postman(tool.box)
        await postman.client.aclose()
        postman.client = httpx.AsyncClient(transport=httpx.MockTransport(receive))
        postman.look()
        while postman.tasks:
            await asyncio.gather(*list(postman.tasks))
            postman.look()
        await postman.close()

    asyncio.run(run())
    return made


def waiting(tool):
    return [row for row in tool.box.store.table("delivery").values() if row["state"] == "WAITING"]


def test_subscriptions_are_listed_replaced_and_deleted(tool):
    subscribe(tool)
    subscribe(tool, address="http://127.0.0.1:9/other")
    listed = tool.call("GET", "/event/202309/webhooks")
    assert listed["total_count"] == 1 and listed["webhooks"][0]["address"] == "http://127.0.0.1:9/other"
    for _ in range(2):
        tool.call("DELETE", "/event/202309/webhooks", body={"event_type": "ORDER_STATUS_CHANGE"})
    assert tool.call("GET", "/event/202309/webhooks") == {"webhooks": [], "total_count": 0}


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/x", "nonsense", "http://" + "a" * 260])
def test_an_address_that_cannot_be_posted_to_is_refused(tool, address):
    assert (
        tool.refused("PUT", "/event/202309/webhooks", body={"event_type": "ORDER_STATUS_CHANGE", "address": address})[1]
        == 36009004
    )


def test_each_status_is_told_once_signed_and_under_its_own_number(tool):
    subscribe(tool)
    order_id = tool.place(status="AWAITING_COLLECTION")
    made = deliver(tool, 200)
    bodies = [orjson.loads(request.content) for request in made]
    assert sorted(body["data"]["order_status"] for body in bodies) == [
        "AWAITING_COLLECTION",
        "AWAITING_SHIPMENT",
        "UNPAID",
    ]
    assert len({body["tts_notification_id"] for body in bodies}) == 3
    assert all(
        body["data"]["order_id"] == order_id and body["type"] == 1 and body["shop_id"] == tool.shops["US"]["id"]
        for body in bodies
    )
    app = tool.box.app
    assert all(
        request.headers["authorization"] == webhook_signature(app["app_key"], app["app_secret"], request.content)
        for request in made
    )
    assert waiting(tool) == []


def test_only_subscribed_events_are_queued_unless_the_app_has_an_address(tool):
    tool.place()
    assert waiting(tool) == []
    tool.control("app", webhook_url=ADDRESS)
    tool.token("GB")
    tool.place(shop="GB")
    assert [row["event"] for row in waiting(tool)] == ["INVENTORY_CHANGED", *["ORDER_STATUS_CHANGE"] * 2]


def test_a_shop_that_no_app_is_authorised_for_tells_nothing(tool):
    tool.control("app", webhook_url=ADDRESS)
    tool.place(shop="ID")
    assert waiting(tool) == []


def test_a_failed_delivery_is_tried_four_more_times_on_schedule(tool):
    subscribe(tool)
    tool.place(status="UNPAID")
    assert len(deliver(tool, 500)) == 1
    for delay in (120, 1800, 10800, 43200):
        tool.advance(seconds=delay - 2)
        assert deliver(tool, 500) == []
        tool.advance(seconds=3)
        assert len(deliver(tool, 503)) == 1
    tool.advance(hours=1)
    assert deliver(tool, 500) == [] and waiting(tool) == []


def test_a_retry_repeats_the_same_body_and_ends_with_success(tool):
    subscribe(tool)
    tool.place(status="UNPAID")
    first = deliver(tool, httpx.ConnectError("down"))
    tool.advance(seconds=121)
    second = deliver(tool, 200)
    assert first[0].content == second[0].content and waiting(tool) == []


def test_a_401_counts_as_an_answer(tool):
    subscribe(tool)
    tool.place(status="UNPAID")
    deliver(tool, 401)
    assert waiting(tool) == []


def test_dropped_webhooks_never_arrive_and_duplicates_arrive_twice(tool):
    subscribe(tool)
    tool.control("faults", webhooks={"drop": 1.0})
    tool.place(status="UNPAID")
    assert deliver(tool, 200) == []
    tool.control("faults", webhooks={"duplicate": 1.0})
    tool.place(status="UNPAID")
    made = deliver(tool, 200)
    assert len(made) == 2 and made[0].content == made[1].content


def test_cancellations_returns_messages_and_addresses_are_told_with_their_types(tool):
    tool.token("US")
    tool.control("app", webhook_url=ADDRESS)
    order_id, other = tool.place(), tool.place(status="DELIVERED")
    tool.control("buyers/address", order_id=order_id, address={"address_line1": "5 New Street"})
    tool.control("buyers/cancel", order_id=order_id)
    tool.control("buyers/return", order_id=other)
    tool.control("buyers/chat", order_id=order_id, text="hello")
    types = [orjson.loads(request.content)["type"] for request in deliver(tool, 200)]
    assert {1, 3, 11, 12, 13, 14} <= set(types)
    assert tool.order(order_id)["recipient_address"]["address_line1"] == "5 New Street"
