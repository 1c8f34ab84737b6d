"""Shipping for programs: labels printed and asked for again, manifests, own carriers.

shapes.py      what is told and taken
operations.py  the addresses
"""

from shundan.stages.shipping.api.operations import router

__all__ = ["router"]
