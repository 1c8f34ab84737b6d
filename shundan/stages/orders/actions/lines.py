"""Lines of an order: units, cancelled units, and what of it all is still to be delivered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from shundan.core.facts import LineFacts, OrderFacts
from shundan.core.states import OPEN_STATES
from shundan.ground.lib.rows import new_row
from shundan.stages.orders.models import Line, Order

UPDATED = [
    "channel_line_ids", "product_id", "seller_sku", "title", "variant", "image_url", "quantity", "cancelled",
    "cancelled_by", "cancel_reason", "unit_price_minor", "list_price_minor", "platform_discount_minor",
    "seller_discount_minor", "tax_minor", "package_ids", "expected_at",
]  # fmt: skip


@dataclass
class LineNews:
    """What became of an order's lines: rows to insert and to update, and what it means for the units."""

    new: list[Line] = field(default_factory=list)
    changed: list[Line] = field(default_factory=list)
    fewer: bool = False  # units were cancelled or removed
    more: bool = False  # units or lines were added


def write_lines(order: Order, stored: Iterable[Line], facts: OrderFacts) -> LineNews:
    """Compare the stored lines with those of the facts; an order told without lines keeps its own."""
    told = _keyed(facts.lines)
    old = {line.line_key: line for line in stored}
    # What will not leave our shelf any more, or never did, is nothing that stock has to count.
    never = None if order.fulfilled_by == "US" and order.order_state in OPEN_STATES else order.stored_at
    news = LineNews()
    if not told:
        return news
    for key, one in told.items():
        line = old.get(key)
        if line is None:
            line = new_row(Line, shop_id=order.shop_id, line_key=key, sku_id=one.sku_id[:32], is_gift=one.is_gift,
                           quantity=one.quantity, expected_at=never)  # fmt: skip
            line.order = order
            news.new.append(_write(line, one))
            continue
        before, live = _values(line), line.live
        if never is None and line.expected_at == order.stored_at:  # it became ours to ship
            line.expected_at = None
        _write(line, one)
        if _values(line) != before:
            news.changed.append(line)
        news.fewer |= line.live < live
        news.more |= line.live > live
    for key, line in old.items():
        if key not in told and line.live:  # vanished: the platform replaced or removed it
            line.cancelled, line.cancelled_by, line.cancel_reason = line.quantity, "PLATFORM", "removed"
            news.changed.append(line)
            news.fewer = True
    news.more |= bool(old) and bool(news.new)
    lines = [*news.new, *old.values()]
    order.units = sum(line.live for line in lines)
    order.line_count = len(lines)
    order.first_title = next((line.title for line in lines if line.live), lines[0].title)
    return news


def _keyed(lines: Iterable[LineFacts]) -> dict[str, LineFacts]:
    """Name each line by SKU, price and gift mark; the same key again gets a number."""
    found: dict[str, LineFacts] = {}
    for one in lines:
        base = f"{one.sku_id}:{one.unit_price_minor}:{int(one.is_gift)}"
        key, number = base, 1
        while key in found:
            number += 1
            key = f"{base}:{number}"
        found[key] = one
    return found


def _write(line: Line, one: LineFacts) -> Line:
    """Write a line's facts; units that vanished from it count as cancelled, never as if they had not been."""
    live = one.quantity - one.cancelled
    line.quantity = max(line.quantity or 1, one.quantity, 1)
    line.cancelled = min(max(line.quantity - live, 0), line.quantity)
    line.channel_line_ids = list(one.channel_line_ids) or line.channel_line_ids
    line.product_id = one.product_id[:32] or line.product_id
    line.seller_sku = one.seller_sku[:80] or line.seller_sku
    line.title = one.title[:300] or line.title
    line.variant = one.variant[:200] or line.variant
    line.image_url = one.image_url[:500] or line.image_url
    line.cancelled_by = one.cancel_by[:16] or line.cancelled_by
    line.cancel_reason = one.cancel_reason[:200] or line.cancel_reason
    line.unit_price_minor, line.list_price_minor = one.unit_price_minor, one.list_price_minor
    line.platform_discount_minor = one.platform_discount_minor
    line.seller_discount_minor, line.tax_minor = one.seller_discount_minor, one.tax_minor
    line.package_ids = list(one.package_ids) or line.package_ids
    return line


def _values(line: Line) -> list[object]:
    return [getattr(line, name) for name in UPDATED]
