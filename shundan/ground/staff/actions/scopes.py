"""Nobody gives away more than they have: a scoped person grants scopes within their own."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import NotAllowed
from shundan.ground.staff.models import ApiToken, Person


def check_scope(by: Who, *, shop_keys: Iterable[int], warehouses: Iterable[str]) -> None:
    """Raise NotAllowed when the scope reaches beyond that of who grants it; naming none means all."""
    for own, given, field in (
        (by.shop_keys, frozenset(shop_keys), "shops"),
        (by.warehouses, frozenset(warehouses), "warehouses"),
    ):
        if own is not None and (not given or not given <= own):
            raise NotAllowed(
                _("This scope reaches beyond your own."),
                code="beyond_scope",
                field=field,
                remedy=_("Choose among your own shops and warehouses, or ask an owner without limits."),
            )


def check_reach(by: Who, owner: Person | ApiToken) -> None:
    """Raise NotAllowed when a person or token reaches beyond the scope of who wants to change it, or pass as it."""
    if by.shop_keys is None and by.warehouses is None:
        return
    check_scope(by, shop_keys=owner.shops.values_list("pk", flat=True), warehouses=owner.warehouses)
