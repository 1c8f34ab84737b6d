"""Orders go out in the platform's own columns, and as the workbook that takes back tracking numbers."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from shundan.core.actors import SYSTEM, Who
from shundan.core.errors import NotAllowed, NotFound, Refused
from shundan.core.rights import Role
from shundan.core.states import CaseKind
from shundan.desk.imports import actions
from shundan.desk.imports.actions import exporting
from shundan.desk.imports.actions.storing import forget_old_files
from shundan.desk.imports.queries import ExportReport, export_file, exports_of, find_export
from shundan.desk.imports.steps import run_next_imports
from shundan.desk.imports.tests.test_pages import bearer, signed_in
from shundan.edges.channels.files.building import Source
from shundan.edges.channels.files.export import export_header
from shundan.edges.channels.files.keeping import parse_kept
from shundan.edges.channels.files.kinds import Kind, choose_sheet
from shundan.ground.jobs.models import Job
from shundan.ground.journal.queries import entries_of
from shundan.ground.lib import clock
from shundan.ground.lib.sheets import read_sheet, read_sheets
from shundan.ground.shops.actions import ShopDraft, store_shop
from shundan.ground.shops.queries import Shop
from shundan.stages.aftersales.models import Case, CaseLine
from shundan.stages.orders.queries import lines_of, orders_seen_by
from shundan.stages.orders.steps import apply_next_orders
from tests.files import HEADERS, RETURN_HEADER, as_csv, asian_order, table, us_order

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
CLERK = Who("person", "1", "page", role=Role.CLERK)
LEFT = {
    "Order Status": "Shipped", "Order Substatus": "In transit", "Shipped Time": "11/21/2026 07:00:00",
    "Tracking ID": "9400000000000000000001", "Shipping Provider Name": "USPS",
    "Delivery Option Type": "Shipped by seller",
}  # fmt: skip


@pytest.fixture
def shop() -> Shop:
    return store_shop(ShopDraft("7495100000000000001", "Lamp House", "US", channel="files"), now=NOW)


def stored(shop: Shop, *rows: dict[str, str]) -> list[int]:
    content = as_csv(table(HEADERS[shop.region], rows, tabs=True))
    report = actions.start_import(content, "orders.csv", shop, by=SYSTEM, now=NOW)
    actions.confirm_import(report.key, by=SYSTEM)
    while run_next_imports() or apply_next_orders():
        pass
    return list(orders_seen_by(SYSTEM).order_by("pk").values_list("pk", flat=True))


def kept_files() -> set[str]:
    return {path.name for path in Path(settings.BLOBS).glob("*/*")}


def later(moment: datetime) -> datetime:
    return moment + exporting.LEASE


def content_of(report: ExportReport) -> bytes:
    return export_file(find_export(report.key)).content


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_orders_go_out_in_the_columns_of_their_market_and_come_back_as_they_were(shop: Shop, file_format: str) -> None:
    keys = stored(shop, us_order(1), us_order(1, 2), us_order(2))
    report = actions.start_export(keys, "orders", file_format, by=CLERK)
    assert (report.is_ready, report.rows, report.file_name[-len(file_format) :]) == (True, 3, file_format)
    header, *rows = read_sheet(content_of(report))
    assert header == export_header("US")
    assert [(row[0], row[header.index("Seller SKU")], row[header.index("Order Amount")]) for row in rows] == [
        ("577000000000000001", "LAMP-1", rows[0][header.index("Order Amount")]),
        ("577000000000000001", "LAMP-2", rows[0][header.index("Order Amount")]),
        ("577000000000000002", "LAMP-1", rows[2][header.index("Order Amount")]),
    ]
    again = actions.start_import(content_of(report), "again", shop, by=SYSTEM, now=NOW + timedelta(hours=1))
    assert (again.kind, again.counts.refused, again.counts.total) == ("orders", 0, 2)


def test_a_message_that_a_spreadsheet_would_run_is_disarmed(shop: Shop) -> None:
    keys = stored(shop, us_order(1, **{"Buyer Message": "=HYPERLINK(1)"}))
    raw = content_of(actions.start_export(keys, "orders", "csv", by=CLERK))
    assert b"'=HYPERLINK(1)" in raw
    book = content_of(actions.start_export(keys, "orders", "xlsx", by=CLERK))
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_whoever_may_not_see_buyers_gets_them_masked_and_the_journal_says_which(shop: Shop) -> None:
    keys = stored(shop, us_order(1))
    accountant = Who("person", "2", "page", role=Role.ACCOUNTANT)
    full, masked = (actions.start_export(keys, "orders", "csv", by=who) for who in (CLERK, accountant))
    header, row = read_sheet(content_of(full))
    _, hidden = read_sheet(content_of(masked))
    for column in ("Recipient", "Phone #", "Address Line 1"):
        assert "*" not in row[header.index(column)], column
        assert "*" in hidden[header.index(column)], column
    told = [entries_of([("export", one.key)])[0].facts["with_buyer"] for one in (full, masked)]
    assert told == [True, False]


def test_shops_of_two_markets_make_a_sheet_or_a_file_each(shop: Shop) -> None:
    stored(shop, us_order(1))
    other = store_shop(ShopDraft("7495200000000000001", "Toko Lampu", "ID", channel="files"), now=NOW)
    keys = stored(other, asian_order("ID", 1))
    sheets = read_sheets(content_of(actions.start_export(keys, "orders", "xlsx", by=CLERK)))
    assert [(sheet.name, sheet.rows[0]) for sheet in sheets] == [
        (shop.shop_id, export_header("US")), (other.shop_id, export_header("ID")),
    ]  # fmt: skip
    report = actions.start_export(keys, "orders", "csv", by=CLERK)
    with zipfile.ZipFile(io.BytesIO(content_of(report))) as folder:
        assert folder.namelist() == [f"{shop.shop_id}.csv", f"{other.shop_id}.csv"]


def test_what_left_becomes_a_tracking_upload_that_reads_as_one(shop: Shop) -> None:
    keys = stored(shop, us_order(1, **LEFT), us_order(2))
    report = actions.start_export(keys, "tracking", "xlsx", by=CLERK)
    assert (report.rows, report.left_out) == (1, (("577000000000000002", "It has not left yet."),))
    rows, found = choose_sheet([sheet.rows for sheet in read_sheets(content_of(report))])
    assert (found.kind, found.header_at) == (Kind.TRACKING, 1)
    (row,), refused = parse_kept(found.kind, Source(rows, "US", shop.zone, "USD", found.header_at))
    assert refused == []
    assert (row.order_id, row.outside_id, row.status) == ("577000000000000001", "9400000000000000000001", "USPS")


def test_the_returns_of_orders_go_out_in_the_platforms_columns_and_read_as_returns(shop: Shop) -> None:
    keys = stored(shop, us_order(1, **{"Payment Method": "PayPal"}), us_order(2))
    (line, *_) = lines_of(keys[:1])[keys[0]]
    case = Case.objects.create(
        shop_id=shop.pk, case_id="4035000000000000001", kind=CaseKind.RETURN, order_id=keys[0], state_since=NOW,
        opened_by="BUYER", reason_text="Arrived broken", buyer_note="=1+1", currency="USD", opened_at=NOW,
        updated_at=NOW, asked_at=NOW, platform_status="RETURN_OR_REFUND_REQUEST_PENDING",
    )  # fmt: skip
    CaseLine.objects.create(case=case, line_id=line.pk, quantity=2)
    for file_format in ("csv", "xlsx"):
        report = actions.start_export(keys, "returns", file_format, by=CLERK)
        assert report.rows == 1
        raw = content_of(report)
        rows, found = choose_sheet([sheet.rows for sheet in read_sheets(raw)])
        assert (found.kind, rows[0]) == (Kind.RETURNS, RETURN_HEADER)
        (row,), refused = parse_kept(found.kind, Source(rows, "US", shop.zone, "USD"))
        assert refused == []
        assert (row.outside_id, row.order_id, row.sku, row.at, row.amount_minor) == (
            "4035000000000000001", "577000000000000001", line.sku_id, NOW, 2 * line.unit_price_minor,
        )  # fmt: skip
    assert b"'=1+1" in content_of(actions.start_export(keys, "returns", "csv", by=CLERK))


def test_nothing_to_tell_is_said_and_makes_no_file(shop: Shop) -> None:
    report = actions.start_export(stored(shop, us_order(1)), "tracking", "xlsx", by=CLERK)
    assert (report.is_ready, report.error) == (False, "None of the chosen orders can be in such a file.")
    with pytest.raises(NotFound):
        export_file(report)


def test_a_long_export_is_written_in_slices_by_the_step(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = stored(shop, *(us_order(number) for number in range(1, 6)))
    monkeypatch.setattr(exporting, "AT_ONCE", 0)
    monkeypatch.setattr(exporting, "SLICE", 2)
    monkeypatch.setattr(exporting, "KEYS", 4)
    before = kept_files()
    report = actions.start_export(keys, "orders", "csv", by=CLERK)
    assert (report.is_moving, report.done, report.total) == (True, 0, 5)
    run_next_imports()
    assert find_export(report.key).done == 2
    while run_next_imports():
        pass
    assert (find_export(report.key).is_ready, find_export(report.key).rows) == (True, 5)
    assert [row[0] for row in read_sheet(content_of(report))[1:]] == [f"57700000000000000{n}" for n in range(1, 6)]
    assert kept_files() == before | {find_export(report.key).blob}  # neither keys nor parts


def test_an_export_that_fails_keeps_no_part_of_its_file(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    keys, before = stored(shop, us_order(1)), kept_files()

    def fail(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(exporting, "_finish", fail)
    report = actions.start_export(keys, "orders", "csv", by=CLERK)
    assert (report.is_ready, report.error) == (False, "The file was not written; the log says why.")
    assert kept_files() == before


def test_a_worker_goes_on_with_what_a_page_had_begun(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise SystemExit

    keys, write = stored(shop, us_order(1)), exporting._finish
    monkeypatch.setattr(exporting, "_finish", die)
    with pytest.raises(SystemExit):
        actions.start_export(keys, "orders", "csv", by=CLERK)
    monkeypatch.setattr(exporting, "_finish", write)
    monkeypatch.setattr(clock, "wall", partial(later, clock.wall()))
    while run_next_imports():
        pass
    assert [one.is_ready for one in exports_of(CLERK)] == [True]


def test_no_order_an_unknown_format_or_a_missing_right_is_refused(shop: Shop) -> None:
    keys = stored(shop, us_order(1))
    with pytest.raises(Refused):
        actions.start_export([], "orders", "csv", by=CLERK)
    with pytest.raises(Refused):
        actions.start_export(keys, "tracking", "csv", by=CLERK)
    with pytest.raises(NotAllowed):
        actions.start_export(keys, "orders", "csv", by=Who("person", "3", "page", role=Role.PACKER))


def test_only_who_asked_for_a_file_fetches_it_and_only_for_a_week(shop: Shop) -> None:
    report = actions.start_export(stored(shop, us_order(1)), "orders", "csv", by=CLERK)
    with pytest.raises(NotFound):
        find_export(report.key, who=Who("person", "9", "page", role=Role.OWNER))
    forget_old_files(now=clock.wall() + timedelta(days=6))
    assert content_of(report) != b""
    forget_old_files(now=clock.wall() + timedelta(days=8))
    with pytest.raises(NotFound):
        content_of(report)


def test_a_file_that_a_younger_export_has_too_is_not_erased(shop: Shop) -> None:
    keys = stored(shop, us_order(1))
    old, young = (actions.start_export(keys, "orders", "csv", by=CLERK) for _ in range(2))
    assert old.blob == young.blob
    Job.objects.filter(pk=old.key).update(created_at=clock.wall() - timedelta(days=8))
    forget_old_files(now=clock.wall())
    assert content_of(young) != b""


def test_the_filtered_list_goes_out_by_its_button(shop: Shop) -> None:
    stored(shop, us_order(1), us_order(2, **LEFT))
    clerk = signed_in("clerk", "zh-hans")
    assert "平台格式" in clerk.get("/orders/").content.decode()
    where = clerk.post("/orders/export/?state=SHIPPED", {"file": "orders.csv"})["Location"]
    assert "文件包含 1 行。" in clerk.get(where).content.decode()
    answer = clerk.get(f"{where}file/")
    assert answer["Content-Disposition"].startswith('attachment; filename="orders-')
    assert [row[0] for row in read_sheet(answer.content)[1:]] == ["577000000000000002"]
    assert "orders-" in clerk.get("/exports/").content.decode()
    assert clerk.post("/orders/export/", {"file": "orders.pdf"}).status_code == 422


def test_a_program_exports_and_fetches(shop: Shop) -> None:
    stored(shop, us_order(1), us_order(2, **LEFT))
    client, headers = Client(), bearer("clerk")
    body = {"kind": "orders", "format": "xlsx", "shop": shop.shop_id, "state": "shipped"}
    told = client.post("/api/v1/exports", body, content_type="application/json", headers=headers)
    assert (told.status_code, told.json()["rows"], told.json()["is_ready"]) == (201, 1, True)
    key = told.json()["id"]
    assert client.get(f"/api/v1/exports/{key}", headers=headers).json() == told.json()
    raw = client.get(f"/api/v1/exports/{key}/file", headers=headers).content
    assert read_sheet(raw)[1][0] == "577000000000000002"
    assert [one["id"] for one in client.get("/api/v1/exports", headers=headers).json()["items"]] == [key]
    assert client.get(f"/api/v1/exports/{key}/file", headers=bearer("owner")).status_code == 404
