from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shundan.core.errors import OutsideUnavailable
from shundan.edges.channels.models import App
from shundan.edges.channels.queries import Access
from shundan.edges.channels.tests.gateway import OWNER, Gateway, connect, envelope, gateway
from shundan.edges.channels.tiktok.changes import Page, Window
from shundan.edges.inbox.actions import (
    prune_old_rows,
    store_snapshots,
    sweep_next_shops,
    sweeping,
    want,
    watch_completeness,
)
from shundan.edges.inbox.actions.filling import HISTORY
from shundan.edges.inbox.actions.sweeping import RULES
from shundan.edges.inbox.models import Arrival, Snapshot, Sweep, Want
from shundan.edges.inbox.queries import completeness
from shundan.edges.inbox.tests.test_wants import draft
from shundan.edges.inbox.topics import APPLIED_BY
from shundan.ground.jobs import actions as jobs
from shundan.ground.jobs.queries import jobs_of
from shundan.ground.journal.queries import entries_of
from shundan.ground.lib import clock, http

__all__ = ["gateway"]
pytestmark = pytest.mark.django_db
EMPTY: dict[str, Any] = {
    "order.search": {"orders": []},
    "package.search": {"packages": []},
    "cancellation.search": {"cancellations": []},
    "return.search": {"return_orders": []},
    "conversation.list": {"conversations": []},
    "product.search": {"products": []},
    "statement.search": {"statements": []},
    "warehouse.list": {"warehouses": []},
}


def row(key: str, ago: int = 60) -> dict[str, Any]:
    return {"id": key, "update_time": int(clock.now().timestamp()) - ago, "create_time": 1763000000}


def sweep_all() -> None:
    while Sweep.objects.filter(next_at__lte=clock.wall()).exists() or not Sweep.objects.exists():
        sweep_next_shops()


def make_due(kind: str) -> None:
    Sweep.objects.filter(kind=kind).update(next_at=clock.wall())


def test_every_kind_that_is_swept_has_a_stage_and_a_history() -> None:
    assert set(RULES) == set(HISTORY)
    assert set(RULES) | {"tracking"} == set(APPLIED_BY)


def test_a_new_shop_gets_its_sweeps_and_its_back_fill(gateway: Gateway) -> None:
    gateway.replies |= EMPTY
    shop = connect()
    sweep_next_shops()
    assert set(Sweep.objects.values_list("kind", flat=True)) == set(RULES)
    assert jobs_of(kinds=["backfill"]).get().shop_id == shop.pk


def test_a_sweep_finds_what_no_webhook_told(gateway: Gateway) -> None:
    gateway.replies |= EMPTY | {"order.search": {"orders": [row("1"), row("2")]}}
    shop = connect()
    want(shop.pk, "order", ["1"])
    sweep_all()
    sweep = Sweep.objects.get(kind="order")
    assert (sweep.found, sweep.error, sweep.window_to) == (1, "", None)
    assert set(Want.objects.filter(kind="order").values_list("outside_id", flat=True)) == {"1", "2"}


def test_windows_follow_each_other_with_an_overlap(gateway: Gateway) -> None:
    gateway.replies |= EMPTY
    connect()
    sweep_all()
    first = Sweep.objects.get(kind="order").complete_to
    gateway.asked.clear()
    make_due("order")
    sweep_next_shops()
    body = gateway.bodies("order.search")[0]
    assert body["update_time_ge"] == int((first - RULES["order"].overlap).timestamp())
    assert body["update_time_lt"] == int(Sweep.objects.get(kind="order").complete_to.timestamp())


def test_a_sweep_that_broke_in_the_middle_goes_on_at_its_page(gateway: Gateway) -> None:
    connect()
    gateway.replies |= EMPTY | {"order.search": [
        {"orders": [row("1")], "next_page_token": "p2"}, OutsideUnavailable("cut", service="TikTok Shop"),
        {"orders": [row("2")], "next_page_token": ""},
    ]}  # fmt: skip
    sweep_all()
    sweep = Sweep.objects.get(kind="order")
    assert (sweep.page_token, sweep.error) == ("p2", "cut")
    began, window = sweep.complete_to, sweep.window_to
    assert window is not None and window > began
    make_due("order")
    sweep_next_shops()
    sweep.refresh_from_db()
    assert (sweep.complete_to, sweep.window_to, sweep.page_token, sweep.error) == (window, None, "", "")
    tokens = [dict(request.query).get("page_token", "") for name, request in gateway.asked if name == "order.search"]
    assert tokens[:3] == ["", "p2", "p2"]
    assert Want.objects.filter(kind="order").count() == 2


