"""Worlds with other shops than the usual three."""

from __future__ import annotations

from pathlib import Path

from sandbox.box import Box
from sandbox.control.deeds import start_world
from sandbox.seed import open_shop, plant_app, read_shops
from sandbox.tests.conftest import Tool

START = 1_795_000_000.0


def box_with(folder: Path, shops: str, *, seed: int = 7, demo: str = "quiet") -> Box:
    """Return a sandbox that stands at a fixed moment, with shops named as on the command line."""
    box = Box(folder, seed=seed, demo=demo, speed=0, start=START, base_url="http://127.0.0.1:8110")
    plant_app(box)
    for region, kind in read_shops(shops):
        open_shop(box, region=region, kind=kind)
    start_world(box)
    box.store.commit()
    return box


def tool_of_every_market(folder: Path, shop: str) -> Tool:
    """Return a tool for the one shop `REGION:KIND`, known by that name."""
    tool = Tool(box_with(folder, shop))
    tool.shops = {shop: tool.box.shops()[0]}
    return tool
