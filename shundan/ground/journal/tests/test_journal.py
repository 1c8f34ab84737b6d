"""The journal: sealed in order, bound by hashes, free of personal values that cannot be erased."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shundan.core.actors import Who
from shundan.ground.journal.actions import Draft, erase_personal, record, seal_next_entries
from shundan.ground.journal.models import Entry
from shundan.ground.journal.queries import broken_at, entries_of, sealed_after
from shundan.ground.shops.actions import ShopDraft, store_shop
from shundan.ground.shops.models import Shop

T0 = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
STEP = Who("step", "review_next_orders", "step")
pytestmark = pytest.mark.django_db


def make_shop(number: int = 1) -> Shop:
    return store_shop(ShopDraft(f"749000000000000000{number}", f"Shop {number}", "US"), now=T0)


def test_each_shop_has_positions_of_its_own_without_gaps() -> None:
    one, two = make_shop(1), make_shop(2)
    for shop in (one, two, one, None, one):
        record([Draft("order", 5, "APPROVE", STEP, T0, shop_key=shop.pk if shop else None)])
    assert seal_next_entries() == 5 and seal_next_entries() == 0
    assert [entry.position for entry in sealed_after(one.pk, 0)] == [1, 2, 3]
    assert [entry.position for entry in sealed_after(two.pk, 0)] == [1]
    assert [entry.position for entry in sealed_after(None, 0)] == [1]


def test_a_row_that_comes_late_is_still_read_by_whoever_follows_positions() -> None:
    shop = make_shop()
    record([Draft("order", 5, "APPROVE", STEP, T0, shop_key=shop.pk)])
    late = Entry.objects.get()
    record([Draft("order", 6, "APPROVE", STEP, T0, shop_key=shop.pk)])
    Entry.objects.filter(pk=late.pk).delete()  # as if its transaction had not committed yet
    seal_next_entries()
    late.save(force_insert=True)
    seal_next_entries()
    assert [entry.subject_key for entry in sealed_after(shop.pk, 1)] == [5]


@pytest.mark.parametrize("field", ["verb", "by_key", "to_state", "facts"])
def test_a_changed_row_breaks_the_chain_at_its_place(field: str) -> None:
    shop = make_shop()
    for _ in range(4):
        record([Draft("order", 5, "APPROVE", STEP, T0, shop_key=shop.pk, to_state="APPROVED")])
    seal_next_entries()
    assert broken_at(shop.pk) is None
    Entry.objects.filter(position=3).update(**{field: {"x": 1} if field == "facts" else "forged"})
    assert broken_at(shop.pk) == 3


def test_a_persons_own_words_are_erasable_and_codes_stay() -> None:
    shop = make_shop()
    by = Who("person", "7", "page")
    record(
        [
            Draft("parcel", 5, "UNPACK", by, T0, shop_key=shop.pk, facts={"why": "Emma called", "weight_g": 5}),
            Draft("parcel", 5, "VOID", by, T0, shop_key=shop.pk, facts={"why": "regrouped"}),
        ]
    )
    unpacked, voided = Entry.objects.order_by("pk")
    assert "Emma" not in str(unpacked.facts) and voided.facts == {"why": "regrouped"}
    assert [entry.facts["why"] for entry in entries_of([("parcel", 5)])] == ["regrouped", "Emma called"]
    seal_next_entries()
    assert erase_personal("parcel", [5]) == 1
    assert broken_at(shop.pk) is None
    assert "why" not in entries_of([("parcel", 5)])[1].facts
