from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shundan.core.errors import OutsideUnavailable
from shundan.edges.channels import actions as channels
from shundan.edges.channels.tests.gateway import Gateway, connect, envelope, gateway
from shundan.edges.channels.tiktok.reads import one_by_one
from shundan.edges.inbox.actions import (
    SnapshotDraft,
    fetch_next_wants,
    fetch_single_wants,
    fetching,
    settle_snapshots,
    store_snapshots,
    wait_for_order,
    want,
)
from shundan.edges.inbox.actions.snapshots import want_unknown
from shundan.edges.inbox.models import Snapshot, Want
from shundan.edges.inbox.queries import stuck_wants, unapplied
from shundan.ground.lib import clock, http

__all__ = ["gateway"]
pytestmark = pytest.mark.django_db


def order(key: str, updated: int = 1763800000) -> dict[str, Any]:
    return {
        "id": key,
        "status": "AWAITING_SHIPMENT",
        "create_time": 1763700000,
        "update_time": updated,
        "line_items": [],
    }


def orders_of(request: http.Request) -> dict[str, Any]:
    return {"orders": [order(key) for key in dict(request.query)["ids"].split(",")]}


def due_again() -> None:
    Want.objects.filter(closed_at=None).update(not_before=clock.wall())


def test_the_same_thing_is_wanted_once_while_open() -> None:
    shop = connect()
    assert want(shop.pk, "order", ["1", "2", "2"]) == 2
    assert want(shop.pk, "order", ["2", "3"]) == 1
    assert Want.objects.count() == 3


def test_the_same_id_of_another_kind_or_shop_is_another_want() -> None:
    shop, other = connect(), connect("7495000000000000002")
    assert want(shop.pk, "order", ["1"]) + want(shop.pk, "package", ["1"]) + want(other.pk, "order", ["1"]) == 3


def test_wants_are_fetched_in_one_call_and_stored_as_snapshots(gateway: Gateway) -> None:
    gateway.replies["order.detail"] = orders_of
    shop = connect()
    want(shop.pk, "order", [str(n) for n in range(60)])
    assert [fetch_next_wants(), fetch_next_wants(), fetch_next_wants()] == [50, 10, 0]
    assert gateway.names() == ["order.detail", "order.detail"]
    assert Snapshot.objects.count() == 60
    row = Snapshot.objects.order_by("pk")[0]
    assert (row.kind, row.outside_id, row.source) == ("order", "0", "api")
    assert row.updated_at == datetime.fromtimestamp(1763800000, UTC)
    assert not Want.objects.filter(closed_at=None).exists()


def test_a_want_asked_for_again_while_it_is_fetched_stays_open(gateway: Gateway) -> None:
    shop = connect()

    def answer(request: http.Request) -> dict[str, Any]:
        if len(gateway.asked) == 1:  # news arrives while the answer is on its way
            assert want(shop.pk, "order", ["1"]) == 0
        return orders_of(request)

    gateway.replies["order.detail"] = answer
    want(shop.pk, "order", ["1", "2"])
    assert fetch_next_wants() == 2
    assert list(Want.objects.filter(closed_at=None).values_list("outside_id", flat=True)) == ["1"]
    assert fetch_next_wants() == 1
    assert not Want.objects.filter(closed_at=None).exists()
    assert Snapshot.objects.filter(outside_id="1").count() == 2


def test_after_it_was_fetched_a_thing_can_be_wanted_again(gateway: Gateway) -> None:
    gateway.replies["order.detail"] = orders_of
    shop = connect()
    want(shop.pk, "order", ["1"])
    fetch_next_wants()
    assert want(shop.pk, "order", ["1"]) == 1


def test_an_answer_that_holds_half_keeps_the_other_half_wanted(gateway: Gateway) -> None:
    gateway.replies["order.detail"] = {"orders": [order("1")]}
    shop = connect()
    want(shop.pk, "order", ["1", "2"])
    fetch_next_wants()
    left = Want.objects.get(closed_at=None)
    assert (left.outside_id, left.attempts) == ("2", 1)
    assert left.error == "the platform's answer does not hold it"
    assert left.not_before > clock.wall()
    assert fetch_next_wants() == 0


def test_one_refused_order_does_not_spoil_its_batch(gateway: Gateway) -> None:
    def answer(request: http.Request) -> object:
        if "3" in dict(request.query)["ids"].split(","):
            return envelope(21008111, "The order does not belong to the current seller.")
        return orders_of(request)

    gateway.replies["order.detail"] = answer
    shop = connect()
    want(shop.pk, "order", ["1", "2", "3", "4"])
    fetch_next_wants()
    assert set(Snapshot.objects.values_list("outside_id", flat=True)) == {"1", "2", "4"}
    assert "does not belong" in Want.objects.get(closed_at=None).error


