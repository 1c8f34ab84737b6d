from dataclasses import replace
from typing import Any

import pytest

from shundan.core.errors import Refused
from shundan.ground.lib.tests.paper import codes_on, pages_of, size_mm
from shundan.stages.shipping.documents import Address, LabelFacts, render_labels

LABEL = LabelFacts(
    parcel="P-000123",
    market="GB",
    carrier="Own courier",
    service="Next day",
    tracking="LC123456789GB",
    sender=Address("Lumen Home", ("东莞市示例路 12 号",), "+86 769 0000 0000", "523000", "China"),
    recipient=Address(
        "Ada Example",
        ("Flat 3, 12 Example Road", "Sampletown"),
        "+44 20 7946 0000",
        "SA1 2MP",
        "United Kingdom",
    ),
    order_ids=("576461413038486123",),
    weight_grams=1240,
)


def test_a_label_shows_where_it_goes_and_its_codes_scan_at_a_printers_resolution() -> None:
    pdf = render_labels([LABEL])
    (page,) = pages_of(pdf)
    for part in (
        "Own courier",
        "Next day",
        "1.240 kg",
        "收件人 To",
        "Ada Example",
        "+44 20 7946 0000",
        "Flat 3, 12 Example Road",
        "Sampletown",
        "SA1 2MP United Kingdom",
        "东莞市示例路 12 号",
        "P-000123",
        "486123",
        "LC123456789GB",
    ):
        assert part in page
    assert size_mm(pdf) == (100, 150)
    assert codes_on(pdf) == {"QRCode": "LC123456789GB", "Code128": "LC123456789GB"}


def test_money_to_collect_stands_in_the_markets_language() -> None:
    (page,) = pages_of(render_labels([replace(LABEL, market="ID", collect="IDR 150,000.00")]))
    assert "代收货款 Bayar di tempat (COD)" in page
    assert "IDR 150,000.00" in page


@pytest.mark.parametrize(
    "masked",
    [{"name": "A** E*****"}, {"phone": "+44 ******000"}, {"lines": ("1** Road",)}, {"postcode": "S**"}],
)
def test_a_masked_recipient_gets_no_label(masked: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        render_labels([LABEL, replace(LABEL, recipient=replace(LABEL.recipient, **masked))])
    assert refused.value.code == "masked_recipient"


@pytest.mark.parametrize("missing", [{"name": " "}, {"lines": ()}, {"lines": ("", " ")}])
def test_a_recipient_without_name_or_address_gets_no_label(missing: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        render_labels([replace(LABEL, recipient=replace(LABEL.recipient, **missing))])
    assert refused.value.code == "no_recipient"


@pytest.mark.parametrize("code", ["包裹-1", "X" * 60])
def test_a_code_that_no_scanner_could_read_is_refused(code: str) -> None:
    with pytest.raises(Refused) as refused:
        render_labels([replace(LABEL, tracking=code)])
    assert refused.value.code == "bad_barcode"


def test_an_overlong_hostile_address_shrinks_and_the_label_stays_one_page_with_its_town() -> None:
    lines = ("x" * 90, "#panic() " * 12, "_b_ $x$ @y <z>", "d" * 200, "Jl. Contoh No. 1", "Kota Contoh")
    recipient = Address("N" * 200, lines, "+62 812 0000 0000", "12190", "Indonesia")
    pdf = render_labels([replace(LABEL, recipient=recipient, order_ids=LABEL.order_ids * 9)])
    (page,) = pages_of(pdf)
    assert "Kota Contoh" in page
    assert "12190 Indonesia" in page
    assert codes_on(pdf)["Code128"] == "LC123456789GB"


def test_a_batch_has_one_label_to_a_page() -> None:
    pages = pages_of(render_labels([replace(LABEL, tracking=f"LC{place:09d}GB") for place in range(60)]))
    assert [f"LC{place:09d}GB" in page for place, page in enumerate(pages)] == [True] * 60
