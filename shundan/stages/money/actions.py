"""Writes of money: statements as the platform told them, and rates people enter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.utils.translation import gettext

from shundan.core.actors import Who
from shundan.core.clocks import DeadlineKind
from shundan.core.errors import BadFile, Refused
from shundan.core.facts import StatementFacts, TransactionFacts
from shundan.edges.channels.tiktok.mapping import map_statement
from shundan.edges.inbox.actions import settle_snapshots
from shundan.edges.inbox.queries import Snapshot, unapplied
from shundan.ground.jobs.actions import work_batch
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import in_transaction, lock
from shundan.ground.lib.sheets import read_sheet
from shundan.ground.rulebook.actions import meet_deadlines
from shundan.stages.money.models import Rate, Statement, Transaction
from shundan.stages.orders.queries import orders_by_ids


def apply_next_statements(*, limit: int = 10) -> int:
    """Store the statements and transactions of the next snapshots; told again, they are brought up to date."""

    def work(rows: list[Snapshot]) -> None:
        for row in rows:
            store_statement(row.shop_id, *map_statement(row.payload), updated_at=row.updated_at)
        settle_snapshots([(row.pk, "applied") for row in rows])

    return work_batch("apply_next_statements", unapplied("statement"), work, limit=limit)


def store_statement(
    shop_key: int, statement: StatementFacts, transactions: Iterable[TransactionFacts], *, updated_at: datetime
) -> Statement:
    """Store one statement with its transactions, inside the caller's transaction; idempotent.

    What was told earlier than what is stored (`updated_at`) changes nothing: the later news wins, however it arrives.
    """
    known = lock(Statement.objects.filter(shop=shop_key, statement_id=statement.statement_id))
    if known and known[0].updated_at > updated_at:
        return known[0]
    row, _ = Statement.objects.update_or_create(
        shop_id=shop_key, statement_id=statement.statement_id,
        defaults={
            "at": statement.at, "currency": statement.currency, "settled_minor": statement.settled_minor,
            "revenue_minor": statement.revenue_minor, "fee_minor": statement.fee_minor,
            "adjustment_minor": statement.adjustment_minor, "payment_status": statement.status,
            "payment_id": statement.payment_id, "updated_at": updated_at,
        },
    )  # fmt: skip
    rows = [
        Transaction(
            shop_id=shop_key, statement=row, transaction_id=one.transaction_id, order_id=one.order_id, kind=one.kind,
            currency=one.currency, settled_minor=one.settled_minor, revenue_minor=one.revenue_minor,
            fee_minor=one.fee_minor, shipping_minor=one.shipping_minor, adjustment_minor=one.adjustment_minor,
            fees=one.fees, at=one.at,
        )
        for one in {one.transaction_id: one for one in transactions}.values()  # pages that overlap tell one twice
    ]  # fmt: skip
    Transaction.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["shop", "statement", "transaction_id"],
        update_fields=["kind", "settled_minor", "revenue_minor", "fee_minor", "shipping_minor", "adjustment_minor",
                       "fees", "at"],
    )  # fmt: skip
    orders = orders_by_ids([(shop_key, one.order_id) for one in rows if one.order_id])
    meet_deadlines(
        [("order", order.pk, DeadlineKind.SETTLEMENT_EXPECTED) for order in orders.values()], at=statement.at
    )
    return row


def set_rate(day: date, currency: str, rate: str | Decimal, *, by: Who, now: datetime, source: str = "by hand") -> Rate:
    """Set what one unit of `currency` is worth in the home currency from that day on."""
    home = settings.HOME_CURRENCY
    currency = currency.strip().upper()
    if len(currency) != 3 or not currency.isalpha():
        raise Refused(
            gettext("“%(currency)s” is not a currency.") % {"currency": currency},
            field="currency",
            remedy=gettext("Write three letters, such as USD."),
        )
    if currency == home:
        raise Refused(
            gettext("%(home)s is the home currency: its rate is always 1.") % {"home": home},
            field="currency",
            remedy=gettext("Choose another."),
        )
    value = _positive(rate)

    def work() -> Rate:
        row, _ = Rate.objects.update_or_create(
            day=day, currency=currency, home=home,
            defaults={"rate": value, "source": source, "at": now, "by": by.named},
        )  # fmt: skip
        record([Draft("rate", row.pk, "set_rate", by, now, subject_name=f"{currency}/{home}",
                      facts={"day": day.isoformat(), "rate": str(value), "source": source})])  # fmt: skip
        return row

    return in_transaction(work)


def _positive(rate: str | Decimal) -> Decimal:
    try:
        value = Decimal(str(rate).strip())
    except InvalidOperation:
        value = Decimal(0)
    if not value.is_finite() or not 0 < value < 10**9:
        raise Refused(
            gettext("“%(rate)s” is not a rate.") % {"rate": rate},
            field="rate",
            remedy=gettext("Write a positive number, such as 7.1234."),
        )
    return value.quantize(Decimal("0.00000001"))


def import_rates(content: bytes, *, by: Who, now: datetime) -> int:
    """Take rates from a CSV or XLSX file with the columns day, currency, rate; all rows or none."""
    rows = read_sheet(content)
    if not rows or [cell.strip().lower() for cell in rows[0][:3]] != ["day", "currency", "rate"]:
        raise BadFile(
            gettext("The first row must read: day, currency, rate."),
            row=1,
            remedy=gettext("Add this row and try again."),
        )

    def work() -> int:
        done = 0
        for number, row in enumerate(rows[1:], start=2):
            if not any(cell.strip() for cell in row):
                continue
            try:
                set_rate(date.fromisoformat(row[0].strip()), row[1], row[2], by=by, now=now, source="file")
            except (ValueError, IndexError):
                raise BadFile(
                    gettext("Row %(number)s has no day such as 2026-11-23.") % {"number": number},
                    row=number,
                    column="day",
                    remedy=gettext("Write days as year-month-day."),
                ) from None
            except Refused as refusal:
                raise BadFile(
                    gettext("Row %(number)s: %(message)s") % {"number": number, "message": refusal.message},
                    row=number,
                    column=refusal.field,
                    remedy=refusal.remedy,
                ) from refusal
            done += 1
        return done

    return in_transaction(work)
