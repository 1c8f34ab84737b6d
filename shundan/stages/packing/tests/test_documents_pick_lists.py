from datetime import UTC, datetime

import pytest

from shundan.core.errors import Refused
from shundan.ground.lib.tests.paper import codes_on, pages_of, size_mm
from shundan.stages.packing.documents import PickLine, PickListFacts, render_pick_list
from shundan.stages.packing.documents.pick_lists import bin_order, sku_totals

LINES = (
    PickLine("A10-3", "AIR-5L", "空气炸锅", 2, totes=(("T9", 2),)),
    PickLine("", "EAR-PRO", "蓝牙耳机", 7),
    PickLine("A2-1", "AIR-5L", "空气炸锅", 3, "白色", (("T1", 1), ("T2", 2))),
)
AT = datetime(2026, 11, 24, 14, 33, tzinfo=UTC)
WAVE = PickListFacts("W-20261124-007", "东莞仓", "US", LINES, AT, orders=9)


def test_bins_are_walked_as_people_do_and_no_bin_comes_last() -> None:
    names = ["A10-3", "", "B1", "A2-10", "A2-9", "a2-1", "12", "2"]
    assert sorted(names, key=bin_order) == ["2", "12", "a2-1", "A2-9", "A2-10", "A10-3", "B1", ""]


def test_units_are_summed_per_sku_over_all_bins() -> None:
    assert sku_totals(LINES) == [
        {"sku": "AIR-5L", "name": "空气炸锅", "quantity": 5},
        {"sku": "EAR-PRO", "name": "蓝牙耳机", "quantity": 7},
    ]


def test_the_pick_list_is_in_bin_order_with_totes_totals_and_the_waves_barcode() -> None:
    pdf = render_pick_list(WAVE)
    (page,) = pages_of(pdf)
    parts = ("拣货单", "Pick list", "东莞仓", "2026-11-24 14:33", "T1", "T2", "T9", "12 件 units")
    for part in parts:
        assert part in " ".join(page.split())
    assert page.index("A2-1") < page.index("A10-3") < page.index("蓝牙耳机")
    assert size_mm(pdf) == (210, 297)
    assert codes_on(pdf) == {"Code128": "W-20261124-007"}


def test_a_long_pick_list_repeats_its_header_and_numbers_its_pages() -> None:
    lines = tuple(PickLine(f"B{place}", f"SKU-{place:03d}", "保温杯 #[x]", 1) for place in range(120))
    pages = pages_of(render_pick_list(PickListFacts("W-1", "仓", "ID", lines, WAVE.made_at)))
    assert len(pages) > 2
    assert all("Daftar ambil" in page and "W-1" in page and "库位 Rak" in page for page in pages[:3])
    assert f"2 / {len(pages)}" in pages[1]


def test_an_empty_wave_is_refused() -> None:
    with pytest.raises(Refused):
        render_pick_list(PickListFacts("W-1", "仓", "US", (), WAVE.made_at))
