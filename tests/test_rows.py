"""Rows written in bulk are the rows Django itself would have written, on both databases."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

WRITE_BOTH_WAYS = """
import django; django.setup()
import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from django.core.management import call_command
call_command("migrate", verbosity=0, skip_checks=True)
from django.db import connection
from shundan.core.states import OrderState
from shundan.ground.lib.rows import add_to_rows, insert_rows, insert_values, update_rows
from shundan.stages.orders.models import Address, Buyer, Line, Order
from shundan.stages.orders.tests.made import make_shop
from shundan.stages.stock.models import Item, Level, Warehouse

AT = datetime(2026, 11, 23, 14, 0, 0, 120, tzinfo=timezone(timedelta(hours=8)))
ODD = "“Tee” ’s; 'x' \\\\ {a,b} 红色 \\U0001f9e6 \\n\\t %s"
shop = make_shop()

def order(order_id, buyer):
    return Order(shop=shop, order_id=order_id, order_state=OrderState.RECEIVED, state_since=AT, platform_status="X",
                 currency="USD", placed_at=AT, updated_at=AT, asked_at=AT, stored_at=datetime.now(UTC), buyer=buyer,
                 package_ids=["1", ODD], buyer_note=ODD, cancel_requested=True, total_minor=2**60)

def told(row):
    row.refresh_from_db()
    return {field.attname: str(getattr(row, field.attname)) for field in row._meta.concrete_fields
            if field.attname not in ("id", "order_id", "buyer_id", "channel_buyer_id", "stored_at")}

def raw(row):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM orders_order WHERE id = %s", [row.pk])
        names = [column[0] for column in cursor.description]
        found = dict(zip(names, cursor.fetchone()))
    return {name: str(value) for name, value in found.items()
            if name not in ("id", "order_id", "buyer_id", "stored_at", "package_ids")}

ours = [Buyer(shop=shop, channel_buyer_id=f"o{n}", nickname=ODD, first_seen_at=AT) for n in range(2)]
assert insert_rows(ours)
theirs = Buyer.objects.create(shop=shop, channel_buyer_id="t", nickname=ODD, first_seen_at=AT)
rows = [order(f"57{n}", ours[n]) for n in range(2)]
assert insert_rows(rows)
same = order("579", theirs); same.save()
lines = [Line(shop_id=shop.pk, order=one, line_key="a", sku_id="1", title=ODD, quantity=2) for one in rows]
assert insert_rows(lines)
assert insert_rows([Address(order=one, lines=[ODD], name=ODD) for one in rows])
again = Buyer(shop=shop, channel_buyer_id="o1", first_seen_at=AT)
fresh = Buyer(shop=shop, channel_buyer_id="o2", nickname="n", first_seen_at=AT)
ignored = insert_rows([again, fresh], ignore_conflicts=True)
rows[0].total_minor, rows[0].package_ids, rows[0].paid_at, rows[0].next_due_kind = 7, [], AT, "ship_by"
update_rows(rows, ["total_minor", "package_ids", "paid_at", "next_due_kind", "buyer"])
place = Warehouse.objects.create(code="W", name="W")
item = Item.objects.create(sku="S", created_at=AT)
level = Level.objects.create(item=item, warehouse=place, on_hand=5, reserved=1, expected=2, changed_at=AT)
add_to_rows(Level, {level.pk: (3, 1, -9)}, ("on_hand", "reserved", "expected"), floored=("expected",),
            stamp=("changed_at", AT + timedelta(days=1)))
insert_values(Buyer, ("shop_id", "channel_buyer_id", "nickname", "email", "first_seen_at", "blocked_why"),
              [(shop.pk, "v", ODD, "", AT, "")])
level.refresh_from_db()
first = told(rows[1])
refused = ""
try:
    insert_rows([Buyer(shop=shop, channel_buyer_id="y", first_seen_at=AT, blocked_why="y" * 201)])
except Exception as error:
    refused = type(error).__name__
print(json.dumps({
    "same": first == told(same), "raw": raw(rows[1]) == raw(same), "keys": [row.pk for row in rows],
    "stored": sorted(Order.objects.filter(order_id__in=["570", "571"]).values_list("pk", flat=True)),
    "lines": list(Line.objects.order_by("pk").values_list("order__order_id", "title")),
    "titled": ODD, "ignored": ignored, "given": [again.pk, fresh.pk],
    "buyers": sorted(Buyer.objects.exclude(nickname="").values_list("channel_buyer_id", flat=True)),
    "updated": list(Order.objects.filter(pk=rows[0].pk).values_list("total_minor", "package_ids", "next_due_kind"))[0],
    "paid": Order.objects.get(pk=rows[0].pk).paid_at == AT, "untouched": rows[1].total_minor == 2**60,
    "level": [level.on_hand, level.reserved, level.expected, level.changed_at == AT + timedelta(days=1)],
    "nickname": Buyer.objects.get(channel_buyer_id="v").nickname == ODD, "refused": refused,
}))
"""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_bulk_rows_are_what_django_would_have_written(
    database: str, tmp_path: object, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if database == "postgresql" else ""
    env = {**os.environ, "DATABASE_URL": url, "SHUNDAN_DATA": str(tmp_path)}
    env |= {"DJANGO_SETTINGS_MODULE": "shundan.config.settings"}
    done = subprocess.run([sys.executable, "-c", WRITE_BOTH_WAYS], env=env, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["same"] and told["raw"], "a row written in bulk differs from the same row saved by Django"
    assert told["keys"] == told["stored"]
    assert told["lines"] == [["570", told["titled"]], ["571", told["titled"]]]
    assert told["ignored"] is False and told["given"] == [None, None]
    assert told["buyers"] == ["o0", "o1", "o2", "t", "v"]
    assert told["updated"] == [7, [], "ship_by"] and told["paid"] and told["untouched"]
    assert told["level"] == [8, 2, 0, True]
    assert told["nickname"]
    assert told["refused"] == ("" if database == "sqlite" else "DataError"), "PostgreSQL refuses what is too long"
