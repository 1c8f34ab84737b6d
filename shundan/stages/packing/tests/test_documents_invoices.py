from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shundan.core.errors import Refused
from shundan.ground.lib.tests.paper import codes_on, pages_of
from shundan.stages.packing.documents import (
    InvoiceFacts,
    InvoiceLine,
    Party,
    invoice_sums,
    render_invoices,
)
from shundan.stages.packing.documents.invoices import tax_in

INVOICE = InvoiceFacts(
    number="INV-2026-000123",
    issued_on=date(2026, 11, 24),
    shop="Lumen Home GB",
    market="GB",
    order_id="576461413038486123",
    currency="GBP",
    seller=Party("Lumen Home Ltd", ("12 Example Road", "Dongguan"), "GB 000 0000 00"),
    buyer=Party("J*** D**", ("1** H*** Street",)),
    lines=(
        InvoiceLine("AIR-5L", "空气炸锅 Air fryer", 2, 2999, discount_minor=500, tax_basis_points=2000),
        InvoiceLine("BOOK-1", "Cookbook", 1, 1250),
        InvoiceLine("TEA-1", "Tea 茶", 3, 399, tax_basis_points=500),
    ),
    shipping_minor=399,
    shipping_tax_basis_points=2000,
)


def test_included_tax_is_taken_out_per_rate_and_the_total_stays_what_was_paid() -> None:
    sums = invoice_sums(INVOICE)
    # 54.98 and 3.99 hold 20 %: 9.16 + 0.67; 11.97 holds 5 %: 0.57
    assert sums.taxes == ((500, 1140, 57), (2000, 4914, 983))
    assert (sums.items_minor, sums.tax_minor, sums.total_minor) == (7945, 1040, 8344)


def test_added_tax_stands_on_top() -> None:
    sums = invoice_sums(replace(INVOICE, tax_included=False))
    assert sums.taxes == ((500, 1197, 60), (2000, 5897, 1180))
    assert sums.total_minor == 7945 + 399 + 1240


def test_tax_as_the_platform_gave_it_is_kept_even_without_a_rate() -> None:
    line = InvoiceLine("A", "Mug", 1, 1000, tax_minor=83)
    sums = invoice_sums(replace(INVOICE, lines=(line,), shipping_minor=0, tax_included=False))
    assert (sums.taxes, sums.total_minor) == (((0, 1000, 83),), 1083)


def test_the_orders_discount_lowers_what_is_taxed() -> None:
    line = InvoiceLine("A", "Mug", 1, 1200, tax_basis_points=2000)
    sums = invoice_sums(replace(INVOICE, lines=(line,), shipping_minor=0, order_discount_minor=600))
    assert (sums.taxes, sums.total_minor) == (((2000, 500, 100),), 600)


def test_an_invoice_that_does_not_add_up_to_what_was_paid_is_refused() -> None:
    assert invoice_sums(replace(INVOICE, charged_minor=8344)).total_minor == 8344
    with pytest.raises(Refused, match=r"adds up to GBP 83\.44, but the buyer paid GBP 83\.43") as refused:
        render_invoices([replace(INVOICE, charged_minor=8343)])
    assert refused.value.code == "invoice_differs"


@given(st.integers(0, 10**9), st.integers(0, 10_000))
def test_included_tax_and_its_base_differ_from_the_rate_by_less_than_one_unit(amount: int, rate: int) -> None:
    tax = tax_in(amount, rate, included=True)
    assert abs(tax * 10_000 - (amount - tax) * rate) <= (10_000 + rate) / 2
    assert tax_in(-amount, rate, included=True) == -tax


def test_the_page_shows_both_parties_and_every_sum() -> None:
    pdf = render_invoices([replace(INVOICE, order_discount_minor=0)])
    (page,) = pages_of(pdf)
    for part in (
        "发票",
        "Invoice",
        "INV-2026-000123",
        "2026-11-24",
        "486123",
        "Lumen Home Ltd",
        "GB 000 0000 00",
        "J*** D**",
        "29.99",
        "−5.00",
        "54.98",
        "79.45",
        "3.99",
        "GBP 83.44",
        "10.40",
        "49.14",
        "9.83",
        "11.40",
        "0.57",
    ):
        assert part in page
    assert codes_on(pdf) == {"QRCode": "576461413038486123"}


def test_currencies_without_a_minor_unit_are_printed_without_places() -> None:
    lines = (InvoiceLine("A", "マグカップ", 2, 1500),)
    (page,) = pages_of(render_invoices([replace(INVOICE, currency="JPY", lines=lines, shipping_minor=0)]))
    assert "JPY 3,000" in page
    assert "3,000.00" not in page


def test_a_long_hostile_invoice_goes_on_with_its_number_and_the_next_starts_anew() -> None:
    lines = tuple(InvoiceLine("S" * 80, f"#let x = [{place}] *b* 😀", 1, 100) for place in range(60))
    long = replace(INVOICE, market="ID", currency="IDR", lines=lines, shipping_minor=0, note="#panic()")
    pages = pages_of(render_invoices([long, INVOICE]))
    assert len(pages) >= 3
    assert "Faktur INV-2026-000123" in pages[1]
    assert f"2 / {len(pages) - 1}" in pages[1]
    assert "#let x = [59]" in "".join(pages)
    assert "IDR 60.00" in "".join(pages)
    assert "1 / 1" in pages[-1]
