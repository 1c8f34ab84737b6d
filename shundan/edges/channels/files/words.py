"""What the platform writes into the cells of its exports, in each language: statuses, payment, countries."""

from __future__ import annotations

from shundan.edges.channels.files.columns import fold

# The platform's status in the API's spelling <- status or substatus as the exports of the markets write it.
_SUBSTATUSES: dict[str, tuple[str, ...]] = {
    "UNPAID": (
        "Unpaid",
        "Belum dibayar",
        "ค้างชำระ",
        "未払い",
        "Chưa thanh toán",
        "未付款",
        "待付款",
        "Belum bayar",
    ),
    "ON_HOLD": ("On hold", "Ditahan", "保留中", "暂挂", "พักคำสั่งซื้อ"),
    "AWAITING_SHIPMENT": (
        "Awaiting shipment",
        "Menunggu pengiriman",
        "รอจัดส่ง",
        "発送待ち",
        "Chờ vận chuyển",
        "Chờ gửi hàng",
        "待发货",
        "Menunggu penghantaran",
    ),
    "AWAITING_COLLECTION": (
        "Awaiting collection",
        "Menunggu pengambilan",
        "รอเข้ารับ",
        "集荷待ち",
        "Chờ lấy hàng",
        "待揽收",
        "待揽件",
        "Menunggu kutipan",
    ),
    "PARTIALLY_SHIPPING": ("Partially shipped", "Partially shipping", "部分发货", "Dikirim sebagian"),
    "IN_TRANSIT": (
        "In transit",
        "Sedang transit",
        "อยู่ระหว่างการขนส่ง",
        "配送中",
        "Đang vận chuyển",
        "运输中",
        "Dalam transit",
    ),
    "DELIVERED": (
        "Delivered",
        "Terkirim",
        "จัดส่งสำเร็จ",
        "配達済み",
        "Đã giao",
        "已送达",
        "已妥投",
        "Dihantar",
    ),
    "COMPLETED": ("Completed", "Selesai", "เสร็จสมบูรณ์", "完了", "Đã hoàn tất", "已完成"),
    "CANCELLED": ("Canceled", "Cancelled", "Dibatalkan", "ยกเลิกแล้ว", "キャンセル済み", "Đã hủy", "已取消"),
}
_STATUSES: dict[str, tuple[str, ...]] = {
    **_SUBSTATUSES,
    "AWAITING_SHIPMENT": (
        *_SUBSTATUSES["AWAITING_SHIPMENT"],
        "To ship",
        "Perlu dikirim",
        "ที่จะจัดส่ง",
        "未発送",
        "Cần gửi",
        "Untuk dihantar",
    ),
    "IN_TRANSIT": (
        *_SUBSTATUSES["IN_TRANSIT"],
        "Shipped",
        "Dikirim",
        "จัดส่งแล้ว",
        "発送済み",
        "Đã vận chuyển",
        "已发货",
    ),
}
_API = {name: name for name in _STATUSES}
_BY_STATUS = {fold(word): name for name, words in _STATUSES.items() for word in words} | {fold(n): n for n in _API}
_BY_SUBSTATUS = {fold(word): name for name, words in _SUBSTATUSES.items() for word in words}
_COD = (
    "cash on delivery",
    "cod",
    "bayar di tempat",
    "เก็บเงินปลายทาง",
    "thanh toán khi giao hàng",
    "代金引換",
    "货到付款",
)
_BY_PLATFORM = ("tiktok", "platform", "tokopedia", "fbt", "平台")
_COUNTRIES = {
    "US": ("United States", "US", "USA"),
    "GB": ("United Kingdom", "GB", "UK"),
    "ID": ("Indonesia", "ID"),
    "VN": ("Vietnam", "Việt Nam", "Viet Nam", "VN"),
    "TH": ("Thailand", "ไทย", "ประเทศไทย", "TH"),
    "PH": ("Philippines", "PH"),
    "MY": ("Malaysia", "MY"),
    "SG": ("Singapore", "SG"),
    "JP": ("Japan", "日本", "JP"),
    "MX": ("Mexico", "México", "MX"),
    "BR": ("Brazil", "Brasil", "BR"),
    "DE": ("Germany", "Deutschland", "DE"),
    "FR": ("France", "FR"),
    "IT": ("Italy", "Italia", "IT"),
    "ES": ("Spain", "España", "ES"),
    "IE": ("Ireland", "IE"),
}
_BY_COUNTRY = {fold(word): code for code, words in _COUNTRIES.items() for word in words}
_CANCEL_BY = {
    "user": "BUYER",
    "buyer": "BUYER",
    "customer": "BUYER",
    "seller": "SELLER",
    "system": "SYSTEM",
    "platform": "SYSTEM",
}
_CANCEL_REQUESTS = frozenset({"cancel", "batal", "キャンセル", "取消"})


def status_of(status: str, substatus: str) -> str:
    """Return the API's spelling of a status, "" when no word is known; the substatus says more."""
    return _BY_SUBSTATUS.get(fold(substatus), "") or _BY_STATUS.get(fold(status), "")


def is_cash_on_delivery(method: str) -> bool:
    """Return whether the buyer pays the courier."""
    word = fold(method)
    return bool(word) and any(one in word for one in map(fold, _COD) if len(one) > 3) or word == "cod"


def is_by_platform(fulfilment: str) -> bool:
    """Return whether the platform's own warehouse ships."""
    word = fold(fulfilment)
    return any(one in word for one in _BY_PLATFORM)


def region_of(country: str) -> str:
    """Return the two letters of a country named in any language of the markets, or ""."""
    return _BY_COUNTRY.get(fold(country), "")


def canceller_of(word: str) -> str:
    """Return BUYER, SELLER or SYSTEM; an unknown word as it stands."""
    return _CANCEL_BY.get(fold(word), word.strip().upper()[:16])


def asks_to_cancel(request: str) -> bool:
    """Return whether the cell about cancelling and returning tells a request to cancel."""
    return fold(request) in _CANCEL_REQUESTS
