"""What stands before the first order: the app, its shops, their warehouses, goods and sets."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from sandbox.box import Box
from sandbox.markets import CROSS_BORDER, DAY, LOCAL, MARKETS, REGIONS, market_of
from sandbox.places import PLACES
from sandbox.world.goods import GOODS, LISTED, SETS, USUALLY_LISTED, Good, GoodsSet, seller_sku

DEMO = (("US", CROSS_BORDER), ("GB", CROSS_BORDER), ("ID", LOCAL))
NAMES = {
    ("US", CROSS_BORDER): ("Tidepool Home US", "Shenzhen Tidepool Trading"),
    ("GB", CROSS_BORDER): ("Tidepool Home UK", "Hangzhou Reedmace Trading"),
    ("ID", LOCAL): ("Rumah Ombak", "PT Rumah Ombak Sejahtera"),
}


class UnknownShop(ValueError):
    """No shop of this market and kind can be had; the sentence says which can."""


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


def read_shops(wanted: str | Iterable[str]) -> list[tuple[str, str]]:
    """Return market and kind of each shop: `US,GB:LOCAL`, `all` (one per market) or `every` (each kind of each).

    A market without a kind is what the demo has there, else local. Raises UnknownShop.
    """
    named = wanted.split(",") if isinstance(wanted, str) else list(wanted)
    if named == ["every"]:
        return list(MARKETS)
    found = []
    for name in REGIONS if named == ["all"] else named:
        region, _, kind = str(name).strip().upper().partition(":")
        kind = kind.replace("-", "_") or dict(DEMO).get(region, LOCAL)
        if (region, kind) not in MARKETS:
            raise UnknownShop(f"No shop {name}: a market is one of {', '.join(REGIONS)}, a kind LOCAL or CROSS_BORDER.")
        found.append((region, kind))
    return found


def plant_shops(box: Box, *, shops: Iterable[tuple[str, str]] = DEMO) -> None:
    """Open the shops, unless this sandbox runs without or has some already."""
    if box.demo == "off" or box.store.table("shop"):
        return
    for region, kind in shops:
        open_shop(box, region=region, kind=kind)


def open_shop(box: Box, *, region: str, kind: str = LOCAL) -> dict[str, Any]:
    """Open one more shop with warehouses and goods; raises UnknownShop."""
    if (region, kind) not in MARKETS:
        raise UnknownShop(f"No {kind} shop can be had in {region}.")
    number = len(box.store.table("shop"))
    luck = box.luck("shop", number)
    shop_id = box.ids.new("shop")
    name, seller = names_for(box, region, kind)
    shop: dict[str, Any] = {
        "name": name,
        "region": region,
        "seller_type": kind,
        "seller_name": seller,
        "id": shop_id,
        "cipher": ("TTP_" if region == "US" else "ROW_") + secrets.token_urlsafe(16),
        "code": f"{region}{'LC' if kind == LOCAL else 'CB'}{luck.randint(10**5, 10**6)}",
        "open_id": secrets.token_urlsafe(24),
        "opened": box.now() - 400 * DAY,
    }
    box.store.put("shop", shop_id, shop)
    shop["warehouse_id"] = plant_warehouse(box, shop, kind="SALES_WAREHOUSE", default=True)
    shop["return_warehouse_id"] = plant_warehouse(box, shop, kind="RETURN_WAREHOUSE", default=False)
    planted: dict[str, dict[str, Any]] = {}
    for good in GOODS[: LISTED.get(region, USUALLY_LISTED)]:
        planted.update((sku["seller_sku"], sku) for sku in plant_product(box, shop, good)["skus"])
    for goods_set in SETS:
        plant_set(box, shop, goods_set, planted)
    box.reload_goods()
    return shop


def names_for(box: Box, region: str, kind: str) -> tuple[str, str]:
    """Return name and seller; a second shop of the same sort is numbered."""
    country = market_of(region, kind).country
    usual = (f"Tidepool Home {country}", "Shenzhen Tidepool Trading" if kind == CROSS_BORDER else f"Reedmace {country}")
    name, seller = NAMES.get((region, kind), usual)
    if (region, LOCAL) == (region, kind) and (region, kind) not in NAMES:
        name = f"Reedmace {PLACES[region]['towns'][0][0]}"
    twins = sum(shop["name"].startswith(name) for shop in box.shops())
    return (f"{name} {twins + 1}" if twins else name), seller


def plant_warehouse(box: Box, shop: dict[str, Any], *, kind: str, default: bool) -> str:
    name, state, city, postal, street = PLACES[shop["region"]]["seat"]
    market = market_of(shop["region"], shop["seller_type"])
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
            "sub_type": "CB_OVERSEA_WAREHOUSE" if shop["seller_type"] == CROSS_BORDER else "DOMESTIC_WAREHOUSE",
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


def price_of(cents: int, shop: dict[str, Any]) -> int:
    """Return a price in dollars' cents as minor units that look usual in the shop's market."""
    market = market_of(shop["region"], shop["seller_type"])
    minor = cents * market.price_factor / (1 if market.decimals else 100)
    if market.price_step:
        return int(round(minor / market.price_step) * market.price_step)
    return int(minor // 100 * 100 + 99)


def plant_product(box: Box, shop: dict[str, Any], good: Good) -> dict[str, Any]:
    luck = box.luck("product", shop["region"], good.code)
    skus = []
    for choice, label in enumerate(good.choices):
        shelf = luck.randint(3, 12) if luck.random() < 0.06 else luck.randint(900, 5200)
        skus.append(
            plant_sku(box, shop, seller_sku(good, choice), label, good.option, good.cents + choice * 100, shelf=shelf)
        )
    name = good.id if shop["region"] == "ID" else good.en
    return put_product(box, shop, code=good.code, title=f"{name} {good.zh}", skus=skus, luck_days=luck.randint(0, 200),
                       category=good.category, grams=good.grams)  # fmt: skip


def plant_set(box: Box, shop: dict[str, Any], goods_set: GoodsSet, planted: dict[str, dict[str, Any]]) -> None:
    """Put a set on sale; it is cheaper than its parts, and there are as many as the parts allow."""
    parts = [(planted[key], count) for key, count in goods_set.parts]
    by_code = {good.code: good for good in GOODS}
    cents = sum(by_code[key.partition("-")[0]].cents * count for key, count in goods_set.parts)
    shelf = min(sum(sku["available"].values()) // count for sku, count in parts)
    sku = plant_sku(box, shop, goods_set.seller_sku, "Set", "Set", cents * 9 // 10, shelf=shelf)
    sku["set"] = goods_set.kind
    sku["parts"] = [{"sku_id": part["id"], "count": count} for part, count in parts]
    grams = sum(by_code[key.partition("-")[0]].grams * count for key, count in goods_set.parts)
    name = goods_set.id if shop["region"] == "ID" else goods_set.en
    put_product(box, shop, code=goods_set.code, title=f"{name} {goods_set.zh}", skus=[sku], luck_days=100,
                category="Home", grams=grams)  # fmt: skip


def plant_sku(
    box: Box, shop: dict[str, Any], number: str, label: str, option: str, cents: int, *, shelf: int
) -> dict[str, Any]:
    return {
        "id": box.ids.new("sku"),
        "seller_sku": number,
        "name": label,
        "option": option,
        "price": price_of(cents, shop),
        "available": {shop["warehouse_id"]: shelf},
        "committed": {shop["warehouse_id"]: 0},
        "stars": [0, 0, 0, 0, 0],
    }


def put_product(
    box: Box, shop: dict[str, Any], *, code: str, title: str, skus: list[Any], luck_days: int, category: str, grams: int
) -> dict[str, Any]:
    product_id = box.ids.new("product")
    opened = shop["opened"] + luck_days * DAY
    return box.store.put(
        "product",
        product_id,
        {
            "id": product_id,
            "shop_id": shop["id"],
            "title": title,
            "status": "ACTIVATE",
            "code": code,
            "category": category,
            "grams": grams,
            "skus": skus,
            "create_time": opened,
            "update_time": opened,
        },
    )