def test_a_page_token_that_ended_begins_the_window_anew(gateway: Gateway) -> None:
    connect()
    gateway.replies |= EMPTY | {"order.search": [
        {"orders": [row("1")], "next_page_token": "p2"}, envelope(98001004, "Parameter page_token is invalid"),
        {"orders": [row("1"), row("2")]},
    ]}  # fmt: skip
    sweep_all()
    assert Sweep.objects.get(kind="order").page_token == ""
    make_due("order")
    sweep_next_shops()
    assert Sweep.objects.get(kind="order").error == ""
    assert Want.objects.filter(kind="order").count() == 2


def test_two_workers_do_not_sweep_the_same_thing(gateway: Gateway) -> None:
    gateway.replies |= EMPTY
    connect()
    sweep_all()
    gateway.asked.clear()
    Sweep.objects.update(
        next_at=clock.wall(), lease_until=clock.wall() + timedelta(seconds=60), back_done_at=clock.wall()
    )
    assert sweep_next_shops() == 0
    assert gateway.names() == []


def fill(limit: int = 400) -> None:
    sweep_next_shops()
    for _ in range(limit):
        if not Sweep.objects.filter(back_done_at=None).exists():
            return
        sweep_next_shops()
    raise AssertionError("the back-fill did not end")


def test_the_back_fill_reads_history_newest_first_in_windows_and_ends(gateway: Gateway) -> None:
    windows: list[tuple[int, int]] = []

    def search(request: http.Request) -> dict[str, Any]:
        body = json.loads(request.body)
        if "create_time_ge" in body:
            windows.append((body["create_time_ge"], body["create_time_lt"]))
        return {"orders": [row(f"h{len(windows)}")] if windows else []}

    gateway.replies |= EMPTY | {"order.search": search}
    connect()
    fill()
    assert len(windows) == 13
    assert all(older[1] == newer[0] for newer, older in zip(windows, windows[1:], strict=False))
    assert windows[0][1] - windows[-1][0] == 90 * 86400
    assert Want.objects.filter(kind="order", lane=9).count() == 13
    job = jobs_of(kinds=["backfill"]).get()
    assert job.ended_at is not None
    assert (job.progress_done, job.progress_total, job.result) == (90, 90, {"orders": 13})


class Shelf:
    """A shop's products, of which one search finds so many at most."""

    def __init__(self, moments: list[int], *, most: int, told: bool) -> None:
        self.rows = [{"id": f"p{n}", "create_time": at, "update_time": at} for n, at in enumerate(moments)]
        self.most, self.told, self.read = most, told, 0

    def search(self, request: http.Request) -> Any:
        body, start = json.loads(request.body), int(dict(request.query).get("page_token") or 0)
        by = "update_time" if "update_time_ge" in body else "create_time"
        found = [row for row in self.rows if body[f"{by}_ge"] <= row[by] <= body[f"{by}_le"]]
        if len(found) > self.most:
            if not self.told:
                return envelope(12052180, "The total number of search results can not exceed 10000.")
            found = found[: self.most]  # what the other reading of the limit is: nothing beyond it is shown
        self.read += 1
        more = str(start + 2) if start + 2 < len(found) else ""
        return {"products": found[start : start + 2], "total_count": len(found), "next_page_token": more}


