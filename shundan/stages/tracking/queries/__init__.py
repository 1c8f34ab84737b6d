"""Reads of tracking.

parcels.py   whom to ask after, who is silent, events of parcels
troubles.py  troubles, and the words of each kind
lists.py     the lists of followed parcels and of troubles as pages
page.py      everything one parcel's page shows
"""

from shundan.stages.tracking.queries.parcels import arrived_follows, events_of, parcels_to_follow, silent_parcels
from shundan.stages.tracking.queries.troubles import open_troubles, troubles_of

__all__ = [
    "arrived_follows",
    "events_of",
    "open_troubles",
    "parcels_to_follow",
    "silent_parcels",
    "troubles_of",
]
