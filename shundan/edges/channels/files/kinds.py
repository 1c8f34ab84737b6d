"""Tell what a seller's file is, by the names of its columns alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shundan.core.errors import BadFile
from shundan.edges.channels.files.columns import ORDER_MEANINGS, fold, places

HEADER_WITHIN = 12  # rows: notes and titles may stand above a header


class Kind(StrEnum):
    ORDERS = "orders"  # Seller Center › Orders › Export, of any market
    RATINGS = "ratings"
    RETURNS = "returns"
    SETTLEMENT = "settlement"  # one row = one SKU line of a statement
    INCOME = "income"  # South-East Asia: one row = one order
    UNSETTLED = "unsettled"
    AFFILIATE = "affiliate"
    TRACKING = "tracking"  # the file Seller Center takes back with tracking numbers
    PRODUCTS = "products"  # the platform's product template
    SHOPIFY = "shopify"
    SHIPSTATION = "shipstation"
    SHIPPING_LIST = "shipping_list"  # a Chinese warehouse's list of what to send
    ERP_ITEMS = "erp_items"  # a Chinese ERP's list of goods
    RATES = "rates"  # day, currency, rate
    UNKNOWN = "unknown"


# In this order: the first whose names all stand in one row. Each alternative is a set of folded names.
_SIGNS: tuple[tuple[Kind, tuple[tuple[str, ...], ...]], ...] = (
    (Kind.RETURNS, (("Return Order ID", "Order ID", "Return Status"),)),
    (
        Kind.AFFILIATE,
        (
            ("Creator Username", "Content ID", "Order ID"),
            ("Creator Username", "Content ID", "Payment Order ID"),
            ("Nama pengguna kreator", "ID Konten", "ID Pesanan"),
        ),
    ),
    (Kind.UNSETTLED, (("Order/adjustment ID", "Total estimated settlement amount"),)),
    (Kind.SETTLEMENT, (("Statement ID", "Order/adjustment ID"), ("Statement ID", "Net sales"))),
    (
        Kind.INCOME,
        (("Order/adjustment ID", "Total settlement amount"), ("ID Pesanan/Penyesuaian", "Mata uang")),
    ),
    (Kind.TRACKING, (("Order ID", "Tracking ID", "Auto Combine Group ID"),)),
    (
        Kind.RATINGS,
        (
            ("Order ID", "Rating", "Review"),
            ("Order ID", "Rating", "SKU ID", "Created Time"),
            ("订单编号", "评分", "评价内容"),
            ("订单号", "评分"),
        ),
    ),
    (Kind.SHOPIFY, (("Name", "Financial Status", "Lineitem quantity", "Lineitem name"),)),
    (
        Kind.SHIPSTATION,
        (("Order Number", "Item SKU", "Item Quantity"), ("Order Number", "Order Date", "Item Quantity")),
    ),
    (Kind.SHIPPING_LIST, (("订单编号", "收件人", "街道地址", "数量"), ("渠道", "售出日期", "订单编号"))),
    (
        Kind.ERP_ITEMS,
        (
            ("ERP ID", "Seller SKU"),
            ("产品中文名", "Seller SKU"),
            ("分类id(必填)", "产品标题(必填)"),
            ("分类id (必填)", "产品标题 (必填)"),  # with the line break inside the name
        ),
    ),
    (Kind.PRODUCTS, (("product_name", "property_name_1", "seller_sku"),)),
    (Kind.RATES, (("day", "currency", "rate"),)),
)
_FOLDED = tuple((kind, tuple(frozenset(map(fold, names)) for names in signs)) for kind, signs in _SIGNS)
# What makes a row the header of an order export, whatever else stands in it.
_ORDER_SIGNS = ("order_id", "quantity")
_ORDER_FIELDS_AT_LEAST = 6


@dataclass(frozen=True)
class Found:
    """What a table is, and where its header stands (0 is the first row)."""

    kind: Kind
    header_at: int = 0


def recognise(rows: Sequence[Sequence[str]]) -> Found:
    """Return the kind of a table and the place of its header; UNKNOWN when no row is a header we know."""
    for place, row in enumerate(rows[:HEADER_WITHIN]):
        names = {fold(cell) for cell in row if cell.strip()}
        for kind, signs in _FOLDED:
            if any(sign <= names for sign in signs):
                return Found(kind, place)
        fields = places(row, ORDER_MEANINGS)
        if len(fields) >= _ORDER_FIELDS_AT_LEAST and all(sign in fields for sign in _ORDER_SIGNS):
            return Found(Kind.ORDERS, place)
    return Found(Kind.UNKNOWN)


def choose_sheet(sheets: Sequence[Sequence[Sequence[str]]]) -> tuple[Sequence[Sequence[str]], Found]:
    """Return the first sheet we know, with what it is; raises BadFile that shows the header nobody knows."""
    for rows in sheets:
        found = recognise(rows)
        if found.kind != Kind.UNKNOWN:
            return rows, found
    first = next((row for rows in sheets for row in rows if sum(1 for cell in row if cell.strip()) > 1), [])
    # What no table is (a picture, a film) would fill the sentence with signs nobody can read.
    seen = ", ".join(cell.strip()[:30] for cell in first[:8] if cell.strip() and cell.strip().isprintable())
    raise BadFile(
        f"No known table is in this file. Its columns begin: {seen or '—'}.",
        row=1,
        remedy="Export the orders again in Seller Center, in English, and do not edit the file.",
    )
