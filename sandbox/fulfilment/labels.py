"""Labels and packing slips of a package, as PDF or ZPL."""

from __future__ import annotations

from typing import Any

from sandbox.box import Box
from sandbox.fulfilment.code128 import bars, total_width
from sandbox.fulfilment.packages import lines_of
from sandbox.fulfilment.pdf import Page, write_pdf

SIZES = {"A6": (297.64, 419.53), "A5": (419.53, 595.28)}


def label_pdf(box: Box, package: dict[str, Any], *, kind: str, size: str) -> bytes:
    """Return the document the shipping_documents path promised."""
    width, height = SIZES.get(size, SIZES["A6"])
    pages = []
    if kind != "PACKING_SLIP":
        pages.append(label_page(box, package, width, height))
    if "PACKING_SLIP" in kind:
        pages.append(slip_page(box, package, width, height))
    return write_pdf(pages)


def label_page(box: Box, package: dict[str, Any], width: float, height: float) -> Page:
    page, order = Page(width, height), box.book.orders[package["orders"][0]]
    address, number = order["_address"], package["tracking_number"]
    sender = box.store.table("warehouse")[package["warehouse_id"]]["address"]
    top = height - 30
    page.text(18, top, package["shipping_provider_name"], size=15, bold=True)
    page.text(width - 92, top, package["shipping_type"], size=10, bold=True)
    page.line(18, top - 10, width - 36)
    draw_code(page, number, x=24, y=top - 92, width=width - 48, height=66)
    page.text(24, top - 108, number, size=12, bold=True)
    page.line(18, top - 118, width - 36)
    page.text(18, top - 134, "To", size=8)
    rows = [
        address["name"],
        address["phone_number"],
        address["address_line1"],
        address["address_line2"],
        ", ".join(level["address_name"] for level in reversed(address["district_info"])),
        address["postal_code"],
    ]
    y = top - 134
    for words in (row for row in rows if row):
        page.text(40, y, words[:52], size=10, bold=words == address["name"])
        y -= 14
    page.line(18, y - 2, width - 36)
    page.text(18, y - 16, f"From  {sender['contact_person']}, {sender['full_address']}"[:70], size=7)
    page.text(18, y - 30, f"Package {package['id']}", size=8)
    page.text(18, y - 42, f"Order {', '.join(package['orders'])}"[:64], size=8)
    page.text(18, 14, "Sandbox label. Not valid for shipping.", size=7)
    return page


def draw_code(page: Page, text: str, *, x: float, y: float, width: float, height: float) -> None:
    module = width / (total_width(text) + 20)
    for start, bar in bars(text):
        page.box(x + (start + 10) * module, y, bar * module, height)


def slip_page(box: Box, package: dict[str, Any], width: float, height: float) -> Page:
    page, y = Page(width, height), height - 30
    page.text(18, y, "Packing slip", size=14, bold=True)
    page.text(18, y - 16, f"Package {package['id']}", size=8)
    counts: dict[tuple[str, str, str], int] = {}
    for line in lines_of(box, package):
        key = (line["seller_sku"], line["product_name"], line["sku_name"])
        counts[key] = counts.get(key, 0) + 1
    y -= 38
    for (seller_sku, name, variant), quantity in counts.items():
        page.text(18, y, f"{quantity} x  {seller_sku}   {name} / {variant}"[:60], size=8)
        y -= 13
    return page


def label_zpl(box: Box, package: dict[str, Any]) -> bytes:
    address = box.book.orders[package["orders"][0]]["_address"]
    clean = lambda words: words.replace("^", " ").replace("~", " ")  # noqa: E731
    return "\n".join(
        [
            "^XA^CI28",
            f"^FO40,40^A0N,40,40^FD{clean(package['shipping_provider_name'])}^FS",
            f"^FO40,110^BY2^BCN,120,Y,N,N^FD{package['tracking_number']}^FS",
            f"^FO40,300^A0N,32,32^FD{clean(address['name'])}^FS",
            f"^FO40,345^A0N,28,28^FD{clean(address['full_address'])[:60]}^FS",
            "^XZ",
        ]
    ).encode()
