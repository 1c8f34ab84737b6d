"""Finding orders, parcels, cases, items and buyers; each kind in a few bounded queries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse

from shundan.core.actors import Who
from shundan.core.rights import Right
from shundan.ground.shops.queries import shops_seen_by
from shundan.stages.aftersales.queries import cases_seen_by
from shundan.stages.orders.queries import Order, hash_phone, orders_by_key, orders_seen_by
from shundan.stages.orders.queries.lookups import buyers_named
from shundan.stages.packing.queries import order_keys_of, parcels_seen_by
from shundan.stages.stock.queries import items_by_code, listings_seen_by

LIMIT = 8
TAILS = 200
_NUMBERISH = re.compile(r"[\d\s…+().#-]+")


@dataclass(frozen=True)
class Hit:
    """Something found. `kind`: order, parcel, case, item or page. `exact`: letter by letter what was asked."""

    kind: str
    title: str
    note: str = ""
    url: str = ""
    shop: str = ""
    state: str = ""
    exact: bool = False


def find_hits(words: str, who: Who, *, limit: int = LIMIT) -> list[Hit]:
    """Return what the words may mean, the surest first; a bounded number of queries."""
    words = words.strip()[:100]
    if len(words) < 2:
        return []
    digits = re.sub(r"\D", "", words) if _NUMBERISH.fullmatch(words) else ""
    hits: dict[tuple[str, str, str], Hit] = {}
    for hit in _all(words, digits, who, limit):
        hits.setdefault((hit.kind, hit.shop, hit.title), hit)
    return sorted(hits.values(), key=lambda hit: not hit.exact)[: limit * 4]


def _all(words: str, digits: str, who: Who, limit: int) -> Iterator[Hit]:
    if who.may(Right.SEE_ORDER):
        yield from _orders(_orders_by_number(words, digits, who)[:limit], words=digits or words)
        if who.may(Right.SEE_BUYER):
            yield from _orders(_orders_by_buyer(words, digits, who)[:limit], note="buyer")
    if who.may(Right.SEE_PARCEL):
        yield from _parcels(words, who, limit)
    if who.may(Right.SEE_CASE):
        for case in cases_seen_by(who).filter(case_id=digits or words)[:limit]:
            url = _address("aftersales:case", case.shop.shop_id, case.case_id) or _order_url(case.order)
            yield Hit("case", case.case_id, case.order.order_id, url, case.shop.name, case.case_state, exact=True)
    if who.may(Right.SEE_STOCK):
        yield from _items(words, who, limit)


def _orders_by_number(words: str, digits: str, who: Who) -> QuerySet[Order]:
    rows, shops = orders_seen_by(who), [shop.pk for shop in shops_seen_by(who)]
    ways = [Q(shop__in=shops, order_id=digits or words), Q(tracking_number=words)]
    if 3 <= len(digits) < 12:  # people read the tail
        ways.append(Q(order_id__endswith=digits))
    return _found(rows, ways)


def _orders_by_buyer(words: str, digits: str, who: Who) -> QuerySet[Order]:
    rows = orders_seen_by(who)
    if not digits:
        return _found(rows, [Q(buyer__in=buyers_named(words, limit=TAILS))])
    phone = hash_phone(digits)
    return _found(rows, [Q(address__phone_hash=phone)] if phone else [])


def _found(rows: QuerySet[Any], ways: Iterable[Q]) -> QuerySet[Any]:
    """Return the rows found in any of the ways, newest first.

    Each way is asked alone and for keys only: so each reads its own index, where one question with OR, or an order
    to keep, would read every row.
    """
    keys: set[int] = set()
    for way in ways:
        keys |= set(rows.filter(way).order_by().values_list("pk", flat=True)[:TAILS])
    newest = "-placed_at" if hasattr(rows.model, "placed_at") else "-pk"
    return rows.filter(pk__in=keys).order_by(newest, "-pk")


def _orders(rows: Iterable[Order], *, words: str = "", note: str = "") -> Iterator[Hit]:
    for order in rows:
        exact = bool(words) and words in (order.order_id, order.tracking_number)
        told = note or order.first_title
        yield Hit("order", order.order_id, told, _order_url(order), order.shop.name, order.order_state, exact)


def _parcels(words: str, who: Who, limit: int) -> Iterator[Hit]:
    shops = [shop.pk for shop in shops_seen_by(who)]
    ways = [Q(parcel_id=words.upper()), Q(tracking_number=words), Q(shop__in=shops, package_id=words)]
    parcels = list(_found(parcels_seen_by(who), ways)[:limit])
    if not parcels:
        return
    keys = order_keys_of([parcel.pk for parcel in parcels])
    orders = orders_by_key({found[0] for found in keys.values() if found})
    for parcel in parcels:
        order = orders.get((keys.get(parcel.pk) or [0])[0])
        url = _address("tracking:parcel", parcel.shop.shop_id, parcel.parcel_id) or (_order_url(order) if order else "")
        note = " ".join(part for part in (parcel.carrier_name, parcel.tracking_number) if part)
        yield Hit("parcel", parcel.parcel_id, note, url, parcel.shop.name, parcel.parcel_state, exact=True)


def _items(words: str, who: Who, limit: int) -> Iterator[Hit]:
    for item in items_by_code([words]).values():
        yield Hit("item", item.sku, item.name_zh or item.name_en, _item_url(item.sku), exact=True)
    for listing in listings_seen_by(who).filter(seller_sku__istartswith=words).order_by("seller_sku", "pk")[:limit]:
        sku = listing.item.sku if listing.item else listing.seller_sku
        yield Hit("item", sku, listing.title, _item_url(sku), exact=listing.seller_sku == words)


def _order_url(order: Order) -> str:
    return (
        _address("orderbook:order", order.shop.shop_id, order.order_id)
        or f"/orders/{order.shop.shop_id}/{order.order_id}/"
    )


def _item_url(sku: str) -> str:
    return _address("stock:item", sku) or f"/stock/?q={sku}"


def _address(name: str, *args: str) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
