"""Writes of packing.

door.py      move_parcels: the only writer of a parcel's state
plans.py     parcels for orders whose units are reserved
fitting.py   cancelled units taken out, adopted orders planned
packages.py  what the platform says of its packages
waves.py     parcels picked together, and the picking
station.py   scans, packing and unpacking
"""

from shundan.stages.packing.actions.door import lock_parcels, move_parcels, note_parcels, parcel_draft, refuse_stopped
from shundan.stages.packing.actions.fitting import adopt_orders, fit_parcels
from shundan.stages.packing.actions.packages import News, apply_package, lock_told, void_parcels
from shundan.stages.packing.actions.plans import plan_orders
from shundan.stages.packing.actions.station import (
    open_parcel,
    pack_parcel,
    put_back,
    report_short,
    scan_item,
    shelve_parcel,
    unpack_parcel,
)
from shundan.stages.packing.actions.waves import close_wave, make_wave, note_printed, pick_item, skip_pick

__all__ = [
    "News",
    "adopt_orders",
    "apply_package",
    "close_wave",
    "fit_parcels",
    "lock_parcels",
    "lock_told",
    "make_wave",
    "move_parcels",
    "note_parcels",
    "note_printed",
    "open_parcel",
    "pack_parcel",
    "parcel_draft",
    "pick_item",
    "plan_orders",
    "put_back",
    "refuse_stopped",
    "report_short",
    "scan_item",
    "shelve_parcel",
    "skip_pick",
    "unpack_parcel",
    "void_parcels",
]
