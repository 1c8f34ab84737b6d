"""Files a seller would download by hand: ratings and orders."""

from __future__ import annotations

from sandbox.box import Box
from sandbox.control.assets import Found
from sandbox.gateway import Request


def find(box: Box, path: str, request: Request) -> Found | None:
    return None
