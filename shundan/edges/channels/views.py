"""The way back from the seller's consent."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shundan.core.errors import Broken, Refused, Unavailable
from shundan.core.rights import Right
from shundan.edges.channels.actions import accept_code, list_offered
from shundan.edges.channels.queries import offers
from shundan.ground.staff.logins import needs


@never_cache
@require_safe
@needs(Right.SETTINGS)
def tiktok_callback(request: HttpRequest) -> HttpResponse:
    """Take the code that came back and go on to choosing among the shops it opens."""
    try:
        key = accept_code(request.GET.get("state", ""), request.GET.get("code", ""), by=request.who)
    except Refused as refusal:
        messages.error(request, f"{refusal.message} {refusal.remedy}".strip())
    except Unavailable:
        messages.error(request, _("TikTok Shop does not answer at the moment. Begin connecting again in a minute."))
    except Broken as error:
        messages.error(request, _("TikTok Shop refused: %(reason)s") % {"reason": error.message})
    else:
        return _go_on(request, key)
    return redirect("/settings/shops/")


def _go_on(request: HttpRequest, key: int) -> HttpResponse:
    """Show which shops the consent opens; those that were connected before work again already."""
    try:
        shops = list_offered(key, by=request.who)
    except (Unavailable, Broken) as error:
        told = _("The consent is kept, but its shops are not known yet: %(reason)s They are asked for again by itself.")
        messages.warning(request, told % {"reason": error.message})
        return redirect("/settings/shops/")
    if shops:
        count = len(shops)
        said = ngettext("%(count)d shop is connected again.", "%(count)d shops are connected again.", count)
        messages.success(request, f"{said % {'count': count}} {_('What had failed meanwhile is tried again now.')}")
    if any(offer.waiting or not offer.shops for offer in offers(key)):
        return redirect(f"/settings/shops/choose/{key}/")
    return redirect("/settings/shops/")
