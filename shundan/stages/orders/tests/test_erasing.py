from __future__ import annotations

from datetime import timedelta

import pytest

from shundan.core.actors import step
from shundan.ground.journal.actions import Draft, record, seal_next_entries
from shundan.ground.journal.models import Entry, Erasable
from shundan.ground.journal.queries import broken_at
from shundan.stages.orders.actions import add_note, block_buyer, erase_orders
from shundan.stages.orders.models import Address, Buyer, Note, Order
from shundan.stages.orders.tests.made import CLERK, T0, facts, later, make_shop, store

pytestmark = pytest.mark.django_db
STEP = step("erase")


def erase(days: int) -> int:
    return erase_orders(by=STEP, now=T0 + timedelta(days=days), limit=50)


def test_an_address_is_erased_on_its_day_and_never_filled_again():
    shop = make_shop()
    one = facts(status="COMPLETED", buyer_note="ring twice")
    store(shop, one)
    assert erase(89) == 0
    assert erase(91) == 1
    assert erase(91) == 0
    address = Address.objects.get()
    assert (address.name, address.phone, address.phone_hash, address.lines, address.region) == ("", "", "", [], "US")
    assert Order.objects.get().buyer_note == ""
    assert Entry.objects.filter(verb="erase_personal").count() == 1
    store(shop, later(one, 5))
    assert Address.objects.get().name == ""


def test_what_the_journal_kept_beside_its_rows_leaves_with_the_address():
    shop = make_shop()
    for order in store(shop, facts(status="COMPLETED"), facts("577000000000000002", status="DELIVERED")):
        waiver = Draft("order", order.pk, "waive", CLERK, T0, shop_key=shop.pk, personal={"why": "Emma called"})
        record([waiver])
    assert Erasable.objects.count() == 2
    seal_next_entries()
    erase(91)
    seal_next_entries()
    assert Erasable.objects.get().entry.subject_key == Order.objects.get(order_state="DELIVERED").pk
    assert broken_at(shop.pk) is None


def test_an_open_order_keeps_everything():
    store(make_shop(), facts(status="DELIVERED"))
    assert erase(900) == 0
    assert Buyer.objects.get().nickname == "emma"


def test_notes_and_buyers_follow_later_and_a_blocked_buyer_stays_blocked():
    shop = make_shop()
    [order] = store(shop, facts(status="COMPLETED"))
    add_note(order.pk, "called twice", by=CLERK, now=T0)
    block_buyer(Buyer.objects.get().pk, "never pays", by=CLERK, now=T0)
    erase(91)
    assert (Note.objects.count(), Buyer.objects.get().nickname) == (1, "emma")
    erase(181)
    buyer = Buyer.objects.get()
    assert (Note.objects.count(), buyer.nickname, buyer.channel_buyer_id) == (0, "", "buyer-1")
    assert buyer.blocked_at is not None


def test_a_buyer_with_a_younger_order_is_kept():
    shop = make_shop()
    store(shop, facts(status="COMPLETED"), facts("577000000000000002", status="DELIVERED"))
    erase(400)
    assert Buyer.objects.get().nickname == "emma"
