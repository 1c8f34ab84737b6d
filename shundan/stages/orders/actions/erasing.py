"""Personal values leave when their clock runs out: days after the order was closed, as core.privacy lists them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from shundan.core.actors import Who
from shundan.core.privacy import PERSONAL
from shundan.edges.conversations.actions import erase_threads
from shundan.edges.conversations.queries import resting_threads
from shundan.ground.journal.actions import Draft, erase_personal, record
from shundan.ground.lib.db import claim, in_transaction
from shundan.stages.orders.models import Address, Buyer, Note, Order, Waiver
from shundan.stages.orders.queries import closed_before, closed_orders

_ADDRESS_DAYS = PERSONAL["orders.Address.name"][1]
_BUYER_DAYS = PERSONAL["orders.Buyer.nickname"][1]
_TALK_DAYS = PERSONAL["conversations.Message.text"][1]
_EMPTY = {
    "name": "", "phone": "", "phone_hash": "", "postal_code": "", "state": "", "city": "", "district": "", "full": "",
    "lines": [], "masked": False,
}  # fmt: skip


def erase_orders(*, by: Who, now: datetime, limit: int = 200) -> int:
    """Erase addresses, notes, buyers and conversations whose clock has run out, a batch each; return how many rows."""
    return in_transaction(
        lambda: (
            _erase_addresses(by, now, limit)
            + _erase_refilled(now, limit)
            + _erase_notes(now, limit)
            + _erase_buyers(now, limit)
            + _erase_talks(now, limit)
        )
    )


def _closed(days: int, now: datetime) -> QuerySet[Order]:
    return closed_orders(now - timedelta(days=days))


def _erase_addresses(by: Who, now: datetime, limit: int) -> int:
    due = Address.objects.filter(erased_at=None, order__in=_closed(_ADDRESS_DAYS, now)).order_by("pk")
    rows = claim(due, limit=limit)
    orders = list(Order.objects.filter(pk__in=[row.order_id for row in rows]).only("pk", "shop_id", "order_id"))
    Address.objects.filter(pk__in=[row.pk for row in rows]).update(**_EMPTY, erased_at=now)
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(buyer_note="", seller_note="")
    erase_personal("order", [order.pk for order in orders])
    record(
        Draft("order", order.pk, "erase_personal", by, now, shop_key=order.shop_id, subject_name=order.order_id)
        for order in orders
    )
    return len(rows)


def _erase_refilled(now: datetime, limit: int) -> int:
    """Erase notes that late news of a closed order has brought back, or that stood at an order without an address."""
    noted = _closed(_ADDRESS_DAYS, now).exclude(buyer_note="", seller_note="")
    keys = [order.pk for order in claim(noted.order_by("pk"), limit=limit)]
    return Order.objects.filter(pk__in=keys).update(buyer_note="", seller_note="")


def _erase_notes(now: datetime, limit: int) -> int:
    closed = _closed(_BUYER_DAYS, now)
    notes = list(Note.objects.filter(order__in=closed).order_by("pk").values_list("pk", flat=True)[:limit])
    waivers = list(Waiver.objects.filter(order__in=closed).exclude(why="").values_list("pk", flat=True)[:limit])
    Note.objects.filter(pk__in=notes).delete()
    Waiver.objects.filter(pk__in=waivers).update(why="")
    return len(notes) + len(waivers)


def _erase_buyers(now: datetime, limit: int) -> int:
    """Erase buyers all of whose orders were closed long ago; that they were blocked stays, under their platform id."""
    lively = Order.objects.filter(buyer=OuterRef("pk")).exclude(closed_before(now - timedelta(days=_BUYER_DAYS)))
    due = Buyer.objects.exclude(nickname="", email="").filter(~Exists(lively))
    keys = list(due.order_by("pk").values_list("pk", flat=True)[:limit])
    return Buyer.objects.filter(pk__in=keys).update(nickname="", email="")


def _erase_talks(now: datetime, limit: int) -> int:
    """Erase conversations that rested as long as the order they were about has been closed, if it is known here."""
    moment = now - timedelta(days=_TALK_DAYS)
    of_thread = Order.objects.filter(shop=OuterRef("shop"), order_id=OuterRef("order_id"))
    lively = Exists(of_thread.exclude(closed_before(moment)))
    threads = resting_threads(before=moment).exclude(lively).order_by("pk")
    return erase_threads(list(threads.values_list("pk", flat=True)[:limit]), now=now)
