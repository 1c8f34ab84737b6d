from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shundan.core.errors import OutsideUnavailable
from shundan.edges.channels.tests.gateway import Gateway, connect, gateway
from shundan.edges.inbox.actions import DeskSide, compare_next_hours, comparing, store_snapshots, want
from shundan.edges.inbox.models import HourCount, Sweep, Want
from shundan.edges.inbox.queries import hour_counts
from shundan.edges.inbox.tests.test_wants import draft
from shundan.ground.journal.queries import entries_of
from shundan.ground.lib import clock, http
from shundan.ground.shops.queries import Shop

__all__ = ["gateway"]
pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 15, 20, tzinfo=UTC)
LAST = NOW.replace(hour=14, minute=0)  # the youngest hour that is over for ten minutes


class World:
    """Orders at the platform, by id, and which of them the desk has."""

    def __init__(self) -> None:
        self.there: dict[str, datetime] = {}
        self.here: set[str] = set()

    def add(self, count: int, start: datetime, *, every: float = 1.0, missing: tuple[int, ...] = ()) -> None:
        for number in range(count):
            key = f"{start:%H}-{number}"
            self.there[key] = start + timedelta(seconds=number * every)
            if number not in missing:
                self.here.add(key)

    def search(self, request: http.Request) -> dict[str, Any]:
        body, query = json.loads(request.body), dict(request.query)
        start, end = body["create_time_ge"], body["create_time_lt"]
        rows = [key for key, at in self.there.items() if start <= at.timestamp() < end]
        shown = rows[: int(query["page_size"])]
        return {
            "orders": [{"id": key, "update_time": int(NOW.timestamp())} for key in shown],
            "total_count": len(rows),
        }

    def desk(self) -> DeskSide:
        def count(shop_key: int, start: datetime, end: datetime) -> int:
            return sum(start <= self.there[key] < end for key in self.here)

        return DeskSide(count, lambda shop_key, ids: self.here & set(ids))


@pytest.fixture
def world(gateway: Gateway) -> World:
    found = World()
    gateway.replies["order.search"] = found.search
    return found


def connected(*, known_since: timedelta = timedelta(hours=3)) -> Shop:
    shop, wall = connect(), clock.wall()
    Sweep.objects.create(shop=shop, kind="order", complete_to=NOW, next_at=wall, back_from=NOW - known_since)
    return shop


def compare(world: World) -> int:
    Sweep.objects.update(compare_at=None)
    HourCount.objects.filter(next_at__isnull=False).update(next_at=clock.wall())
    return compare_next_hours(world.desk())


def test_recent_hours_are_counted_once_each_newest_first(world: World, gateway: Gateway) -> None:
    connected()
    world.add(3, LAST)
    assert [compare(world) for _ in range(3)] == [1, 1, 0]
    told = [(row.hour, row.platform, row.desk, row.next_at) for row in hour_counts()]
    assert told == [(LAST, 3, 3, None), (LAST - timedelta(hours=1), 0, 0, None)]
    assert gateway.names() == ["order.search"] * 2


def test_a_shop_is_counted_three_times_a_minute_at_most(world: World) -> None:
    connected()
    assert [compare_next_hours(world.desk()) for _ in range(3)] == [1, 0, 0]
    at = Sweep.objects.get().compare_at
    assert at is not None
    assert timedelta(seconds=15) < at - clock.wall() <= timedelta(seconds=20)


