"""Order files from upload to stored order: preview, confirm, again, refusals, large files, new shops."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from shundan.core.actors import Who
from shundan.core.errors import BadFile, Conflict, NotAllowed, NotFound, Refused
from shundan.core.facts import OrderFacts
from shundan.core.rights import Role
from shundan.desk.imports import actions, queries
from shundan.desk.imports.actions import reading, starting
from shundan.desk.imports.actions.storing import forget_old_files
from shundan.desk.imports.queries import Counts
from shundan.desk.imports.steps import run_next_imports
from shundan.edges.channels.files.building import Source
from shundan.edges.channels.files.mapping import payload_of
from shundan.edges.inbox.actions import SnapshotDraft, store_snapshots
from shundan.edges.inbox.queries import unapplied
from shundan.ground.jobs.models import Job
from shundan.ground.jobs.queries import jobs_of
from shundan.ground.journal.queries import entries_of
from shundan.ground.lib import clock
from shundan.ground.lib.blobs import get_blob, has_blob
from shundan.ground.shops.actions import ShopDraft, store_shop
from shundan.ground.shops.queries import Shop, all_shops
from shundan.stages.orders.queries import addresses_of, find_orders, lines_of
from shundan.stages.orders.steps import apply_next_orders
from tests.files import HEADERS, as_csv, as_xlsx, many_orders, table, us_order, zip_bomb

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
CLERK = Who("person", "1", "page", role=Role.CLERK)


@pytest.fixture
def shop() -> Shop:
    return store_shop(ShopDraft("7495100000000000001", "Lamp House", "US", channel="files"), now=NOW)


def us_file(*rows: dict[str, str]) -> bytes:
    return as_csv(table(HEADERS["US"], rows, tabs=True))


def start(shop: Shop | None, *rows: dict[str, str], now: datetime = NOW, **more: Any) -> queries.ImportReport:
    return actions.start_import(us_file(*rows), "All order.csv", shop, by=CLERK, now=now, **more)


def take(shop: Shop, *rows: dict[str, str], now: datetime = NOW) -> queries.ImportReport:
    """Import a file wholly, and let orders apply what it told."""
    report = start(shop, *rows, now=now)
    if report.counts.to_store:
        actions.confirm_import(report.key, by=CLERK)
        while run_next_imports():
            pass
    while apply_next_orders():
        pass
    return queries.find_import(report.key)


def test_nothing_is_stored_before_somebody_confirms(shop: Shop) -> None:
    report = start(shop, us_order(1), us_order(1, 2), us_order(2))
    assert (report.phase, report.counts) == ("PREVIEW", Counts(new=2))
    assert run_next_imports() == 0
    assert unapplied("order").count() == 0
    assert [(one["order_id"], one["what"], one["lines"], one["units"]) for one in report.sample] == [
        ("577000000000000001", "new", 2, 4),
        ("577000000000000002", "new", 1, 2),
    ]


def test_a_confirmed_file_becomes_stored_orders(shop: Shop) -> None:
    report = take(shop, us_order(1), us_order(1, 2))
    assert (report.phase, report.stored) == ("DONE", 1)
    order = find_orders(shop.pk, ["577000000000000001"])["577000000000000001"]
    assert (order.platform_status, order.order_state, order.source) == (
        "AWAITING_SHIPMENT",
        "RECEIVED",
        "file",
    )
    assert (order.total_minor, order.shipping_minor, order.currency) == (2150, 300, "USD")
    assert [line.seller_sku for line in lines_of([order.pk])[order.pk]] == ["LAMP-1", "LAMP-2"]
    assert addresses_of([order.pk])[order.pk].name == "Mara Quill"


def test_the_snapshot_names_file_and_row(shop: Shop) -> None:
    report = start(shop, us_order(1), us_order(2))
    actions.confirm_import(report.key, by=CLERK)
    run_next_imports()
    assert list(unapplied("order").values_list("file_name", "file_row", "source")) == [
        ("All order.csv", 2, "file"),
        ("All order.csv", 3, "file"),
    ]


def test_importing_the_same_file_again_changes_nothing(shop: Shop) -> None:
    take(shop, us_order(1), us_order(2))
    again = take(shop, us_order(1), us_order(2), now=datetime(2026, 11, 23, 5, tzinfo=UTC))
    assert (again.phase, again.counts) == ("PREVIEW", Counts(same=2))
    assert entries_of([("order", find_orders(shop.pk, ["577000000000000001"])["577000000000000001"].pk)]) != []


def test_importing_again_changes_only_what_changed(shop: Shop) -> None:
    take(shop, us_order(1), us_order(2))
    shipped: dict[str, Any] = {
        "Order Status": "Shipped",
        "Order Substatus": "In transit",
        "Tracking ID": "9400100000000000000001",
        "Shipped Time": "11/22/2026 9:00:00 AM",
    }
    again = take(shop, us_order(1), us_order(2, **shipped), now=datetime(2026, 11, 23, 5, tzinfo=UTC))
    assert (again.counts, again.stored) == (Counts(changed=1, same=1), 1)
    assert again.sample[0]["changed"] == ["collected_at", "platform_status", "tracking_number", "updated_at"]
    orders = find_orders(shop.pk, ["577000000000000001", "577000000000000002"])
    assert orders["577000000000000001"].order_state == "RECEIVED"
    assert orders["577000000000000002"].order_state == "SHIPPED"
    assert orders["577000000000000002"].tracking_number == "9400100000000000000001"


def test_a_masked_row_never_overwrites_what_is_held_in_full(shop: Shop) -> None:
    take(shop, us_order(1))
    masked: dict[str, Any] = {
        "Recipient": "M*** Q***",
        "Phone #": "(+1)555*****23",
        "Zipcode": "00***",
        "Seller Note": "call first",
    }
    take(shop, us_order(1, **masked), now=datetime(2026, 11, 23, 5, tzinfo=UTC))
    order = find_orders(shop.pk, ["577000000000000001"])["577000000000000001"]
    address = addresses_of([order.pk])[order.pk]
    assert (address.name, address.phone, address.postal_code) == ("Mara Quill", "(+1)5550100123", "00501")
    assert order.seller_note == "call first"


def test_a_file_only_fills_blanks_of_an_order_the_channel_told(shop: Shop) -> None:
    told = payload_of(facts_of(shop))
    later = datetime(2026, 11, 25, tzinfo=UTC)
    store_snapshots([SnapshotDraft(shop.pk, "order", "577000000000000001", later, later, told, source="manual")])
    apply_next_orders()
    order = find_orders(shop.pk, ["577000000000000001"])["577000000000000001"]
    type(order).objects.filter(pk=order.pk).update(source="api", seller_note="")
    told_by_file: dict[str, Any] = {
        "Order Status": "Canceled",
        "Order Substatus": "Canceled",
        "Seller Note": "VIP",
    }
    report = take(shop, us_order(1, **told_by_file))
    assert report.counts == Counts(fills=1)
    order.refresh_from_db()
    assert (order.platform_status, order.order_state, order.seller_note) == (
        "AWAITING_SHIPMENT",
        "RECEIVED",
        "VIP",
    )


def facts_of(shop: Shop) -> OrderFacts:
    from shundan.edges.channels.files.orders import parse_orders

    taken, _ = parse_orders(Source(table(HEADERS["US"], [us_order(1)]), "US", shop.zone, "USD"))
    return taken[0].facts


def test_refused_rows_are_named_and_the_rest_is_taken(shop: Shop) -> None:
    report = take(shop, us_order(1), us_order(2, Quantity="two"))
    assert (report.counts, report.stored) == (Counts(new=1, refused=1), 1)
    (row,) = queries.refused_rows(report)
    assert (row.row, row.column, row.order_id, row.text) == (
        3,
        "Quantity",
        "577000000000000002",
        "“two” is no quantity.",
    )
    assert row.remedy == "Correct the cell, or export the orders again."


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "The file is empty."),
        (b" \r\n\x00", "The file is empty."),
        (b"PK\x03\x04 and then nothing", "The workbook is damaged or protected."),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "The workbook is protected by a password."),
        (zip_bomb(), "The workbook unpacks to more than 400 MB."),
        (bytes(range(256)) * 8, "No known table is in this file."),
        (us_file(), "The table has a header but no orders."),
    ],
    ids=["empty", "blank", "damaged", "locked", "bomb", "binary", "header-only"],
)
def test_a_file_that_cannot_be_taken_leaves_nothing_behind(shop: Shop, content: bytes, why: str) -> None:
    with pytest.raises(BadFile) as refused:
        actions.start_import(content, "x.xlsx", shop, by=CLERK, now=NOW)
    assert refused.value.message.startswith(why)
    assert refused.value.remedy != ""
    assert jobs_of(kinds=["import"]).count() == 0


@pytest.mark.parametrize("name", ["~$All order.xlsx", ".~lock.All order.csv#"])
def test_the_lock_file_of_an_open_table_is_refused_and_a_table_of_that_name_is_taken(shop: Shop, name: str) -> None:
    with pytest.raises(BadFile) as refused:
        actions.start_import(b"\x0dMara Invented" + bytes(150), name, shop, by=CLERK, now=NOW)
    assert (refused.value.message[:21], "without ~$" in refused.value.remedy) == ("This is not the table", True)
    assert actions.start_import(us_file(us_order(1)), name, shop, by=CLERK, now=NOW).counts == Counts(new=1)


def test_a_large_file_is_read_by_the_step(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "READ_AT_ONCE", 10)
    report = start(shop, us_order(1))
    assert report.phase == "READING"
    assert run_next_imports() == 1
    assert queries.find_import(report.key).phase == "PREVIEW"
    assert run_next_imports() == 0


def test_a_large_file_that_cannot_be_read_says_so(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "READ_AT_ONCE", 1)
    report = actions.start_import(b"nothing,known\n1,2\n", "x.csv", shop, by=CLERK, now=NOW)
    run_next_imports()
    report = queries.find_import(report.key)
    assert report.phase == "FAILED"
    assert report.error == "No known table is in this file. Its columns begin: nothing, known."


def test_slices_are_bounded_and_progress_is_kept(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PART", 2)
    report = start(shop, *many_orders(5))
    actions.confirm_import(report.key, by=CLERK)
    assert [run_next_imports() for _ in range(4)] == [2, 2, 1, 0]
    assert (queries.find_import(report.key).phase, queries.find_import(report.key).stored) == ("DONE", 5)


def test_a_cancelled_import_stops_at_its_next_slice_and_keeps_what_is_stored(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PART", 2)
    report = start(shop, *many_orders(5))
    actions.confirm_import(report.key, by=CLERK)
    run_next_imports()
    actions.cancel_import(report.key, by=CLERK)
    while run_next_imports():
        pass
    report = queries.find_import(report.key)
    assert (report.phase, report.stored, unapplied("order").count()) == ("CANCELLED", 2, 2)


def test_a_dropped_preview_stores_nothing_and_cannot_be_confirmed(shop: Shop) -> None:
    report = start(shop, us_order(1))
    (part,) = jobs_of(kinds=["import"]).get().cursor["parts"]
    assert actions.cancel_import(report.key, by=CLERK).phase == "CANCELLED"
    with pytest.raises(NotFound):
        get_blob(part)
    with pytest.raises(Conflict):
        actions.confirm_import(report.key, by=CLERK)
    assert (run_next_imports(), unapplied("order").count()) == (0, 0)


def test_confirming_twice_stores_once(shop: Shop) -> None:
    report = start(shop, us_order(1))
    actions.confirm_import(report.key, by=CLERK)
    with pytest.raises(Conflict):
        actions.confirm_import(report.key, by=CLERK)
    while run_next_imports():
        pass
    assert unapplied("order").count() == 1


def test_of_two_who_confirm_at_the_same_moment_one_begins(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    report = start(shop, us_order(1))
    meet = threading.Barrier(2)
    write = starting.jobs.report_progress

    def wait_for_the_other(*args: Any, **more: Any) -> bool:
        with contextlib.suppress(threading.BrokenBarrierError):
            meet.wait(timeout=0.5)  # both get here only where nothing is locked
        return write(*args, **more)

    monkeypatch.setattr(starting.jobs, "report_progress", wait_for_the_other)
    outcomes: list[str] = []

    def press() -> None:
        try:
            outcomes.append(actions.confirm_import(report.key, by=CLERK).phase)
        except Conflict as refusal:
            outcomes.append(refusal.message)
        finally:
            connection.close()

    clerks = [threading.Thread(target=press) for _ in range(2)]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join()
    assert sorted(outcomes) == ["STORING", "This import no longer waits for a confirmation."]


def test_a_shop_known_by_files_only_is_made_on_confirmation() -> None:
    report = start(None, us_order(1), create_region="us", create_name="Corner Lamps")
    assert (all_shops(), report.new_region, report.shop_name) == ([], "US", "Corner Lamps")
    actions.confirm_import(report.key, by=CLERK)
    while run_next_imports():
        pass
    (made,) = all_shops()
    assert (made.shop_id, made.name, made.channel, made.region, made.currency) == (
        "files-us",
        "Corner Lamps",
        "files",
        "US",
        "USD",
    )
    assert queries.find_import(report.key).shop_id == "files-us"


def test_an_unknown_market_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        start(None, us_order(1), create_region="XX")
    assert (refused.value.field, refused.value.message) == ("create_shop", "“XX” is not a market.")


def test_a_file_without_a_shop_is_refused() -> None:
    with pytest.raises(BadFile) as refused:
        start(None, us_order(1))
    assert refused.value.remedy == "Choose a shop."


def test_somebody_of_another_shop_does_not_see_the_import(shop: Shop) -> None:
    report = start(shop, us_order(1))
    stranger = Who("person", "2", "page", role=Role.CLERK, shop_keys=frozenset({shop.pk + 1}))
    assert queries.imports_seen_by(stranger) == []
    with pytest.raises(NotFound):
        actions.confirm_import(report.key, by=stranger)


def test_the_journal_names_who_imported_what(shop: Shop) -> None:
    report = take(shop, us_order(1), us_order(2, Quantity="-"))
    (entry,) = entries_of([("import", report.key)])
    assert (entry.verb, entry.by_kind, entry.by_key, entry.subject_name) == (
        "import_done",
        "person",
        "1",
        "All order.csv",
    )
    assert (entry.facts["stored"], entry.facts["refused"]) == (1, 1)


def test_the_command_line_imports_at_once_and_makes_the_shop(tmp_path: Path) -> None:
    path = tmp_path / "orders.xlsx"
    path.write_bytes(as_xlsx(table(HEADERS["US"], [us_order(1), us_order(2)])))
    report = actions.import_file(path, "corner", "US")
    assert (report.phase, report.stored, report.counts, report.shop_id) == (
        "DONE",
        2,
        Counts(new=2),
        "corner",
    )
    again = actions.import_file(path, "corner")
    assert (again.phase, again.stored, again.counts) == ("DONE", 0, Counts(same=2))


def test_the_command_line_refuses_an_unknown_shop(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(us_file(us_order(1)))
    with pytest.raises(NotFound):
        actions.import_file(path, "nobody")


def test_files_are_erased_a_month_after_they_came(shop: Shop) -> None:
    report = take(shop, us_order(1), us_order(2, Quantity="two"))
    blob = jobs_of(kinds=["import"]).get().params["blob"]
    assert (forget_old_files(now=clock.wall() + timedelta(days=29)), get_blob(blob)[:3]) == (0, b"\xef\xbb\xbf")
    assert forget_old_files(now=clock.wall() + timedelta(days=31)) == 3  # the file, its part, its refused rows
    with pytest.raises(NotFound):
        get_blob(blob)
    assert queries.refused_rows(queries.find_import(report.key)) == []


def test_a_file_that_a_younger_import_needs_is_not_erased(shop: Shop) -> None:
    take(shop, us_order(1))
    blob = jobs_of(kinds=["import"]).get().params["blob"]
    Job.objects.update(created_at=clock.wall() - timedelta(days=31))
    start(shop, us_order(1))
    forget_old_files(now=clock.wall())
    assert get_blob(blob) != b""


def test_a_preview_that_nobody_confirms_is_dropped_with_its_file_after_a_month(shop: Shop) -> None:
    report = start(shop, us_order(1))
    job = jobs_of(kinds=["import"]).get()
    forget_old_files(now=clock.wall() + timedelta(days=31))
    assert queries.find_import(report.key).phase == "CANCELLED"
    for name in (job.params["blob"], *job.cursor["parts"]):
        assert not has_blob(name)


def test_somebody_limited_to_some_shops_brings_no_other(shop: Shop) -> None:
    """The id of a new shop may be that of a shop outside the scope."""
    limited = replace(CLERK, shop_keys=frozenset())
    with pytest.raises(NotAllowed):
        actions.start_import(
            us_file(us_order(1)), "a.csv", None, by=limited, create_region="US", create_id=shop.shop_id
        )
    assert jobs_of(kinds=["import"]).count() == 0


def test_what_is_confirmed_while_somebody_cancels_it_stops_at_its_next_slice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, find = start(shop, us_order(1)), starting.find_job

    def confirmed_meanwhile(key: int, *, who: Who) -> Any:
        job = find(key, who=who)
        monkeypatch.setattr(starting, "find_job", find)
        actions.confirm_import(key, by=CLERK)
        return job

    monkeypatch.setattr(starting, "find_job", confirmed_meanwhile)
    assert actions.cancel_import(report.key, by=CLERK).phase == "STORING"
    run_next_imports()
    assert queries.find_import(report.key).phase == "CANCELLED"
