"""Connecting: our app, and the way to the seller's consent and back. `choosing` goes on from there."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import Refused, Unauthorised
from shundan.edges.channels import models
from shundan.edges.channels.actions.tokens import save_tokens
from shundan.edges.channels.tiktok.mapping.reading import named, whole
from shundan.edges.channels.tiktok.wire import ask_token_host
from shundan.ground.lib import clock
from shundan.ground.lib.crypto import decrypt, encrypt, hash_token

STATE_LIVES = timedelta(hours=1)
BY_SERVICE, BY_APP_KEY = "/open/authorize", "/oauth/authorize"
SELLER = 0  # a token's user_type; others are creators and partners, whose tokens open no shop


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
        # With a wrong secret every refresh is refused: the consents are good again and shall be tried.
        models.Authorisation.objects.filter(app__app_key=key).update(dead_at=None, dead_why="", lease_until=None)
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
    page, asks = _consent_page(app)
    return f"{page}?{urlencode(asks | {'state': raw})}"


def _consent_page(app: models.App) -> tuple[str, dict[str, str]]:
    """Return the page where the seller consents, and how it is told our app.

    The pages at `open/authorize` know services by their id; an app without one goes by the page that knows app keys.
    """
    if app.service_id and not app.authorise_url.endswith(BY_APP_KEY):
        return app.authorise_url, {"service_id": app.service_id}
    known = not app.authorise_url.endswith(BY_SERVICE)
    return app.authorise_url if known else app.auth_url.rstrip("/") + BY_APP_KEY, {"app_key": app.app_key}


def accept_code(state: str, code: str, *, by: Who) -> int:
    """Turn the code that came back into saved tokens; return the consent's key.

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
    if whole(told, "user_type") != SELLER:
        raise Refused(
            _("This consent came from a creator's or a partner's account: it opens no shop."), code="not_a_seller",
            remedy=_("Begin again and sign in as the seller."),
        )  # fmt: skip
    open_id = named(told, "open_id")
    with transaction.atomic():
        rows = models.Authorisation.objects.select_for_update()
        consent = rows.get_or_create(app=app, open_id=open_id)[0]
        consent.app, consent.listed_at, consent.warned_at = app, None, None
        save_tokens(consent, told, now=clock.now())
    return consent.pk


def _use_state(state: str, *, by: Who) -> models.App:
    rows = models.ConnectState.objects.select_related("app").filter(key_hash=hash_token(state or "-"), by_key=by.key)
    row = rows.filter(created_at__gt=clock.wall() - STATE_LIVES).first()
    if row is None or not rows.filter(pk=row.pk, used_at=None).update(used_at=clock.wall()):
        raise Refused(
            _("This way back is not known: it was used already, is older than an hour, or belongs to somebody else."),
            code="bad_state", remedy=_("Begin connecting again from Settings › Shops."),
        )  # fmt: skip
    return row.app
