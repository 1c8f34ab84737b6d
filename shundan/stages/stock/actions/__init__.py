"""Writes of stock.

levels.py     the one place that changes levels, with its ledger rows
expecting.py  what was sold counts at once against what may be sold
reserving.py  every line of an order or none; release
leaving.py    on hand falls when goods leave
holds.py      stock holds end by themselves
listings.py   listings and platform warehouses as told
pushing.py    what may be sold is pushed to the channels
people.py     receive, count, write off, link, keep items and warehouses
"""

from __future__ import annotations

from shundan.stages.stock.actions.expecting import expect_lines, fit_expectations
from shundan.stages.stock.actions.holds import end_stock_holds
from shundan.stages.stock.actions.leaving import leave, leave_unreserved
from shundan.stages.stock.actions.listings import store_listings, store_warehouses
from shundan.stages.stock.actions.people import (
    ItemDraft,
    count_bin,
    first_warehouse,
    keep_item,
    keep_warehouse,
    link_listing,
    link_sku,
    link_warehouse,
    receive_units,
    return_units,
    write_off,
)
from shundan.stages.stock.actions.pushing import apply_push_answers, listings_to_push, push_listings
from shundan.stages.stock.actions.reserving import release_lines, release_orders, reserve_orders
from shundan.stages.stock.actions.settling import orders_to_settle, settle_stock

__all__ = [
    "ItemDraft",
    "apply_push_answers",
    "count_bin",
    "end_stock_holds",
    "expect_lines",
    "first_warehouse",
    "fit_expectations",
    "keep_item",
    "keep_warehouse",
    "leave",
    "leave_unreserved",
    "link_listing",
    "link_sku",
    "link_warehouse",
    "listings_to_push",
    "orders_to_settle",
    "push_listings",
    "receive_units",
    "release_lines",
    "release_orders",
    "reserve_orders",
    "return_units",
    "settle_stock",
    "store_listings",
    "store_warehouses",
    "write_off",
]
