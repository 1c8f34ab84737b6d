"""The invoice 发票: exact sums in minor units of one currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from django.utils.translation import gettext as _

from shundan.core.errors import Refused
from shundan.core.money import share, to_text
from shundan.ground.lib.barcodes import qr_mark
from shundan.ground.lib.pdf import render_typst
from shundan.stages.packing.documents.words import all_words, language_of

_TEMPLATE = Path(__file__).with_name("invoice.typ")


@dataclass(frozen=True)
class Party:
    """Seller or buyer; the buyer's words may be masked and are printed as they are."""

    name: str
    address: tuple[str, ...] = ()
    tax_id: str = ""


@dataclass(frozen=True)
class InvoiceLine:
    """`unit_minor` before discount; `discount_minor` is positive and of the whole line.

    `tax_minor` as the platform gave it, or None: reckoned from `tax_basis_points` (2000 = 20 %).
    """

    sku: str
    name: str
    quantity: int
    unit_minor: int
    discount_minor: int = 0
    tax_basis_points: int = 0
    tax_minor: int | None = None

    @property
    def amount_minor(self) -> int:
        """What the line costs after its discount."""
        return self.quantity * self.unit_minor - self.discount_minor


@dataclass(frozen=True)
class InvoiceFacts:
    """One invoice. With `tax_included` the amounts contain the tax, else it is added to them.

    `charged_minor`, when known, is what the buyer paid: an invoice that does not add up to it is refused.
    """

    number: str
    issued_on: date
    shop: str
    market: str
    order_id: str
    currency: str
    seller: Party
    buyer: Party
    lines: tuple[InvoiceLine, ...]
    order_discount_minor: int = 0
    shipping_minor: int = 0
    fees_minor: int = 0  # what the platform took from the buyer on top, untaxed here: service, delivery, small orders
    shipping_tax_basis_points: int = 0
    shipping_tax_minor: int | None = None
    tax_included: bool = True
    charged_minor: int | None = None
    note: str = ""


@dataclass(frozen=True)
class InvoiceSums:
    """Everything added up. `taxes` holds (basis points, taxable, tax) per rate, the lowest rate first."""

    items_minor: int
    taxes: tuple[tuple[int, int, int], ...]
    tax_minor: int
    total_minor: int


def render_invoices(invoices: Sequence[InvoiceFacts], *, made_at: datetime | None = None) -> bytes:
    """Draw one invoice after another on A4 as one PDF; raises Refused for one that does not add up."""
    if not invoices:
        raise Refused(_("There is no invoice to print."), code="nothing_to_print")
    facts = {"words": all_words(), "invoices": [_invoice(invoice) for invoice in invoices]}
    return render_typst(_TEMPLATE, facts, made_at=made_at)


def invoice_sums(invoice: InvoiceFacts) -> InvoiceSums:
    """Add up the invoice exactly; raises Refused if the total is not what the buyer was charged."""
    items = sum(line.amount_minor for line in invoice.lines)
    by_rate: dict[int, list[int]] = {}
    for amount, rate, given in _taxed(invoice):
        if not given and not (rate and amount):
            continue
        tax = tax_in(amount, rate, included=invoice.tax_included) if given is None else given
        base = amount - tax if invoice.tax_included else amount
        sums = by_rate.setdefault(rate, [0, 0])
        sums[0] += base
        sums[1] += tax
    tax = sum(sums[1] for sums in by_rate.values())
    added = 0 if invoice.tax_included else tax
    total = items - invoice.order_discount_minor + invoice.shipping_minor + invoice.fees_minor + added
    if invoice.charged_minor is not None and invoice.charged_minor != total:
        raise Refused(
            _("Invoice %(number)s adds up to %(total)s, but the buyer paid %(paid)s.")
            % {
                "number": invoice.number,
                "total": _money(total, invoice.currency),
                "paid": _money(invoice.charged_minor, invoice.currency),
            },
            code="invoice_differs",
            remedy=_("Compare the order's lines, discounts and tax with the platform"),
        )
    taxes = tuple((rate, base, amount) for rate, (base, amount) in sorted(by_rate.items()))
    return InvoiceSums(items, taxes, tax, total)


def tax_in(amount_minor: int, basis_points: int, *, included: bool) -> int:
    """Return the tax of an amount at a rate, rounded half up (away from zero), inside it or on top of it."""
    divisor = 10_000 + basis_points if included else 10_000
    size = (2 * abs(amount_minor) * basis_points + divisor) // (2 * divisor)
    return size if amount_minor >= 0 else -size


def _taxed(invoice: InvoiceFacts) -> list[tuple[int, int, int | None]]:
    """Return (amount, rate, given tax) of each line and of shipping; the order's discount lowers lines."""
    amounts = [line.amount_minor for line in invoice.lines]
    cuts = share(invoice.order_discount_minor, amounts)
    rows = [
        (amount - cut, line.tax_basis_points, line.tax_minor)
        for line, amount, cut in zip(invoice.lines, amounts, cuts, strict=True)
    ]
    return [*rows, (invoice.shipping_minor, invoice.shipping_tax_basis_points, invoice.shipping_tax_minor)]


def _invoice(invoice: InvoiceFacts) -> dict[str, object]:
    sums, currency = invoice_sums(invoice), invoice.currency
    square = qr_mark(invoice.order_id, room_mm=20)
    return {
        "language": language_of(invoice.market),
        "number": invoice.number,
        "shop": invoice.shop,
        "issued_on": invoice.issued_on.isoformat(),
        "order_id": invoice.order_id,
        "currency": currency,
        "seller": asdict(invoice.seller),
        "buyer": asdict(invoice.buyer),
        "note": invoice.note,
        "qr_mark": asdict(square) if square else None,
        "tax_included": invoice.tax_included,
        "lines": [
            {
                "sku": line.sku,
                "name": line.name,
                "quantity": str(line.quantity),
                "unit": _grouped(line.unit_minor, currency),
                "discount": _discount(line.discount_minor, currency),
                "rate": _percent(line.tax_basis_points),
                "amount": _grouped(line.amount_minor, currency),
            }
            for line in invoice.lines
        ],
        "items": _grouped(sums.items_minor, currency),
        "order_discount": _discount(invoice.order_discount_minor, currency),
        "shipping": _grouped(invoice.shipping_minor, currency),
        "fees": _grouped(invoice.fees_minor, currency) if invoice.fees_minor else "",
        "taxes": [
            {"rate": _percent(rate), "base": _grouped(base, currency), "tax": _grouped(tax, currency)}
            for rate, base, tax in sums.taxes
        ],
        "tax": _grouped(sums.tax_minor, currency),
        "total": _money(sums.total_minor, currency),
    }


def _percent(basis_points: int) -> str:
    if not basis_points:
        return ""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "\u202f%"


def _discount(minor: int, currency: str) -> str:
    return _grouped(-minor, currency) if minor else ""


def _money(minor: int, currency: str) -> str:
    return f"{currency} {_grouped(minor, currency)}"


def _grouped(minor: int, currency: str) -> str:
    """Write an amount with a true minus and thin groups: −1,234.50."""
    whole, point, places = to_text(abs(minor), currency).partition(".")
    return ("−" if minor < 0 else "") + f"{int(whole):,}{point}{places}"
