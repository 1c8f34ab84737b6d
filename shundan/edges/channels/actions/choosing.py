"""Choosing: the shops a consent opens, which of them this desk works for, and how far back their history is fetched."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import NotFound, OutsideRefused, Refused, ShundanError
from shundan.edges.channels import models
from shundan.edges.channels.actions.connecting import accept_code
from shundan.edges.channels.actions.learning import remember_offset
from shundan.edges.channels.tiktok.endpoints import ENDPOINTS
from shundan.edges.channels.tiktok.refusals import is_wrong_time
from shundan.edges.channels.tiktok.wire import Door, ask, learn_offset
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib import clock
from shundan.ground.lib.crypto import decrypt
from shundan.ground.shops.actions import ShopDraft, store_shop
from shundan.ground.shops.queries import Shop

log = logging.getLogger(__name__)
LOOK_AGAIN = timedelta(hours=1)  # story time
LONGEST_HISTORY = 730
_TOLD = ("id", "name", "region", "seller_type", "cipher")


def list_offered(key: int, *, by: Who) -> list[Shop]:
    """Ask which shops a consent opens, and keep them; return those of them that were connected before.

    These work again at once: nobody chooses anew what was chosen already.
    """
    consent = models.Authorisation.objects.select_related("app").get(pk=key)
    offered = [{name: str(row.get(name) or "") for name in _TOLD} for row in _ask_shops(consent)]
    now = clock.now()
    with transaction.atomic():
        known = models.Access.objects.filter(shop__shop_id__in=[row["id"] for row in offered])
        back = set(known.values_list("shop__shop_id", flat=True))
        shops = [_store_access(consent, row, by=by, now=now) for row in offered if row["id"] in back]
        models.Authorisation.objects.filter(pk=key).update(listed_at=now, offered=offered)
    return shops


def choose_shops(key: int, shop_ids: Collection[str], *, history_days: int, by: Who) -> list[Shop]:
    """Connect the chosen ones of the shops a consent opens; their history is fetched that many days back."""
    consent = models.Authorisation.objects.filter(pk=key, dead_at=None).first()
    if consent is None:
        raise NotFound(_("There is no such consent."), remedy=_("Begin connecting again."))
    if foreign := set(shop_ids) - {row["id"] for row in consent.offered}:
        told = _("This consent does not open shop %(shop)s.") % {"shop": sorted(foreign)[0]}
        raise Refused(told, field="shops", remedy=_("Choose among the shops it lists."))
    rows = [row for row in consent.offered if row["id"] in set(shop_ids)]
    if not rows:
        raise Refused(_("No shop is chosen."), field="shops", remedy=_("Tick at least one shop."))
    if not 1 <= history_days <= LONGEST_HISTORY:
        told = _("The history can go from 1 to %(days)d days back.") % {"days": LONGEST_HISTORY}
        raise Refused(told, field="history_days")
    now = clock.now()
    with transaction.atomic():
        return [_store_access(consent, row, by=by, now=now, history_days=history_days) for row in rows]


def complete_connect(state: str, code: str, *, by: Who) -> list[Shop]:
    """Take the code and connect every shop the consent opens; return them. For programs: people choose."""
    key = accept_code(state, code, by=by)
    list_offered(key, by=by)
    offered = models.Authorisation.objects.get(pk=key).offered
    return choose_shops(key, [row["id"] for row in offered], history_days=90, by=by) if offered else []


def _ask_shops(consent: models.Authorisation) -> list[Mapping[str, Any]]:
    app = consent.app
    secret, token = decrypt(app.secret_encrypted), decrypt(consent.access_encrypted)
    endpoint = ENDPOINTS["shop.list"]
    door = Door(app.api_url, app.app_key, secret, token, offset=app.clock_offset)
    try:
        told = ask(door, endpoint, endpoint.versions[0]).data.get("shops")
    except OutsideRefused as error:
        # The first call an app ever makes: where our clock is wrong, no other could have learnt it yet.
        ahead = learn_offset(door) if is_wrong_time(error.outside_code, error.message) else None
        if ahead is None:
            raise
        remember_offset(app.pk, ahead)
        told = ask(replace(door, offset=ahead), endpoint, endpoint.versions[0]).data.get("shops")
    rows = told if isinstance(told, list) else []
    return [row for row in rows if isinstance(row, Mapping) and row.get("id") and row.get("cipher")]


def _store_access(
    consent: models.Authorisation, row: Mapping[str, str], *, by: Who, now: datetime, history_days: int | None = None
) -> Shop:
    name, seller_type = row["name"] or row["id"], row["seller_type"] or "CROSS_BORDER"
    shop = store_shop(ShopDraft(row["id"], name, row["region"], seller_type, connected_at=now), now=now)
    connected = {
        "authorisation": consent, "cipher": row["cipher"], "connected_at": now, "subscribed_at": None,
        "revoked_at": None, "revoked_why": "", "healed_at": None, "versions": {},
    }  # fmt: skip
    connected |= {"history_days": history_days} if history_days else {}
    models.Access.objects.update_or_create(shop=shop, defaults=connected)
    record([Draft("shop", shop.pk, "CONNECT", by, now, shop_key=shop.pk, subject_name=shop.shop_id)])
    return shop


def list_missing_shops(*, by: Who, limit: int = 5) -> int:
    """Finish connections that died between the tokens and the shops; return how many consents were finished."""
    done = 0
    rows = models.Authorisation.objects.filter(listed_at=None, dead_at=None).exclude(access_encrypted="")
    for key in list(rows.order_by("pk").values_list("pk", flat=True)[:limit]):
        try:
            list_offered(key, by=by)
            done += 1
        except ShundanError as error:
            log.warning("the shops of authorisation %s are not known yet: %s", key, error.message)
    return done


def look_for_revoked_shops(*, limit: int = 5) -> int:
    """Ask now and then whether a shop that was taken back is open again; return how many are."""
    lost = models.Access.objects.filter(revoked_at__isnull=False, authorisation__dead_at=None)
    due = lost.filter(authorisation__listed_at__lt=clock.now() - LOOK_AGAIN).select_related("authorisation__app")
    back = 0
    for consent in list({row.authorisation_id: row.authorisation for row in due.order_by("pk")[:limit]}.values()):
        try:
            told = _ask_shops(consent)
        except ShundanError as error:
            log.warning("the shops of authorisation %s are not known: %s", consent.pk, error.message)
            told = []
        models.Authorisation.objects.filter(pk=consent.pk).update(listed_at=clock.now())
        for row in told:
            mine = lost.filter(authorisation=consent, shop__shop_id=str(row["id"]))
            back += mine.update(
                revoked_at=None, revoked_why="", cipher=str(row["cipher"]), subscribed_at=None, healed_at=None
            )
    return back
