"""What a person may choose for themselves."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.core.rights import Right as R

RIGHT_WORDS: dict[R, str | Promise] = {
    R.SEE_DESK: _("see Today, search and notices"),
    R.SEE_ORDER: _("see orders"),
    R.SEE_BUYER: _("see names, phones and addresses in full"),
    R.SEE_MONEY: _("see money"),
    R.SEE_STOCK: _("see stock"),
    R.SEE_PARCEL: _("see parcels"),
    R.SEE_CASE: _("see cases"),
    R.SEE_CONVERSATION: _("see conversations"),
    R.SEE_INSIGHT: _("see Insight"),
    R.APPROVE: _("let orders pass"),
    R.HOLD: _("hold and release orders"),
    R.CANCEL: _("cancel orders"),
    R.STOCK: _("change stock"),
    R.PACK: _("pack"),
    R.SHIP: _("print labels and hand over"),
    R.TRACK: _("work on parcels in trouble"),
    R.ANSWER: _("write to buyers"),
    R.CASE: _("work on cases"),
    R.REFUND: _("refund, up to a limit"),
    R.RATE: _("work on ratings and problems"),
    R.MONEY: _("work on money"),
    R.IMPORT: _("import files"),
    R.EXPORT: _("export lists"),
    R.SETTINGS: _("change settings"),
    R.STAFF: _("look after staff and tokens"),
    R.SYSTEM: _("look after the system"),
}
ZONES = (
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Singapore",
    "Asia/Jakarta",
    "Asia/Bangkok",
    "Asia/Ho_Chi_Minh",
    "Asia/Kuala_Lumpur",
    "Asia/Manila",
    "Asia/Tokyo",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Paris",
    "Europe/Madrid",
    "Europe/Rome",
    "Europe/Dublin",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/Sao_Paulo",
    "UTC",
)


class ProfileForm(forms.Form):
    """Language, theme and time zone of one person."""

    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As the browser asks")), *settings.LANGUAGES]
    )
    theme = forms.ChoiceField(
        label=_("Theme"),
        required=False,
        choices=[("", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))],
    )
    zone = forms.ChoiceField(label=_("Time zone"), choices=[(zone, zone.replace("_", " ")) for zone in ZONES])


class SignInForm(allauth.LoginForm):
    """Name and password; without the package's link to a reset by e-mail, which this desk does not send."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
