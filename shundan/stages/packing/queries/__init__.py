"""Reads of packing.

parcels.py   parcels by key, order, state, scanned code; within somebody's scope
lists.py     the list of parcels as a page
station.py   what the pack station shows
waves.py     waves, what can be picked, pick lists
papers.py    facts for packing slips, invoices and pick lists
weights.py   what a parcel should weigh
fitting.py   parcels that no longer fit their orders, orders without a parcel
stops.py     what a stop says to the person who holds the parcel
"""

from shundan.stages.packing.queries.fitting import misfit_parcels, without_parcels
from shundan.stages.packing.queries.papers import invoice_facts, pick_list_facts, slip_facts
from shundan.stages.packing.queries.parcels import (
    cancelled_parcels,
    find_parcel,
    find_parcels,
    lines_of_parcels,
    order_ids_of,
    order_keys_of,
    parcel_by_code,
    parcel_by_key,
    parcel_of_package,
    parcels_in,
    parcels_of,
    parcels_seen_by,
    soonest_of_parcel,
    units_in,
    unstopped,
    unstopped_orders,
    vanished_parcels,
    with_orders,
)
from shundan.stages.packing.queries.stops import Stopped

__all__ = [
    "Stopped",
    "cancelled_parcels",
    "find_parcel",
    "find_parcels",
    "invoice_facts",
    "lines_of_parcels",
    "misfit_parcels",
    "order_ids_of",
    "order_keys_of",
    "parcel_by_code",
    "parcel_by_key",
    "parcel_of_package",
    "parcels_in",
    "parcels_of",
    "parcels_seen_by",
    "pick_list_facts",
    "slip_facts",
    "soonest_of_parcel",
    "units_in",
    "unstopped",
    "unstopped_orders",
    "vanished_parcels",
    "with_orders",
    "without_parcels",
]
