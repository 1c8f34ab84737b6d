"""What pages ask of the design system: list pages, words of states, formats, and the shell around a page.

lists.py     ListPage: the declaration of a list, and one page of its rows
columns.py   Column: what a cell shows
filters.py   Filter: what narrows a list, read from the query string
keyset.py    Sort and the opaque cursor
export.py    the whole filtered list as CSV or XLSX
states.py    words and tones of states
formats.py   money, moments, time left, order ids as safe HTML
icons.py     icons as inline SVG
charts.py    charts as SVG
shell.py     navigation and everything else around a page
saved.py     saved views of a person
"""

from __future__ import annotations

from shundan.ground.look.queries.columns import Cell, Column, Row
from shundan.ground.look.queries.filters import ActiveFilter, Filter
from shundan.ground.look.queries.keyset import Sort
from shundan.ground.look.queries.lists import BulkAction, ListPage, PageOfRows, Preset
from shundan.ground.look.queries.shell import chosen_shop_id, shell

__all__ = [
    "ActiveFilter",
    "BulkAction",
    "Cell",
    "Column",
    "Filter",
    "ListPage",
    "PageOfRows",
    "Preset",
    "Row",
    "Sort",
    "chosen_shop_id",
    "shell",
]
