"""Which one stage applies the snapshots of a kind, and what a webhook's type makes us want."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# kind -> the app whose step applies its snapshots. A test holds that each has exactly one.
APPLIED_BY: dict[str, str] = {
    "order": "orders",
    "package": "packing",
    "cancellation": "aftersales",
    "return": "aftersales",
    "listing": "stock",
    "warehouse": "stock",
    "conversation": "conversations",
    "tracking": "tracking",
    "statement": "money",
    "score": "feedback",
}

# webhook type -> (event name, [(kind, field of `data` that holds the id)])
_O, _P, _C = ("order", "order_id"), ("listing", "product_id"), ("conversation", "conversation_id")
WEBHOOKS: dict[int, tuple[str, tuple[tuple[str, str], ...]]] = {
    1: ("ORDER_STATUS_CHANGE", (_O,)),
    2: ("REVERSE_STATUS_UPDATE", (_O,)),
    3: ("RECIPIENT_ADDRESS_UPDATE", (_O,)),
    4: ("PACKAGE_UPDATE", ()),  # packages and orders stand in a list
    5: ("PRODUCT_STATUS_CHANGE", (_P,)),
    6: ("SELLER_DEAUTHORIZATION", ()),
    7: ("UPCOMING_AUTHORIZATION_EXPIRATION", ()),
    11: ("CANCELLATION_STATUS_CHANGE", (_O, ("cancellation", "cancel_id"))),
    12: ("RETURN_STATUS_CHANGE", (_O, ("return", "return_id"))),
    13: ("NEW_CONVERSATION", (_C,)),
    14: ("NEW_MESSAGE", (_C,)),
    15: ("PRODUCT_INFORMATION_CHANGE", (_P,)),
    16: ("PRODUCT_CREATION", (_P,)),
    18: ("PRODUCT_CATEGORY_CHANGE", (_P,)),
    27: ("INVENTORY_STATUS_CHANGE", (_P,)),
    33: ("NEW_MESSAGE_LISTENER", (_C,)),
    36: ("INVOICE_STATUS_CHANGE", (("package", "package_id"),)),
    37: ("PRODUCT_AUDIT_STATUS_CHANGE", (_P,)),
    50: ("SKU_STATUS_CHANGE", (_P,)),
}
# What we ask the platform to tell a shop's news about.
SUBSCRIBED = (
    "ORDER_STATUS_CHANGE", "RECIPIENT_ADDRESS_UPDATE", "PACKAGE_UPDATE", "CANCELLATION_STATUS_CHANGE",
    "RETURN_STATUS_CHANGE", "NEW_CONVERSATION", "NEW_MESSAGE", "PRODUCT_STATUS_CHANGE", "PRODUCT_INFORMATION_CHANGE",
    "PRODUCT_CREATION", "INVOICE_STATUS_CHANGE", "SELLER_DEAUTHORIZATION", "UPCOMING_AUTHORIZATION_EXPIRATION",
)  # fmt: skip
DEAUTHORISED, EXPIRING, PACKAGES = 6, 7, 4


def wanted_by(kind: int, told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the (kind, outside id) pairs a webhook makes us want; raise KeyError when an id is missing."""
    if kind == PACKAGES:
        rows = told.get("package_list") or []
        packages = [("package", str(row["package_id"])) for row in rows]
        orders = [("order", str(key)) for row in rows for key in row.get("order_id_list") or []]
        return list(dict.fromkeys([*packages, *orders]))
    pairs = []
    for want_kind, field in WEBHOOKS[kind][1]:
        value = told[field]
        if value in (None, "", 0):
            raise KeyError(field)
        pairs.append((want_kind, str(value)))
    return pairs
