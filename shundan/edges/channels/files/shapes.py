"""The tables that are kept row by row: what their columns mean, what makes a row this row, what may name a person."""

from __future__ import annotations

from dataclasses import dataclass

from shundan.edges.channels.files.columns import fold
from shundan.edges.channels.files.kinds import Kind

Names = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Shape:
    """One kind of table. `key` names the parts that make a row this row, in every file that tells it."""

    columns: Names
    key: tuple[str, ...]
    names_an_order: bool = True
    amount_is_per_unit: bool = False
    rows_of_help: int = 0  # below the header, before the first row of content
    help_begins: tuple[str, ...] = ("platform", "total", "合计", "order id", "the ")

    @property
    def meanings(self) -> dict[str, str]:
        return {fold(name): field for field, names in self.columns.items() for name in names}


_SETTLED: Names = {
    "order_id": ("Order/adjustment ID", "ID Pesanan/Penyesuaian"),
    "related": ("Related order ID", "ID pesanan terkait"),
    "outside_id": ("Statement ID",),
    "sku": ("SKU ID",),
    "kind": ("Type", "Transaction type", "Jenis transaksi"),
    "status": ("Status",),
    "currency": ("Currency", "Mata uang"),
    "at": ("Statement date (UTC)", "Statement date", "Order settled time", "Waktu pembayaran pesanan"),
    "amount": ("Total settlement amount", "Jumlah penyelesaian pembayaran"),
}
SHAPES: dict[Kind, Shape] = {
    Kind.RETURNS: Shape(
        {
            "order_id": ("Order ID",),
            "outside_id": ("Return Order ID",),
            "sku": ("SKU ID",),
            "status": ("Return Status",),
            "at": ("Time Requested",),
            "amount": ("Return unit price",),
            "quantity": ("Return Quantity",),
        },
        key=("outside_id", "sku"),
        amount_is_per_unit=True,
    ),
    Kind.AFFILIATE: Shape(
        {
            "order_id": ("Order ID", "Payment Order ID", "ID Pesanan"),
            "outside_id": ("Content ID", "ID Konten"),
            "sku": ("SKU ID", "ID Sku"),
            "who": ("Creator Username", "Nama pengguna kreator"),
            "status": ("Order Status", "Status Pesanan"),
            "at": ("Time Created", "Waktu Dibuat"),
            "amount": ("Actual Commission Payment",),
            "estimate": ("Est. standard commission payment",),  # counts until there is an actual one
            "currency": ("Currency", "Mata Uang"),
        },
        key=("order_id", "sku", "outside_id", "who"),
    ),
    Kind.SETTLEMENT: Shape(_SETTLED, key=("outside_id", "order_id", "kind", "sku", "day", "amount")),
    Kind.INCOME: Shape(_SETTLED, key=("order_id", "kind", "day", "amount")),
    Kind.UNSETTLED: Shape(
        {
            **_SETTLED,
            "status": ("unsettled reasons", "Unsettled reason"),
            "at": ("creation date", "Order creation date", "Order created date"),
            "amount": ("Total estimated settlement amount",),
        },
        key=("order_id", "kind", "sku"),
    ),
    Kind.TRACKING: Shape(
        {
            "order_id": ("Order ID",),
            "outside_id": ("Tracking ID",),
            "sku": ("SKU ID(optional)", "SKU ID"),
            "quantity": ("Quantity(optional)", "Quantity"),
            "status": ("Shipping Provider Name",),
            "more": ("Auto Combine Group ID",),
        },
        key=("order_id", "sku"),
    ),
    Kind.PRODUCTS: Shape(
        {
            "outside_id": ("product_name",),
            "sku": ("seller_sku",),
            "more": ("property_value_1",),
            "who": ("property_value_2",),
            "status": ("status",),
            "amount": ("price",),
            "quantity": ("quantity",),
        },
        key=("sku", "outside_id", "more", "who"),
        names_an_order=False,
        rows_of_help=4,
    ),
    Kind.ERP_ITEMS: Shape(
        {
            "outside_id": ("产品标题(必填)", "产品标题 (必填)", "产品中文名", "ERP ID"),
            "sku": ("SKU", "Seller SKU"),
            "more": ("变种属性值一",),
            "who": ("变种属性值二",),
        },
        key=("sku", "outside_id", "more", "who"),
        names_an_order=False,
    ),
}
KEPT_KINDS = frozenset(SHAPES)
# Whatever the market's own exports do, these always have the day first.
DAY_FIRST_KINDS = frozenset({Kind.RETURNS, Kind.AFFILIATE})
# Cells whose parts come in another order each time: they tell nothing new.
UNSTEADY = frozenset(map(fold, ("Shopping center items", "Detail produk terjual")))
_PERSONAL_WORDS = (
    "buyer", "customer name", "recipient", "phone", "address", "zip", "postal", "e-mail", "email", "bank account",
    "nickname", "message", "买家", "收件", "电话", "手机", "地址", "邮编", "邮箱", "pembeli", "penerima",
)  # fmt: skip
_NOT_PERSONAL = ("customer payment", "customer refund", "pengembalian dana pembeli", "pembayaran oleh pembeli")


def is_personal(name: str) -> bool:
    """Tell whether a column of this name may hold what names a person; amounts paid by buyers do not."""
    word = fold(name)
    if any(one in word for one in ("fee", "cost", "amount", "ongkir", *_NOT_PERSONAL)):
        return False
    return any(one in word for one in _PERSONAL_WORDS)
