"""What must hold when all is quiet: desk against the platform's truth, and the desk against itself.

python -m tests.chaos.audit SANDBOX --data DIR [--patience S]    prints what differs as a JSON list; [] is well

It looks again until nothing differs or its patience ends: what is still under way is no difference.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

Truth = dict[str, Any]
SHOWN = 8  # of each kind
TAKEN_ALREADY = "21011040"  # the platform's "Package has already been shipped"
# Where an order may stand when nothing is under way any more, by what the platform says of it.
MAY_STAND = {
    "UNPAID": {"WAITING", "WATCHED"},
    "ON_HOLD": {"WAITING", "WATCHED"},
    "AWAITING_SHIPMENT": {"HELD", "RESERVED", "FULFILLING", "WATCHED", "SHIPPED"},
    "PARTIALLY_SHIPPING": {"FULFILLING", "WATCHED", "SHIPPED"},
    "AWAITING_COLLECTION": {"FULFILLING", "WATCHED", "SHIPPED"},
    "IN_TRANSIT": {"SHIPPED"},
    "DELIVERED": {"DELIVERED"},
    "COMPLETED": {"COMPLETED"},
    "CANCELLED": {"CANCELLED"},
}


def orders_differ(truth: Truth) -> Iterable[str]:
    """Every order of the platform stands in the desk once, told right, where it may stand; and no other."""
    from shundan.core.facts import unit_of
    from shundan.core.money import to_minor
    from shundan.stages.orders.models import Line, Order

    stored: dict[tuple[str, str], Order] = {}
    for row in Order.objects.select_related("shop"):
        key = row.shop.shop_id, row.order_id
        if key in stored:
            yield f"order {row.order_id} is stored twice"
        stored[key] = row
    sold: dict[int, set[str]] = defaultdict(set)  # what was sold: the parts of a set are one of the platform's units
    for order_key, names in Line.objects.values_list("order_id", "channel_line_ids"):
        sold[order_key] |= {unit_of(name) for name in names}
    for told in truth["orders"]:
        order = stored.pop((told["shop_id"], told["id"]), None)
        if order is None:
            yield f"order {told['id']} ({told['status']}) is missing"
            continue
        if order.platform_status != told["status"]:
            yield f"order {told['id']} is {told['status']}, the desk says {order.platform_status}"
        elif order.order_state not in MAY_STAND[told["status"]]:
            yield f"order {told['id']} is {told['status']} and stands in {order.order_state}"
        if len(sold[order.pk]) != told["line_items"]:
            yield f"order {told['id']} has {told['line_items']} units, the desk counts {len(sold[order.pk])}"
        if order.total_minor != to_minor(told["total_amount"], told["currency"]):
            yield f"order {told['id']} costs {told['total_amount']} {told['currency']}, here {order.total_minor}"
    for _, order_id in stored:
        yield f"order {order_id} is unknown to the platform"


def cases_differ(truth: Truth) -> Iterable[str]:
    """Every cancellation and return stands in the desk with the status it has."""
    from shundan.stages.aftersales.models import Case

    stored = dict(Case.objects.values_list("case_id", "platform_status"))
    for told in [*truth["cancellations"], *truth["returns"]]:
        if stored.get(told["id"]) != told["status"]:
            yield f"case {told['id']} is {told['status']}, the desk says {stored.get(told['id'], 'nothing')}"


def parcels_differ(truth: Truth) -> Iterable[str]:
    """No unit lies in two parcels; a live parcel is a live package of the platform; none was arranged twice."""
    from django.db.models import Sum

    from shundan.edges.outbox.models import Call
    from shundan.stages.packing.models import Parcel, ParcelLine

    packages = {row["id"]: row for row in truth["packages"]}
    live = ParcelLine.objects.exclude(parcel__parcel_state="VOIDED").values_list("line", "line__quantity")
    for line, quantity, packed in live.annotate(n=Sum("quantity")).order_by():
        if packed > quantity:
            yield f"line {line} has {quantity} units and {packed} in parcels"
    for parcel in Parcel.objects.exclude(parcel_state="VOIDED").exclude(package_id=""):
        package = packages.get(parcel.package_id)
        # Of a parcel that had left, the cancelled package says no more than the desk does: it has to be found.
        if package is None or (package["status"] == "CANCELLED" and parcel.parcel_state not in ("LOST", "RETURNED")):
            yield f"parcel {parcel.parcel_id} ({parcel.parcel_state}) is package {parcel.package_id}, which is no more"
    arranged = Call.objects.filter(kind="request_label", error_code="", call_state="APPLIED", answer__isnull=False)
    done = Counter(str(call.answer.get("package_id")) for call in arranged if not call.answer.get("found"))
    for package_id, times in done.items():
        refused = packages.get(package_id, {}).get("labels_refused", 0)  # each of them is asked for once more
        if package_id != "None" and times > 1 + refused:
            yield f"the label of package {package_id} was asked for {times} times"
    for call in Call.objects.filter(kind="request_label", error_code=TAKEN_ALREADY):
        package_id = str(call.request.get("package_id"))
        if done[package_id] or not truth["others"]:  # else it was the seller, or another tool
            yield f"label call {call.pk} ({call.subject_name}) asked for what was arranged already"


def stock_differs(truth: Truth) -> Iterable[str]:
    """Levels are the sums of ledger, reservations and expectations; no unit is reserved or booked twice."""
    from django.db.models import F, Sum

    from shundan.stages.stock.models import Expectation, LedgerRow, Level, Reservation

    def sums(rows: Any, column: str) -> dict[tuple[int, int], int]:
        found = rows.values_list("item", "warehouse").annotate(n=Sum(column)).order_by()
        return {(item, warehouse): count for item, warehouse, count in found}

    on_hand = sums(LedgerRow.objects, "on_hand_change")
    booked = sums(LedgerRow.objects, "reserved_change")
    reserved = sums(Reservation.objects.filter(ended_at=None), "quantity")
    expected = sums(Expectation.objects.filter(ended_at=None), "quantity")
    for level in Level.objects.all():
        place = level.item_id, level.warehouse_id
        held = (level.on_hand, level.reserved, level.reserved, level.expected)
        should = (on_hand.get(place, 0), booked.get(place, 0), reserved.get(place, 0), expected.get(place, 0))
        if held != should:
            yield f"level {place}: on hand, reserved, reserved, expected are {held}, by the rows {should}"
    open_rows = Reservation.objects.filter(ended_at=None)
    for order_id in set(open_rows.filter(order__order_state="CANCELLED").values_list("order__order_id", flat=True)):
        yield f"order {order_id} is cancelled and holds units"
    for order_id in open_rows.filter(
        quantity__gt=F("line__quantity") - F("line__cancelled"), order__order_state__in=["RESERVED"]
    ).values_list("order__order_id", flat=True):
        yield f"order {order_id} holds more units than it needs"


def lines_lack_units(truth: Truth) -> Iterable[str]:
    """Every live line of a RESERVED order has its units; of a FULFILLING one that was never adopted, had them."""
    from shundan.stages.orders.models import Line
    from shundan.stages.stock.models import Reservation

    rows: dict[int, int] = defaultdict(int)
    for line, quantity in Reservation.objects.filter(ended_at=None).values_list("line", "quantity"):
        rows[line] += quantity
    for told in Line.objects.filter(order__order_state="RESERVED").select_related("order"):
        if told.live > rows[told.pk]:
            yield f"order {told.order.order_id} is RESERVED and line {told.pk} has {rows[told.pk]} of {told.live} units"


def journal_differs(truth: Truth) -> Iterable[str]:
    """Positions have no gap, the chain holds, and each order's moves lead from where it was to where it stands."""
    from shundan.ground.journal.models import Entry
    from shundan.ground.journal.queries import broken_at
    from shundan.ground.shops.models import Shop
    from shundan.stages.orders.models import Order

    unsealed = Entry.objects.filter(position=None).count()
    if unsealed:
        yield f"{unsealed} journal rows are not sealed"
    for shop in [None, *Shop.objects.values_list("pk", flat=True)]:
        if (position := broken_at(shop)) is not None:
            yield f"the journal of shop {shop} breaks at {position}"
    stands = {key: (state, name) for key, state, name in Order.objects.values_list("pk", "order_state", "order_id")}
    stored: Counter[int] = Counter()
    at: dict[int, str] = {}
    rows = Entry.objects.filter(subject_kind="order").order_by("pk")
    for key, verb, before, after in rows.values_list("subject_key", "verb", "from_state", "to_state"):
        stored[key] += verb == "store"
        if before and at.get(key, before) != before:
            yield f"order {stands.get(key)} moved by {verb} from {before} and had been in {at[key]}"
        at[key] = after or at.get(key, "")
    for key, (state, name) in stands.items():
        if stored[key] != 1:
            yield f"order {name} was stored {stored[key]} times by its journal"
        if at.get(key) not in ("", None, state):
            yield f"order {name} is {state}, its journal ends in {at.get(key)}"


