from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shundan.core.allocation import allocate, sellable, spread
from shundan.core.checks import (
    CHECKS,
    NEVER_WAIVED,
    CheckedAddress,
    CheckedLine,
    CheckedOrder,
    Outcome,
    Thresholds,
    holding,
    run_checks,
)
from shundan.core.facts import OrderType as T

FULL = CheckedAddress(region="US", has=frozenset({"name", "phone", "postal_code", "city", "lines"}), digest="a")
CUP = CheckedLine("1", "CUP-1", 1, 1990, reference_price_minor=1990)
GOOD = CheckedOrder(T.NORMAL, True, (CUP,), address=FULL)


def outcome(order: CheckedOrder, check: str, **more) -> Outcome:
    return next(result.outcome for result in run_checks(order, **more) if result.check == check)


def test_a_good_order_passes_every_check():
    assert [result.outcome for result in run_checks(GOOD)] == [Outcome.PASS] * len(CHECKS)


@pytest.mark.parametrize(
    ("check", "order"),
    [
        ("cancel_request", replace(GOOD, cancel_requested=True)),
        ("unknown_sku", replace(GOOD, lines=(replace(CUP, item_key=0),))),
        ("missing_stock", replace(GOOD, lines=(replace(CUP, lacks=1),))),
        ("price", replace(GOOD, lines=(replace(CUP, unit_price_minor=994),))),
        ("address", replace(GOOD, address=replace(FULL, has=FULL.has - {"lines"}))),
        ("address", replace(GOOD, address=replace(FULL, has=FULL.has - {"postal_code"}))),
        ("address", replace(GOOD, shipping_by_platform=False, address=replace(FULL, has=FULL.has - {"phone"}))),
        ("address", replace(GOOD, shipping_by_platform=False, address=replace(FULL, masked=True))),
        ("duplicate", replace(GOOD, rivals=("5",))),
        ("blocked_buyer", replace(GOOD, buyer_blocked=True)),
        ("quantity", replace(GOOD, lines=(replace(CUP, units=10),))),
    ],
)
def test_each_check_holds_what_it_is_for_and_nothing_else_does(check, order):
    assert [result.check for result in holding(run_checks(order))] == [check]


@pytest.mark.parametrize(
    ("check", "order"),
    [
        ("price", replace(GOOD, lines=(replace(CUP, unit_price_minor=995),))),
        ("quantity", replace(GOOD, lines=(replace(CUP, units=9),))),
        ("address", replace(GOOD, address=replace(FULL, has=FULL.has - {"phone"}))),
        ("address", replace(GOOD, address=replace(FULL, region="ID", has=FULL.has - {"postal_code"}))),
    ],
)
def test_what_is_just_inside_the_limit_passes(check, order):
    assert outcome(order, check) == Outcome.PASS


def test_a_masked_address_is_not_judged_when_the_platform_writes_the_label():
    assert outcome(replace(GOOD, address=replace(FULL, masked=True, has=frozenset())), "address") == Outcome.SKIP
    assert outcome(replace(GOOD, address=CheckedAddress(known=False)), "address") == Outcome.SKIP


@pytest.mark.parametrize("kind", [T.SAMPLE, T.GIFT, T.REPLACEMENT, T.EXCHANGE, T.LOCAL])
def test_what_is_not_sold_is_not_judged_by_its_price(kind):
    free = replace(GOOD, order_type=kind, lines=(replace(CUP, unit_price_minor=0),))
    assert outcome(free, "price") == Outcome.SKIP
    assert not holding(run_checks(free))


def test_a_gift_line_and_a_line_without_a_listing_have_no_price_to_judge():
    gift = replace(CUP, unit_price_minor=0, is_gift=True)
    assert outcome(replace(GOOD, lines=(CUP, gift)), "price") == Outcome.PASS
    assert outcome(replace(GOOD, lines=(replace(CUP, reference_price_minor=0),)), "price") == Outcome.SKIP


def test_a_note_is_shown_and_holds_nothing():
    assert outcome(replace(GOOD, buyer_note="please gift wrap"), "buyer_note") == Outcome.INFO


def test_a_waiver_counts_until_its_inputs_change():
    low = replace(GOOD, lines=(replace(CUP, unit_price_minor=500),))
    [held] = holding(run_checks(low))
    waived = frozenset({(held.check, held.inputs_hash)})
    assert outcome(low, "price", waived=waived) == Outcome.WAIVED
    lower = replace(GOOD, lines=(replace(CUP, unit_price_minor=400),))
    assert outcome(lower, "price", waived=waived) == Outcome.HOLD


@pytest.mark.parametrize("check", sorted(NEVER_WAIVED))
def test_what_cannot_be_packed_cannot_be_waived_or_switched_off(check):
    order = replace(GOOD, lines=(replace(CUP, item_key=0), replace(CUP, sku_id="2", lacks=1)))
    [held] = [result for result in holding(run_checks(order)) if result.check == check]
    assert outcome(order, check, waived=frozenset({(check, held.inputs_hash)})) == Outcome.HOLD
    off = replace(order, thresholds=Thresholds(off=frozenset({check})))
    assert outcome(off, check) == Outcome.HOLD


def test_a_shop_may_switch_other_checks_off():
    order = replace(GOOD, rivals=("5",), thresholds=Thresholds(off=frozenset({"duplicate"})))
    assert outcome(order, "duplicate") == Outcome.SKIP


def test_checks_have_keys_of_their_own():
    assert len({check.key for check in CHECKS}) == len(CHECKS)


PLACES = st.tuples(st.integers(1, 3), st.integers(1, 2))
WANTED = st.lists(st.dictionaries(PLACES, st.integers(1, 5), max_size=3), max_size=12)


@given(WANTED, st.dictionaries(PLACES, st.integers(0, 8)))
def test_allocation_never_gives_what_is_not_there_and_gives_all_or_nothing(wanted, free):
    orders = list(enumerate(wanted))
    answer = allocate(orders, free)
    given_out: dict[tuple[int, int], int] = {}
    for key in answer.granted:
        for place, units in wanted[key].items():
            given_out[place] = given_out.get(place, 0) + units
    assert all(units <= free.get(place, 0) for place, units in given_out.items())
    assert set(answer.granted) | set(answer.missing) == set(range(len(wanted)))
    assert not set(answer.granted) & set(answer.missing)
    assert list(answer.granted) == sorted(answer.granted)


def test_the_older_order_gets_the_last_unit_and_a_big_one_does_not_block_a_small_one():
    place = (1, 1)
    answer = allocate([(1, {place: 1}), (2, {place: 5}), (3, {place: 1})], {place: 2})
    assert (answer.granted, answer.missing) == ((1, 3), {2: {place: 4}})


@given(st.integers(0, 10**6), st.dictionaries(st.text(max_size=3), st.integers(0, 10**4), min_size=1, max_size=6))
def test_spreading_loses_no_unit(units, shares):
    parts = spread(units, shares)
    assert sum(parts.values()) == units
    assert parts.keys() == shares.keys()
    assert all(part >= 0 for part in parts.values())


def test_what_is_sellable_is_never_negative():
    assert sellable(on_hand=10, reserved=2, expected=3, buffer=1) == 4
    assert sellable(on_hand=1, reserved=1, expected=3, buffer=0) == 0
