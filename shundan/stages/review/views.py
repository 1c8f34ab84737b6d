"""What the checks of each shop compare with."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shundan.core.checks import CHECKS, Thresholds
from shundan.core.errors import Refused
from shundan.core.rights import Right
from shundan.ground.lib import clock
from shundan.ground.shops.queries import find_shop, shops_seen_by
from shundan.ground.staff.logins import needs
from shundan.stages.review import actions, queries
from shundan.stages.review.forms import ThresholdForm


@needs(Right.SETTINGS)
@require_safe
def checks(request: HttpRequest) -> HttpResponse:
    """Show each shop's limits."""
    shops = shops_seen_by(request.who)
    limits = queries.thresholds_of(shop.pk for shop in shops)
    rows = [(shop, ThresholdForm(initial=vars(limits[shop.pk]), prefix=shop.shop_id)) for shop in shops]
    return render(request, "review/checks.html", {"rows": rows, "checks": CHECKS})


@needs(Right.SETTINGS)
@require_POST
def keep(request: HttpRequest, shop: str) -> HttpResponse:
    """Keep a shop's limits."""
    found, form = find_shop(shop, who=request.who), ThresholdForm(request.POST, prefix=shop)
    if not form.is_valid():
        messages.error(request, _("These limits make no sense."))
        return redirect("review:checks")
    told = form.cleaned_data
    limits = Thresholds(
        told["price_below_percent"], told["unusual_quantity"], told["duplicate_hours"], frozenset(told["off"])
    )
    try:
        actions.keep_thresholds(found.pk, limits, by=request.who, now=clock.now())
    except Refused as refusal:
        messages.error(request, f"{refusal.message} {refusal.remedy}")
    else:
        messages.success(request, _("Kept: it counts from the next order on."))
    return redirect("review:checks")
