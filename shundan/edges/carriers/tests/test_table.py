"""Rate tables and tracking pages of carriers, without a database; keys with one."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from shundan.core.actors import Who
from shundan.core.errors import Conflict, NotFound, Refused
from shundan.edges.carriers.actions import add_carrier, retire_carrier, store_rates
from shundan.edges.carriers.manual import tracking_page
from shundan.edges.carriers.queries import carriers, find_carrier, quotes
from shundan.edges.carriers.table import Band, price_of

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CLERK = Who("person", "3")
DAY = date(2026, 11, 24)
BANDS = (
    Band("GB", 0, 500, 320, "GBP", date(2026, 1, 1)),
    Band("GB", 500, 2000, 610, "GBP", date(2026, 1, 1)),
    Band("GB", 0, 500, 350, "GBP", date(2026, 11, 1)),
    Band("GB", 0, 500, 999, "GBP", date(2026, 12, 1)),
)


@pytest.mark.parametrize(
    ("grams", "on", "price"),
    [
        (0, DAY, 350),
        (499, DAY, 350),
        (500, DAY, 610),
        (1999, DAY, 610),
        (2000, DAY, None),
        (100, date(2026, 5, 1), 320),
    ],
)
def test_the_newest_band_that_holds_on_the_day_is_the_price(grams: int, on: date, price: int | None) -> None:
    band = price_of(BANDS, region="GB", grams=grams, on=on)
    assert (band.price_minor if band else None) == price


def test_a_carrier_has_no_price_where_it_does_not_go() -> None:
    assert price_of(BANDS, region="US", grams=100, on=DAY) is None


@pytest.mark.parametrize(
    ("pattern", "number", "page"),
    [
        ("https://track.example/{number}", "A 1/2", "https://track.example/A%201%2F2"),
        ("javascript:alert({number})", "A1", ""),
        ("https://track.example/", "A1", ""),
        ("https://track.example/{number}", "", ""),
    ],
)
def test_only_an_https_page_with_a_place_for_the_number_is_linked(pattern: str, number: str, page: str) -> None:
    assert tracking_page(pattern, number) == page


@pytest.mark.django_db
def test_the_cheapest_carrier_comes_first_and_a_retired_one_never() -> None:
    dear, cheap = (add_carrier(key, key, by=CLERK, now=NOW) for key in ("dear", "cheap"))
    store_rates(dear, BANDS, by=CLERK, now=NOW)
    store_rates(cheap, [Band("GB", 0, 5000, 300, "GBP", date(2026, 1, 1))], by=CLERK, now=NOW)
    found = quotes(region="GB", grams=400, on=DAY)
    assert [(carrier.key, band.price_minor) for carrier, band in found] == [("cheap", 300), ("dear", 350)]
    retire_carrier(cheap, by=CLERK, now=NOW)
    assert [carrier.key for carrier in carriers()] == ["dear"]
    with pytest.raises(NotFound):
        find_carrier("cheap")


@pytest.mark.django_db
def test_a_key_is_short_plain_and_taken_once() -> None:
    add_carrier("wayfare", "Wayfare", by=CLERK, now=NOW)
    with pytest.raises(Conflict):
        add_carrier("wayfare", "Other", by=CLERK, now=NOW)
    for key, name in (("a", "One"), ("Ä-Post", "Post"), ("ok-key", " ")):
        with pytest.raises(Refused):
            add_carrier(key, name, by=CLERK, now=NOW)
