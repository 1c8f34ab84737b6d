"""Changes of shops and apps that an owner makes in Settings, each with its journal row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import Refused
from shundan.edges.channels.actions import begin_connect, store_app
from shundan.edges.channels.actions import choose_shops as connect_chosen
from shundan.edges.channels.actions.choosing import LONGEST_HISTORY
from shundan.edges.channels.actions.connecting import AppDraft
from shundan.edges.channels.queries import find_app
from shundan.edges.inbox.actions import reach_back
from shundan.edges.inbox.queries import sweeps
from shundan.ground.jobs.actions import pause_job, resume_job
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
            _("There is no app yet."),
            code="no_app",
            field="app_key",
            remedy=_("Store the app key and secret from Partner Center first."),
        )
    address = begin_connect(app, by=by)
    record([Draft("app", app.pk, "begin_connect", by, now, subject_name=app.app_key)])
    return address


def choose_shops(key: int, shop_ids: Sequence[str], *, history_days: int, by: Who) -> list[Shop]:
    """Connect the chosen shops of a consent; each journals its own row."""
    return connect_chosen(key, shop_ids, history_days=history_days, by=by)


def pause_history(shop: Shop, *, by: Who, now: datetime) -> None:
    """Let the history of a shop rest; today's news goes on."""
    _turn_history(shop, pause_job, "pause_history", by=by, now=now)


def resume_history(shop: Shop, *, by: Who, now: datetime) -> None:
    """Let the history of a shop be fetched on, from where it rests."""
    _turn_history(shop, resume_job, "resume_history", by=by, now=now)


def _turn_history(shop: Shop, turn: Callable[..., None], verb: str, *, by: Who, now: datetime) -> None:
    row = sweeps().filter(shop_id=shop.pk, kind="order", back_job__ended_at=None).first()
    if row is None or row.back_job_id is None:
        raise Refused(_("The history of this shop is fetched already."), code="history_done")
    key = row.back_job_id

    def work() -> None:
        turn(key, by=by)
        _tell(shop, verb, by=by, now=now)

    in_transaction(work)


def extend_history(shop: Shop, *, days: int, by: Who, now: datetime) -> None:
    """Let the history of a shop go further back."""
    if not 1 <= days <= LONGEST_HISTORY or not reach_back(shop.pk, days=days, by=by):
        raise Refused(_("The history of this shop goes that far back already."), code="history_done")
    _tell(shop, "extend_history", by=by, now=now)


def _tell(shop: Shop, verb: str, *, by: Who, now: datetime) -> None:
    record([Draft("shop", shop.pk, verb, by, now, shop_key=shop.pk, subject_name=shop.shop_id)])
