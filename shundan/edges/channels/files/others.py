"""Read orders from other programs' files: Shopify, ShipStation, and a Chinese warehouse's shipping list.

Each row is put into the fields of the platform's own export first; from there on all orders are built alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from shundan.edges.channels.files.building import Source
from shundan.edges.channels.files.columns import fold
from shundan.edges.channels.files.kinds import Kind
from shundan.edges.channels.files.orders import TakenOrder, order_of_dates, take_groups
from shundan.edges.channels.files.tables import (
    AGAIN,
    NO_ORDER_ID,
    OTHER_CURRENCY,
    ROUNDED,
    Cells,
    RefusedRow,
    Row,
    told_rows,
)
from shundan.edges.channels.files.values import is_damaged_id

Fields = dict[str, str]
_FIELDS = (
    "order_id",
    "status",
    "substatus",
    "sku_id",
    "seller_sku",
    "title",
    "variant",
    "quantity",
    "unit_price",
    "line_seller_discount",
    "shipping",
    "taxes",
    "total",
    "created",
    "paid",
    "shipped",
    "cancelled",
    "tracking",
    "carrier",
    "delivery_option",
    "delivery_type",
    "buyer_note",
    "seller_note",
    "nickname",
    "recipient",
    "phone",
    "country",
    "state",
    "city",
    "postal_code",
    "line_1",
    "line_2",
    "method",
)
_PLACES = {field: place for place, field in enumerate(_FIELDS)}
_COLUMNS: dict[Kind, Fields] = {
    Kind.SHOPIFY: {
        "order_id": "Name",
        "quantity": "Lineitem quantity",
        "title": "Lineitem name",
        "unit_price": "Lineitem price",
        "seller_sku": "Lineitem sku",
        "line_seller_discount": "Lineitem discount",
        "created": "Created at",
        "paid": "Paid at",
        "shipped": "Fulfilled at",
        "cancelled": "Cancelled at",
        "total": "Total",
        "taxes": "Taxes",
        "shipping": "Shipping",
        "delivery_option": "Shipping Method",
        "recipient": "Shipping Name",
        "line_1": "Shipping Address1",
        "line_2": "Shipping Address2",
        "city": "Shipping City",
        "postal_code": "Shipping Zip",
        "state": "Shipping Province",
        "country": "Shipping Country",
        "phone": "Shipping Phone",
        "buyer_note": "Notes",
        "method": "Payment Method",
    },
    Kind.SHIPSTATION: {
        "order_id": "Order Number",
        "created": "Order Date",
        "status": "Order Status",
        "recipient": "Recipient Name",
        "line_1": "Address Line 1",
        "line_2": "Address Line 2",
        "city": "City",
        "state": "State",
        "postal_code": "Postal Code",
        "country": "Country Code",
        "phone": "Phone",
        "seller_sku": "Item SKU",
        "title": "Item Name",
        "quantity": "Item Quantity",
        "unit_price": "Item Unit Price",
        "total": "Order Total",
    },
    Kind.SHIPPING_LIST: {
        "order_id": "订单编号",
        "created": "售出日期",
        "seller_note": "备注",
        "title": "商品名称",
        "total": "总价",
        "quantity": "数量",
        "nickname": "昵称",
        "postal_code": "邮编",
        "recipient": "收件人",
        "phone": "收件电话",
        "line_1": "街道地址",
    },
}
_SHIPSTATION = {
    "awaiting shipment": "Awaiting shipment",
    "awaiting payment": "Unpaid",
    "on hold": "On hold",
    "shipped": "In transit",
    "cancelled": "Canceled",
    "canceled": "Canceled",
}
_TIKTOK_TAG = re.compile(r"TikTokOrderID:(\d{10,22})")


def parse_others(kind: Kind, source: Source) -> tuple[list[TakenOrder], list[RefusedRow]]:
    """Return the orders of another program's file and the rows that cannot be taken. Raises BadFile."""
    names = {fold(name): place for place, name in reversed(list(enumerate(source.header)))}
    refused: list[RefusedRow] = []
    groups: dict[str, list[Cells]] = {}
    for number, fields in _fitted(kind, _named(source, names)):
        why = _reason_against(fields, currency=source.currency)
        if why:
            column, message, said = why
            refused.append(
                RefusedRow(number, column, message, AGAIN, fields["order_id"].split("\n")[0], {"value": said[:60]})
            )
            continue
        cells = Cells([fields.get(field, "") for field in _FIELDS], number=number, places=_PLACES)
        groups.setdefault(fields["order_id"], []).append(cells)
    moments = (
        row[field]
        for group in groups.values()
        for row in group
        for field in ("created", "paid", "shipped", "cancelled")
    )
    order = order_of_dates(moments, told=source.dates, usual="mdy" if source.region == "US" else "")
    names_here = [_COLUMNS[kind].get(field, field) for field in _FIELDS]
    return take_groups(groups, refused, replace(source.frame(date_order=order), header=names_here))


