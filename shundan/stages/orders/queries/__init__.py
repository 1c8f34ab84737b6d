"""Reads of orders.

orders.py   orders, lines, buyers and addresses, within somebody's scope
holds.py    holds, stops, waivers, causes, notes and surprises
lookups.py  orders by span of time; what is known of buyers
blanks.py   what an order does not know yet
phones.py   the searchable hash of a phone
"""

from __future__ import annotations

from shundan.stages.orders.models import Hold, Line, Order, Surprise
from shundan.stages.orders.queries.blanks import fillable_values
from shundan.stages.orders.queries.holds import (
    causes,
    hold_by_key,
    holds_in_scope,
    holds_of,
    known_cause,
    notes_of,
    open_holds,
    open_stops,
    open_surprises,
    outcomes_of,
    stock_holds,
    stops_in_scope,
    stops_of,
    waivers_of,
)
from shundan.stages.orders.queries.lookups import (
    Sold,
    buyer_of,
    closed_before,
    closed_orders,
    count_buyers_seen_before,
    orders_placed_between,
    stored_orders,
    units_sold,
)
from shundan.stages.orders.queries.orders import (
    ShownAddress,
    address_of,
    addresses_of,
    blocked_buyers,
    find_orders,
    homes_of,
    lines_by_key,
    lines_of,
    listed_orders,
    lively_orders_of,
    order_by_id,
    order_by_key,
    orders_by_ids,
    orders_by_key,
    orders_in,
    orders_of_buyer,
    orders_seen_by,
    stored_ids,
    uncounted_lines,
)
from shundan.stages.orders.queries.phones import hash_phone

__all__ = [
    "Hold", "Line", "Order", "ShownAddress", "Sold", "Surprise", "address_of", "addresses_of", "blocked_buyers",
    "buyer_of",
    "causes", "closed_before", "closed_orders", "count_buyers_seen_before", "fillable_values", "find_orders",
    "hash_phone", "hold_by_key", "holds_in_scope", "holds_of", "homes_of", "known_cause", "lines_by_key", "lines_of",
    "listed_orders", "lively_orders_of", "notes_of", "open_holds", "open_stops", "open_surprises", "order_by_id",
    "order_by_key", "orders_by_ids", "orders_by_key", "orders_in", "orders_of_buyer", "orders_placed_between",
    "orders_seen_by", "outcomes_of", "stock_holds", "stops_in_scope", "stops_of", "stored_ids", "stored_orders",
    "uncounted_lines", "units_sold", "waivers_of",
]  # fmt: skip
