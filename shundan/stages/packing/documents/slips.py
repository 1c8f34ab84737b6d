"""The packing slip 发货单: what lies in this parcel, without prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from django.utils.translation import gettext as _

from shundan.core.errors import Refused
from shundan.ground.lib.barcodes import code128_mark, qr_mark
from shundan.ground.lib.pdf import render_typst
from shundan.stages.packing.documents.words import all_words, language_of

_TEMPLATE = Path(__file__).with_name("slip.typ")
# What changes with the paper: sizes in mm and pt.
_PAPERS: dict[str, dict[str, float]] = {
    "100x150": {"width": 100, "height": 150, "margin": 4, "size": 8, "qr": 18, "bars": 92, "bar_height": 11},
    "A4": {"width": 210, "height": 297, "margin": 15, "size": 10.5, "qr": 28, "bars": 120, "bar_height": 16},
}
Paper = Literal["100x150", "A4"]


@dataclass(frozen=True)
class SlipLine:
    """One line: `bin` and `variant` may be empty; `alt_name` is the name in the market's language."""

    sku: str
    name: str
    quantity: int
    bin: str = ""
    variant: str = ""
    alt_name: str = ""


@dataclass(frozen=True)
class SlipFacts:
    """One parcel's slip, with every order in it: the QR holds the first, the bars the tracking number."""

    shop: str
    market: str
    order_ids: tuple[str, ...]
    parcel: str
    lines: tuple[SlipLine, ...]
    tracking: str = ""
    carrier: str = ""
    buyer: str = ""
    buyer_note: str = ""
    gift_note: str = ""
    place: str = ""  # "3/40": the slip's place in its wave or batch


def render_packing_slips(
    slips: Sequence[SlipFacts], *, paper: Paper = "100x150", made_at: datetime | None = None
) -> bytes:
    """Draw one slip after another, each on pages of its own, as one PDF ("100x150" mm or "A4")."""
    if not slips:
        raise Refused(_("There is no parcel to print a packing slip for."), code="nothing_to_print")
    if paper not in _PAPERS:
        raise Refused(
            _("“%(paper)s” is no paper for packing slips.") % {"paper": paper},
            code="bad_paper",
            remedy=_("100x150 or A4"),
        )
    sizes = _PAPERS[paper]
    facts = {"paper": sizes, "words": all_words(), "slips": [_slip(slip, sizes) for slip in slips]}
    return render_typst(_TEMPLATE, facts, made_at=made_at)


def _slip(slip: SlipFacts, sizes: dict[str, float]) -> dict[str, object]:
    code = slip.tracking or slip.parcel
    square = qr_mark(slip.order_ids[0] if slip.order_ids else slip.parcel, room_mm=sizes["qr"])
    bars = code128_mark(code, room_mm=sizes["bars"], height_mm=sizes["bar_height"])
    return asdict(slip) | {
        "language": language_of(slip.market),
        "units": sum(line.quantity for line in slip.lines),
        "code": code,
        "qr_mark": asdict(square) if square else None,
        "bar_mark": asdict(bars) if bars else None,
    }