@pytest.mark.parametrize("told", [False, True], ids=["refused", "cut short"])
def test_a_shop_with_more_products_than_one_search_finds_is_read_whole(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    monkeypatch.setattr("shundan.edges.channels.tiktok.changes.MOST_FOUND", 8)
    now = int(clock.now().timestamp())
    crowd = [now - 40 * 86400 - (n // 3) for n in range(60)]  # a file of sixty, uploaded in twenty seconds
    shelf = Shelf([now - 90, *crowd, *(now - 86400 * n for n in range(100, 1400, 100))], most=8, told=told)
    gateway.replies |= EMPTY | {"product.search": shelf.search}
    connect()
    fill()
    assert set(Sweep.objects.filter(kind__in=["listing", "score"]).values_list("error", flat=True)) == {""}
    keys = {row["id"] for row in shelf.rows}
    for kind in ("listing", "score"):
        assert set(Want.objects.filter(kind=kind).values_list("outside_id", flat=True)) == keys
    assert shelf.read < 400


def test_a_token_of_a_piece_that_nobody_can_read_begins_the_window_anew(gateway: Gateway) -> None:
    gateway.replies |= EMPTY
    connect()
    sweep_all()
    Sweep.objects.filter(kind="listing").update(page_token="a token of another kind", window_to=clock.now())
    gateway.asked.clear()
    make_due("listing")
    sweep_next_shops()
    assert [dict(request.query).get("page_token") for name, request in gateway.asked if name == "product.search"] == [
        None
    ]


def test_the_back_fill_waits_while_enough_of_it_is_open(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shundan.edges.inbox.actions.filling.ENOUGH", 3)
    gateway.replies |= EMPTY | {"order.search": lambda request: {"orders": [row(f"{n}") for n in range(3)]}}
    shop = connect()
    want(shop.pk, "order", ["a", "b", "c"], lane=9)
    sweep_all()
    for _ in range(90):
        sweep_next_shops()
    assert Sweep.objects.get(kind="order").back_done_at is None
    assert set(Sweep.objects.exclude(back_done_at=None).values_list("kind", flat=True)) == set(RULES) - {"order"}


def test_a_cancelled_back_fill_stops(gateway: Gateway) -> None:
    gateway.replies |= EMPTY
    connect()
    sweep_all()
    job = jobs_of(kinds=["backfill"]).get()
    jobs.ask_cancel(job.pk, by=OWNER)
    fill()
    assert jobs_of(kinds=["backfill"]).get().result["cancelled"] is True


def test_completeness_tells_each_shop_how_far_it_is(gateway: Gateway) -> None:
    gateway.replies |= EMPTY
    shop = connect()
    sweep_all()
    want(shop.pk, "order", ["1", "2"])
    (told,) = completeness()
    assert (told.shop_key, told.shop_id, told.open_wants, told.error) == (shop.pk, shop.shop_id, 2, "")
    assert told.behind_s < 30
    assert not told.history_done


def test_old_rows_leave_and_the_newest_snapshot_of_a_thing_stays(gateway: Gateway) -> None:
    shop, now = connect(), clock.wall()
    store_snapshots([draft(shop.pk, "order", "1"), draft(shop.pk, "order", "1"), draft(shop.pk, "order", "2")])
    Snapshot.objects.update(applied_at=now - timedelta(days=3))
    store_snapshots([draft(shop.pk, "order", "3"), draft(shop.pk, "order", "3")])
    want(shop.pk, "order", ["closed", "open"])
    Want.objects.filter(outside_id="closed").update(closed_at=now - timedelta(days=3))
    for number, days in (("old", 31), ("young", 29)):
        Arrival.objects.create(
            app_key="k",
            notification_id=number,
            shop=shop,
            kind=1,
            body=b"{}",
            received_at=now - timedelta(days=days),
            state="DONE",
        )
    assert prune_old_rows() == 3
    assert sorted(Snapshot.objects.values_list("outside_id", flat=True)) == ["1", "2", "3", "3"]
    assert list(Want.objects.values_list("outside_id", flat=True)) == ["open"]
    assert list(Arrival.objects.values_list("notification_id", flat=True)) == ["young"]


def test_a_platform_whose_clock_is_behind_ours_is_asked_that_much_further_back(gateway: Gateway) -> None:
    gateway.replies |= EMPTY
    connect()
    sweep_all()
    complete_to = Sweep.objects.get(kind="order").complete_to
    App.objects.update(clock_offset=-900.0)
    make_due("order")
    gateway.asked.clear()
    sweep_next_shops()
    asked = gateway.bodies("order.search")[0]["update_time_ge"]
    assert asked == int((complete_to - RULES["order"].overlap - timedelta(seconds=900)).timestamp())


def test_what_the_consent_does_not_permit_is_asked_for_less_often(gateway: Gateway) -> None:
    denied = envelope(105005, "Access denied. The scope is missing.", status=403)
    gateway.replies |= EMPTY | {"conversation.list": denied}
    connect()
    sweep_next_shops()
    row = Sweep.objects.get(kind="conversation")
    assert "Access denied" in row.error
    assert row.next_at - clock.wall() > timedelta(minutes=4)


def test_scores_are_asked_for_once_a_day(gateway: Gateway) -> None:
    gateway.replies |= EMPTY | {"product.search": {"products": [{"id": "17260000"}]}}
    shop = connect()
    sweep_all()
    scores = Want.objects.filter(kind="score", closed_at=None)
    assert scores.count() == 1
    store_snapshots([draft(shop.pk, "score", "17260000")])
    scores.update(closed_at=clock.wall())
    make_due("score")
    sweep_next_shops()
    assert scores.count() == 0
    yesterday = clock.now() - timedelta(days=1)
    Snapshot.objects.filter(kind="score").update(updated_at=yesterday, asked_at=yesterday)
    make_due("score")
    sweep_next_shops()
    assert scores.count() == 1


@pytest.mark.parametrize(("reason", "told"), [
    (KeyError("orders"), "KeyError: 'orders'"), (ValueError("no number: '12 Elm Street'"), "ValueError"),
])  # fmt: skip
def test_a_sweep_that_cannot_be_read_stops_no_other(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, reason: Exception, told: str
) -> None:
    gateway.replies |= EMPTY

    def odd(*_: object) -> None:
        raise reason

    monkeypatch.setitem(sweeping.LIST, "order", odd)
    shop, other = connect(), connect("7495000000000000002")
    sweep_next_shops(limit=4)
    broken = Sweep.objects.filter(kind="order")
    assert set(broken.values_list("shop_id", "error", "lease_until")) == {
        (shop.pk, told, None), (other.pk, told, None),
    }  # fmt: skip
    assert Sweep.objects.filter(ran_at__isnull=False).count() == 2


def test_a_back_fill_that_cannot_be_read_stops_neither_the_sweeps_nor_other_shops(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.replies |= EMPTY
    shop, other = connect(), connect("7495000000000000002")
    sweep_all()
    known = sweeping.LIST["order"]

    def odd(access: Access, window: Window) -> Page:
        if access.shop_key == shop.pk:
            raise ValueError("no number: '12 Elm Street'")
        return known(access, window)

    monkeypatch.setitem(sweeping.LIST, "order", odd)
    Sweep.objects.update(back_done_at=clock.wall())
    Sweep.objects.filter(kind="order").update(
        back_done_at=None, back_from=clock.now(), back_until=clock.now() - timedelta(days=3), lease_until=None
    )
    assert (sweep_next_shops(), sweep_next_shops()) == (0, 1)
    broken, whole = (Sweep.objects.get(kind="order", shop=one) for one in (shop, other))
    assert (broken.error, broken.back_done_at) == ("ValueError", None)
    assert whole.back_done_at is not None


@pytest.mark.parametrize(("region", "night"), [("GB", "2026-10-25T00:58:00"), ("US", "2026-11-01T05:58:00")])
def test_windows_are_utc_in_the_night_when_clocks_go_back(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, region: str, night: str
) -> None:
    gateway.replies |= EMPTY
    now = datetime.fromisoformat(night).replace(tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: now)
    connect(region=region)
    sweep_all()
    gateway.asked.clear()
    spans = []
    for _ in range(9):
        now += timedelta(minutes=30)
        make_due("order")
        sweep_next_shops()
        told = gateway.bodies("order.search")[-1]
        spans.append((told["update_time_ge"], told["update_time_lt"]))
    overlap = int(RULES["order"].overlap.total_seconds())
    assert [end - start for start, end in spans[1:]] == [1800 + overlap] * 8
    assert all(later[0] == earlier[1] - overlap for earlier, later in zip(spans, spans[1:], strict=False))
    assert spans[-1][1] == int(now.timestamp())


def test_nothing_changed_costs_one_call(gateway: Gateway) -> None:
    gateway.replies |= EMPTY
    connect()
    sweep_all()
    Sweep.objects.update(back_done_at=clock.wall())
    gateway.asked.clear()
    make_due("order")
    assert sweep_next_shops() == 1
    assert gateway.names() == ["order.search"]
    row = Sweep.objects.get(kind="order")
    assert timedelta(seconds=25) < row.next_at - clock.wall() <= timedelta(seconds=30)


def test_a_shop_is_complete_only_up_to_its_oldest_order_under_way(gateway: Gateway) -> None:
    gateway.replies |= EMPTY
    shop = connect()
    sweep_all()
    want(shop.pk, "order", ["1"])
    earlier = clock.wall() - timedelta(minutes=10)
    Want.objects.filter(outside_id="1").update(created_at=earlier)
    (told,) = completeness()
    assert abs((told.complete_to - earlier).total_seconds()) < 2
    assert told.is_behind
    Want.objects.filter(outside_id="1").update(attempts=5, error="gone")
    (told,) = completeness()
    assert (told.is_behind, told.stuck) == (False, 1)
    store_snapshots([draft(shop.pk, "order", "2")])
    Snapshot.objects.update(asked_at=earlier)
    (told,) = completeness()
    assert told.is_behind


def test_history_that_becomes_news_was_not_late_before(gateway: Gateway) -> None:
    shop = connect()
    want(shop.pk, "order", ["1"], lane=9)
    Want.objects.update(created_at=clock.wall() - timedelta(hours=3))
    want(shop.pk, "order", ["1"])
    assert clock.wall() - Want.objects.get().created_at < timedelta(seconds=30)


def test_falling_behind_and_catching_up_are_told_once_each(gateway: Gateway) -> None:
    gateway.replies |= EMPTY
    shop = connect()
    sweep_all()
    late = clock.now() - timedelta(minutes=4)
    assert watch_completeness() == 0
    Sweep.objects.filter(kind="order").update(complete_to=late)
    assert [watch_completeness(), watch_completeness()] == [1, 0]
    Sweep.objects.filter(kind="order").update(complete_to=clock.now() - timedelta(seconds=100))
    assert watch_completeness() == 0
    Sweep.objects.filter(kind="order").update(complete_to=clock.now())
    assert [watch_completeness(), watch_completeness()] == [1, 0]
    told = [(row.verb, row.facts) for row in entries_of([("shop", shop.pk)])]
    assert ("fall_behind", {"complete_to": late.isoformat()}) in told
    assert sum(verb == "catch_up" for verb, _facts in told) == 1


def test_shops_are_swept_side_by_side(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    gateway.replies |= EMPTY
    for number in range(4):
        connect(f"749500000000000010{number}")
    sweep_all()
    all_four = threading.Barrier(4, timeout=10)  # broken unless four shops are asked at the same time

    def slow(access: object, window: Window) -> Page:
        all_four.wait()
        return Page((("1", window.until),))

    monkeypatch.setitem(sweeping.LIST, "order", slow)
    Sweep.objects.update(next_at=clock.wall() + timedelta(hours=1))
    make_due("order")
    assert sweep_next_shops() == 4
    assert set(Sweep.objects.filter(kind="order").values_list("error", "lease_until", "found")) == {("", None, 1)}


def conversation(key: str, ago: int) -> dict[str, Any]:
    at = int(clock.now().timestamp()) - ago
    return {"id": key, "create_time": 1763000000, "latest_message": {"id": f"m{key}", "create_time": at}}


@pytest.mark.parametrize(("first", "pages"), [
    ([conversation("1", 60), conversation("2", 9000)], 1), ([conversation("2", 9000), conversation("1", 60)], 2),
], ids=["newest first", "in another order"])  # fmt: skip
def test_conversations_are_found_in_whatever_order_they_are_told(
    gateway: Gateway, first: list[dict[str, Any]], pages: int
) -> None:
    gateway.replies |= EMPTY
    connect()
    sweep_all()
    told = [{"conversations": first, "next_page_token": "p2"}, {"conversations": [conversation("3", 60)]}]
    gateway.replies["conversation.list"] = told
    gateway.asked.clear()
    make_due("conversation")
    sweep_next_shops()
    assert gateway.names().count("conversation.list") == pages
    wanted = set(Want.objects.filter(kind="conversation").values_list("outside_id", flat=True))
    assert wanted == ({"1"} if pages == 1 else {"1", "3"})


def test_an_answer_that_counts_rows_it_does_not_hold_completes_no_window(gateway: Gateway) -> None:
    gateway.replies |= EMPTY
    connect()
    sweep_all()
    complete_to = Sweep.objects.get(kind="order").complete_to
    gateway.replies["order.search"] = {"total_count": 3}
    make_due("order")
    sweep_next_shops()
    row = Sweep.objects.get(kind="order")
    assert (row.complete_to, row.error) == (complete_to, "TikTok Shop counts orders that its answer does not hold.")
    gateway.replies["order.search"] = {}  # what does not apply is not told
    make_due("order")
    sweep_next_shops()
    row.refresh_from_db()
    assert row.complete_to > complete_to and row.error == ""
