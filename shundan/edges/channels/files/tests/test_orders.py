"""Order exports: what they tell, and every quirk that breaks a naive reader, one test each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from shundan.core.errors import BadFile
from shundan.core.facts import OrderFacts, OrderType
from shundan.core.states import FulfilledBy
from shundan.edges.channels.files.building import Source
from shundan.edges.channels.files.kinds import choose_sheet
from shundan.edges.channels.files.orders import parse_orders
from shundan.edges.channels.files.tables import RefusedRow
from shundan.ground.lib.sheets import read_sheets
from shundan.ground.shops.actions import MARKETS
from tests.files import (
    HEADERS,
    as_csv,
    as_html,
    as_malformed_xlsx,
    as_unicode_text,
    as_xlsx,
    asian_order,
    descriptions,
    japanese_order,
    table,
    us_order,
)


def read(raw: bytes, market: str = "US", dates: str = "") -> tuple[list[OrderFacts], list[RefusedRow]]:
    rows, found = choose_sheet([sheet.rows for sheet in read_sheets(raw)])
    zone, currency = MARKETS[market]
    taken, refused = parse_orders(Source(rows, market, zone, currency, found.header_at, dates))
    return [one.facts for one in taken], refused


def us(*rows: dict[str, str], dates: str = "") -> tuple[list[OrderFacts], list[RefusedRow]]:
    return read(as_csv(table(HEADERS["US"], rows, tabs=True)), dates=dates)


def one(*rows: dict[str, str]) -> OrderFacts:
    orders, refused = us(*rows)
    assert refused == []
    (facts,) = orders
    return facts


def cells(**more: str) -> dict[str, Any]:
    return {name.replace("_", " "): value for name, value in more.items()}


REFERENCE = us_order(1), us_order(1, 2), us_order(2)


def test_an_american_order_is_read_wholly() -> None:
    facts = one(us_order(1))
    assert (facts.order_id, facts.platform_status, facts.order_type) == (
        "577000000000000001", "AWAITING_SHIPMENT", OrderType.NORMAL,
    )  # fmt: skip
    assert facts.placed_at == datetime(2026, 11, 21, 2, 3, 56, tzinfo=UTC)
    assert facts.updated_at == facts.paid_at == datetime(2026, 11, 21, 2, 4, 10, tzinfo=UTC)
    assert (facts.fulfilled_by, facts.shipping_by_platform) == (FulfilledBy.US, False)
    payment = facts.payment
    assert (payment.total_minor, payment.subtotal_minor, payment.shipping_minor, payment.tax_minor) == (
        2150,
        1700,
        300,
        150,
    )
    assert (payment.seller_discount_minor, payment.platform_discount_minor) == (200, 100)
    (line,) = facts.lines
    assert (line.sku_id, line.seller_sku, line.quantity, line.cancelled) == ("1729000000000000001", "LAMP-1", 2, 0)
    assert (line.unit_price_minor, line.list_price_minor) == (900, 1000)
    address = facts.address
    assert (address.name, address.city, address.state, address.postal_code) == (
        "Mara Quill",
        "Inkwell",
        "Oregon",
        "00501",
    )
    assert (address.lines, address.region, address.masked) == (("7 Nowhere Lane",), "US", False)
    assert address.full == "Mara Quill, 7 Nowhere Lane, Inkwell"
    assert (facts.buyer_id, facts.buyer_nickname) == ("mara_invented", "mara q.")


@pytest.mark.parametrize(
    "raw",
    [
        as_csv(table(HEADERS["US"], REFERENCE)),
        as_csv(table(HEADERS["US"], REFERENCE, tabs=True), bom=False),
        as_csv(table(HEADERS["US"], REFERENCE), delimiter=";"),
        as_unicode_text(table(HEADERS["US"], REFERENCE, tabs=True)),
        as_html(table(HEADERS["US"], REFERENCE)),
        as_xlsx(table(HEADERS["US"], REFERENCE)),
        as_malformed_xlsx(table(HEADERS["US"], REFERENCE)),
        as_csv(
            table(["\ufeff Order ID", *HEADERS["US"][1:]], [{"\ufeff Order ID": r["Order ID"], **r} for r in REFERENCE])
        ),
        as_csv(
            table([name.upper() for name in HEADERS["US"]], [{k.upper(): v for k, v in r.items()} for r in REFERENCE])
        ),
    ],
    ids=["csv", "tabs", "semicolon", "utf-16", "html", "xlsx", "malformed", "two-marks", "upper-case"],
)
def test_however_a_table_is_written_it_tells_the_same(raw: bytes) -> None:
    orders, refused = read(raw)
    assert (orders, refused) == us(*REFERENCE)
    assert [facts.order_id for facts in orders] == ["577000000000000001", "577000000000000002"]


def test_rows_pasted_with_tabs_under_a_header_with_commas_are_read() -> None:
    header, *rows = table(HEADERS["US"], REFERENCE)
    flat = [[cell.replace("\n", " ") for cell in row] for row in rows]
    raw = (",".join(header) + "\r\n" + "\r\n".join("\t".join(row) for row in flat)).encode()
    orders, refused = read(raw)
    assert (refused, [facts.payment for facts in orders]) == ([], [facts.payment for facts in us(*REFERENCE)[0]])


def test_the_row_of_descriptions_is_left_out() -> None:
    header, *rows = table(HEADERS["US"], REFERENCE)
    assert read(as_xlsx([header, descriptions(header), *rows])) == read(as_xlsx([header, *rows]))


def test_a_description_in_another_language_totals_and_blank_rows_are_left_out() -> None:
    header, *rows = table(HEADERS["US"], REFERENCE)
    described = ["ID unik pesanan.", *[""] * (len(header) - 1)]
    total = ["Total", *[""] * (len(header) - 1)]
    blank = ["\t"] * len(header)
    orders, refused = read(as_csv([header, described, *rows, blank, total]))
    assert (len(orders), refused) == (2, [])


def test_what_belongs_to_an_order_is_taken_once_and_what_belongs_to_lines_is_summed() -> None:
    facts = one(us_order(1), us_order(1, 2))
    assert (len(facts.lines), facts.payment.total_minor, facts.payment.shipping_minor) == (2, 2150, 300)
    assert (facts.payment.subtotal_minor, facts.payment.seller_discount_minor) == (3400, 400)


def test_the_lines_of_one_order_may_stand_apart() -> None:
    orders, _ = us(us_order(1), us_order(2), us_order(1, 2))
    assert [(facts.order_id[-1], len(facts.lines)) for facts in orders] == [("1", 2), ("2", 1)]


def test_a_row_that_stands_twice_counts_once() -> None:
    assert one(us_order(1), us_order(1)) == one(us_order(1))


def test_a_sku_that_stands_twice_with_other_cells_refuses_the_order() -> None:
    orders, refused = us(us_order(1), us_order(1, **cells(Quantity="3")), us_order(2))
    assert [facts.order_id for facts in orders] == ["577000000000000002"]
    assert [(row.row, row.column) for row in refused] == [(2, ""), (3, "SKU ID")]
    assert refused[1].text == "The SKU 1729000000000000001 stands in this order twice, with different cells."


def test_the_same_sku_at_another_price_is_another_line() -> None:
    gift = {"SKU Unit Original Price": "0.00", "SKU Subtotal Before Discount": "0", "SKU Seller Discount": "0"}
    assert len(one(us_order(1), us_order(1, 1, **cells(**gift))).lines) == 2


def test_rows_of_one_order_that_contradict_each_other_refuse_it() -> None:
    orders, refused = us(us_order(1), us_order(1, 2, **{"Order Status": "Shipped"}))
    assert orders == []
    assert refused[1].text == "This cell contradicts row 2 of the same order."
    assert (refused[1].row, refused[1].column) == (3, "Order Status")


@pytest.mark.parametrize("column", ["Order ID", "SKU ID", "Product ID", "Package ID"])
def test_an_id_that_a_spreadsheet_has_rounded_is_refused(column: str) -> None:
    orders, refused = us(us_order(1, **{column: "5.8E+17"}), us_order(2))
    assert [facts.order_id for facts in orders] == ["577000000000000002"]
    (row,) = refused
    assert (row.row, row.column) == (2, column)
    assert row.text == "A spreadsheet has rounded this number; its last digits are lost."
    assert row.remedy.startswith("Export the orders again and import the file as it is")


def test_a_whole_column_padded_with_zeros_is_refused() -> None:
    orders, refused = us(
        us_order(1, **{"Order ID": "577000000000001000"}), us_order(2, **{"Order ID": "577000000000002000"})
    )
    assert (orders, [row.column for row in refused]) == ([], ["Order ID", "Order ID"])


def test_one_id_that_ends_in_zeros_is_nothing_unusual() -> None:
    orders, refused = us(us_order(1, **{"Order ID": "577000000000001000"}), us_order(2))
    assert (len(orders), refused) == (2, [])


def test_a_long_number_cell_of_a_workbook_keeps_its_digits() -> None:
    orders, _ = read(as_malformed_xlsx(table(HEADERS["US"], [us_order(1)])))
    assert orders[0].lines[0].sku_id == "1729000000000000001"


@pytest.mark.parametrize(
    ("total", "minor"),
    [("21.50", 2150), ("$21.50", 2150), ("1,022.25", 102225), ("$1,022", 102200), ("", 0), ("21.5", 2150)],
)
def test_american_money_is_read_as_it_is_written(total: str, minor: int) -> None:
    assert one(us_order(1, **{"Order Amount": total})).payment.total_minor == minor


def test_money_of_another_currency_is_refused() -> None:
    _, refused = us(us_order(1, **{"Order Amount": "11,000 JPY"}))
    assert (refused[0].column, refused[0].text) == ("Order Amount", "“11,000 JPY” is not in the shop's currency.")


def test_indonesian_money_has_dots_for_thousands() -> None:
    rows = [asian_order("ID", 1), asian_order("ID", 2, **{"Order Amount": "Rp94.000"})]
    orders, refused = read(as_csv(table(HEADERS["ID"], rows, tabs=True)), "ID")
    assert (refused, [facts.payment.total_minor for facts in orders]) == ([], [9_400_000, 9_400_000])


@pytest.mark.parametrize("market", ["ID", "VN", "TH", "MY", "PH"])
def test_the_exports_of_south_east_asia_are_read_day_first_in_their_own_zone(market: str) -> None:
    orders, refused = read(as_csv(table(HEADERS[market], [asian_order(market)], tabs=True)), market)
    assert refused == []
    (facts,) = orders
    hours = {"ID": 7, "VN": 7, "TH": 7, "MY": 8, "PH": 8}[market]
    assert facts.placed_at == datetime(2026, 11, 20, 7, 0, 5, tzinfo=timezone(timedelta(hours=hours)))
    assert (facts.platform_status, facts.order_type) == ("AWAITING_COLLECTION", OrderType.COD)
    assert (facts.address.city, facts.address.masked) == ("Kota Rekaan", True)
    assert facts.lines[0].seller_sku == "000464"
    assert (facts.package_ids, facts.tracking_number) == (("1159000000000000001",), "JX0000000001")


def test_a_japanese_export_is_read_with_yen_and_american_dates() -> None:
    orders, refused = read(as_csv(table(HEADERS["JP"], [japanese_order()], tabs=True), bom=False), "JP")
    assert refused == []
    (facts,) = orders
    assert facts.placed_at == datetime(2026, 11, 20, 9, 3, 56, tzinfo=UTC)
    assert (facts.payment.total_minor, facts.payment.currency) == (11_490, "JPY")
    assert (facts.address.name, facts.address.state, facts.address.district) == ("架空 花", "架空県", "例町")
    assert facts.lines[0].unit_price_minor == 10_500


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("To ship", "Awaiting shipment"), "AWAITING_SHIPMENT"),
        (("To ship", "Awaiting collection"), "AWAITING_COLLECTION"),
        (("Shipped", "In transit"), "IN_TRANSIT"),
        (("Shipped", "Delivered"), "DELIVERED"),
        (("Completed", "Completed"), "COMPLETED"),
        (("Canceled", "Canceled"), "CANCELLED"),
        (("Unpaid", ""), "UNPAID"),
        (("Perlu dikirim", "Menunggu pengiriman"), "AWAITING_SHIPMENT"),
        (("Dikirim", "Sedang transit"), "IN_TRANSIT"),
        (("Dibatalkan", "Dibatalkan"), "CANCELLED"),
        (("ที่จะจัดส่ง", "รอจัดส่ง"), "AWAITING_SHIPMENT"),
        (("จัดส่งแล้ว", "จัดส่งสำเร็จ"), "DELIVERED"),
        (("Đã hoàn tất", "Đã hoàn tất"), "COMPLETED"),
        (("未発送", "発送待ち"), "AWAITING_SHIPMENT"),
        (("待发货", ""), "AWAITING_SHIPMENT"),
    ],
)
def test_a_status_is_known_in_every_language(words: tuple[str, str], status: str) -> None:
    told = {"Order Status": words[0], "Order Substatus": words[1]}
    assert one(us_order(1, **cells(**told))).platform_status == status


def test_an_unknown_status_is_refused_with_a_way_out() -> None:
    _, (row,) = us(us_order(1, **{"Order Status": "Versandbereit", "Order Substatus": ""}))
    assert row.text == "The status “Versandbereit” is not known."
    assert row.remedy.startswith("Set the language of Seller Center to English")


def test_a_cancelled_order_has_no_live_unit_and_says_who_and_why() -> None:
    told = {
        "Order Status": "Canceled", "Order Substatus": "Canceled", "Cancelation/Return Type": "Cancel",
        "Cancelled Time": "11/21/2026 8:00:00 AM", "Cancel By": "User", "Cancel Reason": "No longer needed",
    }  # fmt: skip
    facts = one(us_order(1, **cells(**told)))
    assert (facts.lines[0].quantity, facts.lines[0].cancelled) == (2, 2)
    assert (facts.cancel_by, facts.cancel_reason, facts.cancel_requested) == ("BUYER", "No longer needed", False)
    assert facts.updated_at == facts.cancelled_at == datetime(2026, 11, 21, 16, tzinfo=UTC)


def test_a_request_to_cancel_is_seen_while_the_order_lives() -> None:
    assert one(us_order(1, **{"Cancelation/Return Type": "Cancel"})).cancel_requested is True
    assert one(us_order(1, **{"Cancelation/Return Type": "Return/Refund"})).cancel_requested is False


def test_an_order_whose_goods_cost_nothing_is_a_sample() -> None:
    free = {"SKU Unit Original Price": "0.00", "SKU Subtotal Before Discount": "0.00", "SKU Seller Discount": "0"}
    assert one(us_order(1, **cells(**free))).order_type == OrderType.SAMPLE


def test_what_the_platform_ships_is_not_ours() -> None:
    facts = one(us_order(1, **{"Fulfillment Type": "Fulfilled by TikTok Shop"}))
    assert (facts.fulfilled_by, facts.order_type) == (FulfilledBy.PLATFORM, OrderType.FBT)


def test_a_bundle_without_a_seller_sku_falls_back_to_its_bundle_sku() -> None:
    facts = one(us_order(1, **{"Seller SKU": "", " Virtual Bundle Seller SKU": "BUNDLE-4", "SKU ID": ""}))
    assert (facts.lines[0].sku_id, facts.lines[0].seller_sku) == ("BUNDLE-4", "BUNDLE-4")


def test_masked_values_are_marked_and_a_masked_name_is_no_buyer() -> None:
    facts = one(us_order(1, **{"Recipient": "M*** Q***", "Buyer Username": "m***d"}))
    assert (facts.address.masked, facts.buyer_id, facts.buyer_nickname) == (True, "", "mara q.")


def test_texts_with_line_breaks_quotes_pipes_and_emoji_survive() -> None:
    told = 'Ring "blue" bell | twice 🧸\nThank you'
    assert one(us_order(1, **{"Buyer Message": told})).buyer_note == told


def test_decomposed_accents_are_composed() -> None:
    assert one(us_order(1, **{"City": "Hue\u0302\u0301"})).address.city == "Hu\u1ebf"


def test_a_date_beyond_twelve_decides_the_whole_file() -> None:
    rows = [us_order(1, **{"Created Time": "20/11/2026 18:03:56", "Paid Time": ""}),
            us_order(2, **{"Created Time": "05/11/2026 18:03:56", "Paid Time": ""})]  # fmt: skip
    orders, _ = us(*rows)
    assert [facts.placed_at.month for facts in orders] == [11, 11]


def test_dates_that_prove_both_orders_refuse_the_file() -> None:
    with pytest.raises(BadFile) as refused:
        us(us_order(1), us_order(2, **{"Created Time": "20/11/2026 18:03:56"}))
    assert refused.value.message == "Some dates have the day first, others the month."


def test_where_no_date_proves_the_order_and_the_market_has_none_a_person_is_asked() -> None:
    row = asian_order("PH", **{"Created Time": "05/11/2026 2:49:19 PM", "Paid Time": "", "RTS Time": ""})
    raw = as_csv(table(HEADERS["PH"], [row], tabs=True))
    with pytest.raises(BadFile) as refused:
        read(raw, "PH")
    assert (refused.value.code, refused.value.field) == ("date_order_unknown", "Created Time")
    orders, _ = read(raw, "PH", dates="dmy")
    assert orders[0].placed_at == datetime(2026, 11, 5, 6, 49, 19, tzinfo=UTC)


def test_dates_that_a_spreadsheet_made_real_dates_are_read() -> None:
    told = {"Created Time": "2026-11-20 18:03:56", "Paid Time": "2026-11-20 18:04:10"}
    assert one(us_order(1, **cells(**told))).placed_at == datetime(2026, 11, 21, 2, 3, 56, tzinfo=UTC)


def test_a_file_of_another_market_is_refused() -> None:
    with pytest.raises(BadFile) as refused:
        read(as_csv(table(HEADERS["ID"], [asian_order("ID")])), "US")
    assert refused.value.message == "This file holds orders of ID, but the shop sells in US."


def test_a_missing_column_is_named() -> None:
    header = [name for name in HEADERS["US"] if name != "Created Time"]
    with pytest.raises(BadFile) as refused:
        read(as_csv(table(header, [us_order(1)])))
    assert refused.value.message == "The column Created Time is missing."


def test_a_row_with_a_sku_but_no_order_is_refused() -> None:
    _, (row,) = us(us_order(1), us_order(2, **{"Order ID": "n/a"}))
    assert (row.row, row.column, row.text) == (3, "Order ID", "“n/a” is no order id.")


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("Quantity", "0", "“0” is no quantity."),
        ("Order Amount", "many", "“many” is no amount of money."),
        ("Created Time", "yesterday", "“yesterday” is no time."),
        ("Created Time", "11/31/2026 6:03:56 PM", "“11/31/2026 6:03:56 PM” is no time."),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_with_row_column_and_remedy(column: str, value: str, why: str) -> None:
    orders, (row,) = us(us_order(1), us_order(2, **{column: value}))
    assert [facts.order_id for facts in orders] == ["577000000000000001"]
    assert (row.row, row.column, row.order_id, row.text) == (3, column, "577000000000000002", why)
    assert row.remedy == "Correct the cell, or export the orders again."