def test_a_gap_is_wanted_counted_again_and_journaled_once_it_has_healed(world: World) -> None:
    shop = connected()
    world.add(5, LAST, missing=(1, 3))
    compare(world)
    row = HourCount.objects.get()
    assert (row.platform, row.desk, row.wanted, row.healed_at) == (5, 3, 2, None)
    assert row.gap_at is not None
    assert set(Want.objects.values_list("outside_id", "lane", "reason")) == {
        ("14-1", 0, "count of an hour"), ("14-3", 0, "count of an hour"),
    }  # fmt: skip
    compare(world)  # still being fetched: nothing is asked for twice
    assert HourCount.objects.get().wanted == 2
    assert [entry.verb for entry in entries_of([("shop", shop.pk)])] == []
    world.here |= {"14-1", "14-3"}
    Want.objects.update(closed_at=clock.wall())
    compare(world)
    row.refresh_from_db()
    assert (row.desk, row.next_at) == (5, None)
    assert row.healed_at is not None
    (entry,) = [entry for entry in entries_of([("shop", shop.pk)]) if entry.verb == "heal_gap"]
    assert entry.facts == {"hour": LAST.isoformat(), "orders": 2}


def test_what_is_fetched_and_about_to_be_stored_is_no_gap(world: World) -> None:
    shop = connected()
    world.add(3, LAST, missing=(0, 2))
    want(shop.pk, "order", ["14-0"])
    store_snapshots([draft(shop.pk, "order", "14-2")])
    compare(world)
    row = HourCount.objects.get()
    assert (row.gap_at, row.wanted) == (None, 0)
    assert row.next_at is not None


def test_one_order_missing_among_thousands_is_found_in_a_few_calls(world: World, gateway: Gateway) -> None:
    connected()
    world.add(3500, LAST, missing=(2741,))
    compare(world)
    assert list(Want.objects.values_list("outside_id", flat=True)) == ["14-2741"]
    assert len(gateway.asked) <= comparing.CALLS


def test_a_whole_hour_that_is_missing_is_asked_for_turn_by_turn(world: World, gateway: Gateway) -> None:
    connected()
    world.add(1800, LAST, every=2.0, missing=tuple(range(1800)))
    for _turn in range(30):
        gateway.asked.clear()
        compare(world)
        assert len(gateway.asked) <= comparing.CALLS
        world.here |= set(Want.objects.values_list("outside_id", flat=True))
        Want.objects.update(closed_at=clock.wall())
    row = HourCount.objects.get(hour=LAST)
    assert (row.desk, row.wanted, row.next_at) == (1800, 1800, None)


def test_more_here_than_there_is_shown_and_no_gap(world: World) -> None:
    shop = connected()
    world.add(2, LAST)
    desk = DeskSide(lambda *_: 3, lambda *_: set())
    compare_next_hours(desk)
    row = HourCount.objects.get()
    assert (row.platform, row.desk, row.gap_at, row.next_at) == (2, 3, None, None)
    assert entries_of([("shop", shop.pk)]) == []


def test_older_hours_are_sampled_within_the_known_history(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    connected(known_since=timedelta(days=30))
    monkeypatch.setattr(comparing, "RECENT", timedelta(hours=1))
    monkeypatch.setattr("random.randrange", lambda count: count - 1)
    assert [compare(world), compare(world), compare(world)] == [1, 1, 0]
    assert [row.hour for row in hour_counts()] == [LAST, LAST - timedelta(hours=1)]
    monkeypatch.setattr("random.randrange", lambda count: 0)
    compare(world)
    first = (NOW - timedelta(days=30)).replace(minute=0) + timedelta(hours=1)
    assert hour_counts().last().hour == first  # type: ignore[union-attr]


def test_nothing_is_counted_while_history_is_being_fetched(world: World, gateway: Gateway) -> None:
    shop = connected()
    want(shop.pk, "order", ["old"], lane=9)
    assert compare(world) == 0
    assert gateway.asked == []


def test_a_platform_that_does_not_answer_leaves_the_hour_for_later(world: World, gateway: Gateway) -> None:
    connected()
    gateway.replies["order.search"] = OutsideUnavailable("cut", service="TikTok Shop")
    assert compare(world) == 0
    assert not HourCount.objects.exists()
    gateway.replies["order.search"] = {"orders": []}  # a list without its number
    assert compare(world) == 0
    gateway.replies["order.search"] = world.search
    assert compare(world) == 1
