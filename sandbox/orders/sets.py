"""Sets: one SKU that is several. A bundle shows its parts as items, a combined listing as SKUs with counts."""

from __future__ import annotations

from typing import Any

from sandbox.box import Box
from sandbox.markets import Market

Line = dict[str, Any]
FOLLOWS = [
    "display_status",
    "cancel_reason",
    "cancel_user",
    "rts_time",
    "package_status",
    "package_id",
    "tracking_number",
    "shipping_provider_id",
    "shipping_provider_name",
    "currency",
    "is_dangerous_good",
]


def part_of_set(box: Box, market: Market, sku: dict[str, Any], line: Line) -> dict[str, Any]:
    """Return the fields by which a line tells what is in the set."""
    if sku["set"] == "COMBINED_LISTING":
        return {"combined_listing_skus": [listed(box, part) for part in sku["parts"]]}
    parts = [part for part in sku["parts"] for _ in range(part["count"])]
    shares = share_out(market, line, [box.sku(part["sku_id"]) for part in parts])
    return {"_parts": [item(box, line, place, part, shares[place]) for place, part in enumerate(parts)]}


def listed(box: Box, part: dict[str, Any]) -> dict[str, Any]:
    product, sku = found(box, part)
    return {
        "sku_id": sku["id"],
        "sku_count": part["count"],
        "product_id": product["id"],
        "seller_sku": sku["seller_sku"],
    }


def found(box: Box, part: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    row = box.sku(part["sku_id"])
    assert row is not None
    return row


def share_out(market: Market, line: Line, skus: list[Any]) -> list[dict[str, str]]:
    """Divide the amounts of a set over its parts by their prices; the parts add up to the set."""
    weights = [sku["price"] for _, sku in skus]
    shares: list[dict[str, str]] = [{} for _ in weights]
    for field in ("original_price", "seller_discount", "platform_discount"):
        rest, weight = market.minor(line[field]), sum(weights)
        for share, own in zip(shares, weights, strict=True):
            part = rest * own // weight
            share[field] = market.money(part)
            rest, weight = rest - part, weight - own
    for share in shares:
        left = market.minor(share["original_price"])
        left -= market.minor(share["seller_discount"]) + market.minor(share["platform_discount"])
        share["sale_price"] = market.money(left)
    return shares


def item(box: Box, line: Line, place: int, part: dict[str, Any], share: dict[str, str]) -> dict[str, Any]:
    product, sku = found(box, part)
    return {
        "id": f"{line['id'][:-2]}{(int(line['id'][-2:]) + place + 1) % 100:02d}",
        "sku_id": sku["id"],
        "product_id": product["id"],
        "product_name": product["title"],
        "sku_name": sku["name"],
        "seller_sku": sku["seller_sku"],
        "sku_image": f"{box.base_url}/sandbox/goods/{product['code']}.svg",
        **share,
    }


def show_parts(line: Line, warehouse_id: str) -> list[dict[str, Any]]:
    """Return the items of a bundle; they stand where their line stands."""
    same = {field: line[field] for field in FOLLOWS if line.get(field) not in (None, "")}
    return [{**part, **same, "warehouse_id": warehouse_id} for part in line["_parts"]]
