"""What people tell stock."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from shundan.stages.stock.queries import warehouses


class MoveForm(forms.Form):
    """Units received, counted or written off at one item."""

    units = forms.IntegerField(label=_("Units"), min_value=0, max_value=1_000_000)
    warehouse = forms.ChoiceField(label=_("Warehouse"))
    bin = forms.CharField(label=_("Bin"), max_length=24, required=False)
    note = forms.CharField(label=_("Remark"), max_length=200, required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [(row.code, f"{row.code} · {row.name}") for row in warehouses()]
        self.fields["warehouse"].choices = choices  # type: ignore[attr-defined]


class ItemForm(forms.Form):
    """What is known of an item; an empty field leaves what is known."""

    sku = forms.CharField(label=_("SKU"), max_length=80)
    name_zh = forms.CharField(label=_("Chinese name"), max_length=300, required=False)
    name_en = forms.CharField(label=_("English name"), max_length=300, required=False)
    barcode = forms.CharField(label=_("Barcode"), max_length=80, required=False)
    weight_g = forms.IntegerField(label=_("Weight (g)"), min_value=1, max_value=100_000, required=False)
    cost = forms.CharField(label=_("Cost per unit"), max_length=20, required=False)
    buffer = forms.IntegerField(label=_("Buffer (never sold)"), min_value=0, max_value=100_000, required=False)


class LinkForm(forms.Form):
    """Which item a listing sells."""

    item = forms.CharField(label=_("Item (our SKU)"), max_length=80)
    units_per_sale = forms.IntegerField(label=_("Units per sale"), min_value=1, max_value=1000, initial=1)
