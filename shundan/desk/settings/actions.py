"""Changes of shops and apps that an owner makes in Settings, each with its journal row."""

from __future__ import annotations

from datetime import datetime

from shundan.core.actors import Who
from shundan.core.errors import Refused
from shundan.edges.channels.actions import begin_connect, store_app
from shundan.edges.channels.actions.connecting import AppDraft
from shundan.edges.channels.queries import find_app
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import in_transaction
from shundan.ground.shops import actions as shops
from shundan.ground.shops.queries import Shop


def pause_shop(shop: Shop, *, by: Who, now: datetime) -> None:
    """Let nothing go out for this shop any more; news is still taken in."""

    def work() -> None:
        shops.pause_shop(shop, by=by, now=now)
        _tell(shop, "pause_shop", by=by, now=now)

    if shop.paused_at is None:
        in_transaction(work)


def resume_shop(shop: Shop, *, by: Who, now: datetime) -> None:
    """Let calls go out again."""

    def work() -> None:
        shops.resume_shop(shop, by=by, now=now)
        _tell(shop, "resume_shop", by=by, now=now)

    if shop.paused_at is not None:
        in_transaction(work)


def keep_app(draft: AppDraft, *, by: Who, now: datetime) -> None:
    """Store our app's credentials at the channel; the secret is never shown again."""

    def work() -> None:
        app = store_app(draft, by=by)
        record(
            [
                Draft(
                    "app",
                    app.pk,
                    "store_app",
                    by,
                    now,
                    subject_name=app.app_key,
                    facts={"secret": bool(draft.secret)},
                )
            ]
        )

    in_transaction(work)


def connect_shop(app_key: str, *, by: Who, now: datetime) -> str:
    """Begin connecting and return the address at which the seller agrees."""
    app = find_app(app_key)
    if app is None:
        raise Refused(
            "There is no app yet.",
            code="no_app",
            field="app_key",
            remedy="Store the app key and secret from Partner Center first.",
        )
    address = begin_connect(app, by=by)
    record([Draft("app", app.pk, "begin_connect", by, now, subject_name=app.app_key)])
    return address


def _tell(shop: Shop, verb: str, *, by: Who, now: datetime) -> None:
    record([Draft("shop", shop.pk, verb, by, now, shop_key=shop.pk, subject_name=shop.shop_id)])
