"""Returns, affiliate orders, settlements, uploads and products are read row by row, each with its order and its key."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shundan.edges.channels.files.building import Source
from shundan.edges.channels.files.keeping import TakenRow, parse_kept
from shundan.edges.channels.files.kinds import Kind, choose_sheet
from shundan.edges.channels.files.tables import RefusedRow
from shundan.ground.lib.sheets import read_sheets
from tests.files import (
    AFFILIATE_HEADER,
    ERP_PRODUCT_HEADER,
    INCOME_HEADER,
    RETURN_HEADER,
    SETTLEMENT_HEADER,
    affiliate,
    as_csv,
    as_xlsx,
    income,
    product_table,
    returned,
    settlement,
    table,
    upload_table,
)


def read(
    raw: bytes, *, region: str = "US", currency: str = "USD", zone: str = "America/Los_Angeles"
) -> tuple[Kind, list[TakenRow], list[RefusedRow]]:
    rows, found = choose_sheet([sheet.rows for sheet in read_sheets(raw)])
    taken, refused = parse_kept(found.kind, Source(rows, region, zone, currency, found.header_at))
    return found.kind, taken, refused


def test_a_return_names_its_order_and_has_the_day_first_even_in_america() -> None:
    kind, (row,), refused = read(
        as_xlsx(table(RETURN_HEADER, [returned(1, **{"Time Requested": "05/11/2026 10:00:00"})]))
    )
    assert (kind, refused) == (Kind.RETURNS, [])
    assert (row.order_id, row.outside_id, row.sku, row.status, row.amount_minor) == (
        "577000000000000001", "4035000000000000001", "1729000000000000001", "Request in process", 2000,
    )  # fmt: skip
    assert row.at == datetime(2026, 11, 5, 18, tzinfo=UTC)
    assert row.key == "4035000000000000001:1729000000000000001"


def test_vietnamese_money_of_returns_has_dots_for_thousands() -> None:
    cells = {"Return unit price": "82.912₫", "Return Quantity": "1"}
    raw = as_xlsx(table(RETURN_HEADER, [returned(1, **cells)]))
    _, (row,), _ = read(raw, region="VN", currency="VND", zone="Asia/Ho_Chi_Minh")
    assert row.amount_minor == 82912


def test_cells_that_name_a_person_are_kept_apart() -> None:
    _, (row,), _ = read(as_csv(table(RETURN_HEADER, [returned(1)])))
    assert [name for _, name, _ in row.personal] == ["Buyer Username", "Buyer Note"]
    assert {"mara_invented", "Torn at the seam,\nsee photo"}.isdisjoint(cell for _, _, cell in row.cells)


def test_an_affiliate_order_is_told_by_order_sku_content_and_creator() -> None:
    kind, (row, other), _ = read(
        as_csv(table(AFFILIATE_HEADER, [affiliate(1), affiliate(1, **{"Creator Username": "another"})], tabs=True))
    )
    assert (kind, row.amount_minor, row.status, row.sku) == (Kind.AFFILIATE, 150, "Settled", "1729000000000000001")
    assert row.key != other.key


def test_both_layouts_of_the_tracking_upload_are_read_the_note_above_the_second_is_passed_over() -> None:
    cells = {
        "Order ID": "577000000000000001", "Tracking ID": "9400000000000000000001", "Shipping Provider Name": "USPS",
        "Auto Combine Group ID": "N/A", "SKU ID(optional)": "1729000000000000001", "Quantity(optional)": "2",
    }  # fmt: skip
    first = read(as_xlsx(upload_table([cells], first_layout=True)))
    second = read(as_xlsx(upload_table([cells]), sheet="Shipping info", before={"How to use it": [["Read this"]]}))
    for kind, (row,), refused in (first, second):
        assert (kind, refused) == (Kind.TRACKING, [])
        assert (row.order_id, row.outside_id, row.status) == (
            "577000000000000001", "9400000000000000000001", "USPS",
        )  # fmt: skip
    assert (first[1][0].row, second[1][0].row) == (2, 3)


def test_a_product_template_begins_in_row_six_and_names_no_order() -> None:
    raw = as_xlsx(product_table([{"product_name": "Paper Lamp", "seller_sku": "LAMP-1", "price": "12.50"}]))
    kind, (row,), _ = read(raw)
    assert (kind, row.row, row.sku, row.outside_id, row.order_id, row.amount_minor) == (
        Kind.PRODUCTS, 6, "LAMP-1", "Paper Lamp", "", 1250,
    )  # fmt: skip


def test_headers_with_line_breaks_and_marks_of_the_required_are_recognised() -> None:
    cells = {"*产品标题\n（必填）": "纸灯", "SKU": "LAMP-1", "变种属性值一": "白"}
    kind, (row,), _ = read(as_xlsx(table(ERP_PRODUCT_HEADER, [cells])))
    assert (kind, row.sku, row.outside_id) == (Kind.ERP_ITEMS, "LAMP-1", "纸灯")


def test_an_adjustment_names_the_order_it_belongs_to() -> None:
    rows = [settlement(1, Type="Logistics reimbursement", **{
        "Order/adjustment ID": "7599000000000000001", "Related order ID": "577000000000000007"})]  # fmt: skip
    _, (row,), _ = read(as_csv(table(SETTLEMENT_HEADER, rows)))
    assert row.order_id == "577000000000000007"


def test_weekly_exports_that_overlap_give_the_same_keys_and_a_reversal_its_own() -> None:
    first = as_csv(table(INCOME_HEADER, [income(1), income(2)]))
    second = as_csv(table(INCOME_HEADER, [income(2), income(3), income(1, **{"Total settlement amount": "-42000"})]))
    told = {"region": "ID", "currency": "IDR", "zone": "Asia/Jakarta"}
    earlier, later = ({row.key for row in read(raw, **told)[1]} for raw in (first, second))
    assert (len(earlier), len(later), len(earlier & later)) == (2, 3, 1)


def test_the_items_of_a_shopping_centre_may_stand_in_any_order() -> None:
    header = [*INCOME_HEADER, "Shopping center items"]
    told = {"region": "ID", "currency": "IDR", "zone": "Asia/Jakarta"}
    one, other = (
        read(as_csv(table(header, [income(1, **{"Shopping center items": items})])), **told)[1][0].content_hash
        for items in ("LAMP-1;LAMP-2", "LAMP-2;LAMP-1")
    )
    assert one == other


def test_a_row_that_stands_twice_counts_once_and_another_with_its_key_is_the_second() -> None:
    _, rows, _ = read(as_csv(table(RETURN_HEADER, [returned(1), returned(1), returned(1, **{"Return Quantity": "1"})])))
    assert [row.key[-3:] for row in rows] == ["001", "1#2"]


def test_two_columns_of_one_name_are_both_kept() -> None:
    header = [*RETURN_HEADER, "Estimated package weight (g)", "Estimated package weight (g) "]
    rows = table(header, [returned(1)])
    rows[1][-2:] = ["120", "130"]
    _, (row,), _ = read(as_csv(rows))
    assert [(name, cell) for _, name, cell in row.cells][-2:] == [
        ("Estimated package weight (g)", "120"), ("Estimated package weight (g) #2", "130"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "column", "why"),
    [
        (
            {"Order ID": "5.77E+17"}, "Order ID",
            "A spreadsheet has rounded this number; its last digits are lost.",
        ),
        ({"Return Order ID": "4.03E+18"}, "Return Order ID",
         "A spreadsheet has rounded this number; its last digits are lost."),
        ({"Order ID": "none"}, "Order ID", "“none” is no order id."),
        ({"Time Requested": "soon"}, "Time Requested", "“soon” is no time."),
        ({"Return unit price": "a lot"}, "Return unit price", "“a lot” is no amount of money."),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_refused_alone(cells: dict[str, str], column: str, why: str) -> None:
    _, taken, (refused,) = read(as_csv(table(RETURN_HEADER, [returned(1, **cells), returned(2)])))
    assert [row.order_id for row in taken] == ["577000000000000002"]
    assert (refused.row, refused.column, refused.text) == (2, column, why)
    assert refused.remedy != ""
