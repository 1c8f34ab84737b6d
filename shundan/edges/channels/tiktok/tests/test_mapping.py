from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shundan.core.facts import OrderType
from shundan.core.states import FulfilledBy
from shundan.edges.channels.tiktok import mapping
from shundan.edges.channels.tiktok.mapping.parcels import event_word

FIXTURES = Path(__file__).parent.parent / "fixtures"


def told(name: str, **changes: Any) -> dict[str, Any]:
    return json.loads((FIXTURES / f"{name}.json").read_text()) | changes


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def test_units_of_one_sku_and_price_become_one_line_and_a_gift_stands_apart() -> None:
    lines = mapping.map_order(told("order_units_and_gift")).lines
    assert [(line.sku_id, line.quantity, line.cancelled, line.is_gift) for line in lines] == [
        ("S1", 2, 1, False), ("S1", 1, 0, True), ("S2", 1, 0, False),
    ]  # fmt: skip
    assert lines[0].channel_line_ids == ("11", "12")
    assert (lines[0].unit_price_minor, lines[0].list_price_minor) == (1899, 2099)
    assert (lines[0].platform_discount_minor, lines[0].seller_discount_minor, lines[0].tax_minor) == (200, 400, 150)
    assert (lines[0].cancel_by, lines[0].cancel_reason) == ("BUYER", "No longer needed")


def test_an_order_tells_who_where_when_and_how_much() -> None:
    facts = mapping.map_order(told("order_units_and_gift"))
    assert (facts.order_id, facts.platform_status, facts.order_type) == (
        "576461413038785752", "AWAITING_SHIPMENT", OrderType.NORMAL,
    )  # fmt: skip
    assert (facts.placed_at, facts.paid_at, facts.updated_at) == (at(1763800000), at(1763800300), at(1763804000))
    assert (facts.payment.currency, facts.payment.total_minor, facts.payment.tax_minor, facts.payment.method) == (
        "USD", 4613, 317, "Card",
    )  # fmt: skip
    assert (facts.buyer_id, facts.buyer_nickname, facts.buyer_note) == ("7494123", "lamp_lover", "Please no bag")
    assert (facts.package_ids, facts.shipping_by_platform, facts.unknown) == (("1156000000000000001",), True, ())
    address = facts.address
    assert (address.state, address.city, address.district, address.postal_code) == (
        "Oregon",
        "Eugene",
        "Lane County",
        "97401",
    )
    assert (address.lines, address.masked) == (("48 Kingfisher Ave", "Apt 15"), False)


@pytest.mark.parametrize(("level", "fast"), [(None, False), (100, True), (400, True), (500, False), (600, False)])
def test_instant_same_day_and_next_day_orders_are_fast(level: int | None, fast: bool) -> None:
    changes = {} if level is None else {"fulfillment_priority_level": level}
    assert mapping.map_order(told("order_units_and_gift", **changes)).is_fast is fast


@pytest.mark.parametrize(
    ("status", "cancelled_at"),
    [("AWAITING_SHIPMENT", 1764200000), ("PARTIALLY_SHIPPING", 1764200000), ("AWAITING_COLLECTION", 1764300000),
     ("UNPAID", 1764100000), ("COMPLETED", None)],
)  # fmt: skip
def test_when_an_order_cancels_itself_depends_on_how_far_it_is(status: str, cancelled_at: int | None) -> None:
    deadlines = mapping.map_order(told("order_units_and_gift", status=status)).deadlines
    assert deadlines.get("auto_cancel") == (at(cancelled_at) if cancelled_at else None)
    assert (deadlines["ship_by"], deadlines["first_scan_by"]) == (at(1763980000), at(1764060000))
    assert deadlines["deliver_by"] == at(1764500000)


def test_the_buyers_window_to_cancel_is_an_hour_from_payment_and_only_on_hold() -> None:
    on_hold = told("order_on_hold_masked")
    assert mapping.map_order(on_hold).deadlines["cancel_window"] == at(1763800600) + timedelta(hours=1)
    assert "cancel_window" not in mapping.map_order(on_hold | {"order_type": "PRE_ORDER"}).deadlines
    assert "cancel_window" not in mapping.map_order(told("order_units_and_gift")).deadlines


def test_a_masked_address_says_so_and_yen_have_no_cents() -> None:
    facts = mapping.map_order(told("order_on_hold_masked"))
    assert facts.address.masked
    assert facts.payment.total_minor == 4200
    assert not facts.shipping_by_platform


