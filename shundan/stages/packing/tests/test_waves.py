"""Waves: which parcels they gather, and the units that are picked for them."""

from __future__ import annotations

import pytest

from shundan.core.errors import Conflict
from shundan.core.states import ParcelState
from shundan.stages.packing.actions import make_wave, pick_item, skip_pick
from shundan.stages.packing.models import Pick
from shundan.stages.packing.tests.cast import NOW, PACKER, make_item, make_parcel, make_shop

pytestmark = pytest.mark.django_db


def test_chosen_parcels_are_all_in_the_wave() -> None:
    shop, mug = make_shop(), make_item("MUG")
    keys = [make_parcel(shop, {mug: 1}, ParcelState.LABELLED).pk for _ in range(3)]
    assert make_wave(by=PACKER, now=NOW, limit=1).parcels == 1
    assert make_wave(by=PACKER, now=NOW, limit=1, parcel_keys=keys).parcels == 2


def test_no_more_is_picked_than_a_bin_should_give() -> None:
    make_parcel(make_shop(), {make_item("MUG"): 3}, ParcelState.LABELLED)
    wave = make_wave(by=PACKER, now=NOW)
    assert pick_item(wave.wave_id, "mug", quantity=2, by=PACKER, now=NOW).left == 1
    assert pick_item(wave.wave_id, "mug", quantity=9, by=PACKER, now=NOW).left == 0
    assert Pick.objects.get().picked == 3


def test_a_bin_of_another_wave_is_not_skipped() -> None:
    shop, mug = make_shop(), make_item("MUG")
    for _ in range(2):
        make_parcel(shop, {mug: 1}, ParcelState.LABELLED)
    mine, other = (make_wave(by=PACKER, now=NOW, limit=1) for _ in range(2))
    with pytest.raises(Conflict):
        skip_pick(mine.wave_id, other.picks.get().pk, short=True, by=PACKER, now=NOW)
    assert not Pick.objects.exclude(short_at=None).exists()
