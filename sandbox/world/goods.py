"""The assortment: forty invented goods, one row each."""

from __future__ import annotations

from typing import NamedTuple


class Good(NamedTuple):
    code: str
    en: str
    zh: str
    id: str
    cents: int
    grams: int
    option: str
    choices: tuple[str, ...]
    category: str


TABLE = """
BDR|Bamboo Dish Rack|竹制沥水架|Rak Piring Bambu|2499|1400|Colour|Natural;Walnut|Home
FST|Folding Step Stool|折叠踏凳|Bangku Lipat|1899|1100|Colour|Cream;Sage;Charcoal|Home
LTB|Linen Tea Towels, 4 pcs|亚麻茶巾四件装|Lap Linen isi 4|1599|320|Colour|Cream;Sage;Charcoal|Home
CGM|Ceramic Garlic Mill|陶瓷蒜磨|Ulekan Bawang Keramik|1299|480|Type|Standard|Kitchen
SPL|Silicone Pot Lids, set of 5|硅胶锅盖五件套|Tutup Panci Silikon isi 5|1999|540|Colour|Grey;Teal|Kitchen
MSR|Magnetic Spice Rack|磁吸调料架|Rak Bumbu Magnet|2299|900|Size|4 jars;8 jars|Kitchen
CBT|Cold Brew Bottle|冷萃咖啡瓶|Botol Cold Brew|1799|620|Size|0.7 l;1.0 l|Kitchen
RCB|Reusable Coffee Beaker|随行咖啡杯|Gelas Kopi Pakai Ulang|1399|260|Colour|Cream;Sage;Charcoal|Kitchen
HSK|Herb Scissors Kit|香草剪套装|Gunting Herbal|999|210|Type|Standard|Kitchen
NLC|Night Light, Clay Moon|陶月小夜灯|Lampu Tidur Bulan|2199|430|Light|Warm;Cool|Lighting
DLB|Desk Lamp, Bent Arm|弯臂台灯|Lampu Meja Lengkung|3499|1500|Colour|White;Black|Lighting
FLC|Festoon Lights, 10 m|串灯十米|Lampu Tumblr 10 m|2699|780|Light|Warm;Coloured|Lighting
WCH|Wool Cushion Cover|羊毛抱枕套|Sarung Bantal Wol|1499|240|Colour|Cream;Sage;Charcoal|Textiles
WTH|Waffle Throw|华夫格盖毯|Selimut Wafel|3299|980|Colour|Cream;Sage;Charcoal|Textiles
BTM|Bath Mat, Stone Weave|石纹浴室垫|Keset Mandi|1899|640|Colour|Sand;Slate|Textiles
SHC|Shower Curtain, Fern|蕨纹浴帘|Tirai Mandi Pakis|2099|560|Size|180 cm;200 cm|Textiles
LBB|Laundry Basket, Rope|棉绳脏衣篮|Keranjang Cucian Tali|2799|1200|Size|M;L|Home
DOR|Drawer Organisers, 6 pcs|抽屉收纳六件|Sekat Laci isi 6|1699|700|Colour|Clear;White|Home
VSB|Vacuum Storage Bags|真空收纳袋|Kantong Vakum|1599|450|Pack|6 pcs;12 pcs|Home
HKP|Hook Rail, Peg|木钉挂钩排|Gantungan Dinding|1299|380|Size|4 pegs;6 pegs|Home
OTS|Oversized T-Shirt, Heavy|重磅宽松T恤|Kaos Oversize|1999|260|Size|S;M;L|Fashion
LWP|Linen Wide Pants|亚麻阔腿裤|Celana Linen Lebar|2999|380|Size|S;M;L|Fashion
RKC|Ribbed Knit Cardigan|罗纹针织开衫|Kardigan Rajut|3799|520|Size|S;M;L|Fashion
PMS|Pleated Midi Skirt|百褶中长裙|Rok Plisket|2699|340|Size|S;M;L|Fashion
CNT|Canvas Tote, Fold|折叠帆布包|Tas Kanvas Lipat|1599|290|Colour|Ecru;Navy;Rust|Bags
MCB|Mini Crossbody Bag|迷你斜挎包|Tas Selempang Mini|2399|310|Colour|Black;Olive|Bags
PCP|Packing Cubes, 5 pcs|旅行收纳袋五件|Packing Cube isi 5|2199|420|Colour|Grey;Blush|Bags
BHT|Bucket Hat, Washed|水洗渔夫帽|Topi Bucket|1399|120|Colour|Khaki;Denim|Accessories
SCS|Silk-touch Scrunchies, 6|缎面发圈六只|Ikat Rambut Satin isi 6|899|90|Colour|Earth;Ocean|Accessories
HPB|Hair Claw, Pearl|珍珠抓夹|Jepit Rambut Mutiara|799|60|Type|Standard|Accessories
CSK|Crew Socks, 5 pairs|中筒袜五双|Kaos Kaki isi 5|1299|250|Size|36-40;41-45|Fashion
SLP|Cloud Slippers|云朵拖鞋|Sandal Awan|1899|360|Size|37-38;39-40;41-42|Fashion
YGM|Yoga Mat, Cork|软木瑜伽垫|Matras Yoga Gabus|3999|1900|Type|Standard|Sport
RBS|Resistance Bands, set|弹力带套装|Tali Resistensi|1499|300|Level|Light;Strong|Sport
JRC|Jump Rope, Counter|计数跳绳|Lompat Tali Digital|1199|220|Colour|Black;Mint|Sport
PSB|Pet Slow Bowl|宠物慢食碗|Mangkuk Hewan|1099|330|Colour|Mint;Sand|Pets
CTT|Cat Tunnel, Crinkle|猫咪隧道|Terowongan Kucing|1799|560|Type|Standard|Pets
PHN|Phone Stand, Walnut|胡桃木手机架|Dudukan Ponsel Kayu|1599|240|Type|Standard|Desk
CBO|Cable Organiser, Magnet|磁吸理线器|Penjepit Kabel Magnet|999|110|Pack|3 pcs;6 pcs|Desk
PLN|Weekly Planner Pad|周计划本|Buku Rencana Mingguan|1199|350|Colour|Dawn;Dusk|Desk
"""
LISTED = {"US": 40, "GB": 28, "ID": 30}
USUALLY_LISTED = 24


class GoodsSet(NamedTuple):
    """Several goods sold as one SKU: a bundle, or a combined listing; `parts` are seller SKUs and counts."""

    code: str
    kind: str
    en: str
    zh: str
    id: str
    seller_sku: str
    parts: tuple[tuple[str, int], ...]


SETS = (
    GoodsSet("SETA", "BUNDLE", "Kitchen Starter Set", "厨房起步套装", "Set Dapur", "SETA-01",
             (("CGM-01", 1), ("SPL-01", 1))),
    GoodsSet("SETB", "COMBINED_LISTING", "Coffee Walk Set", "咖啡散步套装", "Set Kopi", "SETB-01",
             (("RCB-01", 2), ("CBT-01", 1))),
)  # fmt: skip


def read_good(row: str) -> Good:
    code, en, zh, local, cents, grams, option, choices, category = row.split("|")
    return Good(code, en, zh, local, int(cents), int(grams), option, tuple(choices.split(";")), category)


GOODS = tuple(read_good(row) for row in TABLE.strip().splitlines())


def seller_sku(good: Good, choice: int) -> str:
    """Return our own number of a good's variant; the same in every shop. One variant was listed without any."""
    if (good, choice) == (GOODS[6], len(GOODS[6].choices) - 1):
        return ""
    return f"{good.code}-{choice + 1:02d}"
