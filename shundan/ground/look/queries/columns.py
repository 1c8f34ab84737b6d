"""Columns of a list: how a row's value is found, drawn and exported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from shundan.ground.look.queries import formats

_DASH = mark_safe('<span class="none">—</span>')


@dataclass(frozen=True)
class Column:
    """One column of a list.

    value: a path on the row ("shop.name", works on model rows and dicts) or a callable of the row; the key if
        left out. A callable may return safe HTML.
    kind: text, code (mono), number, money (needs currency), when (wall: by the wall clock), deadline
        (deadline_kind: path or callable), state, order_id, order_tail, chip, tag, boolean.
    template: a template that draws the cell with `row`, `value`, `column` and `now` instead of the kind.
    sort: key of a Sort that a click on the head chooses.
    export: a path or callable for the file, where the cell's value would not do; False leaves the column out.
    wide: hidden while the table is narrow (drawer open, phone). shown: asked with the request, for rights.
    """

    key: str
    label: str | Promise
    value: str | Callable[[Any], Any] = ""
    kind: str = "text"
    template: str = ""
    right: bool = False
    sort: str = ""
    currency: str | Callable[[Any], Any] = "currency"
    deadline_kind: str | Callable[[Any], Any] = ""
    state_kind: str = ""
    export: str | Callable[[Any], Any] | bool = True
    wide: bool = False
    shown: Callable[[HttpRequest], bool] | None = None

    @property
    def aligned_right(self) -> bool:
        """Numbers and money stand at the right edge."""
        return self.right or self.kind in ("number", "money")


@dataclass(frozen=True)
class Cell:
    """One drawn cell."""

    column: Column
    html: SafeString | str


@dataclass(frozen=True)
class Row:
    """One row of a page: the stage's own item, where it leads, and its drawn cells."""

    item: Any
    pk: Any
    url: str
    cells: tuple[Cell, ...]
    tone: str = ""


def read(item: Any, path: str | Callable[[Any], Any]) -> Any:
    """Read a value from a row by path ("a.b" or "a__b") or callable; a missing part gives None."""
    if callable(path):
        return path(item)
    for part in path.replace("__", ".").split("."):
        if item is None:
            return None
        item = item.get(part) if isinstance(item, dict) else getattr(item, part, None)
        if callable(item) and not hasattr(item, "all"):
            item = item()
    return item


def draw(column: Column, item: Any, *, now: datetime) -> SafeString | str:
    """Draw one cell as safe HTML."""
    value = read(item, column.value or column.key)
    if column.template:
        context = {"row": item, "value": value, "column": column, "now": now}
        return mark_safe(get_template(column.template).render(context))
    if value is None or value == "":
        return _DASH
    return _draw_kind(column, item, value, now)


def _draw_kind(column: Column, item: Any, value: Any, now: datetime) -> SafeString | str:
    match column.kind:
        case "money":
            return formats.money(value, read(item, column.currency) or "")
        case "when":
            return formats.when(value)
        case "wall":
            return formats.wall_when(value)
        case "deadline":
            kind = read(item, column.deadline_kind) if column.deadline_kind else ""
            return formats.deadline(value, now, kind or "")
        case "state":
            return formats.state_chip(value, column.state_kind)
        case "order_id" | "order_tail":
            return formats.order_id(value, short=column.kind == "order_tail")
        case "number":
            return formats.number_text(value) if not isinstance(value, float) else formats.number_text(value, 1)
        case "code":
            return format_html('<code class="code">{}</code>', value)
        case "tag":
            return format_html('<span class="tag">{}</span>', value)
        case "chip":
            return formats.chip(value)
        case "boolean":
            return mark_safe('<span class="yes" aria-label="✓">✓</span>') if value else _DASH
        case _:
            return value if isinstance(value, SafeString) else format_html("{}", value)


def export_value(column: Column, item: Any) -> Any:
    """Return what a file shows for a cell: plain text, number, or aware datetime."""
    source = column.value or column.key if column.export is True else column.export
    value = read(item, source) if source is not False else None
    if column.kind == "money" and isinstance(value, int) and column.export is True:
        return formats.money_text(value, read(item, column.currency) or "")
    if column.kind == "state" and value is not None:
        return str(value)
    return value
