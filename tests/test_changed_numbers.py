"""Another number for a parcel of our own carrier, from the page, against a real sandbox process."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.db.models import F
from django.urls import reverse

from shundan.core.actors import SYSTEM
from shundan.edges.carriers.actions import add_carrier
from shundan.edges.channels.actions import budgets
from shundan.edges.channels.queries import reachable_shops
from shundan.edges.channels.tiktok.mapping import map_order
from shundan.edges.inbox.queries import unapplied
from shundan.edges.outbox import steps as outgoing
from shundan.edges.outbox.actions import asking
from shundan.edges.outbox.models import Call
from shundan.ground.lib import clock
from shundan.ground.shops.models import Shop
from shundan.ground.shops.queries import shop_by_key
from shundan.stages.orders.models import Line, Order
from shundan.stages.packing.actions import plan_orders
from shundan.stages.packing.models import Parcel
from shundan.stages.packing.steps import apply_next_packages
from shundan.stages.packing.tests.cast import STEP, make_item, make_order
from shundan.stages.shipping.actions import ship_by_seller
from shundan.stages.shipping.queries.numbers import WITHIN
from shundan.stages.shipping.steps import apply_label_answers
from tests.people import sign_in
from tests.test_intake import World, desk, sandbox_url, stored, until, work, world

__all__ = ["desk", "sandbox_url", "world"]

pytestmark = pytest.mark.django_db(transaction=True)
PROVIDER = "7129720299146184452"
_numbers = count(10_000_001)


def number() -> str:
    return f"TM{next(_numbers)}GB"


@pytest.fixture
def parcel(world: World, desk: list[str]) -> Parcel:
    """A parcel of the British shop that the seller sends, its first number told and taken."""
    shop = next(shop_by_key(key) for key in reachable_shops() if shop_by_key(key).region == "GB")
    placed = world.orders(12, shop=shop.shop_id)
    until(lambda: stored(placed), "the orders did not arrive")
    told = (map_order(row.payload) for row in unapplied("order") if row.outside_id in placed)
    facts = next(one for one in told if not one.shipping_by_platform)
    place = Shop.objects.get(pk=shop.pk)
    order = make_order(place, {make_item("MUG"): 1}, packages=facts.package_ids, by_platform=False)
    Order.objects.filter(pk=order.pk).update(order_id=facts.order_id)
    units = [unit for line in facts.lines for unit in line.channel_line_ids]
    Line.objects.filter(order=order).update(channel_line_ids=units)
    order.refresh_from_db()
    plan_orders([order], by=STEP, now=clock.now())
    add_carrier("evri", "Evri", provider_ids={"GB": PROVIDER}, by=SYSTEM, now=clock.now())
    made = Parcel.objects.get()
    ship_by_seller(made.pk, carrier="evri", number=number(), by=STEP, now=clock.now())
    answered()
    made.refresh_from_db()
    assert made.parcel_state == "LABELLED", made.trouble
    return made


def answered() -> None:
    work()
    apply_label_answers()


def change(parcel: Parcel, new: str) -> int:
    address = reverse("shipping:number", args=[parcel.shop.shop_id, parcel.parcel_id])
    return int(sign_in(f"clerk{next(_numbers)}", "clerk").post(address, {"carrier": "evri", "number": new}).status_code)


def call() -> Call:
    return Call.objects.get(kind="update_tracking")


def told(world: World, parcel: Parcel) -> dict[str, Any]:
    return dict(next(row for row in world.get("truth")["packages"] if row["id"] == parcel.package_id))


def ours(parcel: Parcel) -> str:
    parcel.refresh_from_db()
    return parcel.tracking_number


def page(parcel: Parcel) -> str:
    where = reverse("tracking:parcel", args=[parcel.shop.shop_id, parcel.parcel_id])
    return sign_in(f"viewer{next(_numbers)}", "viewer").get(where).content.decode()


def settle() -> None:
    """Ask after the lost answer until it is known, without waiting for its turn."""
    budgets.forget_budgets()
    Call.objects.update(not_before=clock.wall())
    outgoing.ask_unsure_calls()


def test_the_platform_takes_one_other_number_and_no_second(world: World, parcel: Parcel) -> None:
    new = number()
    assert change(parcel, new) == 302
    answered()
    assert (ours(parcel), told(world, parcel)["tracking_number"]) == (new, new)
    work()
    apply_next_packages()
    assert ours(parcel) == new
    assert change(parcel, number()) == 409
    # The platform's own rule, should another tool have been first: the call before is forgotten here.
    Call.objects.filter(kind="update_tracking").delete()
    assert change(parcel, number()) == 302
    answered()
    assert (call().call_state, call().error_code, ours(parcel)) == ("APPLIED", "21011051", new)
    assert "did not take" in page(parcel)


def test_a_lost_answer_is_asked_after_and_the_number_told_once(world: World, parcel: Parcel) -> None:
    old, new = ours(parcel), number()
    assert change(parcel, new) == 302
    world.faults(api={"timeout_after_commit": 1.0})
    outgoing.send_next_calls()
    assert (call().call_state, ours(parcel)) == ("UNSURE", old)
    assert "its answer was lost" in page(parcel)
    world.faults()
    until(lambda: settle() is None and call().call_state == "ANSWERED", "nobody could say")
    answered()
    assert (call().call_state, call().attempts, ours(parcel)) == ("APPLIED", 1, new)


def test_a_number_never_told_is_told_again_after_it_was_asked_for(world: World, parcel: Parcel) -> None:
    new = number()
    change(parcel, new)
    # Its sender died before the wire: nothing was said, and nobody knows.
    dead = clock.wall() - timedelta(seconds=1)
    Call.objects.filter(kind="update_tracking").update(call_state="SENDING", lease_until=dead, attempts=1)
    outgoing.give_back_expired_leases()
    assert call().call_state == "UNSURE"
    for _ in range(asking.ENOUGH_NOES):
        settle()
    assert call().call_state == "QUEUED"
    until(lambda: answered() is None and ours(parcel) == new, "it was not told again")
    assert told(world, parcel)["tracking_number"] == new


def test_a_second_telling_of_what_was_taken_counts_as_taken(world: World, parcel: Parcel) -> None:
    new = number()
    change(parcel, new)
    world.faults(api={"timeout_after_commit": 1.0})
    outgoing.send_next_calls()
    world.faults()
    budgets.forget_budgets()
    Call.objects.filter(kind="update_tracking").update(call_state="QUEUED", not_before=clock.wall())
    until(lambda: answered() is None and ours(parcel) == new, "the refusal was believed")
    assert (call().call_state, call().attempts, call().error_code) == ("APPLIED", 2, "")


def test_a_number_the_platform_refuses_leaves_ours_and_another_is_taken(world: World, parcel: Parcel) -> None:
    old, new = ours(parcel), number()
    change(parcel, "TM12345")  # too short for any carrier of the platform
    answered()
    assert (call().call_state, call().error_code, ours(parcel)) == ("APPLIED", "11028006", old)
    assert "did not take TM12345" in page(parcel)
    assert told(world, parcel)["tracking_number"] == old
    assert change(parcel, new) == 302
    answered()
    assert (ours(parcel), told(world, parcel)["tracking_number"]) == (new, new)


def test_after_72_hours_neither_the_desk_nor_the_platform_takes_one(world: World, parcel: Parcel) -> None:
    old = ours(parcel)
    world.post("clock", advance=73 * 3600)
    until(lambda: clock.now() > parcel.arranged_at + WITHIN, "the desk's clock did not follow")
    assert change(parcel, number()) == 409
    # A desk that learned of the parcel late does not know better: then the platform says no.
    Parcel.objects.update(arranged_at=F("arranged_at") + timedelta(hours=73), parcel_state="LABELLED")
    assert change(parcel, number()) == 302
    answered()
    assert call().error_code in ("21011050", "21011030")
    assert ours(parcel) == old
