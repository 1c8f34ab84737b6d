from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shundan.core.calls import CallKind as K
from shundan.core.facts import part_of, unit_of
from shundan.edges.channels.queries import access_of
from shundan.edges.channels.tests.gateway import Gateway, connect, envelope, gateway
from shundan.edges.channels.tiktok.calls import ASK, SEND
from shundan.edges.channels.tiktok.mapping import map_order

__all__ = ["gateway"]
FIXTURES = Path(__file__).parent.parent / "fixtures"
UNKNOWN = envelope(36009009, "Invalid path", status=404)


def unit(number: str, **more: Any) -> dict[str, Any]:
    told = {"id": number, "sku_id": "SET", "product_id": "P-SET", "seller_sku": "GIFT-BOX", "product_name": "Gift box",
            "sale_price": "30.00", "original_price": "36.00", "platform_discount": "0", "seller_discount": "6.00",
            "display_status": "AWAITING_SHIPMENT", "package_id": "PK1", "currency": "USD",
            "item_tax": [{"tax_amount": "2.40"}]}  # fmt: skip
    return told | more


def part(number: str, sku: str, price: str | None, **more: Any) -> dict[str, Any]:
    told = {"id": number, "sku_id": sku, "product_id": f"P-{sku}", "seller_sku": f"OWN-{sku}", "product_name": sku}
    return told | ({"sale_price": price, "original_price": price} if price else {}) | more


def order(*units: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads((FIXTURES / "order_units_and_gift.json").read_text())) | {"line_items": list(units)}


def lines_of(*units: dict[str, Any]) -> list[tuple[str, int, int, tuple[str, ...]]]:
    return [
        (line.sku_id, line.quantity, line.unit_price_minor, line.channel_line_ids)
        for line in map_order(order(*units)).lines
    ]


def bundle(number: str) -> dict[str, Any]:
    lamp, wick = part(f"{number}1", "LAMP", "20.00"), part(f"{number}2", "WICK", "5.00")
    return unit(number, sub_item_info=[lamp, wick, part(f"{number}3", "WICK", "5.00")])


def test_a_bundle_becomes_its_parts_and_equal_parts_one_line() -> None:
    assert lines_of(bundle("8"), bundle("9")) == [
        ("LAMP", 2, 2000, ("8/81", "9/91")), ("WICK", 4, 500, ("8/82", "8/83", "9/92", "9/93")),
    ]  # fmt: skip
    lamp = map_order(order(bundle("8"))).lines[0]
    assert (lamp.product_id, lamp.seller_sku, lamp.title, lamp.package_ids) == ("P-LAMP", "OWN-LAMP", "LAMP", ("PK1",))


def test_a_part_that_was_cancelled_is_one_less_of_its_line_alone() -> None:
    told = bundle("8")
    told["sub_item_info"][1] |= {"display_status": "CANCELLED", "cancel_user": "BUYER"}
    lines = map_order(order(told)).lines
    assert [(line.sku_id, line.quantity, line.cancelled, line.cancel_by) for line in lines] == [
        ("LAMP", 1, 0, ""), ("WICK", 2, 1, "BUYER"),
    ]  # fmt: skip


def test_parts_without_prices_leave_the_whole_price_at_the_first() -> None:
    told = unit("8", sub_item_info=[part("81", "LAMP", None), part("82", "WICK", None)])
    lines = map_order(order(told)).lines
    assert [(line.sku_id, line.unit_price_minor, line.list_price_minor, line.tax_minor) for line in lines] == [
        ("LAMP", 3000, 3600, 240), ("WICK", 0, 0, 0),
    ]  # fmt: skip
    assert sum(line.seller_discount_minor for line in lines) == 600


def test_a_combined_listing_stands_for_its_skus_and_their_counts() -> None:
    listed = [{"sku_id": "LAMP", "sku_count": 1, "product_id": "P-LAMP", "seller_sku": "OWN-LAMP"},
              {"sku_id": "WICK", "sku_count": 2, "product_id": "P-WICK", "seller_sku": "OWN-WICK"}]  # fmt: skip
    assert lines_of(unit("8", combined_listing_skus=listed)) == [
        ("LAMP", 1, 3000, ("8#1",)),
        ("WICK", 2, 0, ("8#2", "8#3")),
    ]
    assert lines_of(unit("8", combined_listing_skus=listed[:1])) == [("LAMP", 1, 3000, ("8",))]
    odd = [{"sku_id": "LAMP", "sku_count": count} for count in (None, "x", -3)]
    assert sum(quantity for _, quantity, _, _ in lines_of(unit("8", combined_listing_skus=odd))) == 3


def test_our_names_of_parts_lead_back_to_the_platforms() -> None:
    assert [(unit_of(key), part_of(key)) for key in ("8", "8/81", "8#2")] == [("8", ""), ("8", "81"), ("8", "")]


@pytest.mark.django_db
def test_a_parcel_with_some_parts_names_unit_and_part_and_the_whole_set_only_its_order(gateway: Gateway) -> None:
    gateway.replies |= {"order.detail": {"orders": [order(bundle("8"))]}, "package.create": {"package_id": "PK2"},
                        "package.detail": {"package_id": "PK2", "package_status": "PROCESSING"}}  # fmt: skip
    access = access_of(connect())
    for pieces in (["8/81", "8/82"], ["8/81", "8/82", "8/83"]):
        SEND[K.REQUEST_LABEL](access, {"order_ids": ["1"], "channel_line_ids": pieces}, "k")
    some, whole = gateway.bodies("package.create")
    parts = [{"order_line_id": "8", "sub_item_id": "81"}, {"order_line_id": "8", "sub_item_id": "82"}]
    assert some == {"ship_type": "2", "order_id": "1", "order_line_item": parts}
    assert whole == {"ship_type": "1", "order_id": "1"}


@pytest.mark.django_db
def test_pieces_without_an_id_of_their_own_are_named_as_their_unit_once(gateway: Gateway) -> None:
    gateway.replies |= {"order.mark_shipped@202610": UNKNOWN, "order.mark_shipped@202309": {"package_id": "PK2"}}
    told = {"order_id": "1", "tracking_number": "T1", "provider_id": "7", "channel_line_ids": ["8#1", "8#2", "9/91"]}
    SEND[K.SHIP_BY_SELLER](access_of(connect()), told, "k")
    newer, older = (json.loads(request.body) for _, request in gateway.asked)
    assert newer["order_line_list"] == older["order_line_list"] == [
        {"order_line_id": "8"}, {"order_line_id": "9", "sub_item_id": "91"},
    ]  # fmt: skip
    assert older["order_line_item_ids"] == ["8", "9"]


@pytest.mark.django_db
def test_a_part_of_a_set_is_cancelled_by_its_own_name_and_seen_to_be(gateway: Gateway) -> None:
    told = bundle("8")
    gateway.replies |= {"cancellation.create": {"cancel_id": "C1"}, "order.detail": {"orders": [order(told)]}}
    access, request = access_of(connect()), {"order_id": "1", "cancel_reason": "r", "channel_line_ids": ["8/81"]}
    SEND[K.CANCEL_ORDER](access, request, "k")
    assert gateway.bodies("cancellation.create")[0]["order_line_list"] == [
        {"order_line_item_id": "8", "sub_order_line_item_id": "81"}
    ]
    assert ASK[K.CANCEL_ORDER](access, request, datetime.now(UTC)) is None
    told["sub_item_info"][0]["display_status"] = "CANCELLED"
    assert ASK[K.CANCEL_ORDER](access, request, datetime.now(UTC)) == {}
