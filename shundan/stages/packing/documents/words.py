"""The words on packing's paper: Chinese for the warehouse, beside it the language of the market."""

from __future__ import annotations

# key: (中文, English, Bahasa Indonesia)
_WORDS = {
    "slip": ("发货单", "Packing slip", "Slip pengemasan"),
    "invoice": ("发票", "Invoice", "Faktur"),
    "pick_list": ("拣货单", "Pick list", "Daftar ambil"),
    "order": ("订单", "Order", "Pesanan"),
    "orders": ("订单数", "Orders", "Pesanan"),
    "shop": ("店铺", "Shop", "Toko"),
    "parcel": ("包裹", "Parcel", "Paket"),
    "carrier": ("物流商", "Carrier", "Kurir"),
    "buyer": ("买家", "Buyer", "Pembeli"),
    "seller": ("卖家", "Seller", "Penjual"),
    "buyer_note": ("买家留言", "Buyer's note", "Catatan pembeli"),
    "gift_note": ("赠品", "Gift", "Hadiah"),
    "item": ("货品", "Item", "Barang"),
    "sku": ("SKU", "", ""),
    "bin": ("库位", "Bin", "Rak"),
    "quantity": ("数量", "Qty", "Jml"),
    "units": ("件", "units", "pcs"),
    "lines": ("行", "lines", "baris"),
    "page": ("页", "Page", "Hal."),
    "number": ("发票号", "Invoice no.", "No. faktur"),
    "date": ("日期", "Date", "Tanggal"),
    "tax_id": ("税号", "Tax ID", "NPWP"),
    "unit_price": ("单价", "Unit price", "Harga satuan"),
    "discount": ("折扣", "Discount", "Diskon"),
    "tax": ("税", "Tax", "Pajak"),
    "tax_rate": ("税率", "Tax rate", "Tarif pajak"),
    "tax_base": ("计税金额", "Taxable", "Dasar pajak"),
    "amount": ("金额", "Amount", "Jumlah"),
    "subtotal": ("货品小计", "Items", "Subtotal barang"),
    "order_discount": ("订单折扣", "Order discount", "Diskon pesanan"),
    "shipping": ("运费", "Shipping", "Ongkir"),
    "fees": ("平台代收费用", "Platform fees", "Biaya platform"),
    "tax_included": ("其中含税", "Tax included", "Termasuk pajak"),
    "tax_added": ("税额", "Tax", "Pajak"),
    "total": ("合计", "Total", "Total"),
    "wave": ("波次", "Wave", "Gelombang"),
    "warehouse": ("仓库", "Warehouse", "Gudang"),
    "made_at": ("生成时间", "Made at", "Dibuat"),
    "picker": ("拣货人", "Picker", "Pengambil"),
    "tote": ("周转箱", "Tote", "Keranjang"),
    "done": ("完成", "Done", "Selesai"),
    "sku_totals": ("各 SKU 合计", "Totals per SKU", "Total per SKU"),
    "bins": ("库位数", "Bins", "Rak"),
    "signature": ("签名", "Signature", "Tanda tangan"),
}


def language_of(market: str) -> str:
    """Return the second language of a market's paper: "id" for Indonesia, else "en"."""
    return "id" if market.upper() == "ID" else "en"


def words_in(language: str) -> dict[str, list[str]]:
    """Return every word as [中文, other]; `language` is "en" or "id"."""
    other = 2 if language == "id" else 1
    return {key: [word[0], word[other]] for key, word in _WORDS.items()}


def all_words() -> dict[str, dict[str, list[str]]]:
    """Return the words of every second language, for a batch that mixes markets."""
    return {language: words_in(language) for language in ("en", "id")}
