"""The desk's own code, in a process of its own: `python -m bench.calls.child ACTION --url URL …`."""

from __future__ import annotations

import argparse
import json
import os
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any


def main() -> int:
    """Run one action and print what it found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("action", choices=sorted(ACTIONS))
    parser.add_argument("--url", required=True)
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--at-once", type=int, default=0)
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shundan.config.settings")
    import django

    django.setup()
    from shundan.ground.lib.together import together

    if given.at_once:
        together.__kwdefaults__ = {**(together.__kwdefaults__ or {}), "at_once": given.at_once}
    print(json.dumps(ACTIONS[given.action](given)))
    return 0


def prepare(given: argparse.Namespace) -> dict[str, Any]:
    """Make the tables and one connected shop."""
    from shundan.config.prepare import migrate_database
    from shundan.edges.channels import models
    from shundan.ground.lib import clock
    from shundan.ground.lib.crypto import encrypt
    from shundan.ground.shops.actions import ShopDraft, store_shop

    migrate_database()
    now = clock.now()
    app = models.App.objects.create(
        app_key="k", secret_encrypted=encrypt("s"), api_url=given.url, auth_url=given.url, authorise_url=given.url,
        created_at=now,
    )  # fmt: skip
    consent = models.Authorisation.objects.create(
        app=app, open_id="o", access_encrypted=encrypt("t"), refresh_encrypted=encrypt("r"), listed_at=now,
        access_expires_at=now + timedelta(days=6), refresh_expires_at=now + timedelta(days=300),
    )  # fmt: skip
    shop = store_shop(ShopDraft("7490000000000000001", "Slow", "US", connected_at=now), now=now)
    models.Access.objects.create(
        shop=shop, authorisation=consent, cipher="c", connected_at=now, subscribed_at=now, healed_at=now
    )
    return {"shop": shop.pk}


def labels(given: argparse.Namespace) -> dict[str, Any]:
    """Ask for labels through the outbox; every answer is saved when this ends."""
    from shundan.core.actors import step
    from shundan.core.calls import CallKind
    from shundan.edges.outbox.actions import CallDraft, queue_call, send_next_calls
    from shundan.edges.outbox.models import Call
    from shundan.ground.lib import clock
    from shundan.ground.shops.queries import all_shops

    shop, run = all_shops()[0].pk, uuid.uuid4().hex
    for number in range(given.count):
        request = {"package_id": str(1000 + number), "channel_line_ids": []}
        draft = CallDraft(shop, CallKind.REQUEST_LABEL, "parcel", number, "", [number], f"{run}:{number}", request)
        queue_call(draft, by=step("bench"), now=clock.now())
    began = time.perf_counter()
    while send_next_calls():
        pass
    seconds = time.perf_counter() - began
    rows = Call.objects.filter(idempotency_key__startswith=run, call_state="ANSWERED")
    assert rows.count() == given.count
    rows.update(call_state="APPLIED")
    return {"seconds": seconds}


def reads(given: argparse.Namespace) -> dict[str, Any]:
    """Fetch wanted packages; every snapshot is stored when this ends."""
    from shundan.edges.inbox.actions import fetch_single_wants, want
    from shundan.edges.inbox.models import Want
    from shundan.ground.shops.queries import all_shops

    run = uuid.uuid4().int % 10**9
    want(all_shops()[0].pk, "package", [f"{run}{number:04d}" for number in range(given.count)])
    began = time.perf_counter()
    while fetch_single_wants():
        pass
    seconds = time.perf_counter() - began
    assert not Want.objects.filter(closed_at=None).exists()
    return {"seconds": seconds}


ACTIONS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "labels": labels, "prepare": prepare, "reads": reads,
}  # fmt: skip

if __name__ == "__main__":
    raise SystemExit(main())
