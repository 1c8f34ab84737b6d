"""Platform shipping, read: the documents of arranged packages, and what is offered to those that wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from shundan.core.errors import OutsideRefused, OutsideUnavailable, ShundanError, Unauthorised
from shundan.core.facts import part_of, unit_of
from shundan.edges.channels.queries import Access
from shundan.edges.channels.tiktok.calls.parcels import units_and_parts
from shundan.edges.channels.tiktok.client import call
from shundan.edges.channels.tiktok.mapping.offers import (
    Handover,
    Service,
    map_handover,
    map_reckoned,
    map_services,
    spell_measures,
)
from shundan.edges.channels.tiktok.mapping.reading import Payload
from shundan.edges.channels.tiktok.refusals import SERVICE
from shundan.ground.lib import http
from shundan.ground.shops.queries import Shop

DOWNLOAD_TIMEOUT = 20.0
OFFERS_TIMEOUT = 5.0  # a person waits for the page
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


@dataclass(frozen=True)
class Offers:
    """What the platform offers for a package now; `silent` says why that is not known, "" when it is."""

    services: tuple[Service, ...] = ()
    handover: Handover = Handover()
    reckoned: str = ""  # the weight and size it reckons with, in its own units
    silent: str = ""


def read_offers(
    shop: Shop | int | Access,
    *,
    order_id: str,
    package_id: str,
    pieces: Sequence[str] = (),
    weight_g: int = 0,
    size_cm: tuple[int, ...] = (),
) -> Offers:
    """Ask which services can carry the pieces of an order at that weight and size, and how they are handed over.

    Never raises: a platform that offers nothing is told by what is empty, one that does not answer by `silent`.
    """
    body: dict[str, Any] = {"order_line_item_ids": list(dict.fromkeys(map(unit_of, pieces)))} if pieces else {}
    body |= {"order_line_list": units_and_parts(pieces)} if any(map(part_of, pieces)) else {}
    measures = spell_measures(weight_g, size_cm)
    ask = partial(call, shop, timeout=OFFERS_TIMEOUT)
    try:
        told = _told(partial(ask, "order.shipping_services", path={"order_id": order_id}, body=body | measures))
        times = _told(partial(ask, "package.time_slots", path={"package_id": package_id})) if package_id else {}
    except ShundanError as error:
        return Offers(silent=error.message)
    return Offers(map_services(told), map_handover(times), map_reckoned(told))


def _told(ask: Callable[[], Payload]) -> Payload:
    """Return the answer, empty where the platform says that there is nothing for this package."""
    try:
        return ask()
    except Unauthorised:
        raise
    except OutsideRefused:
        return {}
