"""What Settings shows: shops with their connection, people with their scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from shundan.core.actors import Who
from shundan.edges.channels.queries import Connection, connections
from shundan.edges.inbox.queries import Sweep, count_history_wants, sweeps
from shundan.edges.outbox.actions.subscribing import webhook_address
from shundan.ground.shops.queries import Shop, shops_seen_by

WARN_DAYS = 30  # the platform begins to warn then, too
CHOICES_OF_DAYS = (7, 30, 90, 180, 365)


def own_addresses() -> tuple[str, str]:
    """Return our redirect and our webhook address, as an app's page in Partner Center wants to know them."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('tiktok_callback')}", webhook_address()


@dataclass(frozen=True)
class ShopStanding:
    """A shop as Settings shows it. `state`: connected, ending (few days left), dead, never or apart (files)."""

    shop: Shop
    connection: Connection | None
    state: str
    days_left: int | None


def shop_standings(who: Who, *, now: datetime) -> list[ShopStanding]:
    """Return the shops in scope with how each is connected; two queries."""
    known = connections()
    return [_standing(shop, known.get(shop.pk), now=now) for shop in shops_seen_by(who)]


def _standing(shop: Shop, connection: Connection | None, *, now: datetime) -> ShopStanding:
    if shop.channel != "tiktok":
        return ShopStanding(shop, None, "apart", None)
    if connection is None:
        return ShopStanding(shop, None, "never", None)
    ends = connection.refresh_expires_at
    left = max((ends - now) // timedelta(days=1), 0) if ends else None
    if connection.dead_at is not None or (ends is not None and ends <= now):
        return ShopStanding(shop, connection, "dead", left)
    ending = connection.warned_at is not None or (left is not None and left <= WARN_DAYS)
    return ShopStanding(shop, connection, "ending" if ending else "connected", left)


@dataclass(frozen=True)
class History:
    """How far the back-fill of one shop's orders is. `state`: running, paused or done."""

    shop: Shop
    state: str
    back_from: datetime | None  # everything created since is known, or waits to be fetched
    back_until: datetime | None
    days_done: int
    days: int
    found: int
    waiting: int  # orders, packages, cases … listed, but not fetched yet
    error: str
    further: tuple[int, ...]  # longer histories to choose from


def histories(who: Who, *, now: datetime) -> list[History]:
    """Return the back-fill of every shop in scope that has one; three queries."""
    rows = {row.shop_id: row for row in sweeps().filter(kind="order", back_until__isnull=False)}
    waiting = count_history_wants(list(rows))
    shops = [shop for shop in shops_seen_by(who) if shop.pk in rows]
    return [_history(shop, rows[shop.pk], waiting.get(shop.pk, 0), now=now) for shop in shops]


def _history(shop: Shop, row: Sweep, waiting: int, *, now: datetime) -> History:
    assert row.back_until is not None
    reached = row.back_until if row.back_done_at or row.back_from is None else row.back_from
    # The days that were asked for, not those since a date: connecting again moves the shop's date, not its history.
    asked = row.back_job.progress_total if row.back_job is not None else 0
    days = max(asked or round((now - row.back_until) / timedelta(days=1)), 1)
    paused = row.back_job is not None and row.back_job.paused_at is not None and row.back_done_at is None
    state = "done" if row.back_done_at and not waiting else "paused" if paused else "running"
    done = days if row.back_done_at else max(days - round((reached - row.back_until) / timedelta(days=1)), 0)
    further = tuple(choice for choice in CHOICES_OF_DAYS if choice > (now - row.back_until) / timedelta(days=1) + 1)
    return History(
        shop, state, reached, row.back_until, done, days, row.back_found, waiting, row.error, further
    )  # fmt: skip
