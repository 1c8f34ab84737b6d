"""Orders that neither a webhook nor a sweep has seen are found by counting an hour, against a real sandbox."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shundan.desk.system.steps import compare_next_hours
from shundan.edges.channels.queries import reachable_shops
from shundan.edges.inbox.queries import HourCount, Sweep, Want, sweeps
from shundan.ground.journal.queries import entries_of
from shundan.ground.lib import clock
from shundan.ground.shops.queries import shop_by_key
from shundan.stages.orders import steps as orders
from shundan.stages.orders.queries import stored_ids
from tests.test_intake import World, desk, sandbox_url, work, world

__all__ = ["desk", "sandbox_url", "world"]
pytestmark = pytest.mark.django_db(transaction=True)


def count_again() -> int:
    """Count the next hour of every shop, as if its turn had come."""
    Sweep.objects.update(compare_at=None)
    HourCount.objects.filter(next_at__isnull=False).update(next_at=clock.wall())
    return compare_next_hours()


def test_orders_that_nobody_told_of_are_found_by_counting_and_the_gap_heals(world: World, desk: list[str]) -> None:
    world.faults(webhooks={"drop": 1.0})
    shop = shop_by_key(reachable_shops()[0])
    placed = world.orders(3, shop=shop.shop_id)
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    world.post("clock", advance=2 * 3600)
    clock.look_again()
    # As if the platform's list of changes had never held them: every sweep is past that moment.
    sweeps().filter(kind="order").update(complete_to=clock.now(), back_from=hour - timedelta(days=1))
    work()
    assert stored_ids(shop.pk, placed) == set()
    while (count := HourCount.objects.filter(shop=shop, hour=hour).first()) is None:
        assert count_again()
    assert (count.platform, count.desk, count.wanted) == (3, 0, 3)
    assert set(Want.objects.filter(reason="count of an hour").values_list("outside_id", flat=True)) == set(placed)
    work()
    assert orders.apply_next_orders() == 3
    count_again()
    count.refresh_from_db()
    assert (count.platform, count.desk, count.next_at) == (3, 3, None)
    assert count.healed_at is not None
    healed = [entry.facts for entry in entries_of([("shop", shop.pk)]) if entry.verb == "heal_gap"]
    assert healed == [{"hour": hour.isoformat(), "orders": 3}]
    assert stored_ids(shop.pk, placed) == set(placed)
