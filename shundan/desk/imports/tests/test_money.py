"""Statements, ratings and rates from upload to stored row."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from shundan.core.actors import SYSTEM
from shundan.desk.imports import actions
from shundan.desk.imports.queries import Counts, ImportReport, find_import, kept_rows_seen_by
from shundan.desk.imports.steps import run_next_imports
from shundan.ground.lib import clock
from shundan.ground.shops.actions import ShopDraft, store_shop
from shundan.ground.shops.queries import Shop
from shundan.stages.feedback.queries import ratings_seen_by
from shundan.stages.money.queries import rates, statements_seen_by, transactions_of
from tests.files import RATING_HEADER, SETTLEMENT_HEADER, as_csv, rating, settlement, table

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Shop:
    return store_shop(ShopDraft("corner", "Corner Lamps", "US", channel="files"), now=clock.now())


def take(content: bytes, shop: Shop | None) -> ImportReport:
    report = actions.start_import(content, "file.csv", shop, by=SYSTEM, now=datetime(2026, 11, 23, tzinfo=UTC))
    if report.counts.to_store:
        actions.confirm_import(report.key, by=SYSTEM)
        while run_next_imports():
            pass
    return find_import(report.key)


def test_a_settlement_becomes_statements_with_their_transactions(shop: Shop) -> None:
    content = as_csv(table(SETTLEMENT_HEADER, [settlement(1), settlement(1, 2), settlement(2)]))
    report = take(content, shop)
    assert (report.phase, report.kind, report.counts) == ("DONE", "settlement", Counts(new=1))
    (statement,) = statements_seen_by(SYSTEM)
    assert (statement.statement_id, statement.settled_minor, statement.payment_status) == (
        "7300000000000000001", 5070, "PAID",
    )  # fmt: skip
    assert sorted((one.order_id, one.settled_minor) for one in transactions_of(statement)) == [
        ("577000000000000001", 3380), ("577000000000000002", 1690),
    ]  # fmt: skip
    assert take(content, shop).counts == Counts(same=1)


def test_of_a_connected_shops_settlement_the_rows_are_kept_and_its_statements_left_alone() -> None:
    connected = store_shop(ShopDraft("7495100000000000001", "Lamp House", "US"), now=clock.now())
    report = take(as_csv(table(SETTLEMENT_HEADER, [settlement(1), settlement(1, 2)])), connected)
    assert (report.phase, report.counts) == ("DONE", Counts(new=2))
    assert statements_seen_by(SYSTEM).count() == 0
    rows = kept_rows_seen_by(SYSTEM, "settlement").order_by("pk")
    assert [(row.order_id, row.sku, row.amount_minor) for row in rows] == [
        ("577000000000000001", "1729000000000000001", 1690), ("577000000000000001", "1729000000000000002", 1690),
    ]  # fmt: skip


def test_a_statement_that_was_told_later_is_not_overwritten_by_an_earlier_file(shop: Shop) -> None:
    def wait(status: str, minute: int) -> ImportReport:
        content = as_csv(table(SETTLEMENT_HEADER, [settlement(1, Status=status)]))
        told_at = datetime(2026, 11, 23, 4, minute, tzinfo=UTC)
        return actions.start_import(content, f"{minute}.csv", shop, by=SYSTEM, now=told_at)

    early, late = wait("Processing", 1), wait("Paid", 2)
    for report in (late, early):  # the older preview is confirmed last
        actions.confirm_import(report.key, by=SYSTEM)
        while run_next_imports():
            pass
    (statement,) = statements_seen_by(SYSTEM)
    assert statement.payment_status == "PAID"


def test_ratings_are_stored_once_however_often_they_are_imported(shop: Shop) -> None:
    content = as_csv(table(RATING_HEADER, [rating(1), rating(2, Rating="1", Review="Broken"), rating(3, Rating="9")]))
    report = take(content, shop)
    assert (report.counts, report.stored) == (Counts(new=2, refused=1), 2)
    again = take(content, shop)
    assert again.counts == Counts(same=2, refused=1)
    assert sorted((one.stars, one.text) for one in ratings_seen_by(SYSTEM)) == [(1, "Broken"), (5, "Warm light")]


def test_rates_need_no_shop() -> None:
    report = take(b"day,currency,rate\n2026-11-20,USD,7.1\n2026-11-21,USD,7.2\n", None)
    assert (report.phase, report.kind, report.stored) == ("DONE", "rates", 2)
    assert [(one.day, one.rate) for one in rates()] == [
        (date(2026, 11, 21), Decimal("7.2")), (date(2026, 11, 20), Decimal("7.1")),
    ]  # fmt: skip


def test_one_bad_rate_takes_none() -> None:
    report = take(b"day,currency,rate\n2026-11-20,USD,7.1\nsoon,USD,7.2\n", None)
    assert (report.phase, report.error, rates().count()) == ("FAILED", "Row 3 has no day such as 2026-11-23.", 0)
