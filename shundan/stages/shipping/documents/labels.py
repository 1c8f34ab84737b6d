"""The own label 面单, 100 × 150 mm: for local orders and own carriers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from shundan.core.errors import Refused
from shundan.ground.lib.barcodes import code128_mark, qr_mark
from shundan.ground.lib.pdf import render_typst
from shundan.stages.shipping.documents.words import words_for

_TEMPLATE = Path(__file__).with_name("label.typ")
# A label is one page whatever is on it: what is longer is cut.
_LONGEST = {"name": 80, "phone": 40, "line": 90, "lines": 6}


@dataclass(frozen=True)
class Address:
    """Somebody's place as it stands on a parcel; `lines` end with the town, `postcode` is printed large."""

    name: str
    lines: tuple[str, ...]
    phone: str = ""
    postcode: str = ""
    country: str = ""


@dataclass(frozen=True)
class LabelFacts:
    """One parcel's own label. The Code 128 holds the tracking number, or else the parcel code."""

    parcel: str
    market: str
    sender: Address
    recipient: Address
    carrier: str = ""
    service: str = ""
    tracking: str = ""
    order_ids: tuple[str, ...] = ()
    weight_grams: int = 0
    collect: str = ""  # "IDR 150,000.00" to collect from the recipient; "" for paid parcels


def render_labels(labels: Sequence[LabelFacts], *, made_at: datetime | None = None) -> bytes:
    """Draw one label to a page; raises Refused for a masked or empty recipient or an unfit code."""
    if not labels:
        raise Refused(_("There is no parcel to print a label for."), code="nothing_to_print")
    words = {language: words_for(market) for language, market in (("en", ""), ("id", "ID"))}
    facts = {"words": words, "labels": [_label(label) for label in labels]}
    return render_typst(_TEMPLATE, facts, made_at=made_at)


def _label(label: LabelFacts) -> dict[str, object]:
    _refuse_masked(label)
    code = label.tracking or label.parcel
    bars = code128_mark(code, room_mm=92, height_mm=20)
    if bars is None:
        raise Refused(
            _("“%(value)s” cannot be printed as a barcode on a label.") % {"value": code[:60]},
            code="bad_barcode",
            remedy=_("Use a number of at most about 25 plain letters and digits"),
        )
    square = qr_mark(code, room_mm=20)
    return {
        "language": "id" if label.market.upper() == "ID" else "en",
        "parcel": label.parcel,
        "code": code,
        "carrier": _cut(label.carrier, 40),
        "service": _cut(label.service, 40),
        "sender": _address(label.sender),
        "recipient": _address(label.recipient),
        "order_ids": [_cut(order_id, 24) for order_id in label.order_ids[:2]],
        "more_orders": max(0, len(label.order_ids) - 2),
        "weight": f"{label.weight_grams / 1000:.3f} kg" if label.weight_grams else "",
        "collect": _cut(label.collect, 30),
        "bar_mark": asdict(bars),
        "qr_mark": asdict(square) if square else None,
    }


def _refuse_masked(label: LabelFacts) -> None:
    to = label.recipient
    if "*" in "".join((to.name, to.phone, to.postcode, *to.lines)):
        raise Refused(
            _("The recipient of parcel %(parcel)s is masked.") % {"parcel": label.parcel},
            code="masked_recipient",
            field="recipient",
            remedy=_("Ship it with the platform's label, or enter the full address"),
        )
    if not to.name.strip() or not any(line.strip() for line in to.lines):
        raise Refused(
            _("The recipient of parcel %(parcel)s has no name or no address.") % {"parcel": label.parcel},
            code="no_recipient",
            field="recipient",
            remedy=_("Enter the address first"),
        )


def _address(address: Address) -> dict[str, object]:
    lines = [line for line in address.lines if line.strip()][: _LONGEST["lines"]]
    return {
        "name": _cut(address.name, _LONGEST["name"]),
        "phone": _cut(address.phone, _LONGEST["phone"]),
        "lines": [_cut(line, _LONGEST["line"]) for line in lines],
        "postcode": _cut(address.postcode, 12),
        "country": _cut(address.country, 40),
    }


def _cut(text: str, longest: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"
