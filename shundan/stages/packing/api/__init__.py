"""Packing for programs: parcels, scans, packing, waves. Shows no money and no address.

shapes.py      what is told and taken
operations.py  the addresses
"""

from shundan.stages.packing.api.operations import router

__all__ = ["router"]
