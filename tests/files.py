"""Makes the files sellers have: order exports with all their quirks, ratings, other programs' lists.

Everything in them is invented. `us_order()` and its like are rows by column name; `as_csv`, `as_xlsx` and the
others write rows the way the platform, a spreadsheet or an ERP does.
"""

from __future__ import annotations

import csv
import html
import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

import xlsxwriter

Cells = dict[str, str]


def _split(names: str) -> list[str]:
    return names.split("|")


_LINE = (
    "Order ID|Order Status|Order Substatus|Cancelation/Return Type|Normal or Pre-order|SKU ID|Seller SKU|"
    "{product}Product Name|Variation|{bundle}Quantity|Sku Quantity of return|SKU Unit Original Price|"
    "SKU Subtotal Before Discount|SKU Platform Discount|SKU Seller Discount|SKU Subtotal After Discount|"
    "Shipping Fee After Discount|Original Shipping Fee|Shipping Fee Seller Discount|"
)
_TIMES = (
    "Created Time|Paid Time|RTS Time|Shipped Time|Delivered Time|Cancelled Time|Cancel By|Cancel Reason|"
    "Fulfillment Type|Warehouse Name|Tracking ID|"
)
_TAIL = "Payment Method|Weight(kg)|Product Category|Package ID|Seller Note|Checked Status|Checked Marked by"


def _asian(totals: str, address: str) -> list[str]:
    line = _LINE.format(product="", bundle="")
    buyer = "Delivery Option|Shipping Provider Name|Buyer Message|Buyer Username|Recipient|Phone #|"
    return (line + totals + _TIMES + buyer + address + _TAIL).split("|")


