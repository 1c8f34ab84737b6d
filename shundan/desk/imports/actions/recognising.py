"""Tell what a file is: by what a person said about these columns once, else by what everybody knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shundan.core.errors import BadFile
from shundan.desk.imports.queries import mappings_for
from shundan.edges.channels.files.columns import ORDER_MEANINGS, places
from shundan.edges.channels.files.guessing import UnknownTable, fingerprint, look_at
from shundan.edges.channels.files.kinds import HEADER_WITHIN, Kind, choose_sheet
from shundan.edges.channels.files.orders import missing_columns
from shundan.edges.channels.files.tables import Row
from shundan.ground.lib.sheets import read_sheets


@dataclass(frozen=True)
class Table:
    """A recognised table; `meanings` (folded column name -> field) where a person gave them."""

    kind: Kind
    rows: Sequence[Row]
    header_at: int = 0
    meanings: Mapping[str, str] | None = None


def recognised(content: bytes) -> Table | UnknownTable:
    """Return the known table of a file, or the one a person must explain; raise BadFile when it holds none."""
    sheets = [sheet.rows for sheet in read_sheets(content)]
    if mapped := _mapped(sheets):
        return mapped
    try:
        rows, found = choose_sheet(sheets)
    except BadFile:
        unknown = _largest_unknown(sheets)
        if unknown is None:
            raise
        return unknown
    if found.kind == Kind.ORDERS and missing_columns(places(rows[found.header_at], ORDER_MEANINGS)):
        return look_at(rows) or Table(found.kind, rows, found.header_at)
    return Table(found.kind, rows, found.header_at)


def _mapped(sheets: Sequence[Sequence[Row]]) -> Table | None:
    """Return the first table whose columns a person has explained."""
    prints = [
        (fingerprint(row), rows, at)
        for rows in sheets
        for at, row in enumerate(rows[:HEADER_WITHIN])
        if sum(1 for cell in row if cell.strip()) >= 3
    ]
    known = mappings_for(one for one, _, _ in prints)
    for one, rows, at in prints:
        if mapping := known.get(one):
            return Table(Kind(mapping.kind), rows, at, mapping.columns)
    return None


def _largest_unknown(sheets: Sequence[Sequence[Row]]) -> UnknownTable | None:
    seen = [table for table in map(look_at, sheets) if table is not None]
    return max(seen, key=lambda table: table.rows, default=None)
