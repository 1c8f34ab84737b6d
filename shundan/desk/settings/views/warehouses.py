"""Settings › Warehouses: ours, and which of them a shop's platform warehouse is."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shundan.core.errors import Refused
from shundan.core.rights import Right
from shundan.desk.settings.forms import WarehouseForm, add_refusal, refusal_sentence
from shundan.ground.lib import clock
from shundan.ground.shops.queries import find_shop
from shundan.ground.staff.logins import needs
from shundan.stages.stock import actions
from shundan.stages.stock.queries.places import warehouse_links, warehouses


@needs(Right.SETTINGS)
@require_safe
def list_warehouses(request: HttpRequest) -> HttpResponse:
    """Show our warehouses and the platform's, with the links between them."""
    return _page(request, WarehouseForm())


@needs(Right.SETTINGS)
@require_POST
def keep_warehouse(request: HttpRequest) -> HttpResponse:
    """Make a warehouse, or rename the one with this code."""
    form = WarehouseForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            actions.keep_warehouse(
                told["code"], told["name"], by=request.who, now=clock.now(), priority=told["priority"] or 0
            )
        except Refused as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Warehouse %(code)s is kept.") % {"code": told["code"]})
            return redirect("settings:warehouses")
    return _page(request, form, status=422)


@needs(Right.SETTINGS)
@require_POST
def link_warehouse(request: HttpRequest) -> HttpResponse:
    """Say which of ours a platform warehouse is."""
    told = request.POST
    try:
        shop = find_shop(told.get("shop", ""), who=request.who)
        outside = told.get("channel_warehouse_id", "")
        if outside not in {one.channel_warehouse_id for one in warehouse_links(request.who) if one.shop_id == shop.pk}:
            raise Refused(_("There is no such platform warehouse."), remedy=_("Reload the page."))
        actions.link_warehouse(shop.pk, outside, told.get("warehouse", ""), by=request.who, now=clock.now())
    except Refused as refusal:
        messages.error(request, refusal_sentence(refusal))
    else:
        messages.success(request, _("Linked. New orders use it at once."))
    return redirect("settings:warehouses")


def _page(request: HttpRequest, form: WarehouseForm, *, status: int = 200) -> HttpResponse:
    context = {"warehouses": warehouses(), "links": warehouse_links(request.who), "form": form}
    return render(request, "settings/warehouses.html", context, status=status)
