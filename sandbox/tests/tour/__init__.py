"""One call of every endpoint version, in a world that holds one thing of each kind they need."""

from __future__ import annotations

from sandbox.tests.tour.cases import CASES
from sandbox.tests.tour.orders import ORDERS
from sandbox.tests.tour.parcels import PARCELS
from sandbox.tests.tour.shop import SHOP
from sandbox.tests.tour.world import How, World

CALLS: dict[str, How] = {**ORDERS, **PARCELS, **CASES, **SHOP}

__all__ = ["CALLS", "How", "World"]
