"""What people do at an order beside moving it: notes, corrected addresses, looks at personal values, blocked buyers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import Conflict, NotFound, Refused
from shundan.core.facts import AddressFacts
from shundan.core.rights import Right
from shundan.core.states import OrderState as S
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import lock
from shundan.stages.orders.actions import addresses
from shundan.stages.orders.actions.holds import close_holds
from shundan.stages.orders.models import Address, Buyer, Hold, Line, Note, Order, Surprise

_TOO_LATE = (S.SHIPPED, S.DELIVERED, S.COMPLETED, S.CANCELLED)


def add_note(order_key: int, text: str, *, by: Who, now: datetime) -> None:
    """Keep what a person wrote beside an order; raise Refused for an empty note."""
    if not text.strip():
        raise Refused(_("The note is empty."), field="text", remedy=_("Write what the next person should know."))
    with transaction.atomic():
        order = _locked(order_key)
        Note.objects.create(order=order, text=text.strip()[:1000], at=now, by=by.named)
        record([_draft(order, "note", by, now)])


def change_address(order_key: int, told: AddressFacts, *, by: Who, now: datetime) -> None:
    """Correct an order's address as far as our own labels go; its address holds end and it is checked again.

    Old and new values go into the journal's erasable side row. Raises Conflict when the goods have left, Refused when
    nothing was changed.
    """
    with transaction.atomic():
        order = _locked(order_key)
        if order.order_state in _TOO_LATE:
            raise Conflict(
                _("An order that is %(order_state)s keeps its address.") % {"order_state": order.order_state},
                remedy=_("Reload the order."),
            )
        address, __ = Address.objects.get_or_create(order=order)
        before = addresses.personal_values(address)
        if not addresses.write_address(address, replace(told, masked=False)):
            raise Refused(_("Nothing was changed."), code="unchanged", remedy=_("Write the corrected parts."))
        address.changed_at = now
        address.save(update_fields=addresses.UPDATED)
        after = addresses.personal_values(address)
        changed = [part for part in after if before[part] != after[part]]
        personal = {f"old_{part}": before[part] for part in changed} | {f"new_{part}": after[part] for part in changed}
        record([_draft(order, "change_address", by, now, {"changed": changed}, personal)])
        holds = Hold.objects.filter(order=order, kind__in=["address", "address_changed"], closed_at=None)
        close_holds(list(holds.values_list("pk", flat=True)), "fixed", by=by, now=now)


def look_at_address(order_key: int, why: str, *, by: Who, now: datetime) -> Address:
    """Return the address as we hold it, unmasked; the look and its reason are journaled.

    Raises NotAllowed without the right see_buyer, Refused without a reason.
    """
    by.needs(Right.SEE_BUYER)
    if not why.strip():
        raise Refused(
            _("A look at personal values needs its reason."), field="why", remedy=_("Say what you need it for.")
        )
    with transaction.atomic():
        order = _locked(order_key)
        record([_draft(order, "look_at_buyer", by, now, personal={"why": why.strip()[:200]})])
        address = Address.objects.filter(order=order).first()
    if address is None:
        raise NotFound(_("This order has no address."), remedy=_("The platform gave none."))
    return address


def mark_arranged(order_keys: Iterable[int], *, at: datetime) -> None:
    """Note when we asked for an order's first label: from then on AWAITING_COLLECTION is our own doing."""
    Order.objects.filter(pk__in=list(order_keys), arranged_at=None).update(arranged_at=at)


def mark_expected(line_keys: Iterable[int], *, at: datetime) -> None:
    """Note that stock has counted these lines as sold."""
    Line.objects.filter(pk__in=list(line_keys)).update(expected_at=at)


def block_buyer(buyer_key: int, why: str, *, by: Who, now: datetime) -> None:
    """Let every further order of this buyer be held for a person."""
    if not why.strip():
        raise Refused(_("Blocking a buyer needs its reason."), field="why", remedy=_("Write one sentence."))
    _set_blocked(buyer_key, now, why.strip()[:200], "block_buyer", by=by, now=now)


def unblock_buyer(buyer_key: int, *, by: Who, now: datetime) -> None:
    """Treat this buyer's orders like any other again."""
    _set_blocked(buyer_key, None, "", "unblock_buyer", by=by, now=now)


def _set_blocked(key: int, at: datetime | None, why: str, verb: str, *, by: Who, now: datetime) -> None:
    with transaction.atomic():
        rows = lock(Buyer.objects.filter(pk=key))
        if not rows:
            raise NotFound(_("There is no such buyer."))
        Buyer.objects.filter(pk=key).update(blocked_at=at, blocked_why=why)
        record([Draft("buyer", key, verb, by, now, shop_key=rows[0].shop_id, subject_name=rows[0].channel_buyer_id)])


def note_surprise_seen(surprise_key: int, *, now: datetime) -> None:
    """Take a surprise off the list until it happens again."""
    Surprise.objects.filter(pk=surprise_key, seen_at=None).update(seen_at=now)


def _locked(order_key: int) -> Order:
    rows = lock(Order.objects.filter(pk=order_key).only("pk", "shop_id", "order_id", "order_state"))
    if not rows:
        raise NotFound(_("There is no such order."), remedy=_("Search for it by its number."))
    return rows[0]


def _draft(
    order: Order, verb: str, by: Who, at: datetime, facts: dict[str, object] | None = None,
    personal: dict[str, str] | None = None,
) -> Draft:  # fmt: skip
    return Draft("order", order.pk, verb, by, at, shop_key=order.shop_id, subject_name=order.order_id,
                 facts=facts or {}, personal=personal or {})  # fmt: skip
