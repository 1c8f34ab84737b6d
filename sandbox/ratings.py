"""What buyers think: one rating per SKU of an order, counted per SKU and listed in a file."""

from __future__ import annotations

from typing import Any

from sandbox.box import Box

TEXTS = {
    "en": {
        5: "Lovely, exactly as pictured.",
        4: "Good, a little smaller than I thought.",
        3: "It is all right.",
        2: "Stitching came loose after a week.",
        1: "Arrived broken, very disappointed.",
    },
    "id": {
        5: "Bagus banget, sesuai foto.",
        4: "Lumayan bagus, agak kecil.",
        3: "Biasa saja.",
        2: "Jahitannya lepas.",
        1: "Barang rusak, kecewa.",
    },
    "de": {
        5: "Wunderschön, genau wie auf dem Bild.",
        4: "Gut, etwas kleiner als gedacht.",
        3: "Ganz in Ordnung.",
        2: "Nach einer Woche ging die Naht auf.",
        1: "Kam kaputt an, sehr enttäuscht.",
    },
    "fr": {
        5: "Magnifique, comme sur la photo.",
        4: "Bien, un peu plus petit que prévu.",
        3: "Correct, sans plus.",
        2: "La couture a lâché au bout d'une semaine.",
        1: "Arrivé cassé, très déçu.",
    },
    "es": {
        5: "Precioso, tal cual la foto.",
        4: "Bien, algo más pequeño de lo que pensaba.",
        3: "Normal.",
        2: "Se descosió en una semana.",
        1: "Llegó roto, muy decepcionada.",
    },
    "it": {
        5: "Bellissimo, come in foto.",
        4: "Buono, un po' più piccolo del previsto.",
        3: "Nella media.",
        2: "La cucitura si è aperta dopo una settimana.",
        1: "Arrivato rotto, molto deluso.",
    },
    "pt": {
        5: "Lindo, igual à foto.",
        4: "Bom, um pouco menor do que pensei.",
        3: "Normal.",
        2: "A costura soltou em uma semana.",
        1: "Chegou quebrado, decepcionada.",
    },
    "ja": {
        5: "写真どおりでとても素敵です。",
        4: "良いですが、思ったより少し小さめ。",
        3: "ふつうです。",
        2: "一週間で縫い目がほつれました。",
        1: "壊れた状態で届き、残念です。",
    },
    "th": {
        5: "สวยมาก ตรงปก",
        4: "ดีค่ะ เล็กกว่าที่คิดนิดหน่อย",
        3: "ก็โอเค",
        2: "ตะเข็บหลุดภายในหนึ่งสัปดาห์",
        1: "ของแตกมา ผิดหวังมาก",
    },
    "vi": {
        5: "Đẹp lắm, đúng như hình.",
        4: "Tốt, hơi nhỏ hơn mình nghĩ.",
        3: "Tạm được.",
        2: "Bung chỉ sau một tuần.",
        1: "Hàng bị vỡ, thất vọng.",
    },
    "ms": {
        5: "Cantik sangat, sama macam gambar.",
        4: "Bagus, kecil sikit dari sangkaan.",
        3: "Boleh la.",
        2: "Jahitan terbuka selepas seminggu.",
        1: "Sampai pecah, kecewa.",
    },
}


def rate(box: Box, order: dict[str, Any], *, stars: int, text: str = "") -> list[str]:
    """Rate every SKU of an order that is not rated yet; return the ids of the ratings."""
    made = []
    words = TEXTS.get(box.market(order["shop_id"]).locale.partition("-")[0], TEXTS["en"])
    for line in order["line_items"]:
        key = f"{order['id']}-{line['sku_id']}"
        found = box.sku(line["sku_id"])
        if box.store.get("rating", key) or line["display_status"] == "CANCELLED" or found is None:
            continue
        product, sku = found
        sku["stars"][stars - 1] += 1
        box.store.put("product", product["id"], product)
        box.store.put(
            "rating",
            key,
            {
                "id": key,
                "shop_id": order["shop_id"],
                "order_id": order["id"],
                "product_id": product["id"],
                "sku_id": line["sku_id"],
                "stars": stars,
                "text": text or words[stars],
                "time": box.now(),
                "username": order["_username"],
            },
        )
        made.append(key)
    return made
