"""The words on shipping's paper: Chinese for the warehouse, beside it the language of the market."""

from __future__ import annotations

# key: (中文, English, Bahasa Indonesia)
_WORDS = {
    "manifest": ("交接单", "Hand-over manifest", "Manifes serah terima"),
    "label": ("面单", "Shipping label", "Label pengiriman"),
    "carrier": ("物流商", "Carrier", "Kurir"),
    "service": ("服务", "Service", "Layanan"),
    "warehouse": ("仓库", "Warehouse", "Gudang"),
    "shop": ("店铺", "Shop", "Toko"),
    "number": ("单号", "Number", "Nomor"),
    "handed_over_at": ("交接时间", "Handed over at", "Waktu serah terima"),
    "handed_over_by": ("交接人", "Handed over by", "Diserahkan oleh"),
    "vehicle": ("车牌", "Vehicle", "Kendaraan"),
    "parcels": ("包裹数", "Parcels", "Paket"),
    "orders": ("订单数", "Orders", "Pesanan"),
    "weight": ("总重量", "Total weight", "Berat total"),
    "parcel": ("包裹", "Parcel", "Paket"),
    "tracking": ("运单号", "Tracking no.", "No. resi"),
    "order": ("订单", "Order", "Pesanan"),
    "one_weight": ("重量", "Weight", "Berat"),
    "scanned_at": ("扫描", "Scanned", "Dipindai"),
    "confirmed": (
        "物流商已清点并收到以上包裹",
        "The carrier has counted and received the parcels above",
        "Kurir telah menghitung dan menerima paket di atas",
    ),
    "counted": ("实收件数", "Parcels counted", "Jumlah dihitung"),
    "warehouse_signature": ("仓库签名", "Warehouse signature", "Tanda tangan gudang"),
    "carrier_signature": ("物流商签名", "Carrier signature", "Tanda tangan kurir"),
    "date_time": ("日期和时间", "Date and time", "Tanggal dan waktu"),
    "sender": ("寄件人", "From", "Pengirim"),
    "recipient": ("收件人", "To", "Penerima"),
    "phone": ("电话", "Phone", "Telepon"),
    "collect": ("代收货款", "Collect on delivery", "Bayar di tempat (COD)"),
    "page": ("页", "Page", "Hal."),
}


def words_for(market: str) -> dict[str, list[str]]:
    """Return every word as [中文, other]: Indonesian beside the Chinese for Indonesia, else English."""
    other = 2 if market.upper() == "ID" else 1
    return {key: [word[0], word[other]] for key, word in _WORDS.items()}
