"""Reads of shops, within somebody's scope."""

from __future__ import annotations

from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import NotFound
from shundan.ground.shops.models import Shop


def all_shops() -> list[Shop]:
    """Return every shop, oldest first."""
    return list(Shop.objects.all())


def shops_seen_by(who: Who | None) -> list[Shop]:
    """Return the shops in somebody's scope, oldest first."""
    return [shop for shop in Shop.objects.all() if who is None or who.sees_shop(shop.pk)]


def shop_by_key(key: int) -> Shop:
    return Shop.objects.get(pk=key)


def find_shop(shop_id: str, *, who: Who | None = None) -> Shop:
    """Return the shop with the platform's id; raise NotFound outside the scope as if there were none."""
    shop = Shop.objects.filter(shop_id=shop_id).first()
    if shop is None or (who is not None and not who.sees_shop(shop.pk)):
        raise NotFound(
            _("There is no shop %(shop_id)s.") % {"shop_id": shop_id},
            field="shop",
            remedy=_("Choose a shop from Settings › Shops."),
        )
    return shop
