import io
import zipfile
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import xlsxwriter

from shundan.core.errors import BadFile
from shundan.ground.lib.sheets import Cell, read_sheet, read_sheets, write_csv, write_xlsx

ORDER_ID = "579999900000000101"
HEADER = ["Order ID", "名称", "Amount"]


def workbook(sheet_xml: str, *, more: dict[str, bytes] | None = None) -> bytes:
    """Return a bare workbook whose only sheet is the given XML."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"

    def link(key: str, kind: str, target: str) -> str:
        return (
            f'<Relationships xmlns="{package}">'
            f'<Relationship Id="{key}" Type="{links}/{kind}" Target="{target}"/></Relationships>'
        )

    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": link("rId1", "officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{links}"><sheets>'
        '<sheet name="OrderSKUList" sheetId="1" r:id="rId2"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": link("rId2", "worksheet", "worksheets/sheet2.xml"),
        "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{main}"><dimension ref="A1:A1"/>'
        f"<sheetData>{sheet_xml}</sheetData></worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**parts, **(more or {})}.items():
            archive.writestr(name, content)
    return out.getvalue()


def cell(reference: str, text: str) -> str:
    return f'<row r="1"><c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c></row>'


def test_cells_are_placed_by_their_own_reference_whatever_the_rows_claim() -> None:
    raw = workbook(cell("A1", "Order ID") + cell("C1", "SKU ID") + cell("A2", ORDER_ID) + cell("B3", "x"))
    assert read_sheet(raw) == [["Order ID", "", "SKU ID"], [ORDER_ID, "", ""], ["", "x", ""]]


def test_ids_stored_as_numbers_keep_every_digit_and_damaged_ones_stay_visible() -> None:
    raw = workbook(
        f'<row r="1"><c r="A1"><v>{ORDER_ID}</v></c><c r="B1"><v>5.799999E+17</v></c><c r="C1"><v>3</v></c>'
        '<c r="D1"><v>2651122.4</v></c><c r="E1"><v>1E-07</v></c></row>'
    )
    assert read_sheet(raw) == [[ORDER_ID, "5.79999900000000E+17", "3", "2651122.4", "0.0000001"]]


def test_dates_and_truths_are_text() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        times = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        page.write_number(0, 0, 46349 + 721 / 1440, times)
        page.write_boolean(0, 1, True)
    assert read_sheet(out.getvalue()) == [["2026-11-23 12:01:00", "TRUE"]]


def test_the_fullest_sheet_is_the_table_and_all_can_be_asked_for() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("How to use it").write(0, 0, "Read me")
        book.add_worksheet("Shipping").write_row(0, 0, ["Order ID", "Tracking ID"])
        book.add_worksheet("Empty")
    assert read_sheet(out.getvalue()) == [["Order ID", "Tracking ID"]]
    assert [(sheet.name, len(sheet.rows)) for sheet in read_sheets(out.getvalue())] == [
        ("How to use it", 1),
        ("Shipping", 1),
        ("Empty", 0),
    ]


def test_a_workbook_that_unpacks_to_too_much_is_refused() -> None:
    raw = workbook(cell("A1", "x"), more={"xl/media/zeros.bin": bytes(401 * 1024 * 1024)})
    assert len(raw) < 1024 * 1024
    with pytest.raises(BadFile, match="400 MB"):
        read_sheet(raw)


def test_a_workbook_that_lies_about_its_size_is_refused() -> None:
    raw = workbook(cell("A1", "x"), more={"xl/media/zeros.bin": bytes(5000)})
    lying = raw.replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != raw
    with pytest.raises(BadFile, match="damaged"):
        read_sheet(lying)


@pytest.mark.parametrize("far", ["XFD1048576", "CZ999999", "XFD9999"])
def test_a_sheet_that_claims_a_far_corner_is_refused_before_it_fills_the_memory(far: str) -> None:
    with pytest.raises(BadFile, match="too many cells"):
        read_sheet(workbook(cell("A1", "x") + cell(far, "y")))


def test_a_workbook_that_declares_entities_is_refused() -> None:
    strings = b'<!DOCTYPE x [<!ENTITY a "boom"><!ENTITY b "&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>'
    with pytest.raises(BadFile, match="entities"):
        read_sheet(workbook(cell("A1", "x"), more={"xl/sharedStrings.xml": strings}))


def test_a_protected_workbook_is_refused_with_its_reason() -> None:
    raw = b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    with pytest.raises(BadFile, match="password"):
        read_sheet(raw)


@pytest.mark.parametrize("raw", [b"", b"\x00\x00", b"PK\x03\x04nothing", b"\xd0\xcf\x11\xe0" + bytes(600)])
def test_what_is_no_table_is_refused(raw: bytes) -> None:
    with pytest.raises(BadFile):
        read_sheet(raw)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_tables_are_read_in_the_encodings_sellers_have(encoding: str) -> None:
    raw = f"Order ID,名称\r\n{ORDER_ID},空气炸锅\r\n".encode(encoding)
    assert read_sheet(raw) == [["Order ID", "名称"], [ORDER_ID, "空气炸锅"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_by_the_header(delimiter: str) -> None:
    raw = f'"Order ID, the; first"{delimiter}b{delimiter}c\n1{delimiter}"2\n""x"""{delimiter}\n'.encode()
    assert read_sheet(raw) == [["Order ID, the; first", "b", "c"], ["1", '2\n"x"', ""]]


