"""A few templates to begin with; people change them later."""
from __future__ import annotations

from typing import Any

from django.db import migrations

TEXTS = [
    ("out_of_stock", "en", "Out of stock", "Hello, one item of your order {order_id} ({item}) is out of stock. Shall we send the rest now, or would you rather cancel?"),
    ("out_of_stock", "id", "Stok habis", "Halo, salah satu barang pesanan {order_id} ({item}) sedang habis. Kami kirim sisanya dulu, atau Anda ingin membatalkan?"),
    ("out_of_stock", "zh", "缺货询问", "您好，订单 {order_id} 中的 {item} 暂时缺货。先发其余商品，还是取消订单？"),
    ("address", "en", "Address incomplete", "Hello, the address of your order {order_id} is incomplete. Could you send us the street, house number and postcode?"),
    ("address", "id", "Alamat belum lengkap", "Halo, alamat pesanan {order_id} belum lengkap. Mohon kirim nama jalan, nomor rumah, dan kode pos."),
    ("address", "zh", "地址不完整", "您好，订单 {order_id} 的地址不完整，请补充街道、门牌号和邮编。"),
    ("price", "en", "Wrong price", "Hello, order {order_id} was placed at a price that was wrong on our side. We are sorry. May we cancel it and offer you a voucher?"),
    ("price", "id", "Harga keliru", "Halo, harga pada pesanan {order_id} keliru karena kesalahan kami. Mohon maaf. Bolehkah kami batalkan dan memberi voucer?"),
    ("delay", "en", "Parcel delayed", "Hello, your parcel {tracking} of order {order_id} is delayed. We are asking the carrier and will write again when it moves."),
    ("delay", "id", "Paket terlambat", "Halo, paket {tracking} untuk pesanan {order_id} terlambat. Kami sedang menanyakannya ke kurir dan akan memberi kabar."),
    ("delay", "zh", "物流延误", "您好，订单 {order_id} 的包裹 {tracking} 有延误，我们正在催促物流商，有进展会再联系您。"),
    ("thanks", "en", "Thank you", "Thank you for your order {order_id}. It is being packed now."),
    ("thanks", "id", "Terima kasih", "Terima kasih atas pesanan {order_id}. Pesanan sedang kami kemas."),
]  # fmt: skip


def add_templates(apps: Any, schema_editor: Any) -> None:
    template = apps.get_model("conversations", "Template")
    template.objects.bulk_create(
        [template(reason=reason, language=language, title=title, text=text) for reason, language, title, text in TEXTS]
    )


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial")]
    operations = [migrations.RunPython(add_templates, migrations.RunPython.noop)]
