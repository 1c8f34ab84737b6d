"""An import is undone: orders that only its file told of are withdrawn, and blanks it filled are blank again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from shundan.core.actors import Who
from shundan.core.facts import OrderFacts
from shundan.core.moves import OrderMove as M
from shundan.core.privacy import is_masked
from shundan.core.states import OrderState as S
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import lock
from shundan.stages.orders.actions.addresses import PARTS
from shundan.stages.orders.actions.door import move_orders
from shundan.stages.orders.models import Address, Order
from shundan.stages.orders.queries.blanks import FILLED_TIMES
from shundan.stages.orders.queries.phones import hash_phone

WITHDRAWN = "WITHDRAWN"  # in cancelled_by: such an order never was, and no figure counts it
_LONGEST_ID = 32


@dataclass(frozen=True)
class Filling:
    """What an order held before a file filled its blanks, and what the file told."""

    before: Mapping[str, Any]  # as queries.fillable_values returned it
    told: OrderFacts


def withdraw_orders(
    pairs: Mapping[int, tuple[datetime, datetime]], *, by: Who, now: datetime, facts: Mapping[str, Any]
) -> set[int]:
    """Withdraw orders that nothing but one file told of, in one transaction; return the keys of those withdrawn.

    `pairs` are order key -> (update time, asked at) of that telling: an order that was told again since is left out.
    Its number is free afterwards: the row steps aside under "number~1" with its journal, reservations are released
    like those of any cancelled order, and no figure counts it.
    """
    with transaction.atomic():
        rows = [
            row
            for row in lock(Order.objects.filter(pk__in=pairs, source="file"))
            if (row.updated_at, row.asked_at) == pairs[row.pk] and row.cancelled_by != WITHDRAWN
        ]
        old = [row for row in rows if row.order_state == S.CANCELLED]
        record(_journal_row(row, by, now, facts) for row in old)
        moves = [(row.pk, M.WITHDRAW) for row in rows if row.order_state != S.CANCELLED]
        moved = set(move_orders(moves, by=by, at=now, facts=facts)) | {row.pk for row in old}
        gone = [row for row in rows if row.pk in moved]
        _step_aside(gone, now)
        return moved


def _step_aside(rows: list[Order], now: datetime) -> None:
    """Give the numbers of withdrawn orders free: each row gets the first "number~1" that is not taken."""
    wanted = {row.pk: f"{row.order_id[: _LONGEST_ID - 4]}~1" for row in rows}
    shops = {row.shop_id for row in rows}
    again = Order.objects.filter(shop__in=shops, order_id__in=wanted.values()).values_list("shop_id", "order_id")
    taken = set(again)
    for row in rows:
        name = wanted[row.pk]
        row.order_id = _next_free(row, name) if (row.shop_id, name) in taken else name
        row.cancelled_by, row.cancel_reason, row.cancelled_at = WITHDRAWN, "", now
    Order.objects.bulk_update(rows, ["order_id", "cancelled_by", "cancel_reason", "cancelled_at"], batch_size=100)


def _next_free(order: Order, name: str) -> str:
    stem = name.removesuffix("1")
    rows = Order.objects.filter(shop=order.shop_id, order_id__startswith=stem)
    taken = set(rows.values_list("order_id", flat=True))
    return next(name for number in range(2, len(taken) + 3) if (name := f"{stem}{number}") not in taken)


def _journal_row(order: Order, by: Who, now: datetime, facts: Mapping[str, Any]) -> Draft:
    return Draft(
        "order", order.pk, M.WITHDRAW.value, by, now, shop_key=order.shop_id, subject_name=order.order_id,
        from_state=order.order_state, to_state=order.order_state, facts=dict(facts),
    )  # fmt: skip


def reset_blanks(
    fillings: Mapping[int, Filling], *, by: Who, now: datetime, facts: Mapping[str, Any]
) -> dict[int, list[str]]:
    """Put back what was blank before a file filled it, where it still says what the file said, in one transaction.

    Returns order key -> the fields that were reset. An order that its channel told again since is left out.
    """
    done: dict[int, list[str]] = {}
    with transaction.atomic():
        rows = lock(Order.objects.filter(pk__in=fillings))
        addresses = {row.order_id: row for row in lock(Address.objects.filter(order__in=rows))}
        drafts = []
        for order in rows:
            one = fillings[order.pk]
            if [order.updated_at.isoformat(), order.asked_at.isoformat()] != list(one.before["pair"]):
                continue
            fields = _reset_order(order, one)
            address = addresses.get(order.pk)
            parts = _reset_address(address, one) if address else []
            done[order.pk] = [*fields, *parts]
            if done[order.pk]:
                told = {**facts, "changed": done[order.pk]}
                drafts.append(
                    Draft("order", order.pk, "reset_blanks", by, now, shop_key=order.shop_id,
                          subject_name=order.order_id, facts=told)
                )  # fmt: skip
        record(drafts)
    return done


def _reset_order(order: Order, one: Filling) -> list[str]:
    changed = []
    for name, before in one.before["order"].items():
        value = getattr(order, name)
        if value and value != before and value == _told(one.told, name, value):
            setattr(order, name, None if name in FILLED_TIMES else before)
            changed.append(name)
    if changed:
        order.save(update_fields=changed)
    return changed


def _told(facts: OrderFacts, name: str, value: Any) -> Any:
    """Return what the file said of a field, as it fits there."""
    if name == "payment_method":
        told: Any = facts.payment.method
    else:
        told = getattr(facts, name)
    if name == "package_ids":
        return list(told)
    return told[: len(value)] if isinstance(told, str) and told.startswith(value) else told


def _reset_address(address: Address, one: Filling) -> list[str]:
    if address.erased_at is not None:
        return []
    changed = []
    for part, before in one.before["address"].items():
        value, told = getattr(address, part), getattr(one.told.address, part)
        told = list(told) if part == "lines" else told[: len(value)]
        if value and value != before and value == told:
            setattr(address, part, before)
            changed.append(part)
    if changed:
        texts = [*(getattr(address, part) for part in PARTS), *address.lines]
        address.masked = any(map(is_masked, texts))
        address.phone_hash = "" if is_masked(address.phone) else hash_phone(address.phone)
        address.save(update_fields=[*changed, "masked", "phone_hash"])
    return changed
