"""Ids, amounts and moments of single cells, exactly."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from shundan.edges.channels.files.values import (
    date_order,
    is_damaged_id,
    is_padded_column,
    read_minor,
    read_moment,
    read_quantity,
)

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "USD", 1250), ("$12.50", "USD", 1250), ("1,022.25", "USD", 102225), ("1,022", "USD", 102200),
        ("1.5", "USD", 150), ("-50", "USD", -5000), ("(1.50)", "USD", -150), ("US$ 3", "USD", 300),
        ("11,000 JPY", "JPY", 11000), ("82.912₫", "VND", 82912), ("1.106.590₫", "VND", 1106590),
        ("50000", "IDR", 5000000), ("Rp12.000", "IDR", 1200000), ("IDR 12.000", "IDR", 1200000),
        ("50000.00", "IDR", 5000000), ("(1.234)", "IDR", -123400),
        ("39,90", "BRL", 3990), ("BRL 35.91", "BRL", 3591), ("BRL 35,91", "BRL", 3591), ("1.234,56", "BRL", 123456),
        ("R$ 1.234,56", "BRL", 123456), ("1.234", "EUR", 123400), ("฿120", "THB", 12000),
        ("", "USD", 0), ("/", "IDR", 0), ("-", "IDR", 0), ("0", "USD", 0),
    ],
)  # fmt: skip
def test_money_is_read_by_its_currency(text: str, currency: str, minor: int) -> None:
    assert read_minor(text, currency) == minor


@pytest.mark.parametrize("text", ["twelve", "1.2.3", "12,34,5", "$", "N.A."])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no amount of money"):
        read_minor(text, "USD")


@pytest.mark.parametrize("text", ["11,000 JPY", "82.912₫", "€5", "Rp12.000"])
def test_an_amount_of_another_currency_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not in the shop's currency"):
        read_minor(text, "USD")


@pytest.mark.parametrize(
    ("text", "order", "moment"),
    [
        ("11/03/2026 6:03:56 PM", "mdy", datetime(2026, 11, 3, 11, 3, 56, tzinfo=UTC)),
        ("11/03/2026 12:05:09 AM\t", "mdy", datetime(2026, 11, 2, 17, 5, 9, tzinfo=UTC)),
        ("11/03/2026 12:05:09 PM", "mdy", datetime(2026, 11, 3, 5, 5, 9, tzinfo=UTC)),
        ("03/11/2026 07:00:05", "dmy", datetime(2026, 11, 3, 0, 0, 5, tzinfo=UTC)),
        ("2026/11/07", "", datetime(2026, 11, 6, 17, tzinfo=UTC)),
        ("2026-11-03 18:03:56 -0800", "", datetime(2026, 11, 4, 2, 3, 56, tzinfo=UTC)),
        ("2026-11-03T18:03:56Z", "", datetime(2026, 11, 3, 18, 3, 56, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_in_the_shops_zone_unless_it_names_its_own(text: str, order: str, moment: datetime) -> None:
    assert read_moment(text, order=order, zone=JAKARTA) == moment


@pytest.mark.parametrize("text", ["", "\t", " / ", "-"])
def test_an_empty_moment_is_none(text: str) -> None:
    assert read_moment(text, order="mdy", zone=JAKARTA) is None


@pytest.mark.parametrize("text", ["13/13/2026", "soon", "11/03/2026 25:00:00", "46330"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no time"):
        read_moment(text, order="mdy", zone=JAKARTA)


def test_the_order_of_dates_is_proven_by_one_of_them() -> None:
    assert date_order(["05/02/2026", "05/13/2026 1:00:00 PM"]) == "mdy"
    assert date_order(["05/02/2026", "13/05/2026"]) == "dmy"
    assert date_order(["05/02/2026", "2026/13/01", ""]) == ""


def test_a_year_written_in_the_buddhist_or_any_other_way_is_no_proof() -> None:
    assert date_order(["2026/05/13"]) == ""


@pytest.mark.parametrize(("text", "damaged"), [("5.8E+17", True), ("5,8E+17", True), ("5E17", True), ("ABC-5E", False),
                                               ("577000000000000001", False), ("", False)])  # fmt: skip
def test_a_rounded_id_is_seen(text: str, damaged: bool) -> None:
    assert is_damaged_id(text) is damaged


def test_a_padded_column_needs_two_different_ids_and_no_other() -> None:
    assert is_padded_column(["577000000000001000", "577000000000002000"]) is True
    assert is_padded_column(["577000000000001000", "577000000000001000"]) is False
    assert is_padded_column(["577000000000001000", "577000000000002001"]) is False


@pytest.mark.parametrize(("text", "number"), [("2", 2), (" 2.0 ", 2), ("1,000", 1000)])
def test_a_quantity_is_a_whole_number(text: str, number: int) -> None:
    assert read_quantity(text) == number


@pytest.mark.parametrize("text", ["", "-1", "1.5", "100001", "²"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no quantity"):
        read_quantity(text)
