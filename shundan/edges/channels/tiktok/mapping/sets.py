"""Sets unfolded: one unit that is sold as several goods becomes its parts, so that each can be reserved and packed.

A bundle tells its parts in `sub_item_info`, one row each with an id of its own; a combined listing tells in
`combined_listing_skus` which SKUs it stands for, and how many. `core.facts.unit_of` gives the platform's unit back.
"""

from __future__ import annotations

from typing import Any

from shundan.core.facts import PART, PIECE
from shundan.edges.channels.tiktok.mapping.reading import Payload, rows, text, whole

MOST = 200  # parts of one unit
_AMOUNTS = ("sale_price", "original_price", "platform_discount", "seller_discount")
_OF_THE_UNIT = (
    "currency", "display_status", "cancel_user", "cancel_reason", "package_id", "package_status", "tracking_number",
    "shipping_provider_name", "is_gift", "sku_image", "product_name",
)  # fmt: skip


def pieces_of(unit: Payload) -> list[Payload]:
    """Return the parts of a unit as units of their own; a unit that is no set is its only part."""
    parts = [part for part in rows(unit, "sub_item_info") if text(part, "sku_id")][:MOST]
    if parts:
        return _bundle(unit, parts)
    listed = [part for part in rows(unit, "combined_listing_skus") if text(part, "sku_id")]
    return _combined(unit, listed) if listed else [unit]


def _bundle(unit: Payload, parts: list[Payload]) -> list[Payload]:
    same = {name: unit[name] for name in _OF_THE_UNIT if name in unit}
    priced = any(text(part, "sale_price") for part in parts)
    found: list[Payload] = []
    for number, part in enumerate(parts):
        own = text(part, "id")
        key = f"{text(unit, 'id')}{PART}{own}" if own else f"{text(unit, 'id')}{PIECE}{number + 1}"
        amounts = {} if priced else _amounts(unit, first=number == 0)
        found.append(
            {**same, **amounts, **{name: part[name] for name in part if part[name] not in (None, "")}, "id": key}
        )
    return found


def _combined(unit: Payload, listed: list[Payload]) -> list[Payload]:
    goods = [part for part in listed for _ in range(max(min(whole(part, "sku_count"), MOST), 1))][:MOST]
    if len(goods) == 1:
        return [{**unit, **_identity(goods[0])}]
    return [
        {**unit, **_amounts(unit, first=number == 0), **_identity(part), "id": f"{text(unit, 'id')}{PIECE}{number + 1}"}
        for number, part in enumerate(goods)
    ]


def _identity(part: Payload) -> dict[str, Any]:
    return {name: part[name] for name in ("sku_id", "product_id", "seller_sku") if text(part, name)}


def _amounts(unit: Payload, *, first: bool) -> dict[str, Any]:
    """The whole price stands at the first part where the parts have none of their own: the sum stays true."""
    return {name: unit[name] if first and name in unit else "0" for name in _AMOUNTS} | (
        {"item_tax": unit["item_tax"]} if first and "item_tax" in unit else {"item_tax": []}
    )
