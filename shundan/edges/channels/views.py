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
from shundan.edges.channels.actions import complete_connect
from shundan.ground.staff.logins import needs


@never_cache
@require_safe
@needs(Right.SETTINGS)
def tiktok_callback(request: HttpRequest) -> HttpResponse:
    """Take the code that came back, connect the shops, and go on to Settings › Shops with what happened."""
    try:
        shops = complete_connect(request.GET.get("state", ""), request.GET.get("code", ""), by=request.who)
    except Refused as refusal:
        messages.error(request, f"{refusal.message} {refusal.remedy}")
    except Unavailable:
        messages.error(
            request,
            _("TikTok Shop does not answer at the moment. What was agreed is kept; look again in a minute."),
        )
    except Broken as error:
        messages.error(request, _("TikTok Shop refused: %(reason)s") % {"reason": error.message})
    else:
        count = len(shops)
        said = ngettext("%(count)d shop is connected.", "%(count)d shops are connected.", count) % {"count": count}
        messages.success(request, f"{said} {_('Its orders are being fetched, the newest first.')}")
    return redirect("/settings/shops/")
