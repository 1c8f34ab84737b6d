"""Writes of tracking.

following.py  when a parcel is asked after next, and what its carrier said
troubles.py   what is wrong with a parcel on its way, from noticing to its cause
"""

from shundan.stages.tracking.actions.following import apply_tracking, follow_parcels, move_by_hand
from shundan.stages.tracking.actions.troubles import (
    close_trouble,
    notice_silence,
    open_trouble,
    settle_troubles,
    tell_buyer,
)

__all__ = [
    "apply_tracking",
    "close_trouble",
    "follow_parcels",
    "move_by_hand",
    "notice_silence",
    "open_trouble",
    "settle_troubles",
    "tell_buyer",
]
