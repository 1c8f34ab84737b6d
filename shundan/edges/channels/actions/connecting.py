"""Connecting shops: our app, the way to the seller's consent and back, and the shops it opens."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import OutsideRefused, OutsideUnavailable, Refused, Unauthorised
from shundan.edges.channels import models
from shundan.edges.channels.actions.tokens import save_tokens
from shundan.edges.channels.tiktok.endpoints import ENDPOINTS
from shundan.edges.channels.tiktok.wire import Door, ask, ask_token_host
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib import clock
from shundan.ground.lib.crypto import decrypt, encrypt, hash_token
from shundan.ground.shops.actions import ShopDraft, store_shop
from shundan.ground.shops.queries import Shop

log = logging.getLogger(__name__)
STATE_LIVES = timedelta(hours=1)
LOOK_AGAIN = timedelta(hours=1)  # story time


@dataclass(frozen=True)
class AppDraft:
    app_key: str
    secret: str = ""  # empty: keep the stored one
    name: str = ""
    service_id: str = ""
    api_url: str = ""
    auth_url: str = ""
    authorise_url: str = ""


def store_app(draft: AppDraft, *, by: Who) -> models.App:
    """Store our application at the channel, or bring it up to date; the secret is kept encrypted."""
    key = draft.app_key.strip()
    if not key:
        raise Refused(
            _("The app key is missing."),
            field="app_key",
            remedy=_("Copy it from the app's page in Partner Center."),
        )
    row = models.App.objects.filter(app_key=key).first() or models.App(app_key=key, created_at=clock.wall())
    if not draft.secret and not row.secret_encrypted:
        raise Refused(
            _("The app secret is missing."),
            field="secret",
            remedy=_("Copy it from the app's page in Partner Center."),
        )
    if draft.secret:
        row.secret_encrypted = encrypt(draft.secret.strip())
    row.name, row.service_id = draft.name or row.name, draft.service_id or row.service_id
    row.api_url = draft.api_url or row.api_url or settings.TIKTOK_URL
    row.auth_url = draft.auth_url or row.auth_url or settings.TIKTOK_AUTH_URL
    row.authorise_url = draft.authorise_url or row.authorise_url or "https://services.tiktokshop.com/open/authorize"
    row.save()
    return row


def begin_connect(app: models.App, *, by: Who) -> str:
    """Keep a one-use state and return the address at which the seller consents."""
    raw = secrets.token_urlsafe(32)
    models.ConnectState.objects.create(app=app, key_hash=hash_token(raw), by_key=by.key, created_at=clock.wall())
    asks = {"service_id": app.service_id} if app.service_id else {"app_key": app.app_key}
    return f"{app.authorise_url}?{urlencode(asks | {'state': raw})}"


def complete_connect(state: str, code: str, *, by: Who) -> list[Shop]:
    """Turn the code that came back into tokens and connected shops; return the shops.

    The state counts once, for an hour, and only for the person who began.
    """
    app = _use_state(state, by=by)
    if not code or code == "null":
        raise Refused(_("The seller did not agree."), code="not_agreed", remedy=_("Begin again and press Authorise."))
    try:
        told = ask_token_host(
            app.auth_url, "get", app_key=app.app_key, app_secret=decrypt(app.secret_encrypted), auth_code=code,
            grant_type="authorized_code",
        )  # fmt: skip
    except Unauthorised as error:
        raise Refused(
            _("The code was refused: %(reason)s") % {"reason": error.message},
            code="code_refused",
            remedy=_("Begin connecting again."),
        ) from error
    with transaction.atomic():
        rows = models.Authorisation.objects.select_for_update()
        consent = rows.get_or_create(app=app, open_id=str(told["open_id"]))[0]
        consent.app, consent.listed_at, consent.warned_at = app, None, None
        save_tokens(consent, told, now=clock.now())
    return _store_shops(consent, by=by)


def _use_state(state: str, *, by: Who) -> models.App:
    rows = models.ConnectState.objects.select_related("app").filter(key_hash=hash_token(state or "-"), by_key=by.key)
    row = rows.filter(created_at__gt=clock.wall() - STATE_LIVES).first()
    if row is None or not rows.filter(pk=row.pk, used_at=None).update(used_at=clock.wall()):
        raise Refused(
            _("This way back is not known: it was used already, is older than an hour, or belongs to somebody else."),
            code="bad_state", remedy=_("Begin connecting again from Settings › Shops."),
        )  # fmt: skip
    return row.app


def _list_shops(consent: models.Authorisation) -> list[dict[str, str]]:
    """Ask which shops a consent opens."""
    app = consent.app
    secret, token = decrypt(app.secret_encrypted), decrypt(consent.access_encrypted)
    endpoint = ENDPOINTS["shop.list"]
    door = Door(app.api_url, app.app_key, secret, token, offset=app.clock_offset)
    return list(ask(door, endpoint, endpoint.versions[0]).data.get("shops") or [])


def _store_shops(consent: models.Authorisation, *, by: Who) -> list[Shop]:
    """Ask which shops the consent opens and store each with its cipher."""
    told = _list_shops(consent)
    now, shops = clock.now(), []
    with transaction.atomic():
        for row in told:
            shops.append(_store_access(consent, row, by=by, now=now))
        models.Authorisation.objects.filter(pk=consent.pk).update(listed_at=now)
    return shops


def _store_access(consent: models.Authorisation, row: dict[str, str], *, by: Who, now: datetime) -> Shop:
    seller_type = str(row.get("seller_type") or "CROSS_BORDER")
    draft = ShopDraft(
        str(row["id"]), str(row.get("name") or row["id"]), str(row["region"]), seller_type, connected_at=now
    )
    shop = store_shop(draft, now=now)
    models.Access.objects.update_or_create(
        shop=shop,
        defaults={
            "authorisation": consent,
            "cipher": str(row["cipher"]),
            "connected_at": now,
            "subscribed_at": None,
            "revoked_at": None,
            "revoked_why": "",
        },
    )
    record([Draft("shop", shop.pk, "CONNECT", by, now, shop_key=shop.pk, subject_name=shop.shop_id)])
    return shop


def list_missing_shops(*, by: Who, limit: int = 5) -> int:
    """Finish connections that died between the tokens and the shops; return how many consents were finished."""
    done = 0
    rows = models.Authorisation.objects.select_related("app").filter(listed_at=None, dead_at=None)
    for consent in rows.exclude(access_encrypted="").order_by("pk")[:limit]:
        try:
            _store_shops(consent, by=by)
            done += 1
        except (OutsideUnavailable, Unauthorised) as error:
            log.warning("the shops of authorisation %s are not known yet: %s", consent.pk, error.message)
    return done


def look_for_revoked_shops(*, limit: int = 5) -> int:
    """Ask now and then whether a shop that was taken back is open again; return how many are."""
    lost = models.Access.objects.filter(revoked_at__isnull=False, authorisation__dead_at=None)
    due = lost.filter(authorisation__listed_at__lt=clock.now() - LOOK_AGAIN).select_related("authorisation__app")
    back = 0
    for consent in list({row.authorisation_id: row.authorisation for row in due.order_by("pk")[:limit]}.values()):
        try:
            told = _list_shops(consent)
        except (OutsideUnavailable, OutsideRefused) as error:
            log.warning("the shops of authorisation %s are not known: %s", consent.pk, error.message)
            told = []
        models.Authorisation.objects.filter(pk=consent.pk).update(listed_at=clock.now())
        for row in told:
            mine = lost.filter(authorisation=consent, shop__shop_id=str(row["id"]))
            back += mine.update(revoked_at=None, revoked_why="", cipher=str(row["cipher"]), subscribed_at=None)
    return back
