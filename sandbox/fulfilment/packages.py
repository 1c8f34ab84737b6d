"""Packages. `stage` is where one stands in the order's words, `status` in the package's own."""

from __future__ import annotations

from typing import Any

from sandbox.box import Box
from sandbox.markets import Carrier
from sandbox.webhooks import tell

STATUS = {
    "AWAITING_SHIPMENT": "TO_FULFILL",
    "AWAITING_COLLECTION": "PROCESSING",
    "IN_TRANSIT": "FULFILLING",
    "DELIVERED": "COMPLETED",
}
SUB = {
    "AWAITING_SHIPMENT": "CREATED",
    "AWAITING_COLLECTION": "RTS",
    "IN_TRANSIT": "TTS",
    "DELIVERED": "DELIVERED",
}


def open_package(
    box: Box, orders: list[dict[str, Any]], lines: list[dict[str, Any]], *, tag: str = "DEFAULT"
) -> dict[str, Any]:
    """Put lines into a new package that waits to be arranged."""
    package_id, now, first = box.ids.new("package"), box.now(), orders[0]
    package = box.store.put(
        "package",
        package_id,
        {
            "id": package_id,
            "shop_id": first["shop_id"],
            "orders": [order["id"] for order in orders],
            "lines": [line["id"] for line in lines],
            "stage": "AWAITING_SHIPMENT",
            "status": "TO_FULFILL",
            "sub_status": "CREATED",
            "tag": tag,
            "shipping_type": first["shipping_type"],
            "create_time": now,
            "update_time": now,
            "tracking_number": "",
            "shipping_provider_id": "",
            "shipping_provider_name": "",
            "warehouse_id": first["warehouse_id"],
            "edits": 0,
            "events": [],
            "ship_exception_reason": "",
        },
    )
    for line in lines:
        line["package_id"], line["package_status"] = package_id, "TO_FULFILL"
    for order in orders:
        order["packages"] = sorted({line["package_id"] for line in order["line_items"] if line["package_id"]})
    return package


def packages_of(box: Box, order: dict[str, Any]) -> list[dict[str, Any]]:
    rows = box.store.table("package")
    return [rows[key] for key in order["packages"] if key in rows]


def lines_of(box: Box, package: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = set(package["lines"])
    return [
        line
        for order_id in package["orders"]
        for line in box.book.orders[order_id]["line_items"]
        if line["id"] in wanted
    ]


def set_stage(box: Box, package: dict[str, Any], stage: str) -> None:
    """Move a package; its status and sub-status follow."""
    package["stage"], package["status"], package["sub_status"] = stage, STATUS[stage], SUB[stage]
    package["update_time"] = box.now()
    box.store.put("package", package["id"], package)


def note(box: Box, package: dict[str, Any], text: str, *, code: int, at: float | None = None) -> None:
    """Add a carrier event to the package's track."""
    package["events"].append(
        {"description": text, "update_time_millis": int((at or box.clock.now()) * 1000), "action_code": code}
    )
    box.store.put("package", package["id"], package)


def tracking_number(box: Box, carrier: Carrier, package_id: str) -> str:
    return f"{carrier.prefix}{box.luck('track', package_id).randint(10**11, 10**12 - 1)}"


def close_packages(box: Box, order: dict[str, Any]) -> None:
    """Cancel packages that hold no live line any more; take cancelled lines out of the others."""
    for package in packages_of(box, order):
        if package["status"] in ("CANCELLED", "COMPLETED"):
            continue
        lines = lines_of(box, package)
        live = [line for line in lines if line["display_status"] != "CANCELLED"]
        if len(live) == len(lines) and len(lines) == len(package["lines"]):
            continue
        package["update_time"] = box.now()
        if live:
            many = len(package["orders"]) > 1
            package["lines"] = [line["id"] for line in live]
            package["orders"] = [
                key
                for key in package["orders"]
                if any(line["id"] in package["lines"] for line in box.book.orders[key]["line_items"])
            ]
            if many and len(package["orders"]) == 1:
                package["tag"] = "DEFAULT"
                alone = box.book.orders[package["orders"][0]]
                alone.pop("split_or_combine_tag", None)
                box.book.touch(alone, now=box.now())
                tell_packages(box, package["shop_id"], "CANCEL_COMBINE", [package], role="ROLE_SYSTEM")
            else:
                gone = {line["sku_id"] for line in lines} - {line["sku_id"] for line in live}
                tell_packages(box, package["shop_id"], "SPLIT_BY_SKU_CANCEL" if gone else "PARTLY_CANCEL_SPLIT",
                              [package], role="ROLE_SYSTEM")  # fmt: skip
        else:
            package["status"], package["sub_status"] = "CANCELLED", "CANCELLED"
        for line in lines:
            if line["display_status"] == "CANCELLED":
                line["package_status"] = "CANCELLED"
        box.store.put("package", package["id"], package)


def tell_packages(
    box: Box, shop_id: str, kind: str, packages: list[dict[str, Any]], *, role: str = "ROLE_SELLER"
) -> None:
    tell(
        box,
        shop_id,
        "PACKAGE_UPDATE",
        sc_type=kind,
        role_type=role,
        update_time=box.now(),
        package_list=[{"package_id": row["id"], "order_id_list": row["orders"]} for row in packages],
    )
