"""The pick list 拣货单 of one wave: bin after bin, with the totals per SKU."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from shundan.core.errors import Refused
from shundan.ground.lib.barcodes import code128_mark
from shundan.ground.lib.pdf import render_typst
from shundan.stages.packing.documents.words import language_of, words_in

_TEMPLATE = Path(__file__).with_name("pick-list.typ")


@dataclass(frozen=True)
class PickLine:
    """Units of one SKU to take from one bin; `totes` says how many go where, as ("T1", 2)."""

    bin: str
    sku: str
    name: str
    quantity: int
    variant: str = ""
    totes: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class PickListFacts:
    """One wave. `made_at` is aware and stands on the paper as given, in the warehouse's own zone."""

    wave: str
    warehouse: str
    market: str
    lines: tuple[PickLine, ...]
    made_at: datetime
    orders: int = 0
    picker: str = ""
    note: str = ""


def render_pick_list(pick_list: PickListFacts) -> bytes:
    """Draw the wave's pick list on A4, lines in the order of the bins."""
    if not pick_list.lines:
        raise Refused(_("This wave has nothing to pick."), code="nothing_to_print")
    lines = sorted(pick_list.lines, key=lambda line: (bin_order(line.bin), line.sku))
    bars = code128_mark(pick_list.wave, room_mm=80, height_mm=14)
    facts = asdict(pick_list) | {
        "made_at": f"{pick_list.made_at:%Y-%m-%d %H:%M}",
        "lines": [asdict(line) for line in lines],
        "totals": sku_totals(lines),
        "units": sum(line.quantity for line in lines),
        "bins": len({line.bin for line in lines}),
        "bar_mark": asdict(bars) if bars else None,
        "words": words_in(language_of(pick_list.market)),
    }
    return render_typst(_TEMPLATE, facts, made_at=pick_list.made_at)


def bin_order(bin_name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key that walks bins as people do: A2 before A10; no bin at all comes last."""
    if not bin_name:
        return ((2, 0, ""),)
    parts = re.findall(r"[0-9]+|[^0-9]+", bin_name)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in parts)


def sku_totals(lines: Sequence[PickLine]) -> list[dict[str, object]]:
    """Return the units per SKU over all bins, by SKU."""
    units: Counter[str] = Counter()
    for line in lines:
        units[line.sku] += line.quantity
    names = {line.sku: line.name for line in lines}
    return [{"sku": sku, "name": names[sku], "quantity": units[sku]} for sku in sorted(units)]
