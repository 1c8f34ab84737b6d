"""Two people at one thing, in threads of their own: done once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from shundan.core.errors import Conflict
from shundan.core.states import ParcelState
from shundan.stages.packing.actions import pack_parcel
from shundan.stages.packing.models import PackScan
from shundan.stages.packing.tests.cast import NOW, PACKER, SECOND_PACKER, make_item, make_parcel, make_shop
from shundan.stages.shipping.actions import close_manifest, open_manifest, scan_out
from shundan.stages.shipping.models import ManifestParcel
from shundan.stages.stock.models import LedgerRow, Level

pytestmark = pytest.mark.django_db(transaction=True)
P = ParcelState


def both(one: Callable[[], Any], other: Callable[[], Any]) -> list[Any]:
    """Run two things at the same moment; return what each gave or refused with."""
    start, results = threading.Barrier(2), []

    def run(work: Callable[[], Any]) -> None:
        start.wait()
        try:
            results.append(work())
        except Conflict as refusal:
            results.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_two_packers_close_one_box_once() -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1}, P.LABELLED)
    parcel.parcel_lines.update(checked=1)
    results = both(
        lambda: pack_parcel(parcel.pk, by=PACKER, now=NOW),
        lambda: pack_parcel(parcel.pk, by=SECOND_PACKER, now=NOW),
    )
    assert sum(isinstance(one, Conflict) for one in results) == 1
    assert PackScan.objects.filter(result="done").count() == 1


def test_two_people_close_one_manifest_once_and_stock_falls_once() -> None:
    mug = make_item("MUG", on_hand=10)
    parcel = make_parcel(make_shop(), {mug: 3}, P.PACKED)
    manifest = open_manifest(by=PACKER, now=NOW)
    scan_out(manifest.pk, parcel.pk, by=PACKER, now=NOW)
    results = both(
        lambda: close_manifest(manifest.pk, by=PACKER, now=NOW),
        lambda: close_manifest(manifest.pk, by=SECOND_PACKER, now=NOW),
    )
    assert sorted(map(type, results), key=str) == sorted([int, Conflict], key=str)
    assert (Level.objects.get(item=mug).on_hand, LedgerRow.objects.filter(reason="leave").count()) == (7, 1)


def test_one_parcel_is_scanned_onto_one_of_two_manifests() -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 1}, P.PACKED)
    first, second = (open_manifest(by=PACKER, now=NOW) for _ in range(2))
    results = both(
        lambda: scan_out(first.pk, parcel.pk, by=PACKER, now=NOW),
        lambda: scan_out(second.pk, parcel.pk, by=SECOND_PACKER, now=NOW),
    )
    assert sum(isinstance(one, Conflict) for one in results) == 1
    assert ManifestParcel.objects.filter(taken_out_at=None).count() == 1
