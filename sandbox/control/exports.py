"""Files a seller downloads by hand: the ratings, and "All orders" as each market writes it."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.box import Box
from sandbox.control.assets import Found
from sandbox.control.columns import COLUMNS, STATUS_WORDS
from sandbox.errors import ControlRefusal
from sandbox.gateway import Request
from sandbox.markets import Market
from sandbox.orders.view import show_address

TAB = "\t"


def find(box: Box, path: str, request: Request) -> Found | None:
    """Return kind, content and headers of an export, or nothing."""
    if path not in ("ratings.csv", "orders.csv"):
        return None
    wanted = request.first("shop")
    shop = next((row for row in box.shops() if wanted in (row["id"], row["region"])), None)
    if shop is None:
        raise ControlRefusal("Name the shop: ?shop=ID or ?shop=US", http=404)
    body = ratings_csv(box, shop) if path == "ratings.csv" else orders_csv(box, shop)
    name = f'attachment; filename="{path[:-4]}-{shop["region"]}.csv"'
    return b"text/csv; charset=utf-8", body, [(b"content-disposition", name.encode())]


def local_time(market: Market, moment: float | None) -> str:
    """Return the time as this market's files write it, without a zone and with a trailing tab."""
    if not moment:
        return TAB
    when = dt.datetime.fromtimestamp(moment, ZoneInfo(market.zone))
    if market.region == "US":
        return f"{when:%m/%d/%Y} {when.hour % 12 or 12}:{when:%M:%S %p}" + TAB
    return f"{when:%d/%m/%Y %H:%M:%S}" + TAB


