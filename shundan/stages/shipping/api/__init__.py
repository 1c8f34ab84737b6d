"""Shipping for programs: labels printed and asked for again, manifests, own carriers.

shapes.py      what is told and taken
operations.py  labels and own carriers
manifests.py   manifests
"""

from shundan.stages.shipping.api import manifests
from shundan.stages.shipping.api.operations import router

router.add_router("", manifests.router)

__all__ = ["router"]
