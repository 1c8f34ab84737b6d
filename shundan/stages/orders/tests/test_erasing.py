from __future__ import annotations

from datetime import timedelta

import pytest

from shundan.core.actors import step
from shundan.core.facts import MessageFacts
from shundan.edges.conversations.actions import take_messages
from shundan.edges.conversations.models import Thread
from shundan.edges.conversations.queries import messages_of
from shundan.ground.journal.actions import Draft, record, seal_next_entries
from shundan.ground.journal.models import Entry, Erasable
from shundan.ground.journal.queries import broken_at
from shundan.ground.shops.queries import Shop
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


def test_notes_that_late_news_brings_back_are_erased_again():
    shop = make_shop()
    one = facts(status="COMPLETED", buyer_note="ring twice")
    store(shop, one)
    erase(91)
    store(shop, later(one, 5))
    Order.objects.update(buyer_note="ring twice", seller_note="fragile")  # whatever way they came back
    assert erase(92) == 1
    assert (Order.objects.get().buyer_note, Order.objects.get().seller_note) == ("", "")
    assert erase(92) == 0


def talk(shop: Shop, order_id: str, *, conversation: str = "c1", number: int = 1, days: int = 0) -> None:
    at = T0 + timedelta(days=days)
    take_messages(shop.pk, "US", [
        MessageFacts(conversation, f"m{number}", at, "BUYER", "TEXT", "I am Emma", buyer_id="b", order_id=order_id)
    ])  # fmt: skip
    Thread.objects.filter(channel_conversation_id=conversation).update(buyer_name="Emma")


def words() -> list[tuple[str, str, list[str]]]:
    threads = Thread.objects.order_by("pk")
    return [(one.buyer_name, one.last_text, [said.text for said in messages_of(one.pk)]) for one in threads]


def test_conversations_leave_when_their_order_has_been_closed_long_enough():
    shop = make_shop()
    store(shop, facts(status="COMPLETED"), facts("577000000000000002", status="DELIVERED"))
    for number, order_id in enumerate(("577000000000000001", "577000000000000002", "")):
        talk(shop, order_id, conversation=f"c{number}", number=number)
    full, empty = ("Emma", "I am Emma", ["I am Emma"]), ("", "", [""])
    erase(179)
    assert words() == [full, full, full]
    erase(181)
    assert words() == [empty, full, empty]  # the second is about an order that is open
    assert erase(181) == 0


def test_what_is_said_later_starts_its_clock_anew_and_old_messages_come_back_empty():
    shop = make_shop()
    store(shop, facts(status="COMPLETED"))
    talk(shop, "577000000000000001")
    erase(181)
    talk(shop, "577000000000000001")  # told again by a sweep
    assert words()[0][2] == [""]
    talk(shop, "577000000000000001", number=2, days=182)
    erase(300)
    assert words() == [("Emma", "I am Emma", ["", "I am Emma"])]
    erase(363)
    assert words() == [("", "", ["", ""])]


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
