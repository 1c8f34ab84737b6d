"""Settings › Shops: how each shop is connected, connecting, pausing, and our own app."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shundan.core.errors import NotFound, Refused
from shundan.core.rights import Right
from shundan.desk.settings import actions, queries
from shundan.desk.settings.forms import AppForm, ChooseForm, add_refusal, app_facts, refusal_sentence
from shundan.edges.channels.actions.connecting import AppDraft
from shundan.edges.channels.queries import apps, find_app, offers
from shundan.ground.lib import clock
from shundan.ground.shops.queries import find_shop
from shundan.ground.staff.logins import needs


@needs(Right.SETTINGS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Settings begin with the shops."""
    return redirect("settings:shops")


@needs(Right.SETTINGS)
@require_safe
def list_shops(request: HttpRequest) -> HttpResponse:
    """Show every shop in scope, its connection and our apps; `?app=` fills the form with a stored one."""
    wanted = request.GET.get("app", "")
    app = find_app(wanted) if wanted else None
    return _page(request, AppForm(initial=app_facts(app) if app else None))


@needs(Right.SETTINGS)
@require_POST
def connect(request: HttpRequest) -> HttpResponse:
    """Begin connecting a shop: shows the way to TikTok Shop, where the seller agrees."""
    try:
        address = actions.connect_shop(request.POST.get("app_key", ""), by=request.who, now=clock.now())
    except Refused as refusal:
        messages.error(request, refusal_sentence(refusal))
        return redirect("settings:shops")
    # A link, not a redirect: the content policy lets no form lead to another site.
    return render(request, "settings/connect.html", {"address": address})


@needs(Right.SETTINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, key: int) -> HttpResponse:
    """Show the shops a consent opens and connect those that are chosen."""
    offer = next(iter(offers(key)), None)
    if offer is None:
        raise NotFound(_("There is no such consent."), remedy=_("Begin connecting again."))
    open_shops = [shop for shop in offer.shops if not shop.connected]
    form = ChooseForm(request.POST if request.method == "POST" else None, offered=open_shops)
    if form.is_valid():
        chosen, days = form.cleaned_data["shops"], form.cleaned_data["history_days"]
        shops = actions.choose_shops(key, chosen, history_days=days, by=request.who)
        said = ngettext("%(count)d shop is connected.", "%(count)d shops are connected.", len(shops))
        messages.success(
            request, f"{said % {'count': len(shops)}} {_('Its orders are being fetched, the newest first.')}"
        )
        return redirect("settings:shops")
    context = {"offer": offer, "open_shops": open_shops, "form": form}
    return render(request, "settings/choose.html", context, status=422 if form.is_bound else 200)


@needs(Right.SETTINGS)
@require_POST
def pause(request: HttpRequest, shop: str) -> HttpResponse:
    """Stop everything that goes out for one shop."""
    found = find_shop(shop, who=request.who)
    actions.pause_shop(found, by=request.who, now=clock.now())
    messages.success(request, _("%(shop)s is paused: nothing is sent for it.") % {"shop": found.name})
    return redirect("settings:shops")


@needs(Right.SETTINGS)
@require_POST
def resume(request: HttpRequest, shop: str) -> HttpResponse:
    """Let one shop send again."""
    found = find_shop(shop, who=request.who)
    actions.resume_shop(found, by=request.who, now=clock.now())
    messages.success(request, _("%(shop)s sends again.") % {"shop": found.name})
    return redirect("settings:shops")


@needs(Right.SETTINGS)
@require_POST
def store_app(request: HttpRequest) -> HttpResponse:
    """Keep the credentials of our own app."""
    form = AppForm(request.POST)
    if form.is_valid():
        try:
            actions.keep_app(AppDraft(**form.cleaned_data), by=request.who, now=clock.now())
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The app is stored. Connect a shop with it now."))
            return redirect("settings:shops")
    return _page(request, form, status=422)


def _page(request: HttpRequest, form: AppForm, *, status: int = 200) -> HttpResponse:
    now = clock.now()
    standings = queries.shop_standings(request.who, now=now)
    context = {
        "standings": standings,
        "is_connected": any(one.connection for one in standings),
        "histories": queries.histories(request.who, now=now),
        "offers": [offer for offer in offers() if offer.waiting],
        "apps": list(apps()),
        "addresses": queries.own_addresses(),
        "form": form,
        "now": now,
    }
    return render(request, "settings/shops.html", context, status=status)