def _named(source: Source, names: dict[str, int]) -> Iterator[tuple[int, Callable[[str], str]]]:
    for number, row in told_rows(source.rows, header_at=source.header_at):

        def cell(name: str, row: Row = row) -> str:
            place = names.get(fold(name), -1)
            return row[place].strip() if 0 <= place < len(row) else ""

        yield number, cell


def _fitted(kind: Kind, rows: Iterator[tuple[int, Callable[[str], str]]]) -> Iterator[tuple[int, Fields]]:
    """Yield (row number, fields): each row in the fields of the platform's own export."""
    before: Fields = {}
    for number, cell in rows:
        fields = {field: cell(name) for field, name in _COLUMNS[kind].items()}
        if kind == Kind.SHOPIFY:
            before = fields = _shopify(fields, cell, before)
        elif kind == Kind.SHIPSTATION:
            fields["status"] = _SHIPSTATION.get(fields["status"].casefold(), fields["status"])
        else:
            _fit_list_row(fields, cell("城市,州"))
        fields["delivery_type"] = "Shipped by seller"
        yield number, fields


def _shopify(fields: Fields, cell: Callable[[str], str], before: Fields) -> Fields:
    """Return a Shopify row: what belongs to the order stands on its first line only."""
    name = fields["order_id"]
    if before and before["name"] == name and not cell("Financial Status"):
        line = ("quantity", "title", "unit_price", "seller_sku", "line_seller_discount")
        return {**before, **{field: fields[field] for field in line}}
    tag = _TIKTOK_TAG.search(cell("Tags"))
    paid, sent = cell("Financial Status").casefold(), cell("Fulfillment Status").casefold()
    status = "Awaiting shipment"
    if fields["cancelled"] or paid in ("refunded", "voided"):
        status = "Canceled"
    elif sent == "fulfilled":
        status = "In transit"
    elif paid in ("pending", "authorized"):
        status = "Unpaid"
    return {
        **fields,
        "name": name,
        "order_id": tag[1] if tag else name.lstrip("#"),
        "status": status,
        "currency": cell("Currency"),
        "phone": fields["phone"].lstrip("'"),
        "postal_code": fields["postal_code"].lstrip("'"),
    }


def _fit_list_row(fields: Fields, place: str) -> None:
    """Fit a row of a shipping list: what stands there is paid and waits; its price is the order's."""
    fields["status"] = "Awaiting shipment"
    fields["city"], _, fields["state"] = (part.strip() for part in place.partition(","))
    day = fields["created"]
    if len(day) == 8 and day.isdecimal():
        fields["created"] = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    fields["seller_sku"] = fields["title"][:80]
    fields["unit_price"] = ""


def _reason_against(fields: Fields, *, currency: str) -> tuple[str, str, str] | None:
    """Return (column, sentence, what the cell said) when a row must not be taken."""
    order_id = fields["order_id"]
    if not order_id or len(order_id) > 32 and "\n" not in order_id:
        return "Order ID", NO_ORDER_ID, order_id
    if "\n" in order_id:
        return "订单编号", "Several orders stand in one cell; give each order its own row.", order_id
    if is_damaged_id(order_id):
        return "Order ID", ROUNDED, order_id
    if fields.get("currency") and fields["currency"] != currency:
        return "Currency", OTHER_CURRENCY, fields["currency"]
    return None