def something_is_stuck(truth: Truth) -> Iterable[str]:
    """Nothing waits: no arrival, want, snapshot, call or snag is left, no sweep fails."""
    from shundan.edges.inbox.models import Arrival, Snapshot, Sweep, Want
    from shundan.edges.outbox.models import Call
    from shundan.ground.jobs.models import Snag

    for state, count in Counter(Arrival.objects.exclude(state__in=["DONE", "IGNORED"]).values_list("state")).items():
        yield f"{count} arrivals are {state[0]}"
    for want in Want.objects.filter(closed_at=None):
        yield f"want {want.kind} {want.outside_id} is open: {want.error}"
    for row in Snapshot.objects.filter(applied_at=None):
        yield f"snapshot of {row.kind} {row.outside_id} is not applied (waits for “{row.waits_for}”)"
    for call in Call.objects.exclude(call_state__in=["APPLIED", "DROPPED"]):
        yield f"call {call.pk} {call.kind} {call.subject_name} is {call.call_state}: {call.error_code} {call.error}"
    for snag in Snag.objects.all():
        yield f"snag of {snag.step} at {snag.subject_kind} {snag.subject_name or snag.subject_key}: {snag.error}"
    for sweep in Sweep.objects.exclude(error=""):
        yield f"the sweep of {sweep.kind} of shop {sweep.shop_id} fails: {sweep.error}"


