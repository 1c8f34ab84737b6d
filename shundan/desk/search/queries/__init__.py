"""One box for everything: what a few letters or digits may mean, within the rights and scope of who asks."""

from __future__ import annotations

from shundan.desk.search.queries.finding import Hit, find_hits
from shundan.desk.search.queries.pages import find_pages

__all__ = ["Hit", "find_hits", "find_pages"]
