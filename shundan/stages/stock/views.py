"""Pages of stock: items, one item with its ledger, listings."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shundan.core.errors import NotFound, Refused
from shundan.core.money import to_minor
from shundan.core.rights import Right, may
from shundan.ground.lib import clock
from shundan.ground.look.views import render_detail, render_list
from shundan.ground.shops.queries import all_shops
from shundan.ground.staff.actions import do_once
from shundan.ground.staff.logins import needs
from shundan.stages.stock import actions, queries
from shundan.stages.stock.forms import ItemForm, LinkForm, MoveForm
from shundan.stages.stock.models import Item, Listing
from shundan.stages.stock.queries.lists import ITEMS, LISTINGS, REASON_WORDS


@needs(Right.SEE_STOCK)
@require_safe
def items(request: HttpRequest) -> HttpResponseBase:
    """Show every item with what is on hand, reserved, expected and available."""
    return render_list(request, ITEMS, queries.items_in_list(), template="stock/items.html")


@needs(Right.SEE_STOCK)
@require_safe
def item(request: HttpRequest, sku: str) -> HttpResponse:
    """Show one item: levels, listings, ledger, and the forms to change it."""
    return _item_page(request, queries.find_item(sku), MoveForm())


def _item_page(request: HttpRequest, found: Item, form: forms.Form, *, status: int = 200) -> HttpResponse:
    context = {
        "item": found, "levels": queries.levels([found.pk]).get(found.pk, []), "form": form,
        "stand": queries.available([found.pk])[found.pk], "listings": queries.listings_of_item(found.pk),
        "ledger": _ledger(found), "may_stock": may(str(request.who.role), Right.STOCK),
        "may_money": may(str(request.who.role), Right.SEE_MONEY),
    }  # fmt: skip
    return render_detail(request, "stock/item.html", context, status=status)


def _ledger(found: Item) -> list[tuple[object, object]]:
    return [(row, REASON_WORDS.get(row.reason, row.reason)) for row in queries.ledger_of(found.pk)]


@needs(Right.STOCK)
@require_POST
def change(request: HttpRequest, sku: str, act: str) -> HttpResponse:
    """Receive, count or write off units of an item."""
    found, form = queries.find_item(sku), MoveForm(request.POST)
    if not form.is_valid():
        return _item_page(request, found, form, status=422)
    told, by, now = form.cleaned_data, request.who, clock.now()
    place = {"warehouse": told["warehouse"], "by": by, "now": now, "note": told["note"]}
    acts: dict[str, Callable[[], object]] = {
        "receive": lambda: actions.receive_units(found, told["units"], bin=told["bin"], **place),
        "count": lambda: actions.count_bin(found, told["units"], bin=told["bin"], **place),
        "write-off": lambda: actions.write_off(found, told["units"], **place),
    }
    if act not in acts:
        raise NotFound(_("There is no such action."))
    sent = request.POST.get("once", "")
    return _try(request, lambda: do_once(by, sent, acts[act]), _("Booked."), redirect("stock:item", sku))


@needs(Right.STOCK)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, sku: str = "") -> HttpResponse:
    """Make an item, or change what is known of it."""
    found = queries.find_item(sku) if sku else None
    names = ("sku", "name_zh", "name_en", "barcode", "weight_g", "buffer")
    form = ItemForm(request.POST or None, initial={name: getattr(found, name) for name in names} if found else {})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        draft = actions.ItemDraft(
            sku or told["sku"], told["name_zh"], told["name_en"], told["barcode"], told["weight_g"],
            to_minor(told["cost"], settings.HOME_CURRENCY) if told["cost"] else None,
            settings.HOME_CURRENCY if told["cost"] else None, told["buffer"],
        )  # fmt: skip
        return _try(request, lambda: actions.keep_item(draft, by=request.who, now=clock.now()), _("Kept."),
                    redirect("stock:item", sku or told["sku"].strip()))  # fmt: skip
    return render(request, "stock/edit.html", {"form": form, "item": found}, status=422 if form.errors else 200)


@needs(Right.SEE_STOCK)
@require_safe
def listings(request: HttpRequest) -> HttpResponseBase:
    """Show every listing and the item it sells."""
    return render_list(request, LISTINGS, queries.listings_seen_by(request.who), template="stock/listings.html")


@needs(Right.SEE_STOCK)
@require_safe
def listing(request: HttpRequest, shop: str, sku_id: str) -> HttpResponse:
    """Show one listing and what it is linked to."""
    found = _listing(request, shop, sku_id)
    form = LinkForm(
        initial={"item": found.item.sku if found.item else found.seller_sku, "units_per_sale": found.units_per_sale}
    )
    return render_detail(
        request,
        "stock/listing.html",
        {"listing": found, "form": form, "may_stock": may(str(request.who.role), Right.STOCK)},
    )


@needs(Right.STOCK)
@require_POST
def link(request: HttpRequest, shop: str, sku_id: str) -> HttpResponse:
    """Link a listing to an item."""
    found, form = _listing(request, shop, sku_id), LinkForm(request.POST)
    back = redirect("stock:listing", shop, sku_id)
    if not form.is_valid():
        messages.error(request, _("Write the item's SKU and how many units one sale takes."))
        return back

    def work() -> None:
        wanted = queries.find_item(form.cleaned_data["item"].strip())
        actions.link_listing(
            found, wanted, by=request.who, now=clock.now(), units_per_sale=form.cleaned_data["units_per_sale"]
        )

    return _try(request, work, _("Linked."), back)


@needs(Right.SEE_STOCK)
@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """Show our warehouses and which of the platform's each one is."""
    context = {"warehouses": queries.warehouses(), "links": queries.warehouse_links(request.who), "shops": all_shops(),
               "may_settings": may(str(request.who.role), Right.SETTINGS)}  # fmt: skip
    return render(request, "stock/places.html", context)


@needs(Right.SETTINGS)
@require_POST
def keep_place(request: HttpRequest) -> HttpResponse:
    """Make or rename a warehouse, or link one of the platform's to it."""
    told, by, now = request.POST, request.who, clock.now()

    def work() -> None:
        if told.get("link"):
            key = next((row for row in queries.warehouse_links(by) if str(row.pk) == told["link"]), None)
            if key is None:
                raise NotFound(_("There is no such warehouse of the platform."))
            actions.link_warehouse(key.shop_id, key.channel_warehouse_id, told.get("warehouse", ""), by=by, now=now)
        else:
            actions.keep_warehouse(told.get("code", ""), told.get("name", ""), by=by, now=now)

    return _try(request, work, _("Kept."), redirect("stock:places"))


def _listing(request: HttpRequest, shop: str, sku_id: str) -> Listing:
    found = queries.listings_seen_by(request.who).filter(shop__shop_id=shop, sku_id=sku_id).first()
    if found is None:
        raise NotFound(
            _("There is no listing %(sku_id)s.") % {"sku_id": sku_id}, remedy=_("Look for it in Stock › Listings.")
        )
    return found


def _try(request: HttpRequest, work: Callable[[], object], done: str, answer: HttpResponse) -> HttpResponse:
    try:
        work()
    except Refused as refusal:
        messages.error(request, f"{refusal.message} {refusal.remedy}".strip())
    else:
        messages.success(request, done)
    return answer
