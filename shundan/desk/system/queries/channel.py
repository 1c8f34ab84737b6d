"""How the platform is reached: consents, versions it does not answer, and groups it told us to ask more slowly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shundan.core.actors import Who
from shundan.edges.channels.queries import Connection, OlderVersion, connections, narrow_budgets, older_versions
from shundan.ground.shops.queries import Shop, shops_seen_by


@dataclass(frozen=True)
class Slow:
    """A group of endpoints of one shop that is asked more slowly."""

    shop: Shop
    group: str
    a_minute: float | None  # calls allowed in a minute; None: only resting
    free_at: datetime  # wall time


@dataclass(frozen=True)
class ChannelState:
    """What the System page shows of the channel."""

    connections: list[tuple[Shop, Connection]]
    older: list[tuple[Shop, OlderVersion]]
    slow: list[Slow]


def read_channel(who: Who) -> ChannelState:
    """Read all of it for the shops in scope; four queries."""
    shops = {shop.pk: shop for shop in shops_seen_by(who)}
    return ChannelState(
        [(shops[key], told) for key, told in connections().items() if key in shops],
        [(shops[row.shop_key], row) for row in older_versions() if row.shop_key in shops],
        [
            Slow(shops[row.shop_id], row.group, 60 / row.interval if row.interval else None, row.free_at)
            for row in narrow_budgets().filter(shop_id__in=shops)[:200]
        ],
    )
