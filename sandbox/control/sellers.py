"""What a seller does to his goods in Seller Center: a new product, another category, a variant off, a discount."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.control.deeds import find_shop
from sandbox.errors import CLOSED, ControlRefusal
from sandbox.markets import DAY
from sandbox.seed import plant_product
from sandbox.webhooks import tell
from sandbox.world.goods import GOODS

Row = dict[str, Any]
AUDIT_SECONDS = 600
CATEGORIES = {"Home": "600001", "Kitchen": "600024", "Lighting": "600031", "Textiles": "600047", "Fashion": "601152"}


def change_goods(box: Box, given: Row) -> Row:
    """Let a seller do one thing to a product of his, the named one or his first."""
    deed = DEEDS.get(str(given.get("deed", "")))
    if deed is None:
        raise ControlRefusal(f"deed must be one of {', '.join(DEEDS)}.")
    shop = find_shop(box, str(given.get("shop", "any")), box.luck("seller", box.ids.count("seller")))
    product = box.store.get("product", str(given.get("product_id") or next(iter(box.products(shop["id"])))["id"]))
    if product is None or product["shop_id"] != shop["id"]:
        raise ControlRefusal("No such product in this shop.", http=404)
    return deed(box, shop, product)


def change_standing(box: Box, given: Row) -> Row:
    """Close a shop, deactivate its seller, or open it again: until then no call for it is answered."""
    standing = str(given.get("standing", ""))
    if standing not in ("open", *CLOSED):
        raise ControlRefusal(f"standing must be one of open, {', '.join(CLOSED)}.")
    if not given.get("shop"):
        raise ControlRefusal("Name the shop.")
    shop = find_shop(box, str(given["shop"]), box.luck("standing"))
    box.store.put("shop", shop["id"], {**shop, "standing": standing})
    return {"shop": shop["id"], "standing": standing}


def list_product(box: Box, shop: Row, like: Row) -> Row:
    """Put a new product on sale; the platform looks at it for some minutes first."""
    good = (
        next(row for row in GOODS if row.code == like["code"]) if like["code"] in {g.code for g in GOODS} else GOODS[0]
    )
    product = plant_product(box, shop, good)
    product.update(create_time=box.now(), update_time=box.now(), status="PENDING")
    box.store.put("product", product["id"], product)
    box.reload_goods()
    tell(box, shop["id"], "PRODUCT_CREATION", product_id=int(product["id"]), product_types=[], update_time=box.now())
    tell_audit(box, product, "AUDITING")
    box.agenda.add("product_looked_at", due=box.clock.now() + AUDIT_SECONDS, product=product["id"])
    return {"product_id": product["id"], "status": product["status"]}


@happening("product_looked_at")
def product_looked_at(box: Box, due: Row) -> None:
    product = box.store.get("product", due["product"])
    if product is None or product["status"] != "PENDING":
        return
    product["status"], product["update_time"] = "ACTIVATE", box.now()
    box.store.put("product", product["id"], product)
    tell_audit(box, product, "APPROVED")
    tell(
        box,
        product["shop_id"],
        "PRODUCT_STATUS_CHANGE",
        product_id=int(product["id"]),
        status="PRODUCT_FIRST_PASS_REVIEW",
        suspended_reason="",
        update_time=box.now(),
    )


def tell_audit(box: Box, product: Row, status: str) -> None:
    tell(
        box,
        product["shop_id"],
        "PRODUCT_AUDIT_STATUS_CHANGE",
        product_id=int(product["id"]),
        audit={"status": status, "pre_approved_reasons": []},
        integrated_platform_statuses={"platform": "TOKOPEDIA", "status": "NONE"},
        update_time=box.now(),
    )


def move_category(box: Box, shop: Row, product: Row) -> Row:
    old = product["category"]
    names = list(CATEGORIES)
    product["category"] = names[(names.index(old) + 1) % len(names)] if old in names else names[0]
    product["update_time"] = box.now()
    box.store.put("product", product["id"], product)
    tell(
        box,
        shop["id"],
        "PRODUCT_CATEGORY_CHANGE",
        product_id=product["id"],
        previous_category_id=CATEGORIES.get(old, "600099"),
        current_category_id=CATEGORIES[product["category"]],
        update_time=box.now(),
    )
    return {"product_id": product["id"], "category": product["category"]}


def switch_variant(box: Box, shop: Row, product: Row) -> Row:
    """Take the product's last variant off the shelf, or put it back: nobody buys what is off."""
    sku = product["skus"][-1]
    sku["status"] = "NORMAL" if sku.get("status") == "DEACTIVATED" else "DEACTIVATED"
    product["update_time"] = box.now()
    box.store.put("product", product["id"], product)
    source = {"deactivation_source": "SELLER"} if sku["status"] == "DEACTIVATED" else {"deactivation_source": ""}
    tell(
        box,
        shop["id"],
        "SKU_STATUS_CHANGE",
        product_id=product["id"],
        skus=[{"sku_id": sku["id"], "status": sku["status"], **source}],
        update_time=box.now(),
    )
    return {"product_id": product["id"], "sku_id": sku["id"], "status": sku["status"]}


def begin_discount(box: Box, shop: Row, product: Row) -> Row:
    """Announce a day of fixed prices for a product; when it is over, that is told too. Prices stay as they are."""
    activity = {"id": "71" + box.ids.new("group")[2:], "shop_id": shop["id"], "products": [product["id"]]}
    box.store.put("activity", activity["id"], activity)
    lists = {"product_ids": [product["id"]], "exclude_product_ids": [], "benefit_product_ids": []}
    tell(
        box,
        shop["id"],
        "ACTIVITY_CHANGE",
        activity_id=activity["id"],
        update_time=box.now(),
        change_type="CREATE",
        product_update_list=lists,
        product_remove_list={"product_ids": [], "sku_ids": [], "exclude_product_ids": [], "benefit_product_ids": []},
    )
    tell_activity(box, activity, "ONGOING")
    box.agenda.add("activity_over", due=box.clock.now() + DAY, activity=activity["id"])
    return {"activity_id": activity["id"], "product_id": product["id"]}


def tell_activity(box: Box, activity: Row, status: str) -> None:
    tell(
        box,
        activity["shop_id"],
        "ACTIVITY_STATUS_CHANGE",
        activity_id=activity["id"],
        update_time=box.now(),
        activity_type="FIXED_PRICE",
        product_level="PRODUCT",
        status=status,
    )


@happening("activity_over")
def activity_over(box: Box, due: Row) -> None:
    if activity := box.store.get("activity", due["activity"]):
        box.store.drop("activity", activity["id"])
        tell_activity(box, activity, "EXPIRED")


DEEDS: dict[str, Callable[[Box, Row, Row], Row]] = {
    "list": list_product,
    "category": move_category,
    "variant": switch_variant,
    "discount": begin_discount,
}
