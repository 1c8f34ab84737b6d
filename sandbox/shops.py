"""The paths under /authorization/, /seller/ and /event/."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlsplit

from sandbox.errors import invalid
from sandbox.gateway import Call
from sandbox.grants import revoke
from sandbox.table import answers
from sandbox.webhooks.news import seller_number

WIDGET_LIFE = 3600
CATEGORY = {"id": 3, "name": "Customer Support"}
GROUP_SOURCES = {"LOCAL": "1", "CROSS_BORDER": "2"}


@answers("GET", "/authorization/{v}/shops")
def authorised_shops(call: Call) -> dict[str, Any]:
    shops = [call.box.shop(shop_id) for shop_id in call.grant["shops"]]
    return {
        "shops": [
            {key: shop[key] for key in ("id", "name", "region", "seller_type", "cipher", "code")} for shop in shops
        ]
    }


@answers("DELETE", "/authorization/{v}/shops", versions=("202403",))
def deauthorise_shop(call: Call) -> dict[str, Any]:
    revoke(call.box, call.shop["id"])
    return {}


def scatter(*parts: object) -> str:
    """Return a token that is the same whenever it is made of the same parts."""
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()[:40]


@answers("GET", "/authorization/{v}/widget_token", versions=("202312", "202401"))
def widget_token(call: Call) -> dict[str, Any]:
    """Return a token for the platform's page widgets, good for the hour that runs."""
    shop_id = str(call.query.get("shop_id") or call.shop["id"])
    if shop_id not in call.grant["shops"]:
        raise invalid("shop_id", "it is not a shop of this access token")
    ends = (call.box.now() // WIDGET_LIFE + 1) * WIDGET_LIFE
    token = scatter("widget", call.grant["id"], call.box.app["app_secret"], shop_id, ends)
    return {"widget_token": {"expire_at": ends, "token": token}}


@answers("GET", "/authorization/{v}/category_assets", versions=("202405",))
def category_assets(call: Call) -> dict[str, Any]:
    """Return one asset per market that the authorised shops sell in."""
    markets = dict.fromkeys(call.box.shop(shop_id)["region"] for shop_id in call.grant["shops"])
    return {
        "category_assets": [
            {
                "cipher": f"{'TTP' if region == 'US' else 'ROW'}_{scatter('asset', call.grant['id'], region)[:24]}",
                "target_market": region,
                "category": CATEGORY,
            }
            for region in markets
        ]
    }


@answers("GET", "/seller/{v}/shop_groups", versions=("202601",))
def shop_groups(call: Call) -> dict[str, Any]:
    """Return the group of shops that one seller runs together: those of his that this token covers."""
    shops = [call.box.shop(shop_id) for shop_id in call.grant["shops"]]
    return {
        "shop_group_data": {
            "shop_group": {
                "source": GROUP_SOURCES[call.shop["seller_type"]],
                "shop_group_name": call.shop["seller_name"],
            },
            "shops": [
                {
                    "shop_id": shop["id"],
                    "seller_id": str(seller_number(shop)),
                    "shop_name": shop["name"],
                    "shop_region": shop["region"],
                }
                for shop in shops
            ],
        }
    }


@answers("GET", "/seller/{v}/shops")
def active_shops(call: Call) -> dict[str, Any]:
    return {"shops": [{"id": shop_id, "region": call.box.shop(shop_id)["region"]} for shop_id in call.grant["shops"]]}


@answers("GET", "/seller/{v}/permissions")
def permissions(call: Call) -> dict[str, Any]:
    return {"permissions": ["MANAGE_GLOBAL_PRODUCT"] if call.shop["seller_type"] == "CROSS_BORDER" else []}


@answers("GET", "/event/{v}/webhooks")
def get_webhooks(call: Call) -> dict[str, Any]:
    prefix = call.shop["id"] + "/"
    rows = [row for key, row in call.box.store.table("subscription").items() if key.startswith(prefix)]
    return {"webhooks": rows, "total_count": len(rows)}


@answers("PUT", "/event/{v}/webhooks")
def put_webhook(call: Call) -> dict[str, Any]:
    """Subscribe. Other than the platform, plain http and loopback addresses are fine here."""
    address, event = call.body["address"], call.body["event_type"]
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or len(address) > 255:
        raise invalid("address", "an http or https address of at most 255 characters is expected")
    key, now = f"{call.shop['id']}/{event}", call.box.now()
    old = call.box.store.get("subscription", key)
    call.box.store.put(
        "subscription",
        key,
        {
            "event_type": event,
            "address": address,
            "create_time": old["create_time"] if old else now,
            "update_time": now,
        },
    )
    return {}


@answers("DELETE", "/event/{v}/webhooks")
def delete_webhook(call: Call) -> dict[str, Any]:
    call.box.store.drop("subscription", f"{call.shop['id']}/{call.body['event_type']}")
    return {}
