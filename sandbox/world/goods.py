"""The assortment: forty invented goods. Code, names, price in US cents, grams, options, category."""

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


ONE = ("Standard",)
SHADES = ("Cream", "Sage", "Charcoal")
SIZES = ("S", "M", "L")
GOODS: tuple[Good, ...] = (
    Good("BDR", "Bamboo Dish Rack", "竹制沥水架", "Rak Piring Bambu", 2499, 1400, "Colour", ("Natural", "Walnut"), "Home"),
    Good("FST", "Folding Step Stool", "折叠踏凳", "Bangku Lipat", 1899, 1100, "Colour", SHADES, "Home"),
    Good("LTB", "Linen Tea Towels, 4 pcs", "亚麻茶巾四件装", "Lap Linen isi 4", 1599, 320, "Colour", SHADES, "Home"),
    Good("CGM", "Ceramic Garlic Mill", "陶瓷蒜磨", "Ulekan Bawang Keramik", 1299, 480, "Type", ONE, "Kitchen"),
    Good("SPL", "Silicone Pot Lids, set of 5", "硅胶锅盖五件套", "Tutup Panci Silikon isi 5", 1999, 540, "Colour", ("Grey", "Teal"), "Kitchen"),
    Good("MSR", "Magnetic Spice Rack", "磁吸调料架", "Rak Bumbu Magnet", 2299, 900, "Size", ("4 jars", "8 jars"), "Kitchen"),
    Good("CBT", "Cold Brew Bottle", "冷萃咖啡瓶", "Botol Cold Brew", 1799, 620, "Size", ("0.7 l", "1.0 l"), "Kitchen"),
    Good("RCB", "Reusable Coffee Beaker", "随行咖啡杯", "Gelas Kopi Pakai Ulang", 1399, 260, "Colour", SHADES, "Kitchen"),
    Good("HSK", "Herb Scissors Kit", "香草剪套装", "Gunting Herbal", 999, 210, "Type", ONE, "Kitchen"),
    Good("NLC", "Night Light, Clay Moon", "陶月小夜灯", "Lampu Tidur Bulan", 2199, 430, "Light", ("Warm", "Cool"), "Lighting"),
    Good("DLB", "Desk Lamp, Bent Arm", "弯臂台灯", "Lampu Meja Lengkung", 3499, 1500, "Colour", ("White", "Black"), "Lighting"),
    Good("FLC", "Festoon Lights, 10 m", "串灯十米", "Lampu Tumblr 10 m", 2699, 780, "Light", ("Warm", "Coloured"), "Lighting"),
    Good("WCH", "Wool Cushion Cover", "羊毛抱枕套", "Sarung Bantal Wol", 1499, 240, "Colour", SHADES, "Textiles"),
    Good("WTH", "Waffle Throw", "华夫格盖毯", "Selimut Wafel", 3299, 980, "Colour", SHADES, "Textiles"),
    Good("BTM", "Bath Mat, Stone Weave", "石纹浴室垫", "Keset Mandi", 1899, 640, "Colour", ("Sand", "Slate"), "Textiles"),
    Good("SHC", "Shower Curtain, Fern", "蕨纹浴帘", "Tirai Mandi Pakis", 2099, 560, "Size", ("180 cm", "200 cm"), "Textiles"),
    Good("LBB", "Laundry Basket, Rope", "棉绳脏衣篮", "Keranjang Cucian Tali", 2799, 1200, "Size", ("M", "L"), "Home"),
    Good("DOR", "Drawer Organisers, 6 pcs", "抽屉收纳六件", "Sekat Laci isi 6", 1699, 700, "Colour", ("Clear", "White"), "Home"),
    Good("VSB", "Vacuum Storage Bags", "真空收纳袋", "Kantong Vakum", 1599, 450, "Pack", ("6 pcs", "12 pcs"), "Home"),
    Good("HKP", "Hook Rail, Peg", "木钉挂钩排", "Gantungan Dinding", 1299, 380, "Size", ("4 pegs", "6 pegs"), "Home"),
    Good("OTS", "Oversized T-Shirt, Heavy", "重磅宽松T恤", "Kaos Oversize", 1999, 260, "Size", SIZES, "Fashion"),
    Good("LWP", "Linen Wide Pants", "亚麻阔腿裤", "Celana Linen Lebar", 2999, 380, "Size", SIZES, "Fashion"),
    Good("RKC", "Ribbed Knit Cardigan", "罗纹针织开衫", "Kardigan Rajut", 3799, 520, "Size", SIZES, "Fashion"),
    Good("PMS", "Pleated Midi Skirt", "百褶中长裙", "Rok Plisket", 2699, 340, "Size", SIZES, "Fashion"),
    Good("CNT", "Canvas Tote, Fold", "折叠帆布包", "Tas Kanvas Lipat", 1599, 290, "Colour", ("Ecru", "Navy", "Rust"), "Bags"),
    Good("MCB", "Mini Crossbody Bag", "迷你斜挎包", "Tas Selempang Mini", 2399, 310, "Colour", ("Black", "Olive"), "Bags"),
    Good("PCP", "Packing Cubes, 5 pcs", "旅行收纳袋五件", "Packing Cube isi 5", 2199, 420, "Colour", ("Grey", "Blush"), "Bags"),
    Good("BHT", "Bucket Hat, Washed", "水洗渔夫帽", "Topi Bucket", 1399, 120, "Colour", ("Khaki", "Denim"), "Accessories"),
    Good("SCS", "Silk-touch Scrunchies, 6", "缎面发圈六只", "Ikat Rambut Satin isi 6", 899, 90, "Colour", ("Earth", "Ocean"), "Accessories"),
    Good("HPB", "Hair Claw, Pearl", "珍珠抓夹", "Jepit Rambut Mutiara", 799, 60, "Type", ONE, "Accessories"),
    Good("CSK", "Crew Socks, 5 pairs", "中筒袜五双", "Kaos Kaki isi 5", 1299, 250, "Size", ("36-40", "41-45"), "Fashion"),
    Good("SLP", "Cloud Slippers", "云朵拖鞋", "Sandal Awan", 1899, 360, "Size", ("37-38", "39-40", "41-42"), "Fashion"),
    Good("YGM", "Yoga Mat, Cork", "软木瑜伽垫", "Matras Yoga Gabus", 3999, 1900, "Type", ONE, "Sport"),
    Good("RBS", "Resistance Bands, set", "弹力带套装", "Tali Resistensi", 1499, 300, "Level", ("Light", "Strong"), "Sport"),
    Good("JRC", "Jump Rope, Counter", "计数跳绳", "Lompat Tali Digital", 1199, 220, "Colour", ("Black", "Mint"), "Sport"),
    Good("PSB", "Pet Slow Bowl", "宠物慢食碗", "Mangkuk Hewan", 1099, 330, "Colour", ("Mint", "Sand"), "Pets"),
    Good("CTT", "Cat Tunnel, Crinkle", "猫咪隧道", "Terowongan Kucing", 1799, 560, "Type", ONE, "Pets"),
    Good("PHN", "Phone Stand, Walnut", "胡桃木手机架", "Dudukan Ponsel Kayu", 1599, 240, "Type", ONE, "Desk"),
    Good("CBO", "Cable Organiser, Magnet", "磁吸理线器", "Penjepit Kabel Magnet", 999, 110, "Pack", ("3 pcs", "6 pcs"), "Desk"),
    Good("PLN", "Weekly Planner Pad", "周计划本", "Buku Rencana Mingguan", 1199, 350, "Colour", ("Dawn", "Dusk"), "Desk"),
)
LISTED = {"US": 40, "GB": 28, "ID": 30}


def seller_sku(good: Good, choice: int) -> str:
    """Return our own number of a good's variant; the same in every shop."""
    return f"{good.code}-{choice + 1:02d}"
