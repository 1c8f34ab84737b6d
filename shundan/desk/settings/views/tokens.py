"""Settings › API tokens: issued once, revoked at once."""

from __future__ import annotations

from datetime import UTC, datetime, time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shundan.core.errors import Refused
from shundan.core.rights import Right
from shundan.desk.settings.forms import TokenForm, add_refusal
from shundan.ground.lib import clock
from shundan.ground.shops.queries import shops_seen_by
from shundan.ground.staff import actions
from shundan.ground.staff.logins import needs
from shundan.ground.staff.queries import token_by_key, tokens


@needs(Right.STAFF)
@require_safe
def list_tokens(request: HttpRequest) -> HttpResponse:
    """Show every token by its first letters, and the form for a new one."""
    return _page(request, TokenForm(shops=shops_seen_by(request.who), initial={"role": "viewer"}))


@needs(Right.STAFF)
@never_cache
@require_POST
def issue_token(request: HttpRequest) -> HttpResponse:
    """Create a token and show it, once."""
    form = TokenForm(request.POST, shops=shops_seen_by(request.who))
    if form.is_valid():
        told = form.cleaned_data
        last = told["expires_on"] and datetime.combine(told["expires_on"], time.max, UTC)
        try:
            secret = actions.issue_token(
                told["role"],
                name=told["name"],
                shop_keys=told["shops"],
                warehouses=told["warehouses"],
                expires_at=last,
                by=request.who,
                now=clock.now(),
            )
        except Refused as refusal:
            refusal.field = "expires_on" if refusal.field == "expires_at" else refusal.field
            add_refusal(form, refusal)
        else:
            return render(request, "settings/secret.html", {"secret": secret, "name": told["name"]})
    return _page(request, form, status=422)


@needs(Right.STAFF)
@require_POST
def revoke_token(request: HttpRequest, key: int) -> HttpResponse:
    """Make a token worthless."""
    token = token_by_key(key)
    actions.revoke_token(token, by=request.who, now=clock.now())
    messages.success(request, _("The token %(name)s is revoked.") % {"name": token.name})
    return redirect("settings:tokens")


def _page(request: HttpRequest, form: TokenForm, *, status: int = 200) -> HttpResponse:
    return render(
        request,
        "settings/tokens.html",
        {"tokens": tokens(), "form": form, "now": clock.wall()},
        status=status,
    )
