"""What the platform says of its packages, applied to our parcels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from shundan.core.actors import Who
from shundan.core.facts import PackageFacts
from shundan.core.parcel_moves import LEFT_US, LIVE_PARCELS, UNPACKED, ParcelMove, parcel_news
from shundan.core.states import ParcelState
from shundan.ground.journal.actions import record
from shundan.stages.packing.actions.door import lock_parcels, move_parcels, note_parcels, parcel_draft
from shundan.stages.packing.models import Parcel, ParcelOrder
from shundan.stages.packing.queries.parcels import parcel_of_package

P = ParcelState


@dataclass(frozen=True)
class News:
    """A package as told, with the guard of its telling."""

    shop_key: int
    facts: PackageFacts
    asked_at: datetime


def lock_told(many: Iterable[News]) -> None:
    """Lock the orders and parcels that a batch of news may be about, all at once and in key order."""
    about = Q(pk__in=[])
    for news in many:
        parcels = Q(package_id=news.facts.package_id) | Q(parcel_orders__order__order_id__in=news.facts.order_ids)
        about |= Q(shop_id=news.shop_key) & parcels
    lock_parcels(Parcel.objects.filter(about, parcel_state__in=LIVE_PARCELS).values_list("pk", flat=True).distinct())


def apply_package(news: News, *, by: Who, now: datetime) -> str:
    """Apply one package's news inside the caller's transaction; return its outcome.

    "applied", "older" (we know better), "waits" (no parcel of ours yet), "regrouped" (its orders were cut or combined
    anew: their parcels are void and will be planned again) or "surprise: …".
    """
    parcel = _find(news)
    if parcel is None:
        return "waits" if news.facts.status != "CANCELLED" else "applied"
    if parcel.package_updated_at and parcel.package_asked_at and parcel.package_id == news.facts.package_id:
        known = (parcel.package_updated_at, parcel.package_asked_at)
        if (news.facts.updated_at, news.asked_at) <= known:
            return "older"
    if not _regrouped(parcel, news):
        return _apply(parcel, news, by=by, now=now)
    if parcel.parcel_state not in UNPACKED:  # what is in the box stays in it, and goes its way
        return _apply(parcel, news, surprise="regrouped_after_packing", by=by, now=now)
    _void_group(parcel, news, by=by, now=now)
    return "regrouped"


def _find(news: News) -> Parcel | None:
    """Find the live parcel with the package's id, else the only loose one of its orders."""
    parcel = parcel_of_package(news.shop_key, news.facts.package_id)
    if parcel is not None or news.facts.status == "CANCELLED":
        return parcel
    rows = Parcel.objects.filter(shop_id=news.shop_key, parcel_state__in=UNPACKED)
    loose = list(rows.filter(parcel_orders__order__order_id__in=news.facts.order_ids).order_by("pk").distinct()[:3])
    return loose[0] if len(loose) == 1 and _same_orders(loose[0], news) else None


def _same_orders(parcel: Parcel, news: News) -> bool:
    return set(_order_ids(parcel)) == set(news.facts.order_ids)


def _order_ids(parcel: Parcel) -> list[str]:
    return list(ParcelOrder.objects.filter(parcel=parcel).values_list("order__order_id", flat=True))


def _regrouped(parcel: Parcel, news: News) -> bool:
    """Say whether the package now holds other orders than our parcel."""
    told = news.facts.order_ids
    return bool(told) and news.facts.status in ("TO_FULFILL", "PROCESSING") and not _same_orders(parcel, news)


def _void_group(parcel: Parcel, news: News, *, by: Who, now: datetime) -> None:
    """Void the loose parcels of every order the package names or its parcel holds; their orders are planned anew."""
    names = {*news.facts.order_ids, *_order_ids(parcel)}
    loose = Parcel.objects.filter(shop_id=news.shop_key, parcel_state__in=UNPACKED)
    keys = set(loose.filter(parcel_orders__order__order_id__in=names).values_list("pk", flat=True))
    facts = {key: {"why": "regrouped", "package": news.facts.package_id} for key in keys}
    move_parcels([(key, ParcelMove.VOID) for key in keys], by=by, at=now, facts=facts)


def _apply(parcel: Parcel, news: News, *, by: Who, now: datetime, surprise: str = "") -> str:
    facts, state = news.facts, P(parcel.parcel_state)
    moves, odd = parcel_news(state, facts.status, has_tracking=bool(facts.tracking_number), left_us=state in LEFT_US)
    surprise = surprise or odd
    if facts.status == "TO_FULFILL" and not (parcel.arranged_at and news.asked_at > parcel.arranged_at):
        moves = ()  # told before the platform heard our request: no rejection
    columns = _columns(parcel, news)
    if state == P.VOIDED:
        columns = {}
    seen = {"package": facts.package_id, "status": facts.status, "sub_status": facts.sub_status}
    move_parcels([(parcel.pk, move) for move in moves], by=by, at=_when(facts, now), facts={parcel.pk: seen})
    note_parcels({parcel.pk: columns})
    if surprise:
        record([parcel_draft(parcel, "surprise", by=by, at=now, facts={"surprise": surprise, **seen})])
    return f"surprise: {surprise}" if surprise else "applied"


def _when(facts: PackageFacts, now: datetime) -> datetime:
    """The platform's own moment, unless it lies ahead of ours."""
    return min(facts.updated_at, now)


def _columns(parcel: Parcel, news: News) -> dict[str, Any]:
    facts = news.facts
    told: Mapping[str, Any] = {
        "package_id": facts.package_id,
        "package_status": facts.status,
        "tracking_number": facts.tracking_number,
        "carrier_key": facts.carrier_id,
        "carrier_name": facts.carrier_name,
        "trouble": facts.trouble,
    }
    columns = {name: value for name, value in told.items() if value and getattr(parcel, name) != value}
    return {**columns, "package_updated_at": facts.updated_at, "package_asked_at": news.asked_at}


def void_parcels(keys: Iterable[int], *, why: str, by: Who, now: datetime) -> Sequence[int]:
    """Void parcels that never left, and say why; return those that could be voided."""
    facts = {key: {"why": why} for key in keys}
    return list(move_parcels([(key, ParcelMove.VOID) for key in facts], by=by, at=now, facts=facts))