def test_a_busy_platform_gets_the_whole_batch_later(gateway: Gateway) -> None:
    gateway.replies["order.detail"] = [OutsideUnavailable("busy", service="TikTok Shop", retry_after=40), orders_of]
    shop = connect()
    want(shop.pk, "order", ["1", "2"])
    assert fetch_next_wants() == 2
    assert fetch_next_wants() == 0
    left = Want.objects.filter(closed_at=None)
    assert left.count() == 2
    assert all(row.not_before > clock.wall() + timedelta(seconds=30) and row.lease_until is None for row in left)
    due_again()
    assert fetch_next_wants() == 2
    assert Snapshot.objects.count() == 2


def test_a_fetcher_that_died_loses_nothing(gateway: Gateway) -> None:
    gateway.replies["order.detail"] = orders_of
    shop = connect()
    want(shop.pk, "order", ["1"])
    Want.objects.update(lease_until=clock.wall() + timedelta(seconds=60), attempts=1)
    assert fetch_next_wants() == 0
    Want.objects.update(lease_until=clock.wall() - timedelta(seconds=1))
    assert fetch_next_wants() == 1


def test_todays_news_goes_before_the_back_fill(gateway: Gateway) -> None:
    gateway.replies["order.detail"] = orders_of
    shop = connect()
    want(shop.pk, "order", ["old1", "old2"], lane=9)
    want(shop.pk, "order", ["new"])
    fetch_next_wants()
    assert list(Snapshot.objects.values_list("outside_id", flat=True)) == ["new"]


def test_news_about_something_in_the_back_fill_brings_it_forward(gateway: Gateway) -> None:
    gateway.replies["order.detail"] = orders_of
    shop = connect()
    want(shop.pk, "order", ["1", "2"], lane=9)
    assert want(shop.pk, "order", ["2"]) == 0
    assert Want.objects.get(outside_id="2").lane == 0


def test_shops_take_turns(gateway: Gateway) -> None:
    gateway.replies["package.detail"] = lambda request: {
        "package_id": request.url.rsplit("/", 1)[1],
        "update_time": 1763800000,
    }
    big, small = connect(), connect("7495000000000000002")
    want(big.pk, "package", [str(n) for n in range(100)])
    want(small.pk, "package", ["s1"])
    fetch_single_wants()
    fetch_single_wants()
    assert Snapshot.objects.filter(shop_id=small.pk).count() == 1


