from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from shundan.ground.lib.together import Outcome, at_home, together


def test_slow_things_are_done_side_by_side_and_every_outcome_comes_home() -> None:
    home, seen = threading.get_ident(), {}

    def done(outcome: Outcome[int, int]) -> None:
        assert threading.get_ident() == home
        seen[outcome.item] = outcome.value

    def work(item: int) -> int:
        assert threading.get_ident() != home
        time.sleep(0.05)
        return item * 2

    began = time.monotonic()
    assert together(work, range(20), done=done, at_once=10) == 20
    assert time.monotonic() - began < 0.5  # 1.0 one after another
    assert seen == {item: item * 2 for item in range(20)}


def test_never_more_at_once_than_was_said_and_items_are_drawn_as_room_comes_free() -> None:
    drawn, running, most = [], 0, 0
    lock = threading.Lock()

    def items() -> Iterator[int]:
        for item in range(9):
            drawn.append(item)
            yield item

    def work(item: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1

    told: list[int] = []
    together(work, items(), done=lambda outcome: told.append(len(drawn)), at_once=3)
    assert most == 3
    assert told[0] == 3  # the fourth was not drawn before the first had ended


def test_an_error_of_one_is_told_with_its_item_and_spoils_no_other() -> None:
    def work(item: int) -> int:
        if item == 2:
            raise KeyError(item)
        return item

    seen: dict[int, object] = {}
    together(work, range(4), done=lambda told: seen.__setitem__(told.item, told.error or told.value))
    assert [seen[0], seen[1], seen[3]] == [0, 1, 3]
    assert isinstance(seen[2], KeyError)


def test_what_is_asked_of_home_runs_there_and_its_error_comes_back() -> None:
    home, places = threading.get_ident(), []

    def errand() -> int:
        places.append(threading.get_ident())
        return 7

    def refused() -> int:
        raise ValueError("no")

    def work(item: int) -> int:
        with pytest.raises(ValueError, match="no"):
            at_home(refused)
        return at_home(errand)

    seen: list[int | None] = []
    together(work, range(5), done=lambda told: seen.append(told.value))
    assert seen == [7] * 5
    assert set(places) == {home}
    assert at_home(errand) == 7  # where nothing runs side by side it is just called


def test_crowds_within_crowds_reach_the_one_home() -> None:
    home, places = threading.get_ident(), set()

    def inner(item: int) -> None:
        at_home(lambda: places.add(threading.get_ident()))

    together(lambda item: together(inner, range(2), done=lambda told: None), range(2), done=lambda told: None)
    assert places == {home}


def test_when_an_outcome_cannot_be_kept_nothing_more_begins_but_what_runs_is_still_told() -> None:
    told = []

    def done(outcome: Outcome[int, int]) -> None:
        told.append(outcome.item)
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        together(lambda item: item, range(50), done=done, at_once=4)
    assert 1 <= len(told) <= 4
