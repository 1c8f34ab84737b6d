"""Forms of Settings, and how a refusal is written beside its field in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.core.errors import Refused
from shundan.core.rights import Role
from shundan.edges.channels.queries import App, OfferedShop
from shundan.ground.shops.queries import Shop

ROLE_WORDS: dict[str, str | Promise] = {
    Role.OWNER.value: _("owner"),
    Role.CLERK.value: _("clerk"),
    Role.PACKER.value: _("packer"),
    Role.SERVICE.value: _("service"),
    Role.ACCOUNTANT.value: _("accountant"),
    Role.VIEWER.value: _("viewer"),
}
VERB_WORDS: dict[str, str | Promise] = {
    "create_person": _("was added"),
    "set_role": _("got another role"),
    "set_scope": _("got another scope"),
    "set_refund_limit": _("got another refund limit"),
    "deactivate_person": _("was deactivated"),
    "reactivate_person": _("was let in again"),
    "issue_login_link": _("got a login link"),
    "set_password": _("set a password"),
    "change_password": _("changed the password"),
    "log_in": _("signed in"),
    "log_out": _("signed out"),
    "fail_login": _("a wrong password was tried"),
    "lock_out": _("was locked for a while"),
    "add_second_factor": _("added a second factor"),
    "remove_second_factor": _("removed the second factor"),
}
_SENTENCES: dict[str, str | Promise] = {
    "username_taken": _("There is already somebody of this name. Choose another name."),
    "bad_username": _("A username has letters, digits and . + - _ only. Write it like li.na."),
    "last_owner": _("This is the last owner. Make somebody else an owner first."),
    "not_yourself": _("You cannot deactivate yourself. Ask another owner to do it."),
    "already_over": _("The token would have expired already. Choose a later day."),
    "beyond_scope": _("This scope reaches beyond your own. Choose among your own shops and warehouses."),
    "no_second_factor": _("There is no second factor."),
    "history_done": _("The history of this shop goes that far back already."),
    "no_app": _("There is no app yet. Store the app key and secret from Partner Center first."),
}


def refusal_sentence(refusal: Refused) -> str:
    """Return what to tell the person: in their language where the refusal is a known one."""
    return str(_SENTENCES.get(refusal.code, "")) or f"{refusal.message} {refusal.remedy}".strip()


def add_refusal(form: forms.Form, refusal: Refused) -> None:
    """Write the refusal beside the field it names, or above the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal_sentence(refusal))


class ScopeForm(forms.Form):
    """Role and scope, for people and tokens alike. Nothing chosen means everything."""

    role = forms.ChoiceField(label=_("Role"), choices=list(ROLE_WORDS.items()))
    shops = forms.MultipleChoiceField(
        label=_("Shops"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all shops."),
    )
    warehouses = forms.CharField(
        label=_("Warehouses"),
        required=False,
        max_length=200,
        help_text=_("Codes with commas between them; empty: all warehouses."),
    )

    def __init__(self, *args: Any, shops: Iterable[Shop] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shops"].choices = [(str(shop.pk), f"{shop.region} {shop.name}") for shop in shops]  # type: ignore[attr-defined]

    def clean_shops(self) -> list[int]:
        return [int(key) for key in self.cleaned_data["shops"]]

    def clean_warehouses(self) -> list[str]:
        return [code.strip() for code in self.cleaned_data["warehouses"].replace("，", ",").split(",") if code.strip()]


class NewPersonForm(ScopeForm):
    """Somebody new: they come in by a link and choose a password themselves."""

    username = forms.CharField(label=_("Username"), max_length=150)
    field_order = ("username", "role", "shops", "warehouses")


class PersonForm(ScopeForm):
    """Role, scope and refund limit of somebody who works here."""

    refund_limit_minor = forms.IntegerField(
        label=_("Refund limit"),
        min_value=0,
        required=False,
        help_text=_("In the smallest unit of the order's currency (cents); 0: no limit."),
    )


class TokenForm(ScopeForm):
    """A token for a program."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What the program is called."))
    expires_on = forms.DateField(
        label=_("Expires on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: never."),
    )
    field_order = ("name", "role", "shops", "warehouses", "expires_on")


CONSENT_PAGES = {
    "row": "https://services.tiktokshop.com/open/authorize",
    "us": "https://services.tiktokshops.us/open/authorize",
}


class AppForm(forms.Form):
    """Our app at TikTok Shop, from its page in Partner Center."""

    app_key = forms.CharField(label=_("App key"), max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    secret = forms.CharField(
        label=_("App secret"),
        max_length=200,
        required=False,
        # "new-password": else a browser fills in the password of whoever is signed in.
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text=_("Kept encrypted and never shown again; empty: the stored one stays."),
    )
    service_id = forms.CharField(
        label=_("Service id"), max_length=64, required=False, help_text=_("Part of the authorisation link.")
    )
    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    sellers = forms.ChoiceField(
        label=_("Sellers"),
        required=False,
        choices=[("", _("as stored, else outside the US")), ("row", _("outside the US")), ("us", _("in the US"))],
        help_text=_("Where the seller agrees: TikTok Shop has a page of its own for sellers in the US."),
    )
    authorise_url = forms.URLField(
        label=_("Authorisation address"),
        required=False,
        assume_scheme="https",
        help_text=_("Only if Partner Center shows another one; without what follows the question mark."),
    )

    def clean(self) -> dict[str, Any]:
        """Let the market decide where the seller agrees, unless an address is given."""
        told = super().clean() or {}
        page = CONSENT_PAGES.get(str(told.pop("sellers", "")), "")
        told["authorise_url"] = told.get("authorise_url") or page
        return told


def app_facts(app: App) -> dict[str, str]:
    """Return what the form shows of a stored app: everything but the secret."""
    market = next((name for name, page in CONSENT_PAGES.items() if page == app.authorise_url), "")
    return {
        "app_key": app.app_key,
        "service_id": app.service_id,
        "name": app.name,
        "sellers": market,
        "authorise_url": "" if market else app.authorise_url,
    }


class ChooseForm(forms.Form):
    """Which of the shops a consent opens this desk shall work for, and how far back their history goes."""

    shops = forms.MultipleChoiceField(
        label=_("Shops"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one shop.")},
    )
    history_days = forms.TypedChoiceField(
        label=_("History"),
        coerce=int,
        initial=90,
        choices=[(7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (365, _("a year"))],
        help_text=_("Fetched newest first while you work already; it can be paused, and extended later."),
    )

    def __init__(self, *args: Any, offered: Iterable[OfferedShop] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = [(shop.shop_id, f"{shop.region} · {shop.name} · {shop.shop_id}") for shop in offered]
        self.fields["shops"].choices = words  # type: ignore[attr-defined]
        self.fields["shops"].initial = [key for key, _words in words]


class WarehouseForm(forms.Form):
    """A warehouse of ours."""

    code = forms.CharField(label=_("Code"), max_length=16, help_text=_("Short, as printed on shelves: DG-1."))
    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    priority = forms.IntegerField(
        label=_("Priority"),
        required=False,
        initial=0,
        min_value=-999,
        max_value=999,
        help_text=_("The highest is used where nothing else is said."),
    )
