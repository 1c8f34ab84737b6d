"""Statements add up to the cent, are stored once, and rates are exact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from shundan.core.errors import BadFile, Refused
from shundan.core.facts import StatementFacts, TransactionFacts
from shundan.stages.money import actions, queries
from shundan.stages.money.models import Rate, Statement, Transaction
from shundan.stages.orders.tests.made import CLERK, T0, make_shop

pytestmark = pytest.mark.django_db
STATEMENT = StatementFacts("7400000000000000001", T0, "USD", 3000, 3980, -980, 0, "PAID")


def part(number: int, settled: int) -> TransactionFacts:
    return TransactionFacts(
        f"t{number}", STATEMENT.statement_id, f"57700000000000000{number}", "ORDER", "USD", settled, settled + 490,
        -490, 0, 0, T0,
    )  # fmt: skip


def test_a_statement_is_stored_once_and_brought_up_to_date() -> None:
    shop = make_shop()
    parts = [part(1, 1500), part(2, 1400)]
    row = actions.store_statement(shop.pk, STATEMENT, parts, updated_at=T0)
    assert queries.unexplained_minor(row) == 100
    told = replace(STATEMENT, status="SETTLED")
    row = actions.store_statement(shop.pk, told, [*parts, part(3, 90), part(3, 100)], updated_at=T0 + timedelta(days=1))
    assert queries.unexplained_minor(row) == 0
    assert (Statement.objects.count(), Transaction.objects.count()) == (1, 3)
    assert Statement.objects.get().payment_status == "SETTLED"
    assert queries.settled_of_orders(shop.pk, ["577000000000000001"]) == {"577000000000000001": 1500}


def test_the_rate_of_the_day_counts_else_the_newest_before_it() -> None:
    for day, rate in ((date(2026, 11, 1), "7.1"), (date(2026, 11, 20), "7.2")):
        actions.set_rate(day, "usd", rate, by=CLERK, now=T0)
    rates = queries.Rates()
    assert rates.home_minor(1000, "USD", date(2026, 11, 19)) == 7100
    assert rates.home_minor(1000, "USD", date(2026, 11, 20)) == 7200
    assert rates.home_minor(1000, "USD", date(2026, 10, 1)) == 7100
    assert rates.home_minor(1000, "CNY", date(2026, 10, 1)) == 1000
    assert rates.home_minor(1000, "GBP", date(2026, 11, 20)) is None
    assert rates.missing(["USD", "GBP", "CNY"]) == ["GBP"]


@pytest.mark.parametrize(
    ("currency", "rate", "field"),
    [("USD", "0", "rate"), ("USD", "seven", "rate"), ("USD", "-1", "rate"), ("DOLLAR", "7", "currency"),
     ("CNY", "1", "currency"), ("USD", "NaN", "rate")],
)  # fmt: skip
def test_what_is_no_rate_is_refused_by_its_field(currency: str, rate: str, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        actions.set_rate(date(2026, 11, 1), currency, rate, by=CLERK, now=T0)
    assert refusal.value.field == field and not Rate.objects.exists()


def test_rates_come_from_a_file_wholly_or_not_at_all() -> None:
    good = "day,currency,rate\n2026-11-01,USD,7.1\n2026-11-01,GBP,9.05\n"
    assert actions.import_rates(good.encode(), by=CLERK, now=T0) == 2
    with pytest.raises(BadFile) as refusal:
        actions.import_rates((good + "01/12/2026,IDR,0.00044\n").encode(), by=CLERK, now=T0)
    assert (refusal.value.row, refusal.value.column) == (4, "day")
    assert Rate.objects.count() == 2
    assert Rate.objects.get(currency="GBP").rate == Decimal("9.05")


def test_a_file_without_its_heading_is_refused() -> None:
    with pytest.raises(BadFile):
        actions.import_rates(b"a,b,c\n1,2,3\n", by=CLERK, now=T0)
