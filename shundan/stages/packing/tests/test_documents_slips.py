import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

import pytest

from shundan.core.errors import Refused
from shundan.ground.lib.tests.paper import codes_on, pages_of, size_mm
from shundan.stages.packing.documents import SlipFacts, SlipLine, render_packing_slips

SLIP = SlipFacts(
    shop="Lumen Home US",
    market="US",
    order_ids=("576461413038486123",),
    parcel="P-000123",
    tracking="YT26123456789",
    carrier="USPS",
    buyer="J*** D**",
    buyer_note="Back door, please",
    gift_note="送保温杯",
    lines=(
        SlipLine("AIR-5L-WHT", "空气炸锅 5L", 2, "A12-8-6", alt_name="Air fryer 5L"),
        SlipLine("EAR-PRO-BLK", "蓝牙耳机 Pro", 1, "A24-1-6", "黑色"),
    ),
)
HOSTILE = "#panic(1) *b* _i_ $x$ @ref <label> \\ [c] //n مرحبا ราคา 😀 \u202e\x00\ud800"


@pytest.mark.parametrize(("paper", "size"), [("100x150", (100, 150)), ("A4", (210, 297))])
def test_a_slip_shows_the_parcel_and_its_codes_scan_at_a_printers_resolution(
    paper: Literal["100x150", "A4"], size: tuple[int, int]
) -> None:
    pdf = render_packing_slips([SLIP], paper=paper)
    (page,) = pages_of(pdf)
    for part in (
        "发货单",
        "Packing slip",
        "Lumen Home US",
        "486123",
        "P-000123",
        "USPS",
        "J*** D**",
        "Back door, please",
        "送保温杯",
        "空气炸锅 5L",
        "Air fryer 5L",
        "AIR-5L-WHT",
        "A12-8-6",
        "黑色",
        "YT26123456789",
        "3 件 units",
    ):
        assert part in page
    assert size_mm(pdf) == size
    assert codes_on(pdf) == {"QRCode": "576461413038486123", "Code128": "YT26123456789"}


def test_without_a_tracking_number_the_bars_hold_the_parcel() -> None:
    assert codes_on(render_packing_slips([replace(SLIP, tracking="")]))["Code128"] == "P-000123"


def test_a_slip_for_indonesia_is_in_chinese_and_indonesian() -> None:
    (page,) = pages_of(render_packing_slips([replace(SLIP, market="ID")]))
    assert "发货单 Slip pengemasan" in page
    assert "Barang" in page
    assert "Packing slip" not in page


def test_every_order_of_a_merged_parcel_stands_on_its_slip() -> None:
    merged = replace(SLIP, order_ids=("576461413038486123", "576461413038486124"))
    (page,) = pages_of(render_packing_slips([merged]))
    assert "486123" in page
    assert "486124" in page


def test_many_lines_go_on_to_a_second_page_that_says_whose_it_is() -> None:
    lines = tuple(SlipLine(f"SKU-{place}", f"保温杯 {place}", 1, f"A{place}") for place in range(40))
    pdf = render_packing_slips([replace(SLIP, lines=lines), SLIP])
    pages = pages_of(pdf)
    found = [number for page in pages[:-1] for number in re.findall(r"保温杯 (\d+)", page)]
    assert found == [str(place) for place in range(40)]
    assert len(pages) > 2
    assert "发货单 Packing slip" in pages[1]
    assert "486123" in pages[1]
    assert f"2 / {len(pages) - 1}" in pages[1]
    assert "1 / 1" in pages[-1]
    assert codes_on(pdf, page=1)["Code128"] == "YT26123456789"


def test_hostile_words_are_printed_and_nothing_else_happens() -> None:
    slip = SlipFacts(
        shop=HOSTILE,
        market="US",
        order_ids=("not an id " + HOSTILE,),
        parcel="包裹",
        buyer=HOSTILE,
        carrier=HOSTILE,
        lines=(SlipLine("SKU" * 60, HOSTILE * 5, 10**6, "B" * 40, HOSTILE, HOSTILE), SlipLine("", "", 0)),
        buyer_note=HOSTILE * 3,
        gift_note="x" * 5000,
    )
    pages = "\n".join(pages_of(render_packing_slips([slip])))
    for part in ("#panic(1)", "*b*", "$x$", "@ref", "<label>", "1000000"):
        assert part in pages
    assert "SKU" * 60 in pages.replace("\n", "")


def test_a_batch_has_each_slip_on_a_page_of_its_own_and_is_the_same_every_time() -> None:
    slips = [replace(SLIP, parcel=f"P-{place:06d}", place=f"{place}/200") for place in range(200)]
    made_at = datetime(2026, 11, 24, tzinfo=UTC)
    pdf = render_packing_slips(slips, made_at=made_at)
    pages = pages_of(pdf)
    assert len(pages) == 200
    assert all(f"P-{place:06d}" in page for place, page in enumerate(pages))
    assert pdf == render_packing_slips(slips, made_at=made_at)


def test_nothing_to_print_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        render_packing_slips([])
    assert refused.value.code == "nothing_to_print"