def test_two_shops_are_asked_side_by_side_and_history_waits_behind_the_day(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = threading.Barrier(2, timeout=20)

    def send(request: http.Request, *, timeout: float) -> http.Answer:
        both.wait()  # nobody is answered before both have asked
        return gateway.send(request, timeout=timeout)

    monkeypatch.setattr(http, "send", send)
    gateway.replies["order.detail"] = orders_of
    one, other = connect(), connect("7495000000000000002")
    want(one.pk, "order", ["1"])
    want(other.pk, "order", ["2"])
    want(one.pk, "cancellation", ["3"], lane=9)
    assert fetch_next_wants() == 2
    assert sorted(Snapshot.objects.values_list("outside_id", flat=True)) == ["1", "2"]
    assert Want.objects.get(kind="cancellation").attempts == 0


def test_a_shop_that_cannot_be_reached_waits_until_it_is_connected_again(gateway: Gateway) -> None:
    gateway.replies["order.detail"] = orders_of
    shop = connect()
    want(shop.pk, "order", ["1"])
    channels.mark_revoked(shop.pk, "taken back", now=clock.now())
    assert fetch_next_wants() == 0
    assert gateway.names() == []
    assert Want.objects.get().attempts == 0


def test_what_fails_again_and_again_is_shown_and_never_dropped(gateway: Gateway) -> None:
    gateway.replies["package.detail"] = envelope(21011001, "Package not found")
    shop = connect()
    want(shop.pk, "package", ["1"])
    for _ in range(4):
        due_again()
        assert fetch_single_wants() == 1
    assert [row.outside_id for row in stuck_wants()] == ["1"]
    left = Want.objects.get()
    assert timedelta(seconds=7) < left.not_before - clock.wall() < timedelta(seconds=11)


def packages_but(refused: str, answer: http.Answer) -> Callable[[http.Request], object]:
    """Answer for any package but the one named, which gets this answer."""

    def reply(request: http.Request) -> object:
        key = request.url.rsplit("/", 1)[1]
        return answer if key == refused else {"package_id": key, "update_time": 1763800000}

    return reply


def test_one_answer_that_fails_keeps_no_other_waiting(gateway: Gateway) -> None:
    gateway.replies["package.detail"] = packages_but("3", envelope(36009001, "Internal error", status=500))
    want(connect().pk, "package", [str(n) for n in range(40)])
    assert fetch_single_wants() == 40
    left = Want.objects.get(closed_at=None)
    assert (left.outside_id, left.attempts, Snapshot.objects.count()) == ("3", 1, 39)


def test_told_to_slow_down_the_rest_is_left_unasked_and_that_counts_as_no_try(gateway: Gateway) -> None:
    gateway.replies["package.detail"] = packages_but("3", envelope(36009002, "Too many requests", status=429))
    want(connect().pk, "package", [str(n) for n in range(50)])
    assert fetch_single_wants() == 50
    left = {row.outside_id: row.attempts for row in Want.objects.filter(closed_at=None)}
    assert left.pop("3") == 1
    assert left and set(left.values()) == {0}
    assert all(row.not_before - clock.wall() < timedelta(seconds=3) for row in Want.objects.filter(closed_at=None))


def test_a_platform_that_was_silent_for_long_is_asked_again_within_the_minute_or_so(gateway: Gateway) -> None:
    gateway.replies["order.detail"] = envelope(36009001, "Internal error", status=500)
    want(connect().pk, "order", ["1"])
    Want.objects.update(attempts=30)
    assert fetch_next_wants() == 1
    assert timedelta(seconds=55) < Want.objects.get().not_before - clock.wall() < timedelta(seconds=76)


def draft(shop_key: int, kind: str, key: str) -> SnapshotDraft:
    now = clock.now()
    return SnapshotDraft(shop_key, kind, key, now, now, {"id": key})


def test_news_about_an_order_that_is_not_stored_waits_and_asks_for_it() -> None:
    shop = connect()
    store_snapshots([draft(shop.pk, "return", "R1")])
    row = unapplied("return").get()
    wait_for_order(row.pk, order_id="O1")
    assert not unapplied("return").exists()
    assert Want.objects.get().outside_id == "O1"
    store_snapshots([draft(shop.pk, "order", "O1")])
    settle_snapshots([(unapplied("order").get().pk, "applied")])
    assert [waiting.outside_id for waiting in unapplied("return")] == ["R1"]
    settle_snapshots([(row.pk, "applied")])
    assert not unapplied("return").exists()


def test_an_order_of_another_shop_frees_nobody() -> None:
    shop, other = connect(), connect("7495000000000000002")
    store_snapshots([draft(shop.pk, "return", "R1"), draft(other.pk, "order", "O1")])
    wait_for_order(unapplied("return").get().pk, order_id="O1")
    settle_snapshots([(unapplied("order").get().pk, "applied")])
    assert not unapplied("return").exists()


def test_a_sweep_wants_only_what_no_snapshot_covers() -> None:
    shop, at = connect(), datetime(2026, 11, 20, tzinfo=UTC)
    for key, updated, asked in (
        ("same", at, at + timedelta(minutes=1)),
        ("old", at - timedelta(hours=1), at),
        ("close", at, at),
    ):
        store_snapshots([SnapshotDraft(shop.pk, "order", key, updated, asked, {})])
    told = [("same", at), ("old", at), ("close", at), ("new", at)]
    assert want_unknown(shop.pk, "order", told, reason="sweep") == 3
    # "close" was read within the second of its change: what else changed in that second may be missing.
    assert set(Want.objects.values_list("outside_id", flat=True)) == {"old", "close", "new"}


def test_one_malformed_answer_does_not_spoil_its_batch(gateway: Gateway) -> None:
    def answer(request: http.Request) -> object:
        ids = dict(request.query)["ids"].split(",")
        return {"orders": [{} if key == "3" else order(key) for key in ids]}

    gateway.replies["order.detail"] = answer
    shop = connect()
    want(shop.pk, "order", ["1", "2", "3", "4"])
    assert fetch_next_wants() == 4
    assert set(Snapshot.objects.values_list("outside_id", flat=True)) == {"1", "2", "4"}
    left = Want.objects.get(closed_at=None)
    assert (left.outside_id, left.error) == ("3", "Its answer is malformed: KeyError: 'id'")


@pytest.mark.parametrize("kind", ["order", "package"])
def test_what_a_malformed_answer_says_is_not_kept(gateway: Gateway, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    def odd(*_: object) -> None:
        raise ValueError("could not convert string to float: '12 Elm Street'")

    monkeypatch.setitem(fetching.FETCH, kind, (odd if kind == "order" else one_by_one(odd), 50))
    want(connect().pk, kind, ["1"])
    assert fetch_next_wants() + fetch_single_wants() == 1
    assert Want.objects.get().error == "Its answer is malformed: ValueError"


def test_one_refused_cancellation_does_not_spoil_its_batch(gateway: Gateway) -> None:
    def answer(request: http.Request) -> object:
        ids = json.loads(request.body or b"{}")["cancel_ids"]
        if "3" in ids:
            return envelope(25020001, "No such cancellation.")
        return {"cancellations": [{"cancel_id": key, "update_time": 1763800000} for key in ids]}

    gateway.replies["cancellation.search"] = answer
    shop = connect()
    want(shop.pk, "cancellation", ["1", "2", "3"])
    fetch_next_wants()
    assert set(Snapshot.objects.values_list("outside_id", flat=True)) == {"1", "2"}
    assert "No such cancellation" in Want.objects.get(closed_at=None).error


def test_letters_that_no_database_keeps_are_marked_and_spoil_no_batch(gateway: Gateway) -> None:
    def answer(request: http.Request) -> object:
        rows = [order(key) for key in dict(request.query)["ids"].split(",")]
        rows[0]["buyer_message"] = "ring\0twice \ud83d"
        return {"orders": rows}

    gateway.replies["order.detail"] = answer
    shop = connect()
    want(shop.pk, "order", ["1", "2"])
    fetch_next_wants()
    told = dict(Snapshot.objects.values_list("outside_id", "payload"))
    assert told["1"]["buyer_message"] == "ring\ufffdtwice \ufffd"
    assert "buyer_message" not in told["2"]
    now = clock.now()
    store_snapshots([SnapshotDraft(shop.pk, "order", "3", now, now, {"note\0": ["a\0"]}, source="file")])
    assert Snapshot.objects.get(outside_id="3").payload == {"note\ufffd": ["a\ufffd"]}


def test_a_payload_is_read_as_it_was_kept_whatever_it_holds() -> None:
    shop = connect()
    odd = {"text": "“Tee” 红色 \U0001f9e6", "number": 2**63, "rows": [1.5, None, {"a": []}]}
    now = clock.now()
    store_snapshots([SnapshotDraft(shop.pk, "order", "1", now, now, odd)])
    assert Snapshot.objects.get().payload == odd
    assert list(Snapshot.objects.values_list("payload__text", flat=True)) == [odd["text"]]


class Talk:
    """A conversation of so many messages, a minute apart, told in pages of ten."""

    def __init__(self, count: int, *, newest_first: bool = True) -> None:
        self.count, self.newest_first = count, newest_first

    def told(self, request: http.Request) -> dict[str, Any]:
        start = int(dict(request.query).get("page_token") or 0)
        numbers = sorted(range(self.count), reverse=self.newest_first)[start : start + 10]
        more = str(start + 10) if start + 10 < self.count else ""
        return {"messages": [{"id": f"m{n}", "create_time": 1763800000 + 60 * n} for n in numbers],
                "next_page_token": more}  # fmt: skip


def fetch_talk(gateway: Gateway, talk: Talk) -> tuple[int, set[str]]:
    """Fetch the conversation after news of it; return how many calls that took, and the messages it told."""
    gateway.asked.clear()
    gateway.replies |= {"conversation.detail": {"conversation": {"id": "V1"}}, "message.list": talk.told}
    want(Want.objects.values_list("shop_id", flat=True).first() or connect().pk, "conversation", ["V1"])
    fetch_single_wants()
    return len(gateway.asked), {row["id"] for row in Snapshot.objects.latest("pk").payload["messages"]}


def test_of_a_conversation_no_more_is_read_than_is_new(gateway: Gateway) -> None:
    assert fetch_talk(gateway, Talk(60))[0] == 5  # who takes part, and four pages
    assert fetch_talk(gateway, Talk(61)) == (1, {f"m{n}" for n in range(51, 61)})
    calls, told = fetch_talk(gateway, Talk(125))
    assert (calls, {f"m{n}" for n in range(61, 125)} <= told) == (7, True)


def test_pages_that_do_not_come_newest_first_are_read_on(gateway: Gateway) -> None:
    fetch_talk(gateway, Talk(30))
    assert "m31" in fetch_talk(gateway, Talk(32, newest_first=False))[1]
