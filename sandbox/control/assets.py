"""Files the sandbox serves: its style sheet, pictures of goods, labels."""

from __future__ import annotations

import re
from pathlib import Path

from sandbox.box import Box
from sandbox.errors import ControlRefusal
from sandbox.fulfilment.labels import label_pdf, label_zpl
from sandbox.gateway import Request

Found = tuple[bytes, bytes, list[tuple[bytes, bytes]]]
LABEL = re.compile(r"labels/(\d+)-(\d+)\.(pdf|zpl)")
GOODS = re.compile(r"goods/([A-Z]{2,5})\.svg")
TINTS = ("#b8d8ba", "#d9dbbc", "#fcddbc", "#ef959d", "#a3bfd9", "#cdb4db", "#ffd6a5", "#9fd8cb")


def find(box: Box, path: str, request: Request) -> Found | None:
    """Return kind, content and headers of a file, or nothing."""
    if path == "style.css":
        return (
            b"text/css; charset=utf-8",
            (Path(__file__).parent / "style.css").read_bytes(),
            [(b"cache-control", b"no-cache")],
        )
    if match := GOODS.fullmatch(path):
        return b"image/svg+xml", picture(match[1]), [(b"cache-control", b"max-age=86400")]
    if match := LABEL.fullmatch(path):
        package = box.store.get("package", match[1])
        if package is None or match[2] != box.app["service_id"][-6:] or not package["tracking_number"]:
            raise ControlRefusal("No such label.", http=404)
        if match[3] == "zpl":
            return b"text/plain; charset=utf-8", label_zpl(box, package), []
        body = label_pdf(
            box, package, kind=request.first("type") or "SHIPPING_LABEL", size=request.first("size") or "A6"
        )
        return b"application/pdf", body, [(b"content-disposition", b"inline")]
    return None


def picture(code: str) -> bytes:
    """Return a plain tile that stands for a good."""
    tint = TINTS[sum(code.encode()) % len(TINTS)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" width="200" height="200"><rect '
        f'width="200" height="200" fill="{tint}"/>'
        f'<circle cx="100" cy="84" r="46" fill="#fff" fill-opacity=".55"/><text x="100" y="168" '
        f'font-family="sans-serif" font-size="30" '
        f'text-anchor="middle" fill="#333">{code}</text></svg>'
    ).encode()
