"""What people tell the checks of a shop."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from shundan.core.checks import CHECKS, NEVER_WAIVED

CHECK_WORDS = {
    "cancel_request": _("Cancel request"),
    "price": _("Price too low"),
    "address": _("Address"),
    "duplicate": _("Perhaps a duplicate"),
    "blocked_buyer": _("Blocked buyer"),
    "quantity": _("Unusual quantity"),
    "buyer_note": _("Buyer's note"),
}


class ThresholdForm(forms.Form):
    """What one shop's checks compare with."""

    price_below_percent = forms.IntegerField(
        label=_("Hold when sold more than … % below the listing"), min_value=1, max_value=99
    )
    unusual_quantity = forms.IntegerField(label=_("Hold from … units of one SKU"), min_value=2, max_value=100_000)
    duplicate_hours = forms.IntegerField(label=_("The same order again within … hours"), min_value=0, max_value=720)
    off = forms.MultipleChoiceField(
        label=_("Checks this shop does not want"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(one.key, CHECK_WORDS.get(one.key, one.key)) for one in CHECKS if one.key not in NEVER_WAIVED],
    )
