"""The form by which a file comes in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

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