_COMMON = "Shipping Fee Platform Discount|Payment platform discount|Taxes|Order Amount|Order Refund Amount|"
HEADERS: dict[str, list[str]] = {
    "US": (
        _LINE.format(product="Product ID|", bundle=" Virtual Bundle Seller SKU|")
        + "Co-Funded Shipping Fee Discount|Shipping Fee Platform Discount|Payment platform discount|"
        "Retail Delivery Fee|Taxes|Order Amount|Order Refund Amount|"
        + _TIMES
        + "Delivery Option Type|Delivery Option|Shipping Provider Name|Buyer Message|Buyer Nickname|"
        "Buyer Username|Recipient|Phone #|Country|State|City|Zipcode|"
        "Address Line 1|Address Line 2|Delivery Instruction|"
        "Payment Method|Weight(kg)|Product Category|Package ID|Seller Note|Shipping Information|"
        "Combined Listing|Order Channel|Creator Handle"
    ).split("|"),
    "ID": (
        _LINE.format(product="", bundle="")
        + "Shipping Fee Platform Discount|Distance Shipping Fee|Distance Fee|Order Refund Amount|"
        "Payment platform discount|Buyer Service Fee|Handling Fee|Shipping Insurance|Item Insurance|"
        "Order Amount|"
        + _TIMES
        + "Delivery Option|Shipping Provider Name|Buyer Message|Buyer Username|Recipient|Phone #|Zipcode|"
        "Country|Province|Regency and City|Districts|Villages|Detail Address|Additional address information|"
        "Payment Method|Weight(kg)|Product Category|Package ID|Purchase Channel|Seller Note|Checked Status|"
        "Checked Marked by|Tokopedia Invoice Number|Order Channel|Creator Handle"
    ).split("|"),
    "VN": _asian(_COMMON, "Country|Province|District|Commune|Detail Address|Additional address information|"),
    "PH": _asian(
        _COMMON,
        "Country|Region|Province|Municipality|Barangay|Detail Address|Additional address information|",
    ),
    "TH": _asian(
        _COMMON.replace("Taxes|", "Taxes|Small Order Fee|"),
        "Zipcode|Country|Province|District|Detail Address|Additional address information|",
    ),
    "MY": _asian(_COMMON, "Zipcode|Country|State|Post Town|Detail Address|Additional address information|"),
    "JP": _split(
        "注文ID|注文状況|注文のサブ状況|キャンセル/返品のタイプ|通常の注文または予約注文|SKU ID|セラーSKU|"
        "商品名|バリエーション|数量|返品済みのSKU数|SKUの元の価格|SKU小計（割引前）|"
        "プラットフォームが資金提供を行うSKU割引|セラーSKU割引|SKU小計（割引後）|割引後の送料|元の送料|"
        "セラー送料割引|プラットフォーム送料割引|プラットフォーム割引|注文金額|注文の返金額|注文作成時刻|"
        "注文の支払い日時|発送準備完了日時|発送日時|配達日時|キャンセル日時|キャンセル元：|キャンセル理由|"
        "フルフィルメントタイプ|倉庫名|追跡ID|配達オプションのタイプ|配送業者名|カスタマーのユーザー名|"
        "受取人|名|姓|国|郵便番号|都道府県|市区町村|町名|詳細住所1|詳細住所2|支払い方法|電話番号|重量（kg）|"
        "商品カテゴリー|荷物ID|セラーメモ|配送先情報|統合リスト|カスタマーからのメッセージ"
    ),
}
DESCRIPTIONS: Cells = {
    "Order ID": "Platform unique order ID.",
    "Order Status": "Current order status.",
    "SKU ID": "Platform SKU ID.",
    "Seller SKU": "Seller sku input by the seller in the product system.",
    "Product Name": "Platform product name.",
    "Variation": "Platform SKU variation",
    "Quantity": "SKU sold quantity in the order.",
    "Order Amount": "Order total amount paid by the buyer.",
    "Created Time": "Order created time.",
    "Paid Time": "Order paid time.",
}
# The platform ends these cells with a tab, also where they are empty.
TABBED = (
    "Order ID",
    "SKU ID",
    "Product ID",
    "Package ID",
    "Zipcode",
    "Created Time",
    "Paid Time",
    "RTS Time",
    "Shipped Time",
    "Delivered Time",
    "Cancelled Time",
    "注文ID",
    "注文作成時刻",
    "注文の支払い日時",
    "荷物ID",
)
RATING_HEADER = ["Order ID", "Product ID", "SKU ID", "Rating", "Review", "Created Time", "Buyer Username"]
SHOPIFY_HEADER = _split(
    "Name|Email|Financial Status|Paid at|Fulfillment Status|Fulfilled at|Currency|Subtotal|Shipping|Taxes|"
    "Total|Shipping Method|Created at|Lineitem quantity|Lineitem name|Lineitem price|Lineitem sku|"
    "Shipping Name|Shipping Address1|Shipping Address2|Shipping City|Shipping Zip|Shipping Province|"
    "Shipping Country|Shipping Phone|Notes|Cancelled at|Payment Method|Lineitem discount|Tags"
)
SHIPSTATION_HEADER = _split(
    "Order Number|Order Date|Order Status|Recipient Name|Address Line 1|Address Line 2|City|State|"
    "Postal Code|Country Code|Phone|Item SKU|Item Name|Item Quantity|Item Unit Price|Order Total"
)
SHIPPING_LIST_HEADER = _split(
    "渠道|售出日期|备注|店铺名称|订单编号|商品名称|总价|数量|昵称|邮编|收件人|收件电话|城市,州|街道地址"
)


def us_order(number: int = 1, line: int = 1, /, **cells: str) -> Cells:
    """One line of an order of the United States, to be shipped; any cell may be given by name."""
    row = {
        "Order ID": f"5770000000000{number:05}",
        "Order Status": "To ship",
        "Order Substatus": "Awaiting shipment",
        "Normal or Pre-order": "Normal",
        "SKU ID": f"17290000000000{line:05}",
        "Seller SKU": f"LAMP-{line}",
        "Product ID": "1729000000000099",
        "Product Name": "Paper Lamp, round",
        "Variation": "White",
        "Quantity": "2",
        "Sku Quantity of return": "0",
        "SKU Unit Original Price": "10.00",
        "SKU Subtotal Before Discount": "20.00",
        "SKU Platform Discount": "1.00",
        "SKU Seller Discount": "2.00",
        "SKU Subtotal After Discount": "17.00",
        "Shipping Fee After Discount": "3.00",
        "Taxes": "1.50",
        "Order Amount": "21.50",
        "Created Time": "11/20/2026 6:03:56 PM",
        "Paid Time": "11/20/2026 6:04:10 PM",
        "Fulfillment Type": "Fulfillment by seller",
        "Delivery Option Type": "Shipped by seller",
        "Delivery Option": "Standard shipping",
        "Buyer Nickname": "mara q.",
        "Buyer Username": "mara_invented",
        "Recipient": "Mara Quill",
        "Phone #": "(+1)5550100123",
        "Country": "United States",
        "State": "Oregon",
        "City": "Inkwell",
        "Zipcode": "00501",
        "Address Line 1": "7 Nowhere Lane",
        "Payment Method": "Credit/debit card",
        "Shipping Information": "Mara Quill\n7 Nowhere Lane\nInkwell",
    }
    return {**row, **cells}


