"""A death between writing a file and its row leaves a file nobody knows: it goes after a day, and no other does."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shundan.core.states import ParcelState
from shundan.desk.imports.actions.storing import sweep_stray_files
from shundan.desk.imports.queries import EXPORT, KIND
from shundan.ground.jobs.actions import report_progress, start_job
from shundan.ground.lib import clock
from shundan.ground.lib.blobs import has_blob, put_blob, sweep_folders
from shundan.stages.orders.tests.made import CLERK
from shundan.stages.packing.tests.cast import make_item, make_parcel, make_shop
from shundan.stages.shipping.models import Label

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.BLOBS = tmp_path
    return tmp_path


def age(path: Path, by: timedelta) -> None:
    moment = (clock.wall() - by).timestamp()
    os.utime(path, (moment, moment))


def sweep_all() -> int:
    return sum(sweep_stray_files(now=clock.wall() - timedelta(hours=hour)) for hour in range(32))


def test_only_old_files_that_no_row_names_are_swept(folder: Path) -> None:
    strays = [put_blob(b"stray %d" % number) for number in range(40)]
    label, part, key = put_blob(b"a label"), put_blob(b"a part"), put_blob(b"keys of an export")
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1}, ParcelState.LABELLED)
    Label.objects.create(parcel=parcel, shop=parcel.shop, number=1, asked_at=clock.now(), blob=label)
    report_progress(start_job(KIND, by=CLERK), done=0, cursor={"parts": [part]})
    start_job(EXPORT, by=CLERK, params={"keys": [key]})
    half = folder / label[:2] / "tmpabc123"
    half.write_bytes(b"hal")
    for path in folder.glob("*/*"):
        age(path, 3 * DAY)
    young = put_blob(b"its row is about to be written")
    assert sweep_all() == 41
    assert {path.name for path in folder.glob("*/*")} == {label, part, key, young}
    assert not any(has_blob(name) for name in strays)


def test_a_stray_that_is_wanted_anew_is_young_again(folder: Path) -> None:
    name = put_blob(b"the same label")
    age(folder / name[:2] / name, 3 * DAY)
    assert put_blob(b"the same label") == name
    assert (sweep_all(), has_blob(name)) == (0, True)


def test_a_file_wanted_while_the_rows_are_read_stays(folder: Path) -> None:
    name = put_blob(b"the same label")
    age(folder / name[:2] / name, 3 * DAY)

    def nobody_yet(names: list[str]) -> set[str]:
        assert names == [name]
        put_blob(b"the same label")
        return set()

    assert sweep_folders([int(name[:2], 16)], named=nobody_yet, before=clock.wall() - DAY) == 0
    assert has_blob(name)
