"""The forms by which a file comes in, or an order is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.core.facts import AddressFacts
from shundan.desk.imports.actions import EnteredLine, EnteredOrder
from shundan.ground.shops.actions import MARKETS
from shundan.ground.shops.queries import Shop

NEW = "new"


class UploadForm(forms.Form):
    """A file, the shop it belongs to, and what only a person can know about it."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("XLSX, CSV or text, as Seller Center, Shopify, ShipStation or your ERP wrote it; at most 100 MB."),
    )
    shop = forms.ChoiceField(label=_("Shop"))
    region = forms.ChoiceField(
        label=_("Market of the new shop"),
        required=False,
        help_text=_("Only for a new shop: it decides currency and time zone."),
    )
    name = forms.CharField(label=_("Name of the new shop"), required=False, max_length=120)
    dates = forms.ChoiceField(
        label=_("Dates in the file"),
        required=False,
        choices=[
            ("", _("decided by the file")),
            ("mdy", _("month first: 11/23/2026")),
            ("dmy", _("day first: 23/11/2026")),
        ],
    )

    def __init__(self, *args: Any, shops: list[Shop], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shops = {shop.shop_id: shop for shop in shops if shop.channel != "local"}
        known = [(shop.shop_id, f"{shop.name} · {shop.region}") for shop in self.shops.values()]
        shop, region = self.fields["shop"], self.fields["region"]
        assert isinstance(shop, forms.ChoiceField) and isinstance(region, forms.ChoiceField)
        shop.choices = [*known, (NEW, _("a new shop, known by files only"))]
        region.choices = [("", "—"), *((code, code) for code in sorted(MARKETS))]
        self.fields["file"].widget.attrs["accept"] = ".xlsx,.xls,.csv,.txt,.tsv"

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("shop") == NEW and not told.get("region"):
            self.add_error("region", _("Choose the market of the new shop."))
        return told

    @property
    def chosen_shop(self) -> Shop | None:
        return self.shops.get(self.cleaned_data["shop"])


class EntryForm(forms.Form):
    """An order as a person types it: where it goes, and what else is known; its lines are forms of their own."""

    shop = forms.ChoiceField(label=_("Shop"))
    order_id = forms.CharField(
        label=_("Order id"), required=False, max_length=32, help_text=_("Left empty, a number is given.")
    )
    is_paid = forms.BooleanField(label=_("Paid: it can be shipped"), required=False, initial=True)
    recipient = forms.CharField(label=_("Recipient"), max_length=120)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    line_1 = forms.CharField(label=_("Address"), max_length=200)
    line_2 = forms.CharField(label=_("Address, second line"), required=False, max_length=200)
    city = forms.CharField(label=_("City"), max_length=120)
    state = forms.CharField(label=_("State or province"), required=False, max_length=120)
    postal_code = forms.CharField(label=_("Postal code"), required=False, max_length=20)
    region = forms.ChoiceField(label=_("Country"))
    shipping = forms.CharField(label=_("Shipping paid by the buyer"), required=False, max_length=20)
    note = forms.CharField(label=_("Remark"), required=False, max_length=500)

    def __init__(self, *args: Any, shops: list[Shop], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shops = {shop.shop_id: shop for shop in shops if shop.channel == "files"}
        shop, region = self.fields["shop"], self.fields["region"]
        assert isinstance(shop, forms.ChoiceField) and isinstance(region, forms.ChoiceField)
        shop.choices = [(one.shop_id, f"{one.name} · {one.region}") for one in self.shops.values()]
        region.choices = [(code, code) for code in sorted(MARKETS)]
        region.initial = next((one.region for one in self.shops.values()), "US")

    @property
    def chosen_shop(self) -> Shop:
        return self.shops[self.cleaned_data["shop"]]

    def entered(self, lines: list[dict[str, Any]]) -> EnteredOrder:
        """Return the order that this form and the forms of its lines hold."""
        told = self.cleaned_data
        address = AddressFacts(
            name=told["recipient"], phone=told["phone"], region=told["region"], postal_code=told["postal_code"],
            state=told["state"], city=told["city"], lines=tuple(filter(None, (told["line_1"], told["line_2"]))),
        )  # fmt: skip
        return EnteredOrder(
            tuple(EnteredLine(one["seller_sku"], one["quantity"], one["price"], one["title"]) for one in lines),
            order_id=told["order_id"], is_paid=told["is_paid"], shipping=told["shipping"], note=told["note"],
            address=address,
        )  # fmt: skip


def _box(label: str | Promise, size: int, mode: str = "text") -> forms.TextInput:
    return forms.TextInput(attrs={"size": size, "inputmode": mode, "aria-label": label})


class LineForm(forms.Form):
    """One line of an order as a person types it; an empty one is left out."""

    seller_sku = forms.CharField(max_length=32, widget=_box(_("SKU"), 12))
    title = forms.CharField(required=False, max_length=300, widget=_box(_("Title"), 20))
    quantity = forms.IntegerField(min_value=1, max_value=100_000, widget=_box(_("Quantity"), 4, "numeric"))
    price = forms.CharField(required=False, max_length=20, widget=_box(_("Price per unit"), 7, "decimal"))


LineForms = forms.formset_factory(LineForm, extra=4, min_num=1, validate_min=True, max_num=100, absolute_max=100)
