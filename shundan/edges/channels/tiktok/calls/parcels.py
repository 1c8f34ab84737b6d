"""Arranging parcels: the platform's label (the main path), the seller's own carrier, and a changed number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from shundan.core.errors import OutsideRefused, ShundanError, Unauthorised
from shundan.core.facts import part_of, unit_of
from shundan.core.news import spell_status
from shundan.edges.channels.queries import Access
from shundan.edges.channels.tiktok.client import call
from shundan.edges.channels.tiktok.mapping.parcels import map_package
from shundan.edges.channels.tiktok.mapping.reading import Payload, rows
from shundan.edges.channels.tiktok.mapping.sets import pieces_of

Row = dict[str, str]

# "Already shipped" in its several spellings: our own lost answer, or another tool was first.
ARRANGED_ALREADY = frozenset(
    {11006021, 21008042, 21008099, 21011006, 21011020, 21011027, 21011040, 21022025, 21030006, 21042056}
)
# What Create Packages alone takes; Ship Package takes the way of handing over alone.
_BOUGHT = ("shipping_service_id", "weight", "dimension")
NEVER = datetime.fromtimestamp(0, UTC)
_ARRANGED = frozenset({"PROCESSING", "FULFILLING", "COMPLETED"})


def request_label(access: Access, request: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Arrange a package with the platform's carrier; returns {package_id, tracking_number, carrier_id, carrier_name}.

    Where the platform gives no package id before shipping, or another service, weight or size is asked for, the
    package is bought for its orders and lines: one that waits already is then found by them.
    """
    package_id = str(request.get("package_id") or "")
    try:
        if package_id and not _is_bought(request):
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


def _is_bought(request: Mapping[str, Any]) -> bool:
    return any(request.get(name) for name in _BOUGHT)


def _creation(access: Access, request: Mapping[str, Any]) -> dict[str, Any]:
    """Write the body of Create Packages: one whole order, some of its lines, or several orders in one parcel."""
    orders = [str(key) for key in request["order_ids"]]
    pieces = [str(key) for key in request.get("channel_line_ids") or []]
    body: dict[str, Any] = {"ship_type": "1", "order_id": orders[0]}
    if len(orders) > 1:
        body = {"ship_type": "3", "order_list_ids": orders}
    elif request.get("is_part") or (pieces and set(pieces) < _live_pieces(access, orders)):
        body = {"ship_type": "2", "order_id": orders[0], "order_line_item": units_and_parts(pieces)}
    return body | {name: request[name] for name in _BOUGHT if request.get(name)}


def units_and_parts(pieces: Iterable[str], unit: str = "order_line_id", part: str = "sub_item_id") -> list[Row]:
    """Name pieces as the platform does: its units once each, and of a set the parts that have an id of their own."""
    found: dict[str, Row] = {}
    for piece in pieces:
        own = part_of(piece)
        found.setdefault(f"{unit_of(piece)}/{own}", {unit: unit_of(piece)} | ({part: own} if own else {}))
    return list(found.values())


def _live_pieces(access: Access, order_ids: list[str]) -> set[str]:
    pieces = _pieces(access, order_ids)
    return {str(piece["id"]) for piece in pieces if spell_status(str(piece.get("display_status"))) != "CANCELLED"}


def _arranged(access: Access, package_id: str) -> dict[str, Any]:
    facts = map_package(call(access, "package.detail", path={"package_id": package_id}))
    return {
        "package_id": facts.package_id, "tracking_number": facts.tracking_number, "carrier_id": facts.carrier_id,
        "carrier_name": facts.carrier_name, "status": facts.status,
    }  # fmt: skip


def find_label(access: Access, request: Mapping[str, Any], asked_for: datetime) -> dict[str, Any] | None:
    """Return the arranged package, `found` and not made by this call, or None while it still waits to be arranged."""
    package_id = str(request.get("package_id") or "")
    found = _find_arranged(access, package_id)
    if found is None and (not package_id or _is_bought(request)):  # bought, it may have been given another id
        found = _find_arranged(access, _package_of_lines(access, request))
    return found


def _find_arranged(access: Access, package_id: str) -> dict[str, Any] | None:
    told = _arranged(access, package_id) if package_id else {}
    return told | {"found": True} if told.get("status") in _ARRANGED else None


def _package_of_lines(access: Access, request: Mapping[str, Any]) -> str:
    asked = request.get("channel_line_ids") or ()
    for piece in _pieces(access, [str(key) for key in request.get("order_ids") or []]):
        if str(piece.get("id")) in asked and piece.get("package_status") in _ARRANGED:
            return str(piece.get("package_id") or "")
    return ""


def _pieces(access: Access, order_ids: list[str]) -> list[Payload]:
    """Return the units of orders, sets unfolded as the orders' own lines are."""
    if not order_ids:
        return []
    orders = rows(call(access, "order.detail", query={"ids": order_ids}), "orders")
    return [piece for order in orders for unit in rows(order, "line_items") for piece in pieces_of(unit)]


def ship_by_seller(access: Access, request: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Tell the number and provider of the seller's own parcel; returns {package_id, tracking_number}."""
    number = {"tracking_number": request["tracking_number"], "shipping_provider_id": request["provider_id"]}
    package_id = str(request.get("package_id") or "")
    try:
        if package_id:
            call(access, "package.ship", path={"package_id": package_id}, body={"self_shipment": number})
        else:
            pieces = [str(key) for key in request.get("channel_line_ids") or []]
            body = number | {"order_line_item_ids": list(dict.fromkeys(map(unit_of, pieces)))}
            body |= {"order_line_list": units_and_parts(pieces)} if any(map(part_of, pieces)) else {}
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
    """Tell another number for a parcel that was told already (the platform allows it once, within 72 hours).

    A refusal of what the platform took already, its answer lost on the way, counts as the answer.
    """
    body = {"tracking_number": request["tracking_number"], "shipping_provider_id": request["provider_id"]}
    package_id = str(request.get("package_id") or "")
    try:
        if package_id:
            call(access, "package.update_tracking", path={"package_id": package_id}, body=body)
        else:
            call(access, "order.update_tracking", path={"order_id": str(request["order_id"])}, body=body)
    except Unauthorised:
        raise
    except OutsideRefused:
        found = find_new_number(access, request, NEVER)
        if found is None:
            raise
        return found
    return {"package_id": package_id, "tracking_number": request["tracking_number"]}


def find_new_number(access: Access, request: Mapping[str, Any], asked_for: datetime) -> dict[str, Any] | None:
    """Return the parcel that carries the number asked for, or None while it still carries the one before.

    Where only the carrier was to change, the carrier has to be the one asked for.
    """
    found = find_shipment(access, request, asked_for)
    same_number = request["tracking_number"] == request.get("number_before")
    if found is None or (same_number and found.get("carrier_id") != request["provider_id"]):
        return None
    return found


def find_shipment(access: Access, request: Mapping[str, Any], asked_for: datetime) -> dict[str, Any] | None:
    """Return the parcel that carries our number, or None when the platform does not know the number."""
    number = str(request["tracking_number"])
    if request.get("package_id"):
        found = _arranged(access, str(request["package_id"]))
        return found if found["tracking_number"] == number else None
    for line in _pieces(access, [str(request["order_id"])]):
        if str(line.get("tracking_number") or "") == number:
            carrier = str(line.get("shipping_provider_id") or "")
            return {"package_id": str(line.get("package_id") or ""), "tracking_number": number, "carrier_id": carrier}
    return None