def test_tabs_that_pad_ids_are_kept_and_short_rows_are_filled() -> None:
    raw = b"\xef\xbb\xbfOrder ID,Paid Time,Note\n579999900000000101\t,\t\n\n579999900000000102\t,x,y\n"
    assert read_sheet(raw) == [
        ["Order ID", "Paid Time", "Note"],
        ["579999900000000101\t", "\t", ""],
        ["579999900000000102\t", "x", "y"],
    ]


def test_a_page_disguised_as_a_workbook_is_read_as_its_table() -> None:
    raw = (
        '<html><head><meta charset="utf-8"></head><table><tr><th>ERP ID</th><th colspan=2>产品</th></tr>'
        f"<tr><td>{ORDER_ID}<td>a &amp; b<br>c<td>&lt;x&gt;</table><table><tr><td>other</table>"
    ).encode()
    assert read_sheet(raw) == [["ERP ID", "产品", ""], [ORDER_ID, "a & b\nc", "<x>"]]


def test_csv_written_opens_in_excel_and_cannot_run() -> None:
    rows: list[list[Cell]] = [
        [ORDER_ID, "=cmd|'/c calc'!A0", Decimal("-12.50")],
        ["@sum", " +1+1", "\t=1"],
        ["-5", "ok", None],
    ]
    raw = write_csv(rows, header=HEADER)
    assert raw.startswith(b"\xef\xbb\xbf")
    assert read_sheet(raw) == [
        HEADER,
        [ORDER_ID, "'=cmd|'/c calc'!A0", "-12.50"],
        ["'@sum", "' +1+1", "'\t=1"],
        ["-5", "ok", ""],
    ]


def test_xlsx_written_keeps_ids_as_text_and_holds_no_formula() -> None:
    rows: list[list[Cell]] = [
        [ORDER_ID, "=1+1", Decimal("12.50")],
        [int(ORDER_ID), "https://example.invalid", -3],
        ["", "a\x00b", None],
    ]
    raw = write_xlsx(rows, header=HEADER, sheet="订单/Orders")
    assert read_sheet(raw) == [
        HEADER,
        [ORDER_ID, "=1+1", "12.5"],
        [ORDER_ID, "https://example.invalid", "-3"],
        ["", "ab", ""],
    ]
    page = zipfile.ZipFile(io.BytesIO(raw)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in page
    assert b"<hyperlink" not in page


def test_the_same_rows_give_the_same_workbook() -> None:
    made_at = datetime(2026, 11, 24, tzinfo=UTC)
    first = write_xlsx([[ORDER_ID]], header=["a"], made_at=made_at)
    assert first == write_xlsx([[ORDER_ID]], header=["a"], made_at=made_at)
