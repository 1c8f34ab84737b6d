"""Settlement and income exports."""

from __future__ import annotations

from datetime import UTC, datetime

from shundan.edges.channels.files.building import Source
from shundan.edges.channels.files.settlements import TakenStatement, parse_settlement
from shundan.edges.channels.files.tables import RefusedRow
from tests.files import INCOME_HEADER, SETTLEMENT_HEADER, Cells, income, settlement, table


def american(*rows: Cells) -> tuple[list[TakenStatement], list[RefusedRow]]:
    told = table(SETTLEMENT_HEADER, rows)
    return parse_settlement(Source(told, "US", "America/Los_Angeles", "USD"))


def asian(*rows: Cells, header: list[str] | None = None) -> tuple[list[TakenStatement], list[RefusedRow]]:
    told = table(INCOME_HEADER, rows)
    told[0] = header or told[0]
    return parse_settlement(Source(told, "ID", "Asia/Jakarta", "IDR"))


def test_the_lines_of_an_order_make_one_transaction_of_its_statement() -> None:
    (taken,), refused = american(settlement(1), settlement(1, 2))
    assert refused == []
    statement = taken.statement
    assert (statement.statement_id, statement.payment_id, statement.status) == ("7300000000000000001", "33001", "PAID")
    assert statement.at == datetime(2026, 11, 20, tzinfo=UTC)
    assert (statement.settled_minor, statement.revenue_minor, statement.fee_minor) == (3380, 4000, -620)
    (part,) = taken.transactions
    assert (part.transaction_id, part.order_id) == ("577000000000000001:ORDER", "577000000000000001")
    assert part.fees == {"Referral fee": -240, "Affiliate commission": -180}


def test_statements_are_told_apart_by_their_id() -> None:
    taken, _ = american(settlement(1), settlement(2, **{"Statement ID": "7300000000000000002"}))
    assert [one.statement.statement_id[-1] for one in taken] == ["1", "2"]


def test_a_row_that_stands_twice_counts_once() -> None:
    (taken,), _ = american(settlement(1), settlement(1))
    assert taken.statement.settled_minor == 1690


def test_an_adjustment_names_the_order_it_belongs_to() -> None:
    more = {"Type": "Logistics reimbursement", "Order/adjustment ID": "7500000000000000009",
            "Related order ID": "577000000000000001", "Adjustment amount": "5.00"}  # fmt: skip
    (taken,), _ = american(settlement(1), settlement(9, **more))
    assert [(part.kind, part.order_id, part.adjustment_minor) for part in taken.transactions] == [
        ("ORDER", "577000000000000001", 0), ("Logistics reimbursement", "577000000000000001", 500),
    ]  # fmt: skip


def test_a_days_income_is_one_statement_and_an_order_may_be_settled_twice() -> None:
    taken, refused = asian(
        income(1), income(1, **{"Order settled time": "2026/11/22", "Total settlement amount": "(42.000)"}),
        income(1, **{"Total settlement amount": "1000"}),
    )  # fmt: skip
    assert refused == []
    assert [(one.statement.statement_id, one.statement.settled_minor) for one in taken] == [
        ("income-2026-11-20", 4_300_000), ("income-2026-11-22", -4_200_000),
    ]  # fmt: skip
    assert [part.transaction_id for part in taken[0].transactions] == [
        "577000000000000001:ORDER", "577000000000000001:ORDER:2",
    ]  # fmt: skip
    assert taken[0].statement.at == datetime(2026, 11, 19, 17, tzinfo=UTC)


def test_renamed_padded_and_doubled_headers_are_read_by_name() -> None:
    names = {"Order/adjustment ID  ": "Order/Adjustment ID", "Type ": "Transaction type"}
    header = [names.get(name, name) for name in INCOME_HEADER] + ["Payment fee", "Payment fee "]
    (taken,), _ = asian(income(1), header=header)
    assert taken.transactions[0].fees == {"Platform commission fee": -400_000}


def test_blank_rows_and_rows_of_nothing_are_left_out() -> None:
    taken, refused = asian(income(1), {}, income(2, **{"Order/adjustment ID  ": "/"}))
    assert (len(taken), len(taken[0].transactions), refused) == (1, 1, [])


def test_another_currency_is_refused() -> None:
    _, (row,) = asian(income(1, **{"Currency": "USD"}))
    assert (row.row, row.column, row.text) == (2, "Currency", "“USD” is not the shop's currency.")


def test_an_amount_that_cannot_be_read_is_refused() -> None:
    taken, (row,) = american(settlement(1, **{"Total settlement amount": "lots"}))
    assert (taken, row.column, row.text) == ([], "Total settlement amount", "“lots” is no amount of money.")
