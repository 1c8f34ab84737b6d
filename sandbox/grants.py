"""Authorisations: a seller's consent (grant), its code, its tokens and how they expire."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.errors import Refusal
from sandbox.markets import DAY
from sandbox.webhooks import tell

ACCESS_LIFE = 7 * DAY
REFRESH_LIFE = 365 * DAY
CODE_LIFE = 30 * 60
SCOPES = [
    "seller.authorization.info",
    "seller.shop.info",
    "seller.order.info",
    "seller.order.ext_ref.read",
    "seller.order.ext_ref.write",
    "seller.fulfillment.basic",
    "seller.fulfillment.package.write",
    "seller.logistics",
    "seller.delivery.status.write",
    "seller.return_refund.basic",
    "seller.customer_service",
    "seller.finance.info",
    "seller.product.basic",
    "seller.product.write",
    "seller.product.delete",
    "data.shop_analytics.public.read",
    "seller.redeem_info.write",
    "partner.authorization.info",
]


def approve(box: Box, shop_ids: list[str]) -> str:
    """Keep a seller's consent for these shops and return the one-use code that redeems it."""
    code = f"ROW_{secrets.token_urlsafe(24)}"
    box.store.put("code", code, {"shops": shop_ids, "expires": box.now() + CODE_LIFE})
    return code


def redeem(box: Box, code: str) -> dict[str, Any]:
    """Turn a code into tokens; a used, expired or unknown code is refused."""
    row = box.store.get("code", code)
    if row is None or row["expires"] < box.now():
        raise Refusal(36004004, "Invalid auth_code: it was used already, has expired or never existed.")
    box.store.drop("code", code)
    return issue(box, {"id": secrets.token_hex(8), "shops": row["shops"], "scopes": SCOPES, "made": box.now()})


def issue(box: Box, grant: dict[str, Any]) -> dict[str, Any]:
    """Give a grant new tokens. The refresh token used last stays good until one of the new tokens is seen."""
    now = box.now()
    grant.setdefault("previous_refresh", "")
    grant["refresh"] = f"ROW_{secrets.token_urlsafe(36)}"
    grant["refresh_expires"] = now + REFRESH_LIFE
    grant["access"] = f"ROW_{secrets.token_urlsafe(36)}"
    box.store.put("grant", grant["id"], grant)
    box.store.put("token", grant["access"], {"grant": grant["id"], "expires": now + ACCESS_LIFE})
    warn = -(-(grant["refresh_expires"] - 30 * DAY) // DAY) * DAY  # at 0:00, the first one thirty days before the end
    box.agenda.add("authorisation_ends", due=warn, grant=grant["id"], expires=grant["refresh_expires"])
    for key, row in list(box.store.table("token").items()):
        if row["expires"] < now - DAY:
            box.store.drop("token", key)
    return grant


def refresh(box: Box, token: str) -> dict[str, Any]:
    for grant in box.store.table("grant").values():
        if token and token in (grant["refresh"], grant["previous_refresh"]):
            if grant["refresh_expires"] < box.now():
                break
            issue(box, grant)
            grant["previous_refresh"] = token
            return box.store.put("grant", grant["id"], grant)
    raise Refusal(36004004, "Invalid refresh_token: it was replaced, has expired or never existed.")


def token_answer(box: Box, grant: dict[str, Any]) -> dict[str, Any]:
    """Return the token endpoint's answer; both expiry fields are absolute seconds."""
    first = box.shop(grant["shops"][0])
    return {
        "access_token": grant["access"],
        "access_token_expire_in": box.store.table("token")[grant["access"]]["expires"],
        "refresh_token": grant["refresh"],
        "refresh_token_expire_in": grant["refresh_expires"],
        "open_id": first["open_id"],
        "seller_name": first["seller_name"],
        "seller_base_region": "CN" if first["seller_type"] == "CROSS_BORDER" else first["region"],
        "user_type": 0,
        "granted_scopes": grant["scopes"],
    }


def standing_grant(box: Box, shop_id: str) -> dict[str, Any]:
    """Return the grant that the credentials page shows for one shop, with a token that is still good."""
    for grant in box.store.table("grant").values():
        if grant.get("standing") and grant["shops"] == [shop_id]:
            token = box.store.get("token", grant["access"])
            if token is None or token["expires"] < box.now() + DAY:
                return issue(box, grant)
            return grant
    return issue(
        box,
        {
            "id": f"standing-{shop_id}",
            "shops": [shop_id],
            "scopes": SCOPES,
            "made": box.now(),
            "standing": True,
        },
    )


def expire_all(box: Box) -> None:
    """Let every access token end now."""
    for key, row in box.store.table("token").items():
        row["expires"] = min(row["expires"], box.now() - 1)
        box.store.put("token", key, row)


def revoke(box: Box, shop_id: str) -> None:
    """Take back every consent for a shop; the apps hear of it."""
    tell(
        box,
        shop_id,
        "SELLER_DEAUTHORIZATION",
        message="The seller has cancelled the authorization of this app.",
    )
    for grant_id, grant in list(box.store.table("grant").items()):
        if shop_id in grant["shops"]:
            grant["shops"] = [other for other in grant["shops"] if other != shop_id]
            box.store.put("grant", grant_id, grant)
            if not grant["shops"]:
                box.store.drop("grant", grant_id)


@happening("authorisation_ends")
def authorisation_ends(box: Box, due: dict[str, Any]) -> None:
    """Warn the app every day of the last thirty, until the authorisation was renewed or is over."""
    grant = box.store.get("grant", due["grant"])
    if grant is None or grant["refresh_expires"] != due["expires"] or due["expires"] <= due["due"]:
        return
    for shop_id in grant["shops"]:
        tell(
            box,
            shop_id,
            "UPCOMING_AUTHORIZATION_EXPIRATION",
            message="The authorization of this app will expire soon.",
            expiration_time=str(due["expires"]),
        )
    box.agenda.add("authorisation_ends", due=due["due"] + DAY, grant=grant["id"], expires=due["expires"])
