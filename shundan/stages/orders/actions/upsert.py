"""News of a channel or a file becomes one stored order each: a constant number of queries per batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Q

from shundan.core.actors import Who
from shundan.core.facts import OrderFacts
from shundan.core.news import first_state, spell_status
from shundan.core.states import OrderState as S
from shundan.ground.lib import clock
from shundan.ground.lib.db import lock
from shundan.ground.lib.rows import insert_rows, new_row, update_rows
from shundan.ground.shops.queries import Shop, all_shops
from shundan.stages.orders.actions import addresses, build
from shundan.stages.orders.actions import lines as order_lines
from shundan.stages.orders.actions.build import best_moment
from shundan.stages.orders.actions.change import Change
from shundan.stages.orders.actions.clocks import wind_clocks
from shundan.stages.orders.actions.lines import LineNews
from shundan.stages.orders.actions.news import apply_news
from shundan.stages.orders.models import Address, Line, Order


class Told(Protocol):
    """What of a snapshot decides whether and how it is applied."""

    pk: int
    shop_id: int
    outside_id: str
    updated_at: datetime
    asked_at: datetime
    source: str
    payload: Any


@dataclass
class _Batch:
    """The rows of one batch, gathered to be written together."""

    changes: list[Change] = field(default_factory=list)
    new: list[Order] = field(default_factory=list)
    updated: list[Order] = field(default_factory=list)
    lines: list[LineNews] = field(default_factory=list)
    new_addresses: list[Address] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)


def store_orders(told: Sequence[tuple[Told, OrderFacts]], *, by: Who, now: datetime | None = None) -> dict[int, str]:
    """Store what snapshots tell, each with its mapped facts, in one transaction; return snapshot key -> outcome.

    Outcomes: applied, filled (blanks only), same, older. A snapshot counts only if (update time, asked at) is later
    than the stored pair; of two about one order in a batch the later wins. A snapshot that is left out of the
    answer waits for the next batch.
    """
    moment = now or clock.now()
    winners, outcomes = _winners(told)
    with transaction.atomic():
        stored = _stored(winners)
        batch = _Batch()
        for (shop_key, order_id), (snapshot, facts) in sorted(winners.items()):
            order = stored.get((shop_key, order_id))
            outcomes[snapshot.pk] = _take(batch, order, snapshot, facts)
        shops = {shop.pk: shop for shop in all_shops()} if batch.changes else {}
        _write_rows(batch, shops, now=moment)
        apply_news(batch.changes, shops=shops, by=by, now=moment)
    return outcomes


def _winners(
    told: Sequence[tuple[Told, OrderFacts]],
) -> tuple[dict[tuple[int, str], tuple[Told, OrderFacts]], dict[int, str]]:
    """Choose one snapshot per order: the channel's newest; a file's only where the channel said nothing."""
    winners: dict[tuple[int, str], tuple[Told, OrderFacts]] = {}
    outcomes: dict[int, str] = {}
    for snapshot, facts in told:
        key = (snapshot.shop_id, facts.order_id)
        rival = winners.get(key)
        if rival is None:
            winners[key] = (snapshot, facts)
        elif (snapshot.source == "file") != (rival[0].source == "file"):
            winners[key] = rival if snapshot.source == "file" else (snapshot, facts)  # the file's waits
        elif _pair(snapshot) > _pair(rival[0]):
            winners[key] = (snapshot, facts)
            outcomes[rival[0].pk] = "older"
        else:
            outcomes[snapshot.pk] = "older"
    return winners, outcomes


def _pair(snapshot: Told) -> tuple[datetime, datetime]:
    return snapshot.updated_at, snapshot.asked_at


def _stored(keys: Any) -> dict[tuple[int, str], Order]:
    by_shop: dict[int, list[str]] = {}
    for shop_key, order_id in keys:
        by_shop.setdefault(shop_key, []).append(order_id)
    wanted = Q(pk__in=[])
    for shop_key, order_ids in by_shop.items():
        wanted |= Q(shop=shop_key, order_id__in=order_ids)
    return {(row.shop_id, row.order_id): row for row in lock(Order.objects.filter(wanted))}


def _take(batch: _Batch, order: Order | None, snapshot: Told, facts: OrderFacts) -> str:
    """Write one snapshot into its row, or leave it; return the outcome."""
    if order is None:
        batch.changes.append(Change(_new_order(snapshot, facts), facts, is_new=True))
        return "applied"
    is_file = snapshot.source == "file"
    if is_file and order.source != "file":
        changed = build.fill_blanks(order, facts)
        batch.changes.append(Change(order, facts, fields=changed, only_blanks=True))
        return "filled"
    pair, known = _pair(snapshot), (order.updated_at, order.asked_at)
    if pair <= known and not (order.source == "file" and not is_file):  # the channel itself overrules a file
        return "same" if pair == known else "older"
    old_status, was_asked = order.platform_status, order.cancel_requested
    changed = build.rewrite_facts(order, facts)
    order.updated_at, order.asked_at = pair
    order.source = snapshot.source
    batch.changes.append(Change(order, facts, fields=changed, old_status=old_status, was_cancel_requested=was_asked))
    return "applied"


def _new_order(snapshot: Told, facts: OrderFacts) -> Order:
    state, _ = first_state(facts.platform_status, fulfilled_by=facts.fulfilled_by)
    order = new_row(
        Order, shop_id=snapshot.shop_id, order_id=facts.order_id[:32], order_state=state.value,
        state_since=best_moment(facts), placed_at=facts.placed_at, currency=facts.payment.currency,
        stored_at=clock.wall(),
    )  # fmt: skip
    build.write_facts(order, facts)
    order.platform_status = spell_status(facts.platform_status)
    order.updated_at, order.asked_at, order.source = snapshot.updated_at, snapshot.asked_at, snapshot.source
    if state == S.SHIPPED:
        order.shipped_at = order.shipped_at or best_moment(facts)
    return order


def _write_rows(batch: _Batch, shops: Mapping[int, Shop], *, now: datetime) -> None:
    """Insert and update everything of the batch, table by table."""
    buyers = addresses.store_buyers([(change.order, change.facts) for change in batch.changes], now=now)
    keys = [change.order.pk for change in batch.changes if not change.is_new]
    lines: dict[int, list[Line]] = {}
    for line in Line.objects.filter(order__in=keys).order_by("pk") if keys else ():
        lines.setdefault(line.order_id, []).append(line)
    known = {row.order_id: row for row in Address.objects.filter(order__in=keys)} if keys else {}
    for change in batch.changes:
        order, facts = change.order, change.facts
        if not (change.only_blanks and order.buyer_id):
            order.buyer = buyers.get((order.shop_id, facts.buyer_id[:64])) or order.buyer
        if change.is_new:
            wind_clocks(change, shops[order.shop_id])
        (batch.new if change.is_new else batch.updated).append(order)
        if not change.only_blanks or not lines.get(order.pk):
            change.lines = order_lines.write_lines(order, lines.get(order.pk, ()), facts)
            batch.lines.append(change.lines)
        _take_address(batch, change, known.get(order.pk), now)
    insert_rows(batch.new)
    changed = [change.fields for change in batch.changes if not change.is_new]
    update_rows(batch.updated, build.columns_of(changed))
    insert_rows([line for news in batch.lines for line in news.new])
    update_rows([line for news in batch.lines for line in news.changed], order_lines.UPDATED)
    insert_rows(batch.new_addresses)
    update_rows(batch.addresses, addresses.UPDATED)


def _take_address(batch: _Batch, change: Change, known: Address | None, now: datetime) -> None:
    told = change.facts.address
    if known is None:
        address = new_row(Address)
        address.order = change.order
        addresses.write_address(address, told)
        batch.new_addresses.append(address)
        return
    before = addresses.personal_values(known)
    if not addresses.write_address(known, told, only_blanks=change.only_blanks):
        return
    after = addresses.personal_values(known)
    change.fields.append("address")
    if addresses.is_another(before, after):
        known.changed_at = now
        change.old_address, change.new_address = before, after
    batch.addresses.append(known)