def test_unknown_words_are_told_and_break_nothing() -> None:
    facts = mapping.map_order(told("order_in_unknown_words"))
    assert facts.order_id == "576461413038785754"
    assert facts.fulfilled_by == FulfilledBy.ELSEWHERE
    assert set(facts.unknown) == {
        "status=TELEPORTED", "fulfillment_type=FULFILLMENT_BY_DRONE", "order_type=HOLOGRAM", "shipping_type=BEAM",
        "display_status=MELTED",
    }  # fmt: skip
    assert facts.lines[0].unit_price_minor == 0


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"is_sample_order": True}, OrderType.SAMPLE),
        ({"is_replacement_order": True, "is_sample_order": True}, OrderType.REPLACEMENT),
        ({"is_exchange_order": True}, OrderType.EXCHANGE),
        ({"order_type": "PRE_ORDER"}, OrderType.PRE_ORDER),
        ({"order_type": "MADE_TO_ORDER"}, OrderType.MADE_TO_ORDER),
        ({"is_cod": True}, OrderType.COD),
        ({"fulfillment_type": "FULFILLMENT_BY_TIKTOK"}, OrderType.FBT),
        ({"order_type": "ZERO_LOTTERY"}, OrderType.GIFT),
        ({"line_items": [{"id": "1", "sku_id": "S", "is_gift": True}]}, OrderType.GIFT),
        ({"order_type": "AUCTION"}, OrderType.NORMAL),
    ],
)
def test_the_type_of_an_order_is_decided_first(changes: dict[str, Any], kind: OrderType) -> None:
    assert mapping.map_order(told("order_units_and_gift", **changes)).order_type == kind


@pytest.mark.parametrize(
    ("changes", "who"),
    [
        ({}, FulfilledBy.US),
        ({"fulfillment_type": None}, FulfilledBy.US),
        ({"fulfillment_type": "FULFILLMENT_BY_TIKTOK"}, FulfilledBy.PLATFORM),
        ({"fulfillment_type": "FULFILLMENT_BY_DILAYANI_TOKOPEDIA"}, FulfilledBy.PLATFORM),
        ({"shipping_type": "TIKTOK_DIGITAL"}, FulfilledBy.ELSEWHERE),
        ({"order_type": "VIRTUAL_ORDER"}, FulfilledBy.ELSEWHERE),
    ],
)
def test_who_ships_is_a_fact(changes: dict[str, Any], who: FulfilledBy) -> None:
    assert mapping.map_order(told("order_units_and_gift", **changes)).fulfilled_by == who


def test_the_webhooks_spelling_of_cancelled_is_the_apis() -> None:
    assert mapping.map_order(told("order_units_and_gift", status="CANCEL")).platform_status == "CANCELLED"


def test_a_combined_package_names_all_its_orders_and_units() -> None:
    facts = mapping.map_package(told("package_shipped"))
    assert facts.order_ids == ("576461413038785752", "576461413038785799")
    assert facts.channel_line_ids == ("11", "13", "14")
    assert (facts.status, facts.sub_status, facts.tracking_number) == ("PROCESSING", "RTS_SUCCESS", "LK244108001867")
    assert (facts.trouble, facts.unknown, facts.updated_at) == ("", (), at(1763808000))


def test_a_package_in_a_search_reads_like_one_in_detail() -> None:
    facts = mapping.map_package(told("package_in_search"))
    assert (facts.package_id, facts.status, facts.updated_at) == ("1156000000000000002", "TO_FULFILL", at(1763804100))


def test_a_refused_label_says_why() -> None:
    assert mapping.map_package(told("package_refused")).trouble == "The postal code does not belong to the city."
    odd = mapping.map_package(told("package_refused", package_status="LOST_IN_SPACE"))
    assert (odd.status, odd.unknown) == ("UNKNOWN", ("package_status=LOST_IN_SPACE",))


def test_tracking_events_come_once_each_oldest_first_in_our_words() -> None:
    events = mapping.map_tracking(told("tracking"))
    assert [event.code for event in events] == ["LABEL", "SCAN", "MOVE", "OUT", "DELIVER"]
    assert events[0].at == at(1763900000)
    assert mapping.map_tracking({"tracking": None}) == []


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("Out for delivery.", "OUT"), ("Delivered.", "DELIVER"), ("Delivery attempt failed: nobody home.", "FAIL"),
        ("The parcel could not be found by the carrier.", "LOSE"), ("Returning to seller", "RETURN"),
        ("Parcel picked up by the carrier.", "SCAN"), ("Left the sorting centre.", "MOVE"), ("", "MOVE"),
    ],
)  # fmt: skip
def test_a_carriers_sentence_becomes_one_of_our_words(sentence: str, word: str) -> None:
    assert event_word(sentence) == word


def test_a_cancellation_carries_its_clock_and_its_units() -> None:
    facts = mapping.map_cancellation(told("cancellation_pending"))
    assert (facts.kind, facts.status, facts.opened_by) == ("CANCELLATION", "CANCELLATION_REQUEST_PENDING", "BUYER")
    assert (facts.answer_by, facts.actions) == (at(1763982800), ("SELLER_RESPOND_CANCEL",))
    assert (facts.refund_minor, facts.channel_line_ids, facts.reason_text) == (3668, ("11", "12"), "Created by mistake")


