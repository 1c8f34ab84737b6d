"""Writes of orders.

door.py       THE DOOR: the only place that writes order_state, with one journal row per move
holds.py      holds and stops: why an order waits, and why it must not leave
waivers.py    a person's decision that a check shall pass
upsert.py     news of a channel or file becomes one stored order each
build.py      what of an order's facts is written into its row
lines.py      lines, units and cancelled units
addresses.py  addresses and buyers: better values win, masked ones never
change.py     what one snapshot changed at one order
news.py       what the stored news means: moves, holds, stops, surprises
clocks.py     the clocks of orders whose facts were written
people.py     what people do: notes, corrections, looks at personal values, blocked buyers
withdrawing.py  what undoing an import does to orders
"""

from __future__ import annotations

from shundan.stages.orders.actions.change import SurpriseDraft
from shundan.stages.orders.actions.door import keep_due, move_order, move_orders
from shundan.stages.orders.actions.erasing import erase_orders
from shundan.stages.orders.actions.holds import (
    HoldDraft,
    close_hold,
    close_holds,
    close_stop,
    hold_by_hand,
    note_asked,
    open_hold,
    open_holds,
    open_stop,
    open_stops,
    set_waits_for,
)
from shundan.stages.orders.actions.news import record_surprises
from shundan.stages.orders.actions.people import (
    add_note,
    block_buyer,
    change_address,
    look_at_address,
    mark_arranged,
    mark_expected,
    note_surprise_seen,
    unblock_buyer,
)
from shundan.stages.orders.actions.upsert import store_orders
from shundan.stages.orders.actions.waivers import waive
from shundan.stages.orders.actions.withdrawing import Filling, reset_blanks, withdraw_orders

__all__ = [
    "Filling",
    "HoldDraft",
    "SurpriseDraft",
    "add_note",
    "block_buyer",
    "change_address",
    "close_hold",
    "close_holds",
    "close_stop",
    "erase_orders",
    "hold_by_hand",
    "keep_due",
    "look_at_address",
    "mark_arranged",
    "mark_expected",
    "move_order",
    "move_orders",
    "note_asked",
    "note_surprise_seen",
    "open_hold",
    "open_holds",
    "open_stop",
    "open_stops",
    "record_surprises",
    "reset_blanks",
    "set_waits_for",
    "store_orders",
    "unblock_buyer",
    "waive",
    "withdraw_orders",
]
