"""Lines that are made for one buyer: goods printed with his own picture, and boxes whose contents are drawn live."""

from __future__ import annotations

from typing import Any

import orjson

from sandbox.errors import Refusal
from sandbox.gateway import Call
from sandbox.orders.calls import own_order
from sandbox.table import answers

Row = dict[str, Any]
WORDS = ("Happy Birthday, Ada", "Team Heron", "Best Dad", "Hello from Fern Street")


def custom_lines(call: Call) -> list[tuple[Row, Row]]:
    """Return the asked lines that carry a buyer's own design, with the design; others are left out."""
    order = own_order(call, call.body["main_order_id"])
    found = []
    for asked in call.body["query_order_lines"]:
        for line in order["line_items"]:
            same = all(
                line.get(field) == asked[name]
                for field, name in (
                    ("id", "order_line_id"),
                    ("product_id", "product_id"),
                    ("sku_id", "sku_id"),
                    ("pod_info_id", "pod_order_data_id"),
                )
            )
            if same and line.get("is_pod_customized"):
                found.append((line, design_of(call, line)))
    return found


def design_of(call: Call, line: Row) -> Row:
    """Return what the buyer made: one text on the front, in the shape of the product's template."""
    luck = call.box.luck("design", line["pod_info_id"])
    area = {"area_name": "Text", "area_type": "TEXT", "text": luck.choice(WORDS), "font": "Sans", "color": "#223344"}
    return {
        "pod_template_id": f"T{line['product_id'][-6:]}",
        "surfaces": [{"surface_name": "Front", "preview": line["sku_image"], "custom_areas": [area]}],
    }


@answers("POST", "/fulfillment/{v}/pod_details/get", versions=("202606",))
def get_pod_details(call: Call) -> Row:
    details = [
        {"order_line_id": line["id"], "pod_info_json": orjson.dumps(design).decode()}
        for line, design in custom_lines(call)
    ]
    return {"pod_details": details, "status_code": 0}


@answers("POST", "/order/{v}/pod_details/search", versions=("202606",))
def search_pod_details(call: Call) -> Row:
    details = [
        {"order_line_id": line["id"], "pod_detail": orjson.dumps(design).decode()}
        for line, design in custom_lines(call)
    ]
    return {"pod_details": details, "status_code": 0}


@answers("POST", "/order/{v}/orders/blind_box_result/callback", versions=("202511", "202605"))
def blind_box_results(call: Call) -> Row:
    """Keep what each box held, so that the buyer sees it in the order; all of it or none."""
    order = call.box.book.orders.get(call.body.get("main_order_id", ""))
    if order is None or order["shop_id"] != call.shop["id"]:
        raise Refusal(10007008, "The order information has not been obtained.")
    lines = {line["id"]: line for line in order["line_items"] if line.get("is_unboxing_item")}
    if not lines:
        raise Refusal(10007002, "Current order is not a merchant blind box order.")
    given = read_results(call.body)
    if not given or not set(given) <= set(lines):
        raise Refusal(10007006, "Invalid params, please check that all required parameters are not illegal.")
    if order["status"] in ("UNPAID", "CANCELLED"):
        raise Refusal(10007109, "Order update failed, please contract platform.")
    opened = {line_id: [reveal(call, row) for row in rows] for line_id, rows in given.items()}
    for line_id, cases in opened.items():
        lines[line_id]["unboxing_case_list"] = cases
        lines[line_id]["unboxing_sku_code"] = cases[0]["unbox_sku"]
    call.box.book.touch(order, now=call.box.now())
    return {}


def read_results(body: Row) -> dict[str, list[Row]]:
    """Return the results by line. A batch, where there is one, counts alone."""
    batch = body.get("blind_batch_box_results")
    if batch:
        return {row.get("order_line_id", ""): row.get("blind_box_order_line_list", []) for row in batch}
    return {row.get("order_line_id", ""): [row] for row in body.get("blind_box_results", [])}


def reveal(call: Call, row: Row) -> Row:
    found = call.box.sku(row.get("blind_result_sku_id", ""))
    if found is None or found[0]["shop_id"] != call.shop["id"] or found[0]["id"] != row.get("blind_result_product_id"):
        raise Refusal(10007143, "The product information has not been obtained")
    return {"unbox_sku": found[1]["id"], "unbox_sku_type": row.get("product_type", "NORMAL")}
