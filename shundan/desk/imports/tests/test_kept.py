"""Rows that are kept: linked to their orders whenever those come, shown, exported, forgotten in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from shundan.core.actors import SYSTEM
from shundan.desk.imports import actions
from shundan.desk.imports.actions.keeping import PERSONAL_DAYS, forget_persons
from shundan.desk.imports.queries import Counts, ImportReport, find_import, kept_rows_of_order, kept_rows_seen_by
from shundan.desk.imports.steps import run_next_imports
from shundan.desk.imports.tests.test_pages import bearer, signed_in
from shundan.ground.lib import clock
from shundan.ground.lib.sheets import read_sheet
from shundan.ground.shops.actions import ShopDraft, store_shop
from shundan.ground.shops.queries import Shop
from shundan.stages.orders.steps import apply_next_orders
from tests.files import (
    AFFILIATE_HEADER,
    HEADERS,
    RETURN_HEADER,
    affiliate,
    as_csv,
    as_xlsx,
    returned,
    table,
    upload_table,
    us_order,
)

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
ORDER = "577000000000000001"


@pytest.fixture
def shop() -> Shop:
    return store_shop(ShopDraft("7495100000000000001", "Lamp House", "US", channel="files"), now=NOW)


def take(content: bytes, shop: Shop, *, name: str = "file.csv", now: datetime = NOW) -> ImportReport:
    report = actions.start_import(content, name, shop, by=SYSTEM, now=now)
    if report.counts.to_store:
        actions.confirm_import(report.key, by=SYSTEM)
        while run_next_imports():
            pass
    while apply_next_orders():
        pass
    return find_import(report.key)


def returns(*rows: dict[str, str]) -> bytes:
    return as_csv(table(RETURN_HEADER, rows))


def test_a_row_waits_for_its_order_and_is_linked_as_soon_as_that_is_stored(shop: Shop) -> None:
    assert take(returns(returned(1)), shop).counts == Counts(new=1)
    assert [row.is_linked for row in kept_rows_seen_by(SYSTEM, "returns")] == [False]
    take(as_csv(table(HEADERS["US"], [us_order(1)])), shop, name="orders.csv")
    assert [row.is_linked for row in kept_rows_seen_by(SYSTEM, "returns")] == [True]
    (row,) = kept_rows_of_order(shop.pk, ORDER, who=SYSTEM)
    assert (row.kind, row.file_name, row.file_row, row.amount_minor) == ("returns", "file.csv", 2, 2000)


def test_importing_again_changes_only_what_changed(shop: Shop) -> None:
    take(returns(returned(1), returned(2)), shop)
    again = take(returns(returned(1, **{"Return Status": "Completed"}), returned(2), returned(3)), shop)
    assert again.counts == Counts(new=1, changed=1, same=1)
    assert sorted(kept_rows_seen_by(SYSTEM, "returns").values_list("outside_id", "status")) == [
        ("4035000000000000001", "Completed"),
        ("4035000000000000002", "Request in process"),
        ("4035000000000000003", "Request in process"),
    ]


def test_a_masked_cell_never_replaces_a_full_one(shop: Shop) -> None:
    take(returns(returned(1)), shop)
    take(returns(returned(1, **{"Buyer Username": "m***d", "Return Status": "Completed"})), shop)
    (row,) = kept_rows_seen_by(SYSTEM, "returns")
    assert row.status == "Completed"
    assert {name: cell for _, name, cell in row.personal}["Buyer Username"] == "mara_invented"


def test_the_list_finds_filters_and_gives_back_the_columns_of_the_file(shop: Shop) -> None:
    take(returns(returned(1), returned(2, **{"Buyer Note": "=HYPERLINK(1)"})), shop)
    clerk = signed_in("clerk")
    page = clerk.get("/imports/rows/returns/?q=000002").content.decode()
    assert ("4035000000000000002" in page, "4035000000000000001" in page) == (True, False)
    assert "4035000000000000001" not in clerk.get("/imports/rows/returns/?linked=1").content.decode()
    raw = clerk.get("/imports/rows/returns/?original=csv&q=000002").content
    assert b"'=HYPERLINK(1)" in raw
    header, row = read_sheet(clerk.get("/imports/rows/returns/?original=xlsx&q=000002").content)
    filled = returned(2, **{"Buyer Note": "=HYPERLINK(1)"})
    assert header == [name for name in RETURN_HEADER if filled.get(name)]
    assert row == [filled[name] for name in header]


def test_a_row_shows_every_cell_but_names_nobody_to_a_packer(shop: Shop) -> None:
    take(returns(returned(1)), shop)
    (row,) = kept_rows_seen_by(SYSTEM, "returns")
    for role, sees in (("clerk", True), ("packer", False)):
        page = signed_in(role).get(f"/imports/rows/returns/{row.pk}/").content.decode()
        assert ("mara_invented" in page, "Damaged" in page) == (sees, True), role


def test_rows_about_money_are_for_those_who_may_see_it(shop: Shop) -> None:
    take(as_csv(table(AFFILIATE_HEADER, [affiliate(1)], tabs=True)), shop)
    answers = {role: signed_in(role).get("/imports/rows/affiliate/").status_code for role in ("clerk", "packer")}
    assert answers == {"clerk": 200, "packer": 404}
    api = {
        role: Client().get("/api/v1/imports/rows/affiliate", headers=bearer(role)).status_code
        for role in ("accountant", "service")
    }
    assert api == {"accountant": 200, "service": 403}


def test_the_order_page_shows_what_files_told_beside_the_order(shop: Shop) -> None:
    take(as_csv(table(HEADERS["US"], [us_order(1)])), shop, name="orders.csv")
    take(returns(returned(1)), shop)
    page = signed_in("clerk", "zh-hans").get(f"/orders/{shop.shop_id}/{ORDER}/").content.decode()
    assert ("文件中的记录" in page, "4035000000000000001" in page) == (True, True)


def test_a_tracking_upload_is_kept_and_says_what_it_would_do(shop: Shop) -> None:
    cells = {"Order ID": ORDER, "Tracking ID": "9400000000000000000001", "Shipping Provider Name": "USPS"}
    take(as_xlsx(upload_table([cells]), sheet="Shipping info"), shop, name="upload.xlsx")
    (row,) = kept_rows_seen_by(SYSTEM, "tracking")
    page = signed_in("clerk").get(f"/imports/rows/tracking/{row.pk}/").content.decode()
    assert f"order {ORDER} left with USPS under 9400000000000000000001" in page


def test_a_program_reads_kept_rows_of_an_order(shop: Shop) -> None:
    take(returns(returned(1), returned(2)), shop)
    answer = Client().get(f"/api/v1/imports/rows/returns?order_id={ORDER}", headers=bearer("clerk")).json()
    (row,) = answer["items"]
    assert (row["outside_id"], row["is_linked"], row["cells"]["Return Reason"]) == (
        "4035000000000000001", False, "Damaged",
    )  # fmt: skip
    assert answer["next"] is None


def test_another_shops_rows_are_not_shown(shop: Shop) -> None:
    take(returns(returned(1)), shop)
    other = store_shop(ShopDraft("corner", "Corner Lamps", "US", channel="files"), now=NOW)
    take(returns(returned(1)), other)
    (row,) = kept_rows_of_order(other.pk, ORDER, who=SYSTEM)
    assert row.shop_id == other.pk


def test_persons_in_kept_rows_are_forgotten_when_their_clock_has_run_out(shop: Shop) -> None:
    take(returns(returned(1)), shop)
    later = clock.wall() + timedelta(days=PERSONAL_DAYS)
    assert forget_persons(now=later - timedelta(days=1)) == 0
    assert forget_persons(now=later + timedelta(days=1)) == 1
    (row,) = kept_rows_seen_by(SYSTEM, "returns")
    assert (row.personal, row.order_id, row.erased_at is not None) == ([], ORDER, True)
    assert forget_persons(now=later + timedelta(days=1)) == 0
