"""Tokens: saved before use, refreshed by one worker at a time, the old refresh token kept until the new one works."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q

from shundan.core.errors import OutsideUnavailable, ShundanError, Unauthorised
from shundan.edges.channels import models
from shundan.edges.channels.tiktok.wire import ask_token_host
from shundan.ground.lib import clock
from shundan.ground.lib.crypto import decrypt, encrypt

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=40)
PAUSE = timedelta(seconds=30)  # after a failure, before the step tries again
EARLY = timedelta(days=1)


def save_tokens(consent: models.Authorisation, told: dict[str, Any], *, now: datetime) -> None:
    """Save the tokens of a token answer on `consent` (unsaved or stored) and bring it to life."""
    consent.old_refresh_encrypted = consent.refresh_encrypted
    consent.access_encrypted = encrypt(str(told["access_token"]))
    consent.refresh_encrypted = encrypt(str(told.get("refresh_token") or "")) or consent.refresh_encrypted
    consent.access_expires_at = _moment(told.get("access_token_expire_in"), now=now)
    ends = _moment(told.get("refresh_token_expire_in"), now=now)
    if ends is not None and consent.refresh_expires_at is not None and ends > consent.refresh_expires_at:
        consent.warned_at = None  # it lasts longer than when the platform warned
    consent.refresh_expires_at = ends
    consent.seller_name = str(told.get("seller_name") or consent.seller_name)
    consent.region = str(told.get("seller_base_region") or consent.region)[:8]
    consent.scopes = list(told.get("granted_scopes") or consent.scopes)
    consent.refreshed_at, consent.lease_until, consent.dead_at, consent.dead_why = now, None, None, ""
    consent.save()


def _moment(told: Any, *, now: datetime) -> datetime | None:
    """Read an absolute unix second; a small number can only be a duration. None without one or beyond the calendar."""
    try:
        seconds = int(told)
        return now + timedelta(seconds=seconds) if seconds < 1_000_000_000 else datetime.fromtimestamp(seconds, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def refresh_authorisation(key: int, *, stale: str) -> str:
    """Return an access token newer than `stale`, asking the token host unless another worker did so meanwhile.

    Raises Unauthorised when the seller must connect again, OutsideUnavailable when it is not known yet.
    """
    now_wall = clock.wall()
    rows = models.Authorisation.objects.filter(pk=key)
    leased = rows.filter(Q(lease_until=None) | Q(lease_until__lt=now_wall)).update(lease_until=now_wall + LEASE)
    consent = rows.select_related("app").get()
    token = decrypt(consent.access_encrypted)
    if token and token != stale:
        if leased:
            rows.update(lease_until=None)
        return token
    if consent.dead_at is not None:
        raise Unauthorised(f"The authorisation is dead: {consent.dead_why}", service="TikTok Shop")
    if not leased:
        raise OutsideUnavailable("Another worker is refreshing this token.", service="TikTok Shop", retry_after=1.0)
    try:
        told = _refresh(consent)
    except OutsideUnavailable:
        rows.update(lease_until=clock.wall() + PAUSE)
        raise
    except Unauthorised as error:
        rows.update(dead_at=clock.now(), dead_why=error.message, lease_until=None)
        raise
    save_tokens(consent, told, now=clock.now())
    return str(told["access_token"])


def _refresh(consent: models.Authorisation) -> dict[str, Any]:
    """Ask with the refresh token; when it is refused, with the one before it, whose answer may have been lost."""
    tokens = [decrypt(consent.refresh_encrypted), decrypt(consent.old_refresh_encrypted)]
    refused: Unauthorised | None = None
    for token in dict.fromkeys(token for token in tokens if token):
        try:
            return ask_token_host(
                consent.app.auth_url, "refresh", app_key=consent.app.app_key,
                app_secret=decrypt(consent.app.secret_encrypted), refresh_token=token, grant_type="refresh_token",
            )  # fmt: skip
        except Unauthorised as error:
            refused = refused or error
    raise refused or Unauthorised("There is no refresh token.", service="TikTok Shop")


def forget_old_refresh(key: int) -> None:
    """Drop the previous refresh token: the new access token was seen to work."""
    models.Authorisation.objects.filter(pk=key).exclude(old_refresh_encrypted="").update(old_refresh_encrypted="")


def refresh_next_tokens(*, limit: int = 5) -> int:
    """Refresh access tokens that end within a day of story time; return how many were refreshed."""
    soon = clock.now() + EARLY
    rows = models.Authorisation.objects.filter(dead_at=None, access_expires_at__lt=soon)
    rows = rows.filter(Q(lease_until=None) | Q(lease_until__lt=clock.wall())).order_by("access_expires_at")
    done = 0
    for key, stored in list(rows.values_list("pk", "access_encrypted")[:limit]):
        try:
            refresh_authorisation(key, stale=decrypt(stored))
            done += 1
        except ShundanError as error:  # the platform's word, or a token that another key encrypted
            log.warning("authorisation %s was not refreshed: %s", key, error.message)
    return done
