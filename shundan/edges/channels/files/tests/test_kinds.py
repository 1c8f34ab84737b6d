"""Every kind of file is told by its columns, whatever its name, its sheets and the notes above the header."""

from __future__ import annotations

import pytest

from shundan.core.errors import BadFile
from shundan.edges.channels.files.kinds import Found, Kind, choose_sheet, recognise
from shundan.ground.lib.sheets import read_sheets
from tests import files

HEADERS = {
    Kind.RATINGS: files.RATING_HEADER,
    Kind.RETURNS: ["Return Order ID", "Order ID", "Order Amount", "SKU ID", "Quantity", "Return Status"],
    Kind.SETTLEMENT: ["Statement date (UTC)", "Statement ID", "Type", "Order/adjustment ID", "Net sales"],
    Kind.INCOME: ["Order/adjustment ID  ", "Type ", "Order settled time", "Currency", "Total settlement amount"],
    Kind.UNSETTLED: ["Type", "Order/adjustment ID", "Total estimated settlement amount"],
    Kind.AFFILIATE: ["Order ID", "Product ID", "SKU ID", "Quantity", "Creator Username", "Content ID"],
    Kind.TRACKING: ["Order ID", "Tracking ID", "Shipping Provider Name", "Auto Combine Group ID"],
    Kind.PRODUCTS: ["category", "product_name", "property_name_1", "price", "seller_sku"],
    Kind.SHOPIFY: files.SHOPIFY_HEADER,
    Kind.SHIPSTATION: files.SHIPSTATION_HEADER,
    Kind.SHIPPING_LIST: files.SHIPPING_LIST_HEADER,
    Kind.ERP_ITEMS: ["ERP ID", "产品中文名", "产品属性", "Seller SKU", "商品重量(g)"],
    Kind.RATES: ["day", "currency", "rate"],
}


@pytest.mark.parametrize("kind", HEADERS, ids=str)
def test_a_kind_is_told_by_its_columns(kind: Kind) -> None:
    assert recognise([HEADERS[kind], ["x"] * len(HEADERS[kind])]) == Found(kind)


@pytest.mark.parametrize("market", files.HEADERS)
def test_the_order_export_of_every_market_is_recognised(market: str) -> None:
    assert recognise([files.HEADERS[market]]) == Found(Kind.ORDERS)


def test_every_kind_but_the_unknown_is_covered_here() -> None:
    assert {*HEADERS, Kind.ORDERS, Kind.UNKNOWN} == set(Kind)


def test_chinese_headers_of_an_erp_are_recognised_as_orders() -> None:
    header = ["订单编号", "订单状态", "商品名称", "规格", "数量", "卖家SKU", "收件人", "收件电话", "创建时间"]
    assert recognise([header]) == Found(Kind.ORDERS)


def test_descriptions_that_became_the_header_are_recognised() -> None:
    assert recognise([list(files.DESCRIPTIONS.values())]) == Found(Kind.ORDERS)


def test_a_note_above_the_header_is_passed_over() -> None:
    note = ["Review the examples before you fill out this sheet.", "", "", ""]
    assert recognise([note, HEADERS[Kind.TRACKING]]) == Found(Kind.TRACKING, 1)


def test_the_known_sheet_of_a_workbook_is_chosen_wherever_it_stands() -> None:
    rows = files.table(files.HEADERS["US"], [files.us_order()])
    book = files.as_xlsx(rows, before={"How to use it": [["Read this first"], ["Then that"]]})
    chosen, found = choose_sheet([sheet.rows for sheet in read_sheets(book)])
    assert (found, chosen[1][0]) == (Found(Kind.ORDERS), "577000000000000001")


def test_an_html_page_named_xls_is_recognised() -> None:
    page = files.as_html(files.table(files.HEADERS["US"], [files.us_order()]))
    assert choose_sheet([sheet.rows for sheet in read_sheets(page)])[1] == Found(Kind.ORDERS)


def test_an_unknown_table_is_refused_and_its_header_is_shown() -> None:
    with pytest.raises(BadFile) as refused:
        choose_sheet([[["Datum", "Betrag"], ["1", "2"]]])
    assert refused.value.message == "No known table is in this file. Its columns begin: Datum, Betrag."
