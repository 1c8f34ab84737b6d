"""Reads of stock.

places.py    which warehouse an order's goods leave from
goods.py     what the lines of orders need: items and units
levels.py    on hand, reserved, expected, available; reservations; the ledger
items.py     items and listings, for pages, checks and the pack station
lists.py     the lists of items and listings as pages
"""

from __future__ import annotations

from shundan.stages.stock.models import Item, Level, Listing, Reservation, Warehouse
from shundan.stages.stock.queries.goods import Need, listings_of, needs_of, needs_of_lines, unexpected_lines
from shundan.stages.stock.queries.items import (
    find_item,
    items_by_code,
    items_by_key,
    items_in_list,
    ledger_of,
    listings_of_item,
    listings_seen_by,
    titles_of_products,
    unlinked_listings,
)
from shundan.stages.stock.queries.levels import Stand, available, bins_of, free_units, levels, reservations_of
from shundan.stages.stock.queries.places import (
    default_warehouse,
    warehouse_by_code,
    warehouse_links,
    warehouses,
    warehouses_of,
    warehouses_seen_by,
)

__all__ = [
    "Item",
    "Level",
    "Listing",
    "Need",
    "Reservation",
    "Stand",
    "Warehouse",
    "available",
    "bins_of",
    "default_warehouse",
    "find_item",
    "free_units",
    "items_by_code",
    "items_by_key",
    "items_in_list",
    "ledger_of",
    "levels",
    "listings_of",
    "listings_of_item",
    "listings_seen_by",
    "needs_of",
    "needs_of_lines",
    "reservations_of",
    "titles_of_products",
    "unexpected_lines",
    "unlinked_listings",
    "warehouse_by_code",
    "warehouse_links",
    "warehouses",
    "warehouses_of",
    "warehouses_seen_by",
]
