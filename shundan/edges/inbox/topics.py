"""Which one stage applies the snapshots of a kind, and what each of the platform's 45 webhook types makes us do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

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


class Topic(NamedTuple):
    """A webhook type: its name; (kind, field of `data` that holds the id) it makes us want; sweeps it makes due."""

    event: str
    wants: tuple[tuple[str, str], ...] = ()
    sweeps: tuple[str, ...] = ()
    acts: bool = True


def _known(event: str) -> Topic:
    """A type that is kept, and changes nothing at an order desk."""
    return Topic(event, acts=False)


_O, _P, _C = ("order", "order_id"), ("listing", "product_id"), ("conversation", "conversation_id")
WEBHOOKS: dict[int, Topic] = {
    1: Topic("ORDER_STATUS_CHANGE", (_O,)),
    2: Topic("REVERSE_STATUS_UPDATE", (_O,), ("return", "cancellation")),  # legacy: it names no return
    3: Topic("RECIPIENT_ADDRESS_UPDATE", (_O,)),
    4: Topic("PACKAGE_UPDATE"),  # packages and orders stand in a list
    5: Topic("PRODUCT_STATUS_CHANGE", (_P,)),
    6: Topic("SELLER_DEAUTHORIZATION"),
    7: Topic("UPCOMING_AUTHORIZATION_EXPIRATION"),
    11: Topic("CANCELLATION_STATUS_CHANGE", (_O, ("cancellation", "cancel_id"))),
    12: Topic("RETURN_STATUS_CHANGE", (_O, ("return", "return_id"))),
    13: Topic("NEW_CONVERSATION", (_C,)),
    14: Topic("NEW_MESSAGE", (_C,)),
    15: Topic("PRODUCT_INFORMATION_CHANGE", (_P,)),
    16: Topic("PRODUCT_CREATION", (_P,)),
    17: _known("SHOPPABLE_CONTENT_POSTING"),
    18: Topic("PRODUCT_CATEGORY_CHANGE", (_P,)),
    19: _known("SIZE_CHART_CHANGE"),
    20: _known("CREATOR_DEAUTHORIZATION"),
    21: _known("INBOUND_FBT_ORDER_STATUS_CHANGE"),
    22: _known("FBT_MERCHANT_ONBOARDING"),
    23: _known("GOODS_MATCH"),
    24: _known("FBT_INVENTORY_UPDATE"),
    25: _known("OPPORTUNITY_MATCHING_STATUS_CHANGE"),
    27: Topic("INVENTORY_STATUS_CHANGE", (_P,)),
    33: _known("NEW_MESSAGE_LISTENER"),  # creators' messages: customer service does not know their conversations
    35: _known("TOKOPEDIA_MIRROR_STATUS_CHANGE"),
    36: Topic("INVOICE_STATUS_CHANGE", (("package", "package_id"),)),
    37: Topic("PRODUCT_AUDIT_STATUS_CHANGE", (_P,)),
    38: _known("STRIKETHROUGH_PRICE_EXPIRED"),
    39: _known("ACTIVITY_STATUS_CHANGE"),
    42: _known("COMBINED_LISTING_CHANGE"),
    46: _known("IMAGE_TRANSLATION_COMPLETED"),
    50: Topic("SKU_STATUS_CHANGE", (_P,)),
    51: _known("GLOBAL_REPLICATION_STATUS_CHANGE"),
    52: _known("GLOBAL_LISTING_METHOD_CHANGE"),
    55: _known("VIDEO_PRECHECK_RESULT"),
    56: _known("SAMPLE_APPLICATION_STATUS_CHANGE"),
    58: _known("GET_FBTMCF_ORDER_STATUS"),
    59: _known("SHOPPABLE_VIDEO_PRECHECK_TASKS_RESULT"),
    62: _known("PRODUCT_PACKAGE_RECOMMENDED"),
    63: _known("ACTIVITY_CHANGE"),
    64: Topic("AFTERSALES_REQUEST_STATUS_UPDATE", (), ("return", "cancellation")),  # its id is no return's
    65: Topic("RMA_STATUS_UPDATE", (), ("return",)),
    66: _known("APPEAL_COMPLETED"),
    67: Topic("REFUND_SUCCESS", (), ("return", "cancellation")),  # the orders stand in its lines
    68: Topic("INVENTORY_CHANGED", (_P,)),
    71: Topic("INVENTORY_CHANGED_BY_SHOP", (_P,)),
}
# What we ask the platform to tell a shop's news about.
SUBSCRIBED = (
    "ORDER_STATUS_CHANGE", "RECIPIENT_ADDRESS_UPDATE", "PACKAGE_UPDATE", "CANCELLATION_STATUS_CHANGE",
    "RETURN_STATUS_CHANGE", "NEW_CONVERSATION", "NEW_MESSAGE", "PRODUCT_STATUS_CHANGE", "PRODUCT_INFORMATION_CHANGE",
    "PRODUCT_CREATION", "INVOICE_STATUS_CHANGE", "SELLER_DEAUTHORIZATION", "UPCOMING_AUTHORIZATION_EXPIRATION",
)  # fmt: skip
DEAUTHORISED, EXPIRING, PACKAGES, REFUNDED = 6, 7, 4, 67


def wanted_by(kind: int, told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the (kind, outside id) pairs a webhook makes us want; raise KeyError when an id is missing."""
    if kind == PACKAGES:
        rows = told.get("package_list") or []
        packages = [("package", str(row["package_id"])) for row in rows]
        orders = [("order", str(key)) for row in rows for key in row.get("order_id_list") or []]
        return list(dict.fromkeys([*packages, *orders]))
    if kind == REFUNDED:
        named = [("order", str(row["main_order_id"])) for row in told.get("line_items") or []]
        return list(dict.fromkeys(named))
    pairs = []
    for want_kind, field in WEBHOOKS[kind].wants:
        value = told[field]
        if value in (None, "", 0) or isinstance(value, (bool, float, dict, list)):
            raise KeyError(field)
        pairs.append((want_kind, str(value)))
    return pairs


def spoken_of(told: Mapping[str, Any]) -> str:
    """Return whom an envelope without a shop's id speaks of: "seller", "creator" or "" when it names nobody."""
    return next((who for who in ("seller", "creator") if told.get(f"{who}_open_id")), "")
