"""Columns that nobody knows are explained once, and remembered."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from shundan.core.actors import SYSTEM, Who
from shundan.core.errors import Conflict, Refused
from shundan.core.rights import Role
from shundan.desk.imports import actions
from shundan.desk.imports.actions import starting
from shundan.desk.imports.queries import (
    Counts,
    all_mappings,
    find_import,
    imports_seen_by,
    kept_rows_seen_by,
    unknown_table,
)
from shundan.desk.imports.steps import run_next_imports
from shundan.desk.imports.tests.test_pages import bearer, signed_in
from shundan.ground.shops.actions import ShopDraft, store_shop
from shundan.ground.shops.queries import Shop
from shundan.stages.orders.queries import find_orders
from shundan.stages.orders.steps import apply_next_orders
from tests.files import as_csv

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
CLERK = Who("person", "1", "page", role=Role.CLERK)
GERMAN = ["Bestellnummer", "Status", "Anzahl", "Artikel-SKU", "Artikelname", "Bestellt am", "Kunde", "Summe"]
MEANINGS = {
    "Bestellnummer": "order_id", "Status": "status", "Anzahl": "quantity", "Artikel-SKU": "seller_sku",
    "Artikelname": "title", "Bestellt am": "created", "Summe": "total",
}  # fmt: skip


def german(number: int = 1, *, header: list[str] | None = None) -> bytes:
    row = [f"57700000000000000{number}", "To ship", "2", "LAMP-1", "Papierlampe", "11/20/2026 07:00", "Mara", "20.00"]
    names = header or GERMAN
    return as_csv([names, [row[GERMAN.index(name)] for name in names]])


@pytest.fixture
def shop() -> Shop:
    return store_shop(ShopDraft("7495100000000000001", "Lamp House", "US", channel="files"), now=NOW)


def test_a_file_nobody_knows_asks_what_its_columns_mean_and_stores_nothing(shop: Shop) -> None:
    report = actions.start_import(german(), "liste.csv", shop, by=CLERK, now=NOW)
    assert (report.phase, report.counts) == ("MAPPING", Counts())
    table = unknown_table(report)
    assert table is not None
    assert (table.header, table.samples[0], table.kind) == (GERMAN, ["577000000000000001"], "orders")
    assert run_next_imports() == 0


def test_once_explained_the_file_is_read_and_its_order_stored(shop: Shop) -> None:
    asked = actions.start_import(german(), "liste.csv", shop, by=CLERK, now=NOW)
    report = actions.explain_import(asked.key, "orders", MEANINGS, by=CLERK)
    assert (report.phase, report.kind, report.counts) == ("PREVIEW", "orders", Counts(new=1))
    actions.confirm_import(report.key, by=CLERK)
    while run_next_imports() or apply_next_orders():
        pass
    order = find_orders(shop.pk, ["577000000000000001"])["577000000000000001"]
    assert (order.platform_status, order.units, order.total_minor) == ("AWAITING_SHIPMENT", 2, 2000)
    assert order.placed_at == datetime(2026, 11, 20, 15, tzinfo=UTC)


def test_the_next_file_with_the_same_columns_in_another_order_is_recognised_by_itself(shop: Shop) -> None:
    asked = actions.start_import(german(), "liste.csv", shop, by=CLERK, now=NOW)
    actions.explain_import(asked.key, "orders", MEANINGS, by=CLERK)
    turned = [f" {name.upper()} " if name == "Summe" else name for name in reversed(GERMAN)]
    content = as_csv([turned, [*reversed(german(2).decode("utf-8-sig").splitlines()[1].split(","))]])
    report = actions.start_import(content, "other.csv", shop, by=CLERK, now=NOW)
    assert (report.phase, report.counts) == ("PREVIEW", Counts(new=1))


def test_what_was_said_can_be_forgotten_and_is_asked_again(shop: Shop) -> None:
    asked = actions.start_import(german(), "liste.csv", shop, by=CLERK, now=NOW)
    actions.explain_import(asked.key, "orders", MEANINGS, by=CLERK)
    actions.forget_mapping(all_mappings()[0].pk, by=CLERK)
    assert actions.start_import(german(), "liste.csv", shop, by=CLERK, now=NOW).phase == "MAPPING"


def test_a_refused_cell_is_named_by_the_columns_own_name(shop: Shop) -> None:
    asked = actions.start_import(german().replace(b",2,", b",two,"), "liste.csv", shop, by=CLERK, now=NOW)
    report = actions.explain_import(asked.key, "orders", MEANINGS, by=CLERK)
    assert report.counts == Counts(refused=1)
    page = signed_in("clerk").get(f"/imports/{report.key}/").content.decode()
    assert ("Anzahl" in page, "“two” is no quantity." in page) == (True, True)


def test_an_order_export_without_a_needed_column_is_asked_about_too(shop: Shop) -> None:
    header = ["Order ID", "Quantity", "SKU ID", "Seller SKU", "Product Name", "Created Time", "Zustand"]
    row = ["577000000000000001", "2", "1729000000000000001", "LAMP-1", "Lamp", "11/20/2026 07:00", "To ship"]
    report = actions.start_import(as_csv([header, row]), "x.csv", shop, by=CLERK, now=NOW)
    assert report.phase == "MAPPING"
    table = unknown_table(report)
    assert table is not None
    assert table.guesses["orders"]["6"] == "status"


def test_of_a_mapped_table_that_is_kept_unexplained_columns_count_as_personal(shop: Shop) -> None:
    header = ["Retourennr", "Bestellnummer", "Grund", "Kunde"]
    content = as_csv([header, ["4035000000000000001", "577000000000000001", "Kaputt", "Mara"]])
    asked = actions.start_import(content, "r.csv", shop, by=CLERK, now=NOW)
    told = {"Retourennr": "outside_id", "Bestellnummer": "order_id", "Grund": "status"}
    report = actions.explain_import(asked.key, "returns", told, by=CLERK)
    actions.confirm_import(report.key, by=CLERK)
    while run_next_imports():
        pass
    (row,) = kept_rows_seen_by(SYSTEM, "returns")
    assert (row.outside_id, row.order_id, row.status) == ("4035000000000000001", "577000000000000001", "Kaputt")
    assert row.personal == [[3, "Kunde", "Mara"]]


@pytest.mark.parametrize(
    ("kind", "columns", "why"),
    [
        ("poems", MEANINGS, "“poems” is no kind of table."),
        ("orders", {**MEANINGS, "Summe": "stars"}, "“stars” is no field of orders."),
        ("orders", {**MEANINGS, "Preis": "total"}, "The file has no column “Preis”."),
        ("orders", {**MEANINGS, "Kunde": "total"}, "Two columns are given the same meaning."),
        ("orders", {**MEANINGS, "Status": ""}, "A column that such a table cannot do without has no meaning yet."),
    ],
)
def test_what_cannot_be_right_is_refused_and_nothing_is_remembered(
    shop: Shop, kind: str, columns: dict[str, str], why: str
) -> None:
    asked = actions.start_import(german(), "liste.csv", shop, by=CLERK, now=NOW)
    with pytest.raises(Refused) as refused:
        actions.explain_import(asked.key, kind, columns, by=CLERK)
    assert (refused.value.message, refused.value.remedy != "") == (why, True)
    assert (all_mappings().count(), find_import(asked.key).phase) == (0, "MAPPING")


def test_a_file_that_is_known_asks_nothing(shop: Shop) -> None:
    asked = actions.start_import(german(), "liste.csv", shop, by=CLERK, now=NOW)
    actions.explain_import(asked.key, "orders", MEANINGS, by=CLERK)
    with pytest.raises(Conflict):
        actions.explain_import(asked.key, "orders", MEANINGS, by=CLERK)


def test_a_large_file_is_read_by_the_step_once_it_is_explained(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "READ_AT_ONCE", 10)
    asked = actions.start_import(german(), "liste.csv", shop, by=CLERK, now=NOW)
    assert asked.phase == "READING"
    run_next_imports()
    assert find_import(asked.key).phase == "MAPPING"
    assert actions.explain_import(asked.key, "orders", MEANINGS, by=CLERK).phase == "READING"
    run_next_imports()
    assert find_import(asked.key).phase == "PREVIEW"


def test_the_command_line_says_where_the_columns_are_explained(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_bytes(german())
    with pytest.raises(Refused) as refused:
        actions.import_file(path, shop.shop_id)
    (report,) = imports_seen_by(SYSTEM)
    assert (refused.value.code, f"/imports/{report.key}/columns/" in refused.value.remedy) == ("unknown_columns", True)


def test_the_page_proposes_takes_the_answer_and_goes_to_the_preview(shop: Shop) -> None:
    clerk = signed_in("clerk", "zh-hans")
    report = actions.start_import(german(), "liste.csv", shop, by=SYSTEM, now=NOW)
    where = f"/imports/{report.key}/columns/"
    assert clerk.get(f"/imports/{report.key}/")["Location"] == where
    page = clerk.get(where).content.decode()
    assert ("这些列是什么意思？" in page, '<option value="order_id" selected>' in page) == (True, True)
    told = {f"column-{place}": MEANINGS.get(name, "") for place, name in enumerate(GERMAN)}
    missing = clerk.post(where, {**told, "column-1": "", "kind": "orders"})
    assert (missing.status_code, "缺少" in missing.content.decode()) == (422, True)
    again = clerk.post(where, {**told, "kind": "returns", "again": "1"})
    assert (again.status_code, '<option value="returns" selected>' in again.content.decode()) == (200, True)
    assert clerk.post(where, {**told, "kind": "orders"})["Location"] == f"/imports/{report.key}/"
    assert "Bestellnummer" in clerk.get("/imports/mappings/").content.decode()
    clerk.post(f"/imports/mappings/{all_mappings()[0].pk}/forget/")
    assert all_mappings().count() == 0


def test_a_program_asks_what_is_unknown_and_says_what_it_means(shop: Shop) -> None:
    client, headers = Client(), bearer("clerk")
    report = actions.start_import(german(), "liste.csv", shop, by=SYSTEM, now=NOW)
    where = f"/api/v1/imports/{report.key}/columns"
    told = client.get(where, headers=headers).json()
    assert (told["kind"], told["rows"], told["kinds"]["orders"]["needed"]) == (
        "orders", 1, ["order_id", "status", "quantity", "created"],
    )  # fmt: skip
    assert told["columns"][0] == {
        "name": "Bestellnummer", "samples": ["577000000000000001"], "guesses": told["columns"][0]["guesses"],
    }  # fmt: skip
    body = {"kind": "orders", "columns": MEANINGS}
    answer = client.put(where, body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["phase"]) == (200, "PREVIEW")
    (mapping,) = client.get("/api/v1/imports/mappings", headers=headers).json()["items"]
    assert mapping["columns"]["bestellnummer"] == "order_id"
    assert client.delete(f"/api/v1/imports/mappings/{mapping['id']}", headers=headers).status_code == 204
    assert client.get("/api/v1/imports/mappings", headers=headers).json() == {"items": []}