def asian_order(market: str, number: int = 1, line: int = 1, /, **cells: str) -> Cells:
    """One line of an order of Indonesia, Vietnam, Thailand, Malaysia or the Philippines, masked as there."""
    row = {
        "Order ID": f"5780000000000{number:05}",
        "Order Status": "To ship",
        "Order Substatus": "Awaiting collection",
        "SKU ID": f"17290000000010{line:05}",
        "Seller SKU": "000464",
        "Product Name": "Teh Melati",
        "Variation": "Merah, L",
        "Quantity": "2",
        "SKU Unit Original Price": "50000",
        "SKU Subtotal Before Discount": "100000",
        "SKU Platform Discount": "3000",
        "SKU Seller Discount": "5000",
        "SKU Subtotal After Discount": "92000",
        "Shipping Fee After Discount": "2000",
        "Order Amount": "94000",
        "Created Time": "20/11/2026 07:00:05",
        "Paid Time": "20/11/2026 07:00:09",
        "RTS Time": "20/11/2026 08:10:00",
        "Fulfillment Type": "Dikirim oleh Penjual",
        "Tracking ID": "JX0000000001",
        "Shipping Provider Name": "J&T Express",
        "Buyer Username": "b***x",
        "Recipient": "C***** F*****",
        "Phone #": "(+62)812******99",
        "Zipcode": "10999",
        "Country": market,
        "Province": "Provinsi Rekaan",
        "State": "Negeri Rekaan",
        "Regency and City": "Kota Rekaan",
        "District": "Kota Rekaan",
        "Municipality": "Kota Rekaan",
        "Post Town": "Kota Rekaan",
        "Detail Address": "J*** R*** 1",
        "Payment Method": "Bayar di tempat",
        "Package ID": "1159000000000000001",
    }
    row |= cells
    return {name: row.get(name, "") for name in HEADERS[market]}


def japanese_order(number: int = 1, /, **cells: str) -> Cells:
    """One line of an order of Japan: yen with their word behind, times as in America."""
    row = {
        "注文ID": f"5790000000000{number:05}",
        "注文状況": "未発送",
        "注文のサブ状況": "発送待ち",
        "SKU ID": "1729000000002001",
        "商品名": "紙のランプ",
        "バリエーション": "白",
        "数量": "1",
        "SKUの元の価格": "11,000 JPY",
        "SKU小計（割引前）": "11,000 JPY",
        "プラットフォームが資金提供を行うSKU割引": "0 JPY",
        "セラーSKU割引": "500 JPY",
        "SKU小計（割引後）": "10,500 JPY",
        "割引後の送料": "990 JPY",
        "注文金額": "11,490 JPY",
        "注文作成時刻": "11/20/2026 6:03:56 PM",
        "注文の支払い日時": "11/20/2026 6:03:59 PM",
        "フルフィルメントタイプ": "Fulfillment by seller",
        "配達オプションのタイプ": "Shipped by seller",
        "受取人": "架空 花",
        "名": "ハナ",
        "姓": "カクウ",
        "国": "日本",
        "郵便番号": "0000000",
        "都道府県": "架空県",
        "市区町村": "見本市",
        "町名": "例町",
        "詳細住所1": "0-0",
        "電話番号": "(+81)0800000",
        "荷物ID": "1159000000000002001",
        "配送先情報": "架空 花\n例町 0-0",
    }
    return {**row, **cells}


def rating(number: int = 1, /, **cells: str) -> Cells:
    """One rating of an order of `us_order`."""
    row = {
        "Order ID": f"5770000000000{number:05}",
        "Product ID": "1729000000000099",
        "SKU ID": "1729000000000001",
        "Rating": "5",
        "Review": "Warm light",
        "Created Time": "11/22/2026 10:00:00",
        "Buyer Username": "mara_invented",
    }
    return {**row, **cells}


def table(header: Sequence[str], rows: Iterable[Cells], *, tabs: bool = False) -> list[list[str]]:
    """Put rows by name under their header; with `tabs`, ids and times end in a tab."""
    body = [
        [row.get(name, row.get(name.strip(), "")) + ("\t" if tabs and name in TABBED else "") for name in header]
        for row in rows
    ]
    return [list(header), *body]


