"""What Settings shows: shops with their connection, people with their scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shundan.core.actors import Who
from shundan.edges.channels.queries import Connection, connections
from shundan.ground.shops.queries import Shop, shops_seen_by

WARN_DAYS = 7


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
