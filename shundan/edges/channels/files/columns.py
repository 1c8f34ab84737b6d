"""Which of our fields a column's name means: the platform's spellings in every market, and what others write.

Names are compared folded (see `fold`), so case, blanks, full-width marks and byte order marks do not matter.
The long sentences are the descriptions under the header of the platform's workbooks: whoever saves a table
with those as its header is understood too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

ORDER_COLUMNS: dict[str, tuple[str, ...]] = {
    "order_id": (
        "Order ID",
        "Platform unique order ID.",
        "注文ID",
        "订单编号",
        "订单号",
        "订单ID",
        "ID Pesanan",
        "Mã đơn hàng",
        "หมายเลขคำสั่งซื้อ",
        "ID pesanan",
    ),
    "status": ("Order Status", "Current order status.", "注文状況", "订单状态", "Status Pesanan"),
    "substatus": ("Order Substatus", "注文のサブ状況", "订单子状态", "Substatus Pesanan"),
    "request": ("Cancelation/Return Type", "Cancellation/Return Type", "キャンセル/返品のタイプ"),
    "normal_or_preorder": ("Normal or Pre-order", "通常の注文または予約注文"),
    "sku_id": ("SKU ID", "Platform SKU ID."),
    "seller_sku": (
        "Seller SKU",
        "Seller sku input by the seller in the product system.",
        "セラーSKU",
        "卖家SKU",
        "商家SKU",
        "SKU Penjual",
    ),
    "product_id": ("Product ID",),
    "title": ("Product Name", "Platform product name.", "商品名", "商品名称", "Nama Produk"),
    "variant": ("Variation", "Platform SKU variation", "バリエーション", "规格", "商品规格", "Variasi"),
    "bundle_sku": ("Virtual Bundle Seller SKU",),
    "quantity": ("Quantity", "SKU sold quantity in the order.", "数量", "商品数量", "Jumlah"),
    "returned": ("Sku Quantity of return", "SKU returned quantity in the order.", "返品済みのSKU数"),
    "unit_price": ("SKU Unit Original Price", "SKUの元の価格", "单价"),
    "line_before": ("SKU Subtotal Before Discount", "SKU小計（割引前）"),
    "line_platform_discount": (
        "SKU Platform Discount",
        "Total platform discount in this SKU ID.",
        "プラットフォームが資金提供を行うSKU割引",
    ),
    "line_seller_discount": ("SKU Seller Discount", "Total seller discount in this SKU ID.", "セラーSKU割引"),
    "line_after": (
        "SKU Subtotal After Discount",
        "SKU小計（割引後）",
        "It equals SKU Subtotal Before Discount - SKU Platform Discount - SKU Seller Discount.",
    ),
    "shipping": ("Shipping Fee After Discount", "割引後の送料"),
    "taxes": ("Taxes",),
    "total": ("Order Amount", "Order total amount paid by the buyer.", "注文金額", "订单金额", "订单总额"),
    "refund": ("Order Refund Amount", "注文の返金額"),
    "created": ("Created Time", "Order created time.", "注文作成時刻", "创建时间", "下单时间"),
    "paid": ("Paid Time", "Order paid time.", "注文の支払い日時", "付款时间"),
    "rts": ("RTS Time", "発送準備完了日時"),
    "shipped": ("Shipped Time", "発送日時", "发货时间"),
    "delivered": ("Delivered Time", "配達日時", "签收时间"),
    "cancelled": ("Cancelled Time", "Canceled Time", "キャンセル日時", "取消时间"),
    "cancel_by": ("Cancel By", "キャンセル元："),
    "cancel_reason": ("Cancel Reason", "キャンセル理由", "取消原因"),
    "fulfilment": ("Fulfillment Type", "フルフィルメントタイプ"),
    "warehouse": ("Warehouse Name", "倉庫名", "仓库名称"),
    "tracking": ("Tracking ID", "The order's tracking number.", "追跡ID", "运单号", "物流单号"),
    "delivery_type": ("Delivery Option Type", "配達オプションのタイプ"),
    "delivery_option": ("Delivery Option", "The order's delivery option."),
    "carrier": ("Shipping Provider Name", "配送業者名", "物流商"),
    "buyer_note": ("Buyer Message", "カスタマーからのメッセージ", "买家留言"),
    "nickname": ("Buyer Nickname", "买家昵称"),
    "username": ("Buyer Username", "カスタマーのユーザー名", "买家用户名"),
    "recipient": ("Recipient", "受取人", "收件人", "收货人"),
    "phone": ("Phone #", "Phone", "電話番号", "收件电话", "收件人电话"),
    "country": ("Country", "国", "国家"),
    "area": ("Region",),
    "state": ("State", "Province", "都道府県", "州/省", "省份"),
    "city": ("City", "Regency and City", "Municipality", "District", "市区町村", "城市", "Post Town"),
    "district": ("Districts", "Commune", "Barangay", "町名", "区"),
    "village": ("Villages",),
    "postal_code": ("Zipcode", "Postal Code", "郵便番号", "邮编"),
    "line_1": ("Address Line 1", "Detail Address", "詳細住所1", "街道地址", "详细地址"),
    "line_2": ("Address Line 2", "Address Line", "Additional address information", "詳細住所2"),
    "instruction": ("Delivery Instruction",),
    "method": ("Payment Method", "支払い方法", "付款方式"),
    "package_id": ("Package ID", "荷物ID"),
    "seller_note": ("Seller Note", "セラーメモ", "卖家备注"),
    "full": ("Shipping Information", "配送先情報"),
}
# A market is told by the columns only it has; where none of them stands, the file may be of any other market.
_MARKET_COLUMNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("JP", ("注文ID", "都道府県")),
    ("ID", ("Regency and City", "Villages")),
    ("ID", ("Tokopedia Invoice Number",)),
    ("VN", ("Commune", "District")),
    ("PH", ("Barangay", "Municipality")),
    ("TH", ("Small Order Fee",)),
    ("MY", ("Post Town", "Detail Address")),
)
_MARKS = str.maketrans({"（": "(", "）": ")", "：": ":", "\ufeff": "", "\u200b": "", "*": "", '"': ""})


@lru_cache(maxsize=5_000)
def fold(name: str) -> str:
    """Return a column's name as it is compared: one case, single blanks, no stray marks."""
    plain = unicodedata.normalize("NFKC", name.translate(_MARKS))
    return " ".join(plain.split()).casefold()


def _meanings(columns: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {fold(name): field for field, names in columns.items() for name in names}


ORDER_MEANINGS = _meanings(ORDER_COLUMNS)


def places(header: Iterable[str], meanings: dict[str, str]) -> dict[str, int]:
    """Return field -> the place of its column; of two columns with one meaning the first counts."""
    found: dict[str, int] = {}
    for place, name in enumerate(header):
        field = meanings.get(fold(name))
        if field and field not in found:
            found[field] = place
    return found


def market_of(header: Iterable[str]) -> str:
    """Return the market whose own columns stand in an order export, or "" when it may be any."""
    names = {fold(name) for name in header}
    return next((market for market, own in _MARKET_COLUMNS if all(fold(name) in names for name in own)), "")