def descriptions(header: Sequence[str]) -> list[str]:
    """The row of explanations that stands under a workbook's header."""
    return [DESCRIPTIONS.get(name.strip(), "") for name in header]


def as_csv(rows: Iterable[Sequence[str]], *, bom: bool = True, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """Write a table as delimited text."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return (b"\xef\xbb\xbf" if bom and encoding == "utf-8" else b"") + out.getvalue().encode(encoding)


def as_unicode_text(rows: Iterable[Sequence[str]]) -> bytes:
    """Write a table as Excel's “Unicode Text”: UTF-16 with tabs; the tabs in cells are gone."""
    return as_csv([[cell.strip("\t") for cell in row] for row in rows], bom=False, delimiter="\t", encoding="utf-16")


def as_html(rows: Iterable[Sequence[str]]) -> bytes:
    """Write a table as the page that Chinese ERPs name .xls."""
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<html><body><table border=1>{body}</table></body></html>".encode()


def as_xlsx(
    rows: Iterable[Sequence[str]],
    *,
    sheet: str = "OrderSKUList",
    before: dict[str, list[Sequence[str]]] | None = None,
) -> bytes:
    """Write a workbook with text cells; `before` are sheets that stand in front."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheets: dict[str, list[Sequence[str]]] = {**(before or {}), sheet: list(rows)}
        for name, content in sheets.items():
            page = book.add_worksheet(name)
            for place, row in enumerate(content):
                for column, cell in enumerate(row):
                    if cell:
                        page.write_string(place, column, cell)
    return out.getvalue()


def as_malformed_xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    """Write the platform's malformed workbook: one sheet2.xml, each cell in its own row 1."""
    cells = []
    for place, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if cell:
                name = _letters(column) + str(place)
                text = f'<is><t xml:space="preserve">{escape(cell)}</t></is>'
                cells.append(f'<row r="1"><c r="{name}" t="inlineStr">{text}</c></row>')
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet2.xml" ContentType="{kinds}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="OrderSKUList" sheetId="2" r:id="r2"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r2" '
        f'Type="{office}/worksheet" Target="worksheets/sheet2.xml"/></Relationships>',
        "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{main}"><dimension ref="A1:A1"/><sheetData>'
        + "".join(cells)
        + "</sheetData></worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def _letters(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def zip_bomb() -> bytes:
    """Write a workbook that unpacks to more than anybody's memory should hold."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for place in range(5):
            archive.writestr(f"xl/worksheets/sheet{place}.xml", b"0" * 100_000_000)
    return out.getvalue()


def many_orders(count: int) -> list[Cells]:
    """Return that many orders of one line each, told apart by number."""
    return [us_order(number) for number in range(1, count + 1)]


SETTLEMENT_HEADER = _split(
    "Statement date (UTC)|Statement ID|Payment ID|Status|Currency|Type|Order/adjustment ID|SKU ID|Quantity|"
    "Total settlement amount|Net sales|Gross sales|Shipping|Customer-paid shipping fee|Fees|Referral fee|"
    "Affiliate commission|Adjustment amount|Related order ID|Sales tax payment"
)
INCOME_HEADER = _split(
    "Order/adjustment ID  |Type |Order created time|Order settled time|Currency|Total settlement amount|"
    "Total Revenue|Total Fees|Platform commission fee|Shipping cost|Ajustment amount|Related order ID  "
)


def settlement(number: int = 1, line: int = 1, /, **cells: str) -> Cells:
    """One SKU line of an order in a statement of the United States."""
    row = {
        "Statement date (UTC)": "2026/11/20",
        "Statement ID": "7300000000000000001",
        "Payment ID": "33001",
        "Status": "Paid",
        "Currency": "USD",
        "Type": "Order",
        "Order/adjustment ID": f"5770000000000{number:05}",
        "SKU ID": f"17290000000000{line:05}",
        "Quantity": "2",
        "Total settlement amount": "16.90",
        "Net sales": "20.00",
        "Gross sales": "20.00",
        "Shipping": "-1.00",
        "Customer-paid shipping fee": "3.00",
        "Fees": "-2.10",
        "Referral fee": "-1.20",
        "Affiliate commission": "-0.90",
        "Adjustment amount": "0",
        "Related order ID": "/",
        "Sales tax payment": "1.50",
    }
    return {**row, **cells}


def income(number: int = 1, /, **cells: str) -> Cells:
    """One order's income in Indonesia."""
    row = {
        "Order/adjustment ID  ": f"5770000000000{number:05}",
        "Type ": "Order",
        "Order created time": "2026/11/10",
        "Order settled time": "2026/11/20",
        "Currency": "IDR",
        "Total settlement amount": "42000",
        "Total Revenue": "50000",
        "Total Fees": "-8000",
        "Platform commission fee": "-4000",
        "Shipping cost": "0",
        "Ajustment amount": "0",
        "Related order ID  ": "/",
    }
    return {**row, **cells}


RETURN_HEADER = _split(
    "Return Order ID|Order ID|Order Amount|Order Status|Order Substatus|Payment Method|SKU ID|Seller SKU|Product Name|"
    "SKU Name|Buyer Username|Return Type|Time Requested|Return Reason|Return unit price|Return Quantity|"
    "Return Logistics Tracking ID|Return Status|Return Sub Status|Refund Time|Dispute Status|Appeal Status|"
    "Compensation Status|Compensation Amount|Buyer Note"
)
AFFILIATE_HEADER = _split(
    "Order ID|Product ID|Product Name|SKU|SKU ID|Seller Sku|Price|Payment Amount|Currency|Quantity|Payment method|"
    "Order Status|Creator Username|Content Type|Content ID|commission model|Standard commission rate|"
    "Est. Commission Base|Est. standard commission payment|Actual Commission Base|Actual Commission Payment|"
    "Time Created|Payment time|Platform|agreement_type"
)
UPLOAD_HEADER = _split("Order ID|Tracking ID|Shipping Provider Name|Auto Combine Group ID")
FIRST_UPLOAD_HEADER = _split(
    "Order ID|SKU ID(optional)|Quantity(optional)|Tracking ID|Shipping Provider Name|Shipping Service(optional)|"
    "Auto Combine Group ID"
)
PRODUCT_HEADER = _split(
    "category|brand|product_name|product_description|main_image|property_name_1|property_value_1|price|quantity|"
    "seller_sku|status"
)
ERP_PRODUCT_HEADER = [
    "*分类id\n（必填）",
    "*产品标题\n（必填）",
    "*产品描述\n（必填）",
    "品牌",
    "SKU",
    "变种属性名称一",
    "变种属性值一",
    "*库存\n（必填）",
    "来源URL",
]


def returned(number: int = 1, /, **cells: str) -> Cells:
    """One returned SKU of an order of `us_order`; the day stands first, in every market."""
    row = {
        "Return Order ID": f"40350000000{number:08}",
        "Order ID": f"5770000000000{number:05}",
        "Order Amount": "$20.00",
        "Order Status": "Completed",
        "SKU ID": "1729000000000000001",
        "Seller SKU": "LAMP-1",
        "Product Name": "Paper Lamp, round",
        "Buyer Username": "mara_invented",
        "Return Type": "Return and refund",
        "Time Requested": "21/11/2026 10:00:00",
        "Return Reason": "Damaged",
        "Return unit price": "$10.00",
        "Return Quantity": "2",
        "Return Status": "Request in process",
        "Buyer Note": "Torn at the seam,\nsee photo",
    }
    return {**row, **cells}


def affiliate(number: int = 1, /, **cells: str) -> Cells:
    """One SKU that a creator sold."""
    row = {
        "Order ID": f"5770000000000{number:05}",
        "Product ID": "1729000000000099",
        "SKU ID": "1729000000000000001",
        "Seller Sku": "LAMP-1",
        "Currency": "USD",
        "Quantity": "1",
        "Order Status": "Settled",
        "Creator Username": "invented_creator",
        "Content ID": "7490000000000000001",
        "Standard commission rate": "15%",
        "Actual Commission Payment": "1.50",
        "Time Created": "20/11/2026 07:00:00",
    }
    return {**row, **cells}


def upload_table(rows: Iterable[Cells], *, first_layout: bool = False) -> list[list[str]]:
    """The sheet of a tracking upload: in the second layout a merged note stands above the header."""
    if first_layout:
        return table(FIRST_UPLOAD_HEADER, rows)
    return [["Review the examples before you fill out this sheet.", "", "", ""], *table(UPLOAD_HEADER, rows)]


def product_table(rows: Iterable[Cells]) -> list[list[str]]:
    """The platform's product template: keys, four rows of labels and help, then the products."""
    header, *body = table(PRODUCT_HEADER, rows)
    labels = [[f"{word} {name}" for name in header] for word in ("Label", "Required", "Help", "Example")]
    return [header, *labels, *body]
