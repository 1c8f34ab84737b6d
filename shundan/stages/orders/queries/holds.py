"""Holds, stops, waivers, causes, notes and surprises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from shundan.core.actors import Who
from shundan.stages.orders.models import Cause, Hold, Note, Stop, Surprise, Waiver


def open_stops(order_keys: Iterable[int]) -> dict[int, list[Stop]]:
    """Return order key -> its open stops; what is not in it may leave."""
    found: dict[int, list[Stop]] = {}
    for stop in Stop.objects.filter(order__in=list(order_keys), closed_at=None).order_by("pk"):
        found.setdefault(stop.order_id, []).append(stop)
    return found


def open_holds(order_keys: Iterable[int]) -> dict[int, list[Hold]]:
    """Return order key -> its open holds, oldest first."""
    found: dict[int, list[Hold]] = {}
    for hold in Hold.objects.filter(order__in=list(order_keys), closed_at=None).order_by("pk"):
        found.setdefault(hold.order_id, []).append(hold)
    return found


def hold_by_key(key: int) -> Hold | None:
    """Return a hold with order, shop and buyer."""
    return Hold.objects.select_related("order__shop", "order__buyer").filter(pk=key).first()


def holds_of(order_key: int) -> list[Hold]:
    """Return every hold an order had, newest first."""
    return list(Hold.objects.filter(order=order_key).order_by("-pk"))


def stops_of(order_key: int) -> list[Stop]:
    """Return every stop an order had, newest first."""
    return list(Stop.objects.filter(order=order_key).order_by("-pk"))


def holds_in_scope(who: Who | None) -> QuerySet[Hold]:
    """Return the open holds in somebody's scope, with order, shop and buyer."""
    rows = Hold.objects.filter(closed_at=None).select_related("order__shop", "order__buyer")
    return rows if who is None or who.shop_keys is None else rows.filter(shop__in=who.shop_keys)


def waivers_of(order_keys: Iterable[int]) -> dict[int, set[tuple[str, str]]]:
    """Return order key -> the (check, inputs hash) pairs that a person let pass."""
    found: dict[int, set[tuple[str, str]]] = {}
    rows = Waiver.objects.filter(order__in=list(order_keys)).values_list("order_id", "check_key", "inputs_hash")
    for key, check, inputs_hash in rows:
        found.setdefault(key, set()).add((check, inputs_hash))
    return found


def notes_of(order_key: int) -> list[Note]:
    """Return the notes of an order, newest first."""
    return list(Note.objects.filter(order=order_key).order_by("-pk"))


def causes() -> list[Cause]:
    """Return the tree of causes in use, by key."""
    return list(Cause.objects.filter(retired_at=None).order_by("key"))


def known_cause(key: str) -> bool:
    """Return whether a cause of that key is in use."""
    return Cause.objects.filter(key=key, retired_at=None).exists()


def open_surprises(
    *, shop_keys: Iterable[int] | None = None, key: int | None = None, limit: int = 100
) -> list[Surprise]:
    """Return surprises nobody has looked at yet (or the one of that key), newest first."""
    rows = Surprise.objects.filter(seen_at=None).select_related("shop").order_by("-at", "-pk")
    rows = rows if key is None else rows.filter(pk=key)
    return list((rows if shop_keys is None else rows.filter(shop__in=list(shop_keys)))[:limit])


def stock_holds() -> QuerySet[Hold]:
    """Return the open holds that end by themselves when goods arrive or a SKU is linked, oldest order first."""
    return Hold.objects.filter(closed_at=None, kind__in=["missing_stock", "unknown_sku"]).order_by("order_id", "pk")


def outcomes_of(kind: str, *, since: datetime) -> list[tuple[str, int]]:
    """Return how holds of a kind ended lately, the most frequent way first; judged by the newest 500."""
    rows = Hold.objects.filter(kind=kind, closed_at__gte=since).order_by("-pk").values_list("outcome", flat=True)[:500]
    return Counter(rows).most_common()


def stops_in_scope(who: Who | None) -> QuerySet[Stop]:
    """Return the open stops in somebody's scope, with order and shop."""
    rows = Stop.objects.filter(closed_at=None).select_related("order__shop")
    return rows if who is None or who.shop_keys is None else rows.filter(shop__in=who.shop_keys)
