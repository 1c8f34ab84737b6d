from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from shundan.core.errors import Refused
from shundan.ground.lib.tests.paper import codes_on, pages_of, size_mm
from shundan.stages.shipping.documents import ManifestFacts, ManifestParcel, render_manifest

AT = datetime(2026, 11, 24, 17, 5, 9, tzinfo=timezone(timedelta(hours=8)))
MANIFEST = ManifestFacts(
    number="M-20261124-003",
    carrier="USPS",
    warehouse="东莞仓",
    market="US",
    made_at=AT,
    handed_over_at=AT,
    handed_over_by="Lin",
    vehicle="B 1234 XYZ",
    shops=("Lumen Home US",),
    parcels=(
        ManifestParcel("P-1", "9200190175547700000001", ("576461413038486123",), 1240, AT - timedelta(minutes=5)),
        ManifestParcel("P-2", "YT26123456789", ("576461413038486124", "576461413038486125"), 60),
    ),
)


def test_the_manifest_proves_what_left_when_and_with_whom() -> None:
    pdf = render_manifest(MANIFEST)
    page = " ".join(pages_of(pdf)[0].split())
    for part in (
        "交接单 Hand-over manifest",
        "M-20261124-003",
        "USPS",
        "东莞仓",
        "Lumen Home US",
        "Lin",
        "B 1234 XYZ",
        "2026-11-24 17:05:09 (UTC+08:00)",
        "11-24 17:00:09",
        "9200190175547700000001",
        "YT26123456789",
        "486123",
        "486124",
        "486125",
        "P-1",
        "P-2",
        "1.240 kg",
        "1.300 kg",
        "Warehouse signature",
        "Carrier signature",
        "/ 2",
    ):
        assert part in page
    assert size_mm(pdf) == (210, 297)
    assert codes_on(pdf) == {"Code128": "M-20261124-003"}


def test_parcels_and_orders_are_counted_apart() -> None:
    page = " ".join(pages_of(render_manifest(MANIFEST))[0].split())
    assert "2 包裹数 Parcels" in page
    assert "3 订单数 Orders" in page


def test_before_the_carrier_comes_the_time_is_left_blank() -> None:
    pdf = render_manifest(replace(MANIFEST, handed_over_at=None, market="ID"))
    page = pages_of(pdf)[0]
    assert "Waktu serah terima" in page
    assert page.count("2026-11-24 17:05:09") == 1  # when it was printed, in the foot


def test_many_parcels_go_on_with_a_header_and_every_one_is_there() -> None:
    parcels = tuple(ManifestParcel(f"P-{i}", f"TRACK{i:08d}", (f"576461413038{i:06d}",)) for i in range(300))
    pages = pages_of(render_manifest(replace(MANIFEST, parcels=parcels, carrier="#panic() *x*")))
    text = "\n".join(pages)
    assert all(f"TRACK{i:08d}" in text for i in range(300))
    assert "M-20261124-003" in pages[1]
    assert "#panic() *x*" in pages[1]
    assert f"2 / {len(pages)}" in pages[1]


def test_an_empty_manifest_is_refused() -> None:
    with pytest.raises(Refused):
        render_manifest(replace(MANIFEST, parcels=()))
