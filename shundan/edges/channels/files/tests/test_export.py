"""Orders written in the platform's own columns are read back as they were."""

from __future__ import annotations

import pytest

from shundan.edges.channels.files.building import Source
from shundan.edges.channels.files.export import export_header, export_rows
from shundan.edges.channels.files.orders import parse_orders
from shundan.ground.lib.sheets import read_sheet, write_csv, write_xlsx
from shundan.ground.shops.actions import MARKETS
from tests.files import HEADERS, asian_order, table, us_order

MARKETS_READ = ["US", "ID", "VN", "TH", "MY", "PH"]
_CANCELLED = {"Order Status": "Canceled", "Order Substatus": "Canceled", "Cancel By": "User", "Cancel Reason": "Late"}


@pytest.mark.parametrize("market", MARKETS_READ)
def test_the_columns_are_the_platforms(market: str) -> None:
    assert export_header(market) == [name.strip() for name in HEADERS[market]]


@pytest.mark.parametrize("market", MARKETS_READ)
@pytest.mark.parametrize("write", [write_csv, write_xlsx], ids=["csv", "xlsx"])
def test_what_is_exported_is_imported_as_it_was(market: str, write: type) -> None:
    zone, currency = MARKETS[market]
    rows = (
        [us_order(1), us_order(1, 2), us_order(2, **_CANCELLED)]
        if market == "US"
        else [asian_order(market, 1), asian_order(market, 1, 2), asian_order(market, 2, **_CANCELLED)]
    )
    told = {"region": market, "zone": zone, "currency": currency}
    taken, refused = parse_orders(Source(table(HEADERS[market], rows), **told))
    assert refused == []
    facts = [one.facts for one in taken]
    content = write(export_rows(facts, region=market, zone=zone), header=export_header(market))
    again, refused = parse_orders(Source(read_sheet(content), **told))
    assert (refused, [one.facts for one in again]) == ([], facts)


def test_a_message_that_a_spreadsheet_would_run_is_disarmed() -> None:
    taken, _ = parse_orders(
        Source(table(HEADERS["US"], [us_order(1, **{"Buyer Message": "=1+1"})]), "US", "UTC", "USD")
    )
    rows = export_rows([taken[0].facts], region="US", zone="UTC")
    assert ",'=1+1," in write_csv(rows, header=export_header("US")).decode()
