"""What stands before the first order: the app, three shops, their warehouses, goods and subscriptions."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.box import Box
from sandbox.markets import DAY, market_of
from sandbox.world.goods import GOODS, LISTED, Good, seller_sku

SHOPS = (
    {
        "name": "Tidepool Home US",
        "region": "US",
        "seller_type": "CROSS_BORDER",
        "seller_name": "Shenzhen Tidepool Trading",
    },
    {
        "name": "Tidepool Home UK",
        "region": "GB",
        "seller_type": "CROSS_BORDER",
        "seller_name": "Hangzhou Reedmace Trading",
    },
    {
        "name": "Rumah Ombak",
        "region": "ID",
        "seller_type": "LOCAL",
        "seller_name": "PT Rumah Ombak Sejahtera",
    },
)
SEATS = {
    "US": ("Ontario, CA Warehouse", "California", "Ontario", "91761", "88 Gantry Way"),
    "GB": ("Northampton Warehouse", "England", "Northampton", "NN4 7EB", "12 Wharf Yard"),
    "ID": ("Gudang Tangerang", "Banten", "Kota Tangerang", "15122", "Jl. Palem Gudang 7"),
}


def plant_app(box: Box) -> None:
    """Make the one app of this sandbox; key and secret are drawn anew for every data folder."""
    if box.store.get("meta", "app") is None:
        box.store.put(
            "meta",
            "app",
            {
                "app_key": secrets.token_hex(7)[:13],
                "app_secret": secrets.token_hex(20),
                "service_id": str(7300000000000000000 + secrets.randbelow(10**15)),
                "redirect_url": "",
                "webhook_url": "",
            },
        )


def plant_shops(box: Box) -> None:
    """Open the three shops, unless this sandbox runs without or has them already."""
    if box.demo == "off" or box.store.table("shop"):
        return
    for number, plan in enumerate(SHOPS):
        luck = box.luck("shop", number)
        shop_id = box.ids.new("shop")
        prefix = "TTP_" if plan["region"] == "US" else "ROW_"
        shop: dict[str, Any] = {
            **plan,
            "id": shop_id,
            "cipher": prefix + secrets.token_urlsafe(16),
            "code": f"{plan['region']}LC{luck.randint(10**5, 10**6)}",
            "open_id": secrets.token_urlsafe(24),
            "opened": box.now() - 400 * DAY,
        }
        box.store.put("shop", shop_id, shop)
        shop["warehouse_id"] = plant_warehouse(box, shop, kind="SALES_WAREHOUSE", default=True)
        shop["return_warehouse_id"] = plant_warehouse(box, shop, kind="RETURN_WAREHOUSE", default=False)
        for good in GOODS[: LISTED[plan["region"]]]:
            plant_product(box, shop, good)
    box.reload()


def plant_warehouse(box: Box, shop: dict[str, Any], *, kind: str, default: bool) -> str:
    name, state, city, postal, street = SEATS[shop["region"]]
    market = market_of(shop["region"])
    warehouse_id = box.ids.new("warehouse")
    returns = kind == "RETURN_WAREHOUSE"
    box.store.put(
        "warehouse",
        warehouse_id,
        {
            "id": warehouse_id,
            "shop_id": shop["id"],
            "entity_id": warehouse_id,
            "name": name + (" (returns)" if returns else ""),
            "effect_status": "ENABLED",
            "type": kind,
            "is_default": default,
            "sub_type": "CB_OVERSEA_WAREHOUSE" if shop["seller_type"] == "CROSS_BORDER" else "DOMESTIC_WAREHOUSE",
            "address": {
                "region": market.country,
                "region_code": shop["region"],
                "state": state,
                "city": city,
                "distict": "",
                "town": "",
                "contact_person": "Dispatch desk",
                "postal_code": postal,
                "phone_number": f"({market.dial})2025550140",
                "full_address": f"{street}, {city}, {state}, {postal}, {market.country}",
                "address_line1": street,
            },
        },
    )
    return warehouse_id


def price_of(good: Good, shop: dict[str, Any], choice: int) -> int:
    market = market_of(shop["region"])
    minor = (good.cents + choice * 100) * market.price_factor
    if market.decimals == 0:
        return int(round(minor / 100 / 500) * 500)
    return int(minor // 100 * 100 + 99)


def plant_product(box: Box, shop: dict[str, Any], good: Good) -> None:
    luck = box.luck("product", shop["region"], good.code)
    product_id = box.ids.new("product")
    name = good.id if shop["region"] == "ID" else good.en
    skus = []
    for choice, label in enumerate(good.choices):
        shelf = luck.randint(3, 12) if luck.random() < 0.06 else luck.randint(900, 5200)
        skus.append(
            {
                "id": box.ids.new("sku"),
                "seller_sku": seller_sku(good, choice),
                "name": label,
                "option": good.option,
                "price": price_of(good, shop, choice),
                "available": {shop["warehouse_id"]: shelf},
                "committed": {shop["warehouse_id"]: 0},
                "stars": [0, 0, 0, 0, 0],
            }
        )
    opened = shop["opened"] + luck.randint(0, 200) * DAY
    box.store.put(
        "product",
        product_id,
        {
            "id": product_id,
            "shop_id": shop["id"],
            "title": f"{name} {good.zh}",
            "status": "ACTIVATE",
            "code": good.code,
            "category": good.category,
            "grams": good.grams,
            "skus": skus,
            "create_time": opened,
            "update_time": opened,
        },
    )
