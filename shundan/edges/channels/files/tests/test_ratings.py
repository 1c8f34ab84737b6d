"""Files of ratings."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shundan.core.facts import RatingFacts
from shundan.edges.channels.files.building import Source
from shundan.edges.channels.files.ratings import TakenRating, parse_ratings
from shundan.edges.channels.files.tables import RefusedRow
from tests.files import RATING_HEADER, rating, table


def read(*rows: dict[str, str]) -> tuple[list[TakenRating], list[RefusedRow]]:
    return parse_ratings(Source(table(RATING_HEADER, rows, tabs=True), "US", "America/Los_Angeles"))


def test_a_rating_is_read_with_its_row() -> None:
    (taken,), refused = read(rating(1))
    assert refused == []
    assert taken.row == 2
    assert taken.facts == RatingFacts(
        order_id="577000000000000001", stars=5, at=datetime(2026, 11, 22, 18, tzinfo=UTC), sku_id="1729000000000001",
        product_id="1729000000000099", text="Warm light", buyer="mara_invented",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("Rating", "6", "“6” is no rating from 1 to 5."),
        ("Rating", "", "“” is no rating from 1 to 5."),
        ("Order ID", "5.8E+17", "A spreadsheet has rounded this number; its last digits are lost."),
        ("Order ID", "n/a", "“n/a” is no order id."),
        ("Created Time", "", "The rating has no time."),
    ],
)
def test_a_rating_that_cannot_be_read_is_refused_alone(column: str, value: str, why: str) -> None:
    taken, (row,) = read(rating(1), rating(2, **{column: value}))
    assert [one.row for one in taken] == [2]
    assert (row.row, row.column, row.text) == (3, column, why)
