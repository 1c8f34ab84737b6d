"""Platform shipping, read: the documents of arranged packages."""

from __future__ import annotations

from dataclasses import dataclass

from shundan.core.errors import OutsideRefused, OutsideUnavailable
from shundan.edges.channels.queries import Access
from shundan.edges.channels.tiktok.client import call
from shundan.edges.channels.tiktok.refusals import SERVICE
from shundan.ground.lib import http
from shundan.ground.shops.queries import Shop

DOWNLOAD_TIMEOUT = 20.0
_KINDS = (
    (b"%PDF", "application/pdf"),
    (b"^XA", "application/zpl"),
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8", "image/jpeg"),
)


@dataclass(frozen=True)
class LabelFile:
    content: bytes
    content_type: str
    tracking_number: str


def fetch_label_file(
    shop: Shop | int | Access,
    package_id: str,
    *,
    document: str = "SHIPPING_LABEL",
    size: str = "A6",
    form: str = "PDF",
) -> LabelFile:
    """Return the document of an arranged package.

    Raises OutsideUnavailable while it is still being made, OutsideRefused when the platform will not give it.
    """
    query = {"document_type": document, "document_size": size, "document_format": form}
    told = call(shop, "package.document", path={"package_id": package_id}, query=query)
    url = str(told.get("doc_url") or "")
    if not url:
        raise OutsideUnavailable(f"{SERVICE} named no document yet.", service=SERVICE, retry_after=10.0)
    answer = http.fetch(url, service=SERVICE, timeout=DOWNLOAD_TIMEOUT)
    if answer.status >= 500 or answer.status == 429 or not answer.body:
        raise OutsideUnavailable(
            f"The document host answered HTTP {answer.status}.", service=SERVICE, status=answer.status
        )
    if answer.status != 200:
        raise OutsideRefused(f"The document host answered HTTP {answer.status}.", service=SERVICE, status=answer.status)
    told_type = answer.headers.get("content-type", "").partition(";")[0]
    kind = next(
        (kind for sign, kind in _KINDS if answer.body.startswith(sign)),
        told_type or "application/octet-stream",
    )
    return LabelFile(answer.body, kind, str(told.get("tracking_number") or ""))
