"""The tree of causes a new desk begins with: key -> (parent key, English, 中文). People edit it later."""

from __future__ import annotations

FIRST_CAUSES: dict[str, tuple[str, str, str]] = {
    "goods": ("", "Goods", "商品"),
    "goods.damaged": ("goods", "Damaged or defective", "破损或有瑕疵"),
    "goods.differs": ("goods", "Differs from its description", "与描述不符"),
    "goods.size": ("goods", "Wrong size or fit", "尺寸不合"),
    "stock": ("", "Stock", "库存"),
    "stock.missing": ("stock", "Out of stock", "缺货"),
    "stock.unmapped": ("stock", "SKU not linked to an item", "SKU 未关联货品"),
    "price": ("", "Price", "价格"),
    "price.wrong": ("price", "Priced below the listing", "低于刊登价"),
    "address": ("", "Address", "地址"),
    "address.incomplete": ("address", "Incomplete address", "地址不完整"),
    "packing": ("", "Packing", "打包"),
    "packing.wrong_item": ("packing", "Wrong item packed", "错发"),
    "packing.missing_item": ("packing", "Item missing from the parcel", "漏发"),
    "carrier": ("", "Carrier", "物流商"),
    "carrier.late": ("carrier", "Late", "延误"),
    "carrier.lost": ("carrier", "Lost", "丢失"),
    "carrier.damaged": ("carrier", "Damaged on the way", "运输破损"),
    "buyer": ("", "Buyer", "买家"),
    "buyer.changed_mind": ("buyer", "Changed their mind", "不想要了"),
    "buyer.mistake": ("buyer", "Ordered by mistake", "误下单"),
    "buyer.unreachable": ("buyer", "Cannot be reached", "联系不上"),
    "other": ("", "Other", "其他"),
}
