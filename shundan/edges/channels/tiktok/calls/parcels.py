"""Arranging parcels: the platform's label (the main path), the seller's own carrier, and a changed number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from shundan.core.errors import OutsideRefused, ShundanError, Unauthorised
from shundan.core.news import spell_status
from shundan.edges.channels.queries import Access
from shundan.edges.channels.tiktok.client import call
from shundan.edges.channels.tiktok.mapping.parcels import map_package

# "Already shipped" in its several spellings: our own lost answer, or another tool was first.
ARRANGED_ALREADY = frozenset({11006021, 21008099, 21011006, 21011020, 21011040, 21022025, 21030006})
NEVER = datetime.fromtimestamp(0, UTC)
_ARRANGED = frozenset({"PROCESSING", "FULFILLING", "COMPLETED"})


def request_label(access: Access, request: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Arrange a package with the platform's carrier; returns {package_id, tracking_number, carrier_id, carrier_name}.

    Where the platform gives no package id before shipping, the package is made from order and lines.
    """
    package_id = str(request.get("package_id") or "")
    try:
        if package_id:
            body = {name: request[name] for name in ("handover_method", "pickup_slot") if request.get(name)}
            call(access, "package.ship", path={"package_id": package_id}, body=body or None)
        else:
            told = call(access, "package.create", body=_creation(access, request))
            package_id = str(told["package_id"])
    except Unauthorised:
        raise
    except OutsideRefused as error:
        if error.outside_code not in ARRANGED_ALREADY:
            raise
        found = find_label(access, request, NEVER)
        if found is None:
            raise
        return found
    try:
        return _arranged(access, package_id)
    except ShundanError:
        return {"package_id": package_id}  # arranged; number and carrier come with the package's own news


def _creation(access: Access, request: Mapping[str, Any]) -> dict[str, Any]:
    """Write the body of Create Packages: one whole order, some of its lines, or several orders in one parcel."""
    orders = [str(key) for key in request["order_ids"]]
    units = [str(key) for key in request.get("channel_line_ids") or []]
    body: dict[str, Any] = {"ship_type": "1", "order_id": orders[0]}
    if len(orders) > 1:
        body = {"ship_type": "3", "order_list_ids": orders}
    elif request.get("is_part") or (units and set(units) < _live_units(access, orders)):
        lines = [{"order_line_id": key} for key in units]
        body = {"ship_type": "2", "order_id": orders[0], "order_line_item": lines}
    return body | {name: request[name] for name in ("weight", "dimension", "shipping_service_id") if request.get(name)}


def _live_units(access: Access, order_ids: list[str]) -> set[str]:
    lines = _lines(access, order_ids)
    return {str(line["id"]) for line in lines if spell_status(str(line.get("display_status"))) != "CANCELLED"}


def _arranged(access: Access, package_id: str) -> dict[str, Any]:
    facts = map_package(call(access, "package.detail", path={"package_id": package_id}))
    return {
        "package_id": facts.package_id, "tracking_number": facts.tracking_number, "carrier_id": facts.carrier_id,
        "carrier_name": facts.carrier_name, "status": facts.status,
    }  # fmt: skip


def find_label(access: Access, request: Mapping[str, Any], asked_for: datetime) -> dict[str, Any] | None:
    """Return the arranged package, or None while it still waits to be arranged."""
    package_id = str(request.get("package_id") or "") or _package_of_lines(access, request)
    if not package_id:
        return None
    found = _arranged(access, package_id)
    return found if found["status"] in _ARRANGED else None


def _package_of_lines(access: Access, request: Mapping[str, Any]) -> str:
    for line in _lines(access, [str(key) for key in request.get("order_ids") or []]):
        if str(line.get("id")) in (request.get("channel_line_ids") or ()) and line.get("package_status") in _ARRANGED:
            return str(line.get("package_id") or "")
    return ""


def _lines(access: Access, order_ids: list[str]) -> list[dict[str, Any]]:
    if not order_ids:
        return []
    told = call(access, "order.detail", query={"ids": order_ids})
    return [line for order in told.get("orders") or [] for line in order.get("line_items") or []]


def ship_by_seller(access: Access, request: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Tell the number and provider of the seller's own parcel; returns {package_id, tracking_number}."""
    number = {"tracking_number": request["tracking_number"], "shipping_provider_id": request["provider_id"]}
    package_id = str(request.get("package_id") or "")
    try:
        if package_id:
            call(access, "package.ship", path={"package_id": package_id}, body={"self_shipment": number})
        else:
            body = number | {"order_line_item_ids": request.get("channel_line_ids") or []}
            told = call(access, "order.mark_shipped", path={"order_id": str(request["order_id"])}, body=body)
            package_id = str(told.get("package_id") or "")
    except Unauthorised:
        raise
    except OutsideRefused as error:
        found = find_shipment(access, request, NEVER) if error.outside_code in ARRANGED_ALREADY else None
        if found is None:
            raise
        return found
    return {"package_id": package_id, "tracking_number": request["tracking_number"]}


def update_tracking(access: Access, request: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Tell another number for a parcel that was told already (the platform allows it once, within 72 hours)."""
    body = {"tracking_number": request["tracking_number"], "shipping_provider_id": request["provider_id"]}
    if request.get("package_id"):
        call(access, "package.update_tracking", path={"package_id": str(request["package_id"])}, body=body)
    else:
        call(access, "order.update_tracking", path={"order_id": str(request["order_id"])}, body=body)
    return {"package_id": request.get("package_id") or "", "tracking_number": request["tracking_number"]}


def find_shipment(access: Access, request: Mapping[str, Any], asked_for: datetime) -> dict[str, Any] | None:
    """Return the parcel that carries our number, or None when the platform does not know the number."""
    number = str(request["tracking_number"])
    if request.get("package_id"):
        found = _arranged(access, str(request["package_id"]))
        return found if found["tracking_number"] == number else None
    for line in _lines(access, [str(request["order_id"])]):
        if str(line.get("tracking_number") or "") == number:
            return {"package_id": str(line.get("package_id") or ""), "tracking_number": number}
    return None
