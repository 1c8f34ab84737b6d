"""An import is undone: what only it told goes, what others built upon stays and says why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from shundan.core.actors import SYSTEM, Who
from shundan.core.errors import Conflict, Refused
from shundan.core.facts import AddressFacts, OrderFacts
from shundan.core.moves import OrderMove
from shundan.core.rights import Role
from shundan.desk.imports import actions
from shundan.desk.imports.actions import undoing
from shundan.desk.imports.actions.storing import forget_old_files
from shundan.desk.imports.queries import ImportReport, find_import, kept_rows_seen_by, left_rows, undo_of
from shundan.desk.imports.steps import run_next_imports
from shundan.desk.imports.tests.test_pages import bearer, signed_in
from shundan.edges.channels.files.building import Source
from shundan.edges.channels.files.mapping import payload_of
from shundan.edges.inbox.actions import SnapshotDraft, store_snapshots
from shundan.ground.jobs.queries import jobs_of
from shundan.ground.journal.queries import entries_of
from shundan.ground.lib import clock
from shundan.ground.shops.actions import ShopDraft, store_shop
from shundan.ground.shops.queries import Shop
from shundan.stages.insight.actions import count_day, shop_day
from shundan.stages.insight.queries import DayFigure
from shundan.stages.orders.actions import add_note, move_orders
from shundan.stages.orders.queries import addresses_of, find_orders, orders_seen_by
from shundan.stages.orders.steps import apply_next_orders
from shundan.stages.stock.steps import release_cancelled_orders
from shundan.stages.stock.tests.made import expect, level, listing, reserve, store_listing
from tests.files import (
    HEADERS,
    RETURN_HEADER,
    SETTLEMENT_HEADER,
    as_csv,
    many_orders,
    returned,
    settlement,
    table,
    us_order,
)

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
CLERK = Who("person", "1", "page", role=Role.CLERK)
ORDER = "577000000000000001"
DONE = {"Order Status": "Completed", "Order Substatus": "Completed", "Delivered Time": "11/21/2026 07:00:00"}


@pytest.fixture
def shop() -> Shop:
    return store_shop(ShopDraft("7495100000000000001", "Lamp House", "US", channel="files"), now=NOW)


def take(shop: Shop, content: bytes, *, now: datetime = NOW) -> ImportReport:
    report = actions.start_import(content, "All order.csv", shop, by=CLERK, now=now)
    if report.counts.to_store:
        actions.confirm_import(report.key, by=CLERK)
        while run_next_imports():
            pass
    while apply_next_orders():
        pass
    return find_import(report.key)


def orders(*rows: dict[str, str]) -> bytes:
    return as_csv(table(HEADERS["US"], rows, tabs=True))


def undone(report: ImportReport) -> Any:
    actions.start_undo(report.key, by=CLERK)
    while run_next_imports():
        pass
    return undo_of(find_import(report.key))


def reasons(report: Any) -> Iterator[tuple[str, str]]:
    return ((row.name, row.why) for row in left_rows(report))


def test_orders_that_only_this_import_told_are_withdrawn_with_a_journal_row(shop: Shop) -> None:
    report = take(shop, orders(us_order(1), us_order(2, **DONE)))
    key = find_orders(shop.pk, [ORDER])[ORDER].pk
    result = undone(report)
    assert (result.is_ended, result.withdrawn, result.refused) == (True, 2, 0)
    rows = orders_seen_by(SYSTEM).order_by("pk").values_list("order_id", "order_state", "cancelled_by")
    assert list(rows) == [
        (f"{ORDER}~1", "CANCELLED", "WITHDRAWN"), ("577000000000000002~1", "CANCELLED", "WITHDRAWN"),
    ]  # fmt: skip
    entry = entries_of([("order", key)])[0]
    assert (entry.verb, entry.from_state, entry.to_state, entry.by_key, entry.facts) == (
        "WITHDRAW", "RECEIVED", "CANCELLED", "1", {"import": report.key, "cause": "import undone"},
    )  # fmt: skip


def test_what_was_withdrawn_is_not_counted_as_sold_nor_as_cancelled(shop: Shop) -> None:
    report = take(shop, orders(us_order(1), us_order(2, **DONE)))
    day = shop_day(datetime(2026, 11, 20, 15, tzinfo=UTC), shop)
    count_day(shop, day)
    assert DayFigure.objects.get(shop=shop.pk, day=day).orders == 2
    undone(report)
    count_day(shop, day)
    figure = DayFigure.objects.get(shop=shop.pk, day=day)
    assert (figure.orders, figure.cancelled, figure.sales_minor) == (0, 0, 0)


def test_the_stock_a_withdrawn_order_held_is_free_again(shop: Shop) -> None:
    with transaction.atomic():
        mug = store_listing(shop, listing(stock=10))
    report = take(shop, orders(us_order(1)))
    move_orders([(find_orders(shop.pk, [ORDER])[ORDER].pk, OrderMove.APPROVE)], by=SYSTEM, at=NOW)
    with transaction.atomic():
        expect()
        assert reserve() == 1
    assert level(mug) == (12, 2, 0)  # what was sold before the count stood on the shelf too
    assert undone(report).withdrawn == 1
    release_cancelled_orders()
    assert level(mug) == (12, 0, 0)


def test_the_same_file_can_be_imported_again_and_makes_new_orders(shop: Shop) -> None:
    content = orders(us_order(1))
    undone(take(shop, content))
    again = take(shop, content, now=NOW + timedelta(minutes=1))
    assert (again.counts.new, again.counts.same) == (1, 0)
    assert find_orders(shop.pk, [ORDER])[ORDER].order_state == "RECEIVED"
    undone(again)
    assert sorted(orders_seen_by(SYSTEM).values_list("order_id", flat=True)) == [f"{ORDER}~1", f"{ORDER}~2"]


def test_an_order_somebody_has_worked_on_stays(shop: Shop) -> None:
    report = take(shop, orders(us_order(1), us_order(2)))
    add_note(find_orders(shop.pk, [ORDER])[ORDER].pk, "Call first", by=CLERK, now=NOW)
    result = undone(report)
    assert (result.withdrawn, list(reasons(result))) == (1, [(ORDER, "Somebody has worked on it since then.")])
    assert find_orders(shop.pk, [ORDER])[ORDER].order_state == "RECEIVED"


def test_an_order_that_a_later_file_told_again_stays_and_the_later_import_only_changed_it(shop: Shop) -> None:
    first = take(shop, orders(us_order(1)))
    later = take(shop, orders(us_order(1, **{"Seller Note": "Ribbon"})), now=NOW + timedelta(minutes=1))
    assert list(reasons(undone(first))) == [(ORDER, "It was told again since then; the later news stays.")]
    assert list(reasons(undone(later))) == [
        (ORDER, "It was known before this import, which only changed it: import the file that is right.")
    ]
    assert find_orders(shop.pk, [ORDER])[ORDER].seller_note == "Ribbon"


def told_by_channel(shop: Shop, at: datetime, **more: Any) -> None:
    from shundan.edges.channels.files.mapping import facts_from_payload

    base = facts_from_payload(payload_of(_facts(shop, at)))
    facts = OrderFacts(**{**vars(base), **more})
    store_snapshots([SnapshotDraft(shop.pk, "order", ORDER, at, at, payload_of(facts), source="manual")])
    while apply_next_orders():
        pass


def _facts(shop: Shop, at: datetime) -> OrderFacts:
    from shundan.edges.channels.files.orders import parse_orders

    rows = table(HEADERS["US"], [us_order(1, **{"Seller Note": "", "Tracking ID": "", "Recipient": "M*** V***"})])
    ((taken,), _) = parse_orders(Source(rows, "US", shop.zone, "USD"))
    address = AddressFacts(name="M*** V***", region="US", masked=True)
    return OrderFacts(**{**vars(taken.facts), "updated_at": at, "address": address, "tracking_number": ""})


def test_blanks_that_the_import_filled_are_blank_again(shop: Shop) -> None:
    told_by_channel(shop, NOW)
    order = find_orders(shop.pk, [ORDER])[ORDER]
    type(order).objects.filter(pk=order.pk).update(source="api")
    cells = {"Seller Note": "Ribbon", "Tracking ID": "9400000000000000000001", "Recipient": "Mara Vey"}
    report = take(shop, orders(us_order(1, **cells)), now=NOW + timedelta(minutes=1))
    filled = find_orders(shop.pk, [ORDER])[ORDER]
    assert (report.counts.fills, filled.seller_note, filled.tracking_number) == (1, "Ribbon", cells["Tracking ID"])
    assert addresses_of([order.pk])[order.pk].name == "Mara Vey"
    type(order).objects.filter(pk=order.pk).update(seller_note="Two ribbons")  # somebody corrected it
    result = undone(report)
    assert (result.withdrawn, result.reset, result.refused) == (0, 1, 0)
    after = find_orders(shop.pk, [ORDER])[ORDER]
    assert (after.tracking_number, after.seller_note, after.order_state) == ("", "Two ribbons", filled.order_state)
    assert (addresses_of([order.pk])[order.pk].name, addresses_of([order.pk])[order.pk].masked) == ("M*** V***", True)
    assert entries_of([("order", order.pk)])[0].verb == "reset_blanks"


def test_blanks_of_an_order_its_channel_told_again_stay_filled(shop: Shop) -> None:
    told_by_channel(shop, NOW)
    order = find_orders(shop.pk, [ORDER])[ORDER]
    rows = type(order).objects.filter(pk=order.pk)
    rows.update(source="api")
    report = take(
        shop, orders(us_order(1, **{"Tracking ID": "9400000000000000000001"})), now=NOW + timedelta(minutes=1)
    )
    rows.update(updated_at=NOW + timedelta(hours=1))
    result = undone(report)
    assert list(reasons(result)) == [(ORDER, "It was told again since then; the later news stays.")]
    assert find_orders(shop.pk, [ORDER])[ORDER].tracking_number == "9400000000000000000001"


def test_kept_rows_go_and_changed_ones_say_what_they_said_before(shop: Shop) -> None:
    take(shop, as_csv(table(RETURN_HEADER, [returned(1)])))
    second = take(shop, as_csv(table(RETURN_HEADER, [returned(1, **{"Return Status": "Completed"}), returned(2)])))
    result = undone(second)
    assert (result.rows_gone, result.rows_back) == (1, 1)
    assert list(kept_rows_seen_by(SYSTEM, "returns").values_list("outside_id", "status")) == [
        ("4035000000000000001", "Request in process")
    ]


def test_statements_are_left_and_say_so(shop: Shop) -> None:
    result = undone(take(shop, as_csv(table(SETTLEMENT_HEADER, [settlement(1)]))))
    assert (result.refused, result.rows_gone) == (1, 1)
    assert [why for _, why in reasons(result)] == [undoing.STATEMENT]


def test_an_import_is_undone_once(shop: Shop) -> None:
    report = take(shop, orders(us_order(1)))
    undone(report)
    with pytest.raises(Conflict) as refused:
        actions.start_undo(report.key, by=CLERK)
    assert refused.value.message == "This import is undone already."
    assert jobs_of(kinds=["undo"]).count() == 1


def test_an_import_that_was_not_stored_cannot_be_undone(shop: Shop) -> None:
    report = actions.start_import(orders(us_order(1)), "x.csv", shop, by=CLERK, now=NOW)
    with pytest.raises(Conflict):
        actions.start_undo(report.key, by=CLERK)
    assert jobs_of(kinds=["undo"]).count() == 0


def test_undoing_waits_until_the_orders_are_taken_up(shop: Shop) -> None:
    report = actions.start_import(orders(us_order(1)), "x.csv", shop, by=CLERK, now=NOW)
    actions.confirm_import(report.key, by=CLERK)
    while run_next_imports():
        pass
    with pytest.raises(Conflict) as refused:
        actions.start_undo(report.key, by=CLERK)
    assert refused.value.message == "Its orders are still being taken up."


def test_an_import_whose_file_was_erased_cannot_be_undone(shop: Shop) -> None:
    report = take(shop, orders(us_order(1)))
    forget_old_files(now=clock.wall() + timedelta(days=31))
    with pytest.raises(Refused) as refused:
        actions.start_undo(report.key, by=CLERK)
    assert refused.value.message == "What this import stored is no longer kept."


def test_a_large_import_is_undone_in_slices_by_the_step(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shundan.desk.imports.actions.reading.PART", 2)
    report = take(shop, orders(*many_orders(7)))
    actions.start_undo(report.key, by=CLERK)
    seen = undo_of(find_import(report.key))
    assert seen is not None
    assert (seen.is_ended, seen.done, seen.total, seen.withdrawn) == (False, 0, 4, 0)
    run_next_imports()
    seen = undo_of(find_import(report.key))
    assert seen is not None
    assert (seen.done, seen.withdrawn) == (1, 2)
    while run_next_imports():
        pass
    seen = undo_of(find_import(report.key))
    assert seen is not None
    assert (seen.is_ended, seen.withdrawn) == (True, 7)


def test_an_undoing_that_fails_ends_and_says_so(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    report = take(shop, orders(us_order(1)))

    def broken(*_: Any, **__: Any) -> None:
        raise LookupError("boom")

    monkeypatch.setattr(undoing, "withdraw_orders", broken)
    result = undone(report)
    assert (result.is_ended, result.error) == (True, "The import was not undone; the log says why.")
    assert find_orders(shop.pk, [ORDER])[ORDER].order_state == "RECEIVED"
    monkeypatch.undo()
    assert undone(report).withdrawn == 1  # what failed may be tried again


def test_the_page_undoes_and_tells_what_stays(shop: Shop) -> None:
    report = take(shop, orders(us_order(1), us_order(2)))
    add_note(find_orders(shop.pk, [ORDER])[ORDER].pk, "Call first", by=CLERK, now=NOW)
    clerk = signed_in("clerk", "zh-hans")
    where = f"/imports/{report.key}/"
    assert "撤销这次导入" in clerk.get(where).content.decode()
    assert clerk.post(f"{where}undo/")["Location"] == where
    page = clerk.get(where).content.decode()
    assert ("这次导入已撤销。" in page, "之后有人处理过它。" in page, "撤销这次导入" in page) == (True, True, False)
    assert ORDER in clerk.get(f"{where}left.csv").content.decode("utf-8-sig")
    assert clerk.post(f"{where}undo/").status_code == 409


def test_a_program_undoes_an_import_and_reads_what_was_left(shop: Shop) -> None:
    report = take(shop, orders(us_order(1), us_order(2)))
    add_note(find_orders(shop.pk, [ORDER])[ORDER].pk, "Call first", by=CLERK, now=NOW)
    client, headers = Client(), bearer("clerk")
    told = client.post(f"/api/v1/imports/{report.key}/undo", headers=headers).json()
    assert told["undo"] == {
        "is_ended": True, "withdrawn": 1, "reset": 0, "rows_gone": 0, "rows_back": 0, "refused": 1,
    }  # fmt: skip
    assert client.get(f"/api/v1/imports/{report.key}/left", headers=headers).json()["items"] == [
        {"row": 2, "name": ORDER, "why": "Somebody has worked on it since then."}
    ]
