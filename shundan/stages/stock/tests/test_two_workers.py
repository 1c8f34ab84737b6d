"""Two processes reserve the last units at the same time: nobody gets what is not there, nobody is forgotten."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

SEED = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, skip_checks=True)
from shundan.core.moves import OrderMove as M
from shundan.core.actors import SYSTEM
from shundan.stages.orders.actions import move_orders
from shundan.stages.orders.tests.made import T0, facts, line, make_shop, store
from shundan.stages.stock.tests.made import expect, listing, store_listing
from django.db import transaction
transaction.set_autocommit(False)
shop = make_shop()
store_listing(shop, listing(stock=7), listing("1729000000000000002", stock=30))
rows = []
for n in range(24):
    lines = (line(quantity=1), line("1729000000000000002", quantity=1 + n % 2))
    rows += store(shop, facts(f"5770000000000{n:05d}", buyer_id=f"b{n}", lines=lines))
expect()
move_orders([(row.pk, M.APPROVE) for row in rows], by=SYSTEM, at=T0)
transaction.commit()
"""
WORK = """
import django; django.setup()
import sys
from shundan.stages.stock.steps import reserve_next_orders
print("ready", flush=True)
sys.stdin.readline()
while reserve_next_orders(limit=3):
    pass
"""
LOOK = """
import django; django.setup()
import json
from django.db.models import Count
from shundan.ground.jobs.models import Snag
from shundan.ground.journal.models import Entry
from shundan.stages.orders.models import Hold, Order
from shundan.stages.stock.models import LedgerRow, Level, Reservation
print(json.dumps({
    "states": dict(Order.objects.values_list("order_state").annotate(n=Count("pk")).order_by()),
    "levels": list(Level.objects.order_by("item__sku").values_list("on_hand", "reserved", "expected")),
    "reservations": Reservation.objects.filter(ended_at=None).count(),
    "ledger": LedgerRow.objects.filter(reason="reserve").count(),
    "journal": Entry.objects.filter(verb="RESERVE").count(),
    "holds": Hold.objects.filter(kind="missing_stock", closed_at=None).count(),
    "snags": Snag.objects.count(),
}))
"""


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_two_processes_share_the_last_units_without_giving_any_twice(database, request, tmp_path):
    settings = {"DJANGO_SETTINGS_MODULE": "shundan.config.settings", "SHUNDAN_DATA": str(tmp_path)}
    if database == "postgres":
        settings["DATABASE_URL"] = request.getfixturevalue("postgres_url")
    environment = {**os.environ, **settings}

    def start(program: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", program]
        return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    with start(SEED) as seed:
        assert seed.wait(timeout=120) == 0
    with start(WORK) as one, start(WORK) as other:
        workers = (one, other)
        assert [worker.stdout.readline().strip() for worker in workers] == ["ready", "ready"]
        for worker in workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        assert [worker.wait(timeout=120) for worker in workers] == [0, 0]
    with start(LOOK) as look:
        told = json.loads(look.communicate(timeout=60)[0])
    assert told["states"] == {"RESERVED": 7, "HELD": 17}
    cups, lamps = told["levels"]
    assert cups == [7, 7, 17]
    assert lamps[0] == 30
    assert lamps[1] + lamps[2] == 36  # every unit of every order is either reserved or still expected
    assert (told["reservations"], told["ledger"], told["journal"]) == (14, 14, 7)
    assert (told["holds"], told["snags"]) == (17, 0)
