"""Packages: arranging, regrouping, labels, the seller's own carrier, papers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shundan.core.errors import OutsideRefused
from shundan.edges.channels.tiktok.endpoints.endpoint import Endpoint as E

_P = "/fulfillment/{version}/packages/{package_id}"
_O = "/fulfillment/{version}/orders/{order_id}"


def _create_202309(body: Mapping[str, Any]) -> dict[str, Any]:
    """Write Create Packages as before 202512: one order, whole or some of its lines."""
    if body.get("order_list_ids"):
        raise OutsideRefused("This version makes no package of several orders.", service="TikTok Shop")
    lines = [row["order_line_id"] for row in body.get("order_line_item") or []]
    kept = {name: body[name] for name in ("order_id", "dimension", "weight", "shipping_service_id") if body.get(name)}
    return kept | ({"order_line_item_ids": lines} if lines else {})


def _shipped_202610(body: Mapping[str, Any]) -> dict[str, Any]:
    """Write Mark Package As Shipped with its list of numbers; units of a set are named by their part."""
    lines = [{"order_line_id": key} for key in body.get("order_line_item_ids") or []]
    lines = list(body.get("order_line_list") or []) or lines
    return ({"order_line_list": lines} if lines else {}) | _number_202610(body)


def _number_202610(body: Mapping[str, Any]) -> dict[str, Any]:
    names = ("tracking_number", "shipping_provider_id")
    return {"shipping_info_list": [{name: body[name] for name in names}]}


ROWS: dict[str, E] = {
    "package.search": E("POST", "/fulfillment/{version}/packages/search", ("202309",), "package"),
    "package.detail": E("GET", _P, ("202309",), "package"),
    "package.ship": E("POST", _P + "/ship", ("202309",), "ship", changes=True),
    "package.ship_many": E("POST", "/fulfillment/{version}/packages/ship", ("202309",), "ship", changes=True),
    "package.create": E(
        "POST", "/fulfillment/{version}/packages", ("202512", "202309"), "ship", changes=True,
        bodies={"202309": _create_202309},
    ),
    "package.document": E("GET", _P + "/shipping_documents", ("202309",), "label"),
    "package.time_slots": E("GET", _P + "/handover_time_slots", ("202309",), "package"),
    "package.update_tracking": E(
        "POST", _P + "/shipping_info/update", ("202610", "202309"), "ship", changes=True,
        bodies={"202610": _number_202610},
    ),
    "package.deliver": E("POST", "/fulfillment/{version}/packages/deliver", ("202309",), "ship", changes=True),
    "package.combinable": E("GET", "/fulfillment/{version}/combinable_packages/search", ("202309",), "package"),
    "package.combine": E("POST", "/fulfillment/{version}/packages/combine", ("202309",), "ship", changes=True),
    "package.uncombine": E("POST", _P + "/uncombine", ("202309",), "ship", changes=True),
    "order.split_attributes": E("GET", "/fulfillment/{version}/orders/split_attributes", ("202309",), "package"),
    "order.split": E("POST", _O + "/split", ("202309",), "ship", changes=True),
    "order.mark_shipped": E(
        "POST", _O + "/packages", ("202610", "202309"), "ship", changes=True, bodies={"202610": _shipped_202610},
    ),
    "order.update_tracking": E("POST", _O + "/shipping_info/update", ("202309",), "ship", changes=True),
    "order.shipping_services": E("POST", _O + "/shipping_services/query", ("202309",), "ship"),
    "order.tracking": E("GET", _O + "/tracking", ("202309",), "tracking"),
    "tracking.validate": E("GET", "/fulfillment/{version}/tts_tracking_validation", ("202508",), "tracking"),
    "delivery.upload_file": E(
        "POST", "/fulfillment/{version}/files/upload", ("202309",), "upload", changes=True, multipart=True,
    ),
    "delivery.upload_image": E(
        "POST", "/fulfillment/{version}/images/upload", ("202309",), "upload", changes=True, multipart=True,
    ),
    "invoice.upload": E("POST", "/fulfillment/{version}/invoice/upload", ("202502",), "upload", changes=True),
    "first_mile.bundle": E("POST", "/fulfillment/{version}/first_mile_bundle", ("202510",), "ship", changes=True),
    "customs.query": E("POST", "/fulfillment/{version}/orders/customs_info/query", ("202607",), "ship", cipher=False),
    "customs.submit": E(
        "POST", "/fulfillment/{version}/orders/customs_info/submit", ("202607",), "ship", cipher=False, changes=True,
    ),
}  # fmt: skip