def test_a_return_answers_by_the_earliest_of_its_clocks() -> None:
    facts = mapping.map_return(told("return_on_its_way"))
    assert (facts.kind, facts.opened_by, facts.answer_by) == ("RETURN", "SYSTEM", at(1764700000))
    assert (facts.tracking_number, facts.carrier_name, facts.refund_minor) == ("RLK27201931498", "Larkline", 6429)
    assert facts.unknown == ()


@pytest.mark.parametrize(
    ("changes", "kind", "unknown"),
    [
        ({"return_type": "REFUND"}, "REFUND", ()),
        ({"return_type": "REPLACEMENT"}, "EXCHANGE", ()),
        ({"return_type": "SWAP"}, "RETURN", ("return_type=SWAP",)),
        ({"return_status": "LIMBO"}, "RETURN", ("return_status=LIMBO",)),
    ],
)
def test_kinds_of_returns_and_unknown_ones(changes: dict[str, Any], kind: str, unknown: tuple[str, ...]) -> None:
    facts = mapping.map_return(told("return_on_its_way", **changes))
    assert (facts.kind, facts.unknown) == (kind, unknown)


def test_each_sku_of_a_product_is_a_listing() -> None:
    white, bare = mapping.map_listing(told("product"))
    assert (white.sku_id, white.seller_sku, white.variant, white.price_minor) == ("S1", "DLB-01", "White, L", 3499)
    assert (white.stock, white.status) == ({"7376": 41, "7377": 0}, "ACTIVATE")
    assert white.image_url == "https://img.example/lamp.jpg"
    assert (bare.price_minor, bare.status, bare.stock) == (3599, "SELLER_DEACTIVATED", {})


def test_messages_come_oldest_first_and_hidden_ones_not_at_all() -> None:
    said = mapping.map_conversation(told("conversation"))
    assert [message.message_id for message in said] == ["m1", "m2", "m3", "m4"]
    assert [message.sender for message in said] == ["BUYER", "BUYER", "SHOP", "SYSTEM"]
    assert [message.text for message in said] == ["", "Can I still change the colour?", "Yes, of course.", "not json"]
    assert (said[0].order_id, said[1].buyer_id) == ("576461413038785752", "7494123")


def test_a_thread_names_its_buyer_and_its_newest_moment() -> None:
    thread = mapping.map_thread(told("conversation"))
    assert (thread.buyer_id, thread.buyer_name, thread.unread) == ("7494123", "lamp_lover", 2)
    assert thread.updated_at == at(1763800300)


def test_a_statement_adds_up_with_its_transactions() -> None:
    statement, transactions = mapping.map_statement(told("statement"))
    assert (statement.settled_minor, statement.revenue_minor, statement.fee_minor) == (335938, 405739, -69801)
    assert statement.revenue_minor + statement.fee_minor == statement.settled_minor
    order, penalty = transactions
    assert (order.settled_minor, order.revenue_minor, order.fee_minor, order.shipping_minor) == (756, 1399, -224, -419)
    assert order.fees == {
        "platform_commission_amount": -84, "affiliate_commission_amount": -140, "actual_shipping_fee_amount": -419,
    }  # fmt: skip
    assert (penalty.order_id, penalty.kind, penalty.adjustment_minor) == (
        "576461413038785799",
        "PLATFORM_PENALTY",
        -500,
    )


def test_stars_are_counted_by_number() -> None:
    ratings = [{"stars": "5_STAR", "count": 7}, {"stars": "1_STAR", "count": 2}, {"stars": "ODD", "count": 1}]
    assert mapping.map_scores({"performance": {"ratings": ratings}}) == {"1": 2, "5": 7}
    assert mapping.map_scores({}) == {}


def test_warehouses_are_read_with_their_kind() -> None:
    row = {
        "id": "7376",
        "name": "Ontario",
        "type": "RETURN_WAREHOUSE",
        "address": {"region_code": "US"},
        "effect_status": "DISABLED",
    }
    (place,) = mapping.map_warehouses({"warehouses": [row]})
    assert (place.warehouse_id, place.kind, place.region, place.enabled) == ("7376", "RETURN_WAREHOUSE", "US", False)


@pytest.mark.parametrize("name", sorted(path.stem for path in FIXTURES.glob("order_*.json")))
def test_a_payload_that_lost_any_one_field_is_still_read(name: str) -> None:
    payload = told(name)
    for key in payload.keys() - {"id", "status"}:
        facts = mapping.map_order({field: value for field, value in payload.items() if field != key})
        assert asdict(facts)["order_id"] == str(payload["id"])
