"""What a file is read into, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST_FILE = 100 * 1024 * 1024
LARGEST_UNPACKED = 400 * 1024 * 1024
MOST_CELLS = 20_000_000


@dataclass(frozen=True)
class Sheet:
    """One table: rows of text cells, each row as long as the widest."""

    name: str
    rows: list[list[str]]

    @property
    def filled(self) -> int:
        """How many cells hold something."""
        return sum(1 for row in self.rows for cell in row if cell)


def squared(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows filled up to the widest, unless that would blow up a small file."""
    width = max((len(row) for row in rows), default=0)
    if width * len(rows) > MOST_CELLS:
        return rows
    return [row + [""] * (width - len(row)) for row in rows]