def write_csv(header: list[str], rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(rows)
    return ("\ufeff" + out.getvalue()).encode()


def ratings_csv(box: Box, shop: dict[str, Any]) -> bytes:
    market = box.market(shop["id"])
    rows = sorted(
        (row for row in box.store.table("rating").values() if row["shop_id"] == shop["id"]),
        key=lambda row: -row["time"],
    )
    return write_csv(
        ["Order ID", "Product ID", "SKU ID", "Rating", "Review", "Created Time", "Buyer Username"],
        [
            [
                row["order_id"] + TAB,
                row["product_id"] + TAB,
                row["sku_id"] + TAB,
                str(row["stars"]),
                row["text"],
                local_time(market, row["time"]),
                row["username"],
            ]
            for row in rows
        ],
    )


def orders_csv(box: Box, shop: dict[str, Any]) -> bytes:
    """Return one row per order and SKU, newest order first; order amounts repeat on each row of an order."""
    market = box.market(shop["id"])
    header, rows = COLUMNS[market.region], []
    for _, order_id in reversed(box.book.span(shop["id"], "create_time", ge=None, lt=None)):
        order = box.book.orders[order_id]
        common = order_cells(box, market, order)
        for sku_id in dict.fromkeys(line["sku_id"] for line in order["line_items"]):
            lines = [line for line in order["line_items"] if line["sku_id"] == sku_id]
            cells = {**common, **sku_cells(box, market, order, lines)}
            rows.append([cells.get(name.strip(), "") for name in header])
    return write_csv(header, rows)


def order_cells(box: Box, market: Market, order: dict[str, Any]) -> dict[str, str]:
    status, sub = STATUS_WORDS["ID" if market.region == "ID" else "US"][order["status"]]
    asked = any(row["order_id"] == order["id"] for row in box.store.table("return").values())
    return {
        **amount_cells(market, order),
        **time_cells(market, order),
        **address_cells(box, order),
        "Order ID": order["id"] + TAB,
        "Order Status": status,
        "Order Substatus": sub,
        "Normal or Pre-order": "Normal",
        "Cancelation/Return Type": "Cancel" if order["status"] == "CANCELLED" else "Return/Refund" if asked else "",
        "Cancel By": order.get("cancellation_initiator", "").title(),
        "Cancel Reason": order.get("cancel_reason", ""),
        "Fulfillment Type": "Dikirim oleh Penjual" if market.region == "ID" else "Fulfillment by seller",
        "Warehouse Name": box.store.table("warehouse")[order["warehouse_id"]]["name"],
        "Tracking ID": order["tracking_number"],
        "Delivery Option Type": "Standard",
        "Delivery Option": order["delivery_option_name"],
        "Shipping Provider Name": order["shipping_provider"],
        "Buyer Message": order["buyer_message"],
        "Buyer Nickname": order["buyer_nickname"],
        "Buyer Username": order["_username"],
        "Payment Method": order["payment_method_name"],
        "Seller Note": order["seller_note"],
        "Purchase Channel": "TikTok",
        "Order Channel": "Shop Tab",
        "Checked Status": "Unchecked",
    }


def amount_cells(market: Market, order: dict[str, Any]) -> dict[str, str]:
    paid = order["payment"]
    return {
        "Shipping Fee After Discount": paid["shipping_fee"],
        "Original Shipping Fee": paid["original_shipping_fee"],
        "Shipping Fee Seller Discount": paid["shipping_fee_seller_discount"],
        "Co-Funded Shipping Fee Discount": paid["shipping_fee_cofunded_discount"],
        "Shipping Fee Platform Discount": paid["shipping_fee_platform_discount"],
        "Payment platform discount": market.money(0),
        "Retail Delivery Fee": market.money(0),
        "Taxes": paid["tax"],
        "Buyer Service Fee": paid["buyer_service_fee"],
        "Order Amount": paid["total_amount"],
        "Order Refund Amount": market.money(order.get("_refunded", 0)),
    }


def time_cells(market: Market, order: dict[str, Any]) -> dict[str, str]:
    return {
        "Created Time": local_time(market, order["create_time"]),
        "Paid Time": local_time(market, order.get("paid_time")),
        "RTS Time": local_time(market, order.get("rts_time")),
        "Shipped Time": local_time(market, order.get("collection_time")),
        "Delivered Time": local_time(market, order.get("delivery_time")),
        "Cancelled Time": local_time(market, order.get("cancel_time")),
    }


def address_cells(box: Box, order: dict[str, Any]) -> dict[str, str]:
    """Return the recipient as the order shows him now, masked or not."""
    address = show_address(box, order)
    places = [level["address_name"] for level in address["district_info"]] + [""] * 5
    return {
        "Recipient": address["name"],
        "Phone #": address["phone_number"],
        "Zipcode": address["postal_code"] + TAB,
        "Country": places[0],
        "State": places[1],
        "City": places[3] or places[2],
        "Province": places[1],
        "Regency and City": places[2],
        "Districts": places[3],
        "Villages": places[4],
        "Detail Address": address["address_detail"],
        "Address Line 1": address["address_line1"],
        "Address Line 2": address["address_line2"],
    }


def sku_cells(box: Box, market: Market, order: dict[str, Any], lines: list[dict[str, Any]]) -> dict[str, str]:
    first = lines[0]
    total = lambda field: sum(market.minor(line[field]) for line in lines)  # noqa: E731
    found = box.sku(first["sku_id"])
    grams = (found[0]["grams"] if found else 0) * len(lines)
    return {
        "SKU ID": first["sku_id"] + TAB,
        "Seller SKU": first["seller_sku"],
        "Product ID": first["product_id"] + TAB,
        "Product Name": first["product_name"],
        "Variation": first["sku_name"],
        "Quantity": str(len(lines)),
        "Sku Quantity of return": "0",
        "SKU Unit Original Price": first["original_price"],
        "SKU Subtotal Before Discount": market.money(total("original_price")),
        "SKU Platform Discount": market.money(total("platform_discount")),
        "SKU Seller Discount": market.money(total("seller_discount")),
        "SKU Subtotal After Discount": market.money(total("sale_price")),
        "Package ID": first["package_id"] + TAB,
        "Weight(kg)": f"{grams / 1000:.3f}",
        "Product Category": found[0]["category"] if found else "",
    }
