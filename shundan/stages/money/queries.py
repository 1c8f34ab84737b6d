"""Reads of money: statements, what each order brought, and rates."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db.models import Q, QuerySet, Sum

from shundan.core.actors import Who
from shundan.core.money import convert
from shundan.ground.shops.queries import shops_seen_by
from shundan.stages.money.models import Rate, Statement, Transaction


class Rates:
    """Rates as of days, read once: the newest rate on or before the day counts, else the oldest there is."""

    def __init__(self) -> None:
        self.home: str = settings.HOME_CURRENCY
        self._days: dict[str, list[date]] = {}
        self._rates: dict[str, list[Decimal]] = {}
        for day, currency, rate in (
            Rate.objects.filter(home=self.home).order_by("day").values_list("day", "currency", "rate")
        ):
            self._days.setdefault(currency, []).append(day)
            self._rates.setdefault(currency, []).append(rate)

    def home_minor(self, minor: int, currency: str, day: date) -> int | None:
        """Return the amount in the home currency, or None when no rate of this currency is known."""
        if currency == self.home:
            return minor
        days = self._days.get(currency)
        if not days:
            return None
        rate = self._rates[currency][max(bisect_right(days, day) - 1, 0)]
        return convert(minor, source=currency, target=self.home, rate=rate)

    def missing(self, currencies: Iterable[str]) -> list[str]:
        """Return the currencies without any rate."""
        return sorted({c for c in currencies if c != self.home and c not in self._days})


def rates() -> QuerySet[Rate]:
    return Rate.objects.order_by("-day", "currency")


def statements_seen_by(who: Who) -> QuerySet[Statement]:
    """Return the statements of the shops in somebody's scope, with their shop."""
    statements = Statement.objects.select_related("shop")
    return statements if who.shop_keys is None else statements.filter(shop_id__in=who.shop_keys)


def transactions_of_order(shop_key: int, order_id: str) -> list[Transaction]:
    """Return what the platform settled for one order, oldest first."""
    return list(Transaction.objects.filter(shop_id=shop_key, order_id=order_id).order_by("at", "pk"))


def transactions_of(statement: Statement) -> QuerySet[Transaction]:
    return Transaction.objects.filter(statement=statement).order_by("-at", "-pk")


def unexplained_minor(statement: Statement) -> int:
    """Return how much of the statement its transactions do not explain (0 is right)."""
    told = Transaction.objects.filter(statement=statement).aggregate(total=Sum("settled_minor"))["total"] or 0
    return statement.settled_minor - told


def settled_of_orders(shop_key: int, order_ids: Iterable[str]) -> dict[str, int]:
    """Return order id -> what was settled so far, in the shop's currency."""
    rows = Transaction.objects.filter(Q(shop_id=shop_key, order_id__in=list(order_ids))).values_list("order_id")
    return dict(rows.annotate(total=Sum("settled_minor")))


def missing_rates(who: Who) -> list[str]:
    """Return the currencies of the shops in scope that have no rate to the home currency."""
    return Rates().missing({shop.currency for shop in shops_seen_by(who)})
