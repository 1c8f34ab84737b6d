"""A label the carrier refuses, asked for again on other terms from the page, against a real sandbox process."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from shundan.edges.channels.tiktok.calls import parcels
from shundan.edges.channels.tiktok.mapping import map_order
from shundan.edges.inbox.queries import unapplied
from shundan.ground.lib import clock
from shundan.ground.shops.models import Shop
from shundan.stages.orders.models import Line, Order
from shundan.stages.packing.actions import plan_orders
from shundan.stages.packing.models import Parcel
from shundan.stages.packing.steps import apply_next_packages
from shundan.stages.packing.tests.cast import STEP, make_item, make_order
from shundan.stages.shipping.models import Label
from shundan.stages.shipping.steps import apply_label_answers, fetch_next_labels, request_next_labels
from tests.people import sign_in
from tests.test_intake import World, ask_after_a_lost_answer, desk, platform_order, sandbox_url, until, work, world

__all__ = ["desk", "sandbox_url", "world"]

pytestmark = pytest.mark.django_db(transaction=True)


def planned(world: World) -> Parcel:
    """Plan the parcel of an order of the sandbox, without the checks and the shelf before it."""
    order_id = platform_order(world)
    row = next(row for row in unapplied("order") if row.outside_id == order_id)
    facts = map_order(row.payload)
    order = make_order(Shop.objects.get(pk=row.shop_id), {make_item("MUG"): 1}, packages=facts.package_ids)
    Order.objects.filter(pk=order.pk).update(order_id=order_id)
    units = [unit for line in facts.lines for unit in line.channel_line_ids]
    Line.objects.filter(order=order).update(channel_line_ids=units)
    order.refresh_from_db()
    plan_orders([order], by=STEP, now=clock.now())
    return Parcel.objects.get()


def ask(world: World) -> None:
    """Ask for the label and let the carrier answer, which takes it some minutes."""
    request_next_labels()
    work()
    apply_label_answers()
    world.post("clock", advance=900)


def stands(state: str, trouble: str) -> bool:
    """Fetch the label and the news that is on its way; return whether the parcel stands like this."""
    Label.objects.filter(ended_at=None, fetched_at=None).update(next_try_at=clock.wall())
    fetch_next_labels()
    work()
    apply_next_packages()
    parcel = Parcel.objects.get()
    return (parcel.parcel_state, bool(parcel.trouble)) == (state, bool(trouble)) and trouble in parcel.trouble


def another_service(page: str) -> dict[str, Any]:
    found: list[tuple[str, str]] = re.findall(r'name="service_id" value="(\d+)"( checked)?', page)
    return {"service_id": found[-1][0]}


def a_slot(page: str) -> dict[str, Any]:
    return {"handover": re.findall(r'name="handover" value="(PICKUP \d+)"', page)[-1]}


MEASURES = {"weight_g": "900", "length_cm": "30", "width_cm": "20", "height_cm": "9"}
WAYS = {
    "area": ("does not serve this area", another_service),
    "pickup": ("missing pick-up time slot", a_slot),
    "overweight": ("overweight", lambda page: MEASURES),
}


@pytest.mark.parametrize("why", WAYS)
def test_a_refused_label_is_granted_on_other_terms(why: str, world: World, desk: list[str]) -> None:
    trouble, choose = WAYS[why]
    parcel = planned(world)
    order_id = Order.objects.get().order_id
    world.post("couriers/refuse", order_id=order_id, reason=why)
    ask(world)
    until(lambda: stands("PLANNED", trouble), "the refusal was not told")
    first = {row["id"]: row for row in world.get("truth")["packages"]}[parcel.package_id]
    clerk = sign_in("clerk", "clerk")
    address = reverse("shipping:change", args=[parcel.shop.shop_id, parcel.parcel_id])
    page = clerk.get(address).content.decode()
    assert trouble in page and "GRAM" in page
    assert clerk.post(address, choose(page)).status_code == 302
    ask(world)
    until(lambda: stands("LABELLED", ""), "the label was not granted")
    told = {row["id"]: row for row in world.get("truth")["packages"]}[parcel.package_id]
    assert (first["labels_refused"], told["labels_refused"]) == (1, 1)


def test_an_answer_about_other_terms_that_was_lost_is_asked_after_and_nothing_is_bought_twice(
    world: World, desk: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcels, "_live_pieces", lambda access, order_ids: set())  # the answer lost is the purchase's
    parcel = planned(world)
    Parcel.objects.update(trouble="does not serve this area")
    clerk = sign_in("clerk", "clerk")
    address = reverse("shipping:change", args=[parcel.shop.shop_id, parcel.parcel_id])
    assert clerk.post(address, {"weight_g": "900"}).status_code == 302
    request_next_labels()
    call = ask_after_a_lost_answer(world)
    assert call.answer is not None and call.answer["package_id"] == parcel.package_id


def test_what_was_refused_is_refused_again_as_it_was(world: World, desk: list[str]) -> None:
    parcel, clerk = planned(world), sign_in("clerk", "clerk")
    world.post("couriers/refuse", order_id=Order.objects.get().order_id, reason="pickup")
    for _ in range(2):
        ask(world)
        until(lambda: stands("PLANNED", "missing pick-up time slot"), "the refusal was not told")
        clerk.post(reverse("shipping:retry"), {"row": [parcel.pk]})
