"""Read a PDF as a person and a scanner do."""

from __future__ import annotations

import io

import pypdf
import pypdfium2
import zxingcpp

PRINTER_DPI = 203


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of each page, with the break opportunities of long codes taken out."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return [page.extract_text().replace("\u200b", "") for page in reader.pages]


def size_mm(pdf: bytes) -> tuple[int, int]:
    """Return the first page's width and height."""
    box = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].mediabox
    return round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)


def codes_on(pdf: bytes, *, page: int = 0) -> dict[str, str]:
    """Return what a scanner reads from a page as a label printer draws it: format name → text."""
    document = pypdfium2.PdfDocument(pdf)
    picture = document[page].render(scale=PRINTER_DPI / 72, grayscale=True).to_pil()
    document.close()
    return {found.format.name: found.text for found in zxingcpp.read_barcodes(picture)}