CHECKS: tuple[Callable[[Truth], Iterable[str]], ...] = (
    orders_differ, cases_differ, parcels_differ, stock_differs, lines_lack_units, journal_differs, something_is_stuck,
)  # fmt: skip


def look(sandbox: str, *, others: bool) -> list[str]:
    """Return what differs now, a few of each kind. `others`: somebody else acted on orders as well."""
    with urllib.request.urlopen(f"{sandbox}/sandbox/truth", timeout=60) as answer:
        truth = json.load(answer) | {"others": others}
    found: list[str] = []
    for check in CHECKS:
        differing = list(check(truth))
        found += differing[:SHOWN]
        if len(differing) > SHOWN:
            found.append(f"… and {len(differing) - SHOWN} more of {check.__name__}")
    return found


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tests.chaos.audit")
    parser.add_argument("sandbox")
    parser.add_argument("--data", required=True)
    parser.add_argument("--patience", type=float, default=60.0)
    parser.add_argument("--later", action="store_true", help="first end all waits, and say so: no worker runs yet")
    parser.add_argument("--others", action="store_true", help="a seller or another tool acted in between")
    given = parser.parse_args(argv)
    os.environ["SHUNDAN_DATA"] = given.data
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shundan.config.settings")
    import django

    django.setup()
    if given.later:
        from tests.chaos.later import end_all_waits

        end_all_waits()
        print("waited", flush=True)
    end = time.monotonic() + given.patience
    while (found := look(given.sandbox, others=given.others)) and time.monotonic() < end:
        print(
            f"{end - time.monotonic():.0f} s left, {len(found)} differences: {found[:2]}", file=sys.stderr, flush=True
        )
        time.sleep(2.0)
    print(json.dumps(found, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
