"""What the checks look at, gathered for a whole batch: a constant number of queries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from shundan.core.checks import CheckedAddress, CheckedLine, CheckedOrder, Thresholds
from shundan.core.facts import OrderType
from shundan.stages.orders import queries as orders
from shundan.stages.orders.queries import Line, Order
from shundan.stages.review.queries.runs import thresholds_of
from shundan.stages.stock import queries as stock
from shundan.stages.stock.queries import Listing, Need


def gather(rows: Sequence[Order]) -> dict[int, CheckedOrder]:
    """Return order key -> all that the checks look at."""
    keys = [order.pk for order in rows]
    lines = {key: [line for line in group if line.live > 0] for key, group in orders.lines_of(keys).items()}
    needs = stock.needs_of_lines(
        [line for group in lines.values() for line in group], {order.pk: order.channel_warehouse_id for order in rows}
    )
    listings = stock.listings_of({(line.shop_id, line.sku_id) for group in lines.values() for line in group})
    free = stock.free_units({need.place for group in needs.values() for need in group if need.item_key})
    kept = {row.line_id: row.quantity for row in stock.reservations_of(keys)}
    addresses = orders.addresses_of(keys)
    limits = thresholds_of({order.shop_id for order in rows})
    blocked = orders.blocked_buyers({order.buyer_id for order in rows if order.buyer_id})
    rivals = _rivals(rows, lines, limits)
    return {
        order.pk: CheckedOrder(
            order_type=OrderType(order.order_type), shipping_by_platform=order.shipping_by_platform,
            lines=_lines(lines.get(order.pk, ()), needs.get(order.pk, ()), listings, free, kept),
            address=_address(addresses.get(order.pk)), cancel_requested=order.cancel_requested,
            buyer_note=order.buyer_note, buyer_blocked=order.buyer_id in blocked, rivals=rivals.get(order.pk, ()),
            thresholds=limits[order.shop_id],
        )
        for order in rows
    }  # fmt: skip


def _lines(
    lines: Iterable[Line], needs: Iterable[Need], listings: Mapping[tuple[int, str], Listing],
    free: Mapping[tuple[int, int], int], kept: Mapping[int, int],
) -> tuple[CheckedLine, ...]:  # fmt: skip
    left = dict(free)
    by_line = {need.line_key: need for need in needs}
    checked = []
    for line in lines:
        need = by_line[line.pk]
        listing = listings.get((line.shop_id, line.sku_id))
        wanted = need.units - kept.get(line.pk, 0)
        there = max(left.get(need.place, 0), 0)
        left[need.place] = there - min(wanted, there)
        asked = listing.price_minor if listing and listing.price_minor else line.list_price_minor
        checked.append(CheckedLine(
            sku_id=line.sku_id, seller_sku=line.seller_sku, units=line.live, unit_price_minor=line.unit_price_minor,
            reference_price_minor=asked, item_key=need.item_key if need.warehouse_key else 0,
            lacks=max(wanted - there, 0) if need.item_key else 0, is_gift=line.is_gift,
        ))  # fmt: skip
    return tuple(checked)


def _address(row: Any) -> CheckedAddress:
    if row is None:
        return CheckedAddress(known=False)
    values = {
        "name": row.name,
        "phone": row.phone,
        "postal_code": row.postal_code,
        "city": row.city,
        "lines": "".join(row.lines),
    }
    digest = hashlib.sha256("|".join(values.values()).encode()).hexdigest()[:16]
    has = frozenset(part for part, text in values.items() if text.strip())
    return CheckedAddress(True, row.masked, row.region, has, digest)


def _rivals(
    rows: Sequence[Order], lines: Mapping[int, Sequence[Line]], limits: Mapping[int, Thresholds]
) -> dict[int, tuple[str, ...]]:
    """Return order key -> ids of earlier orders of the same buyer with the same goods, within the shop's hours."""
    buyers = {order.buyer_id for order in rows if order.buyer_id}
    if not buyers:
        return {}
    longest = timedelta(hours=max(limit.duplicate_hours for limit in limits.values()))
    others = orders.lively_orders_of(buyers, since=min(order.placed_at for order in rows) - longest)
    goods = {**{key: _goods(group) for key, group in lines.items()},
             **{key: _goods([line for line in group if line.live]) for key, group in orders.lines_of(
                 [one.pk for one in others if one.pk not in lines]).items()}}  # fmt: skip
    found: dict[int, tuple[str, ...]] = {}
    for order in rows:
        window = timedelta(hours=limits[order.shop_id].duplicate_hours)
        found[order.pk] = tuple(
            one.order_id for one in others
            if one.buyer_id == order.buyer_id and (one.placed_at, one.pk) < (order.placed_at, order.pk)
            and order.placed_at - one.placed_at <= window and goods.get(one.pk) == goods.get(order.pk)
        )  # fmt: skip
    return found


def _goods(lines: Iterable[Line]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((line.sku_id, line.live) for line in lines))
