"""Sixty days before the first visitor came."""

from __future__ import annotations

from sandbox.box import Box


def write_history(box: Box) -> None:
    pass
