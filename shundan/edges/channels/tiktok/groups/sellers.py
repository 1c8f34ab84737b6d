"""Authorization and seller."""

from __future__ import annotations

from shundan.edges.channels.tiktok.client import call
from shundan.edges.channels.tiktok.groups.answers import Reached, Row, rows_of


def authorised_shops(shop: Reached) -> list[Row]:
    """Return the shops this token opens: id, name, region, seller_type, cipher."""
    return rows_of(call(shop, "shop.list"), "shops")


def deauthorise(shop: Reached) -> None:
    """Give the shop back: our token no longer opens it."""
    call(shop, "shop.deauthorise")


def active_shops(shop: Reached) -> list[Row]:
    """Return the seller's shops that are open for business: id, region."""
    return rows_of(call(shop, "seller.active_shops"), "shops")


def permissions(shop: Reached) -> list[str]:
    """Return what the seller may do across markets."""
    return [str(name) for name in call(shop, "seller.permissions").get("permissions") or []]


def shop_group(shop: Reached) -> Row:
    """Return the group the seller's shops belong to."""
    return dict(call(shop, "seller.shop_group").get("shop_group_data") or {})
