"""Cancelling, and answering what buyers ask for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shundan.core.facts import part_of, unit_of
from shundan.core.news import spell_status
from shundan.edges.channels.queries import Access
from shundan.edges.channels.tiktok.calls.parcels import units_and_parts
from shundan.edges.channels.tiktok.client import call
from shundan.edges.channels.tiktok.mapping.reading import rows
from shundan.edges.channels.tiktok.mapping.sets import pieces_of

_UNDECIDED = frozenset(
    {
        "RETURN_OR_REFUND_REQUEST_PENDING",
        "REPLACEMENT_REQUEST_PENDING",
        "EXCHANGE_REQUEST_PENDING",
    }
)
_ON_THE_WAY = frozenset({"AWAITING_BUYER_SHIP", "BUYER_SHIPPED_ITEM"})


def cancel_order(access: Access, request: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Cancel an order, or the part that `skus` or `channel_line_ids` of the request name."""
    body: dict[str, Any] = {"order_id": str(request["order_id"]), "cancel_reason": request["cancel_reason"]}
    if request.get("skus"):
        body["skus"] = request["skus"]
    pieces = [str(key) for key in request.get("channel_line_ids") or []]
    if pieces:
        body["order_line_item_ids"] = list(dict.fromkeys(map(unit_of, pieces)))
    if any(map(part_of, pieces)):
        names = ("order_line_item_id", "sub_order_line_item_id")
        body["order_line_list"] = units_and_parts(pieces, *names)
    told = call(access, "cancellation.create", body=body)
    return {
        "cancel_id": str(told.get("cancel_id") or ""),
        "cancel_status": str(told.get("cancel_status") or ""),
    }


def find_cancelled_order(access: Access, request: Mapping[str, Any], asked_for: datetime) -> dict[str, Any] | None:
    """Return {} when every line that was to be cancelled is."""
    told = call(access, "order.detail", query={"ids": [str(request["order_id"])]})
    order = next(iter(told.get("orders") or []), None)
    if order is None:
        return None
    if spell_status(str(order.get("status"))) == "CANCELLED":
        return {}
    wanted = [str(key) for key in request.get("channel_line_ids") or []]
    gone = {
        str(piece.get("id")) for unit in rows(order, "line_items") for piece in pieces_of(unit)
        if spell_status(str(piece.get("display_status"))) == "CANCELLED"
    }  # fmt: skip
    return {} if wanted and gone.issuperset(wanted) else None


def approve_cancellation(access: Access, request: Mapping[str, Any], key: str) -> dict[str, Any]:
    path, query = {"cancel_id": str(request["cancel_id"])}, {"idempotency_key": key}
    return call(access, "cancellation.approve", path=path, query=query)


def reject_cancellation(access: Access, request: Mapping[str, Any], key: str) -> dict[str, Any]:
    path, query = {"cancel_id": str(request["cancel_id"])}, {"idempotency_key": key}
    return call(access, "cancellation.reject", path=path, query=query, body=_refusal(request))


def _refusal(request: Mapping[str, Any]) -> dict[str, Any]:
    return {name: request[name] for name in ("reject_reason", "comment", "images") if request.get(name)}


def find_answered_cancellation(
    access: Access, request: Mapping[str, Any], asked_for: datetime
) -> dict[str, Any] | None:
    """Return the request's status when it no longer waits for an answer."""
    told = call(
        access,
        "cancellation.search",
        query={"page_size": 10},
        body={"cancel_ids": [str(request["cancel_id"])]},
    )
    for row in told.get("cancellations") or []:
        if str(row.get("cancel_id")) == str(request["cancel_id"]):
            status = str(row.get("cancel_status"))
            return None if status == "CANCELLATION_REQUEST_PENDING" else {"cancel_status": status}
    return None


def approve_return(access: Access, request: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Say yes with one of the platform's decisions; a partial refund carries its amount."""
    body = {name: request[name] for name in ("decision", "buyer_keep_item", "partial_refund") if request.get(name)}
    return call(
        access,
        "return.approve",
        path={"return_id": str(request["return_id"])},
        query={"idempotency_key": key},
        body=body,
    )


def reject_return(access: Access, request: Mapping[str, Any], key: str) -> dict[str, Any]:
    body = {"decision": request["decision"], **_refusal(request)}
    return call(
        access,
        "return.reject",
        path={"return_id": str(request["return_id"])},
        query={"idempotency_key": key},
        body=body,
    )


def find_answered_return(access: Access, request: Mapping[str, Any], asked_for: datetime) -> dict[str, Any] | None:
    """Return the case's status when it is past the point at which our decision was asked for."""
    told = call(access, "return.search", query={"page_size": 10}, body={"return_ids": [str(request["return_id"])]})
    waits = _UNDECIDED | _ON_THE_WAY if "RECEIVED_PACKAGE" in str(request.get("decision")) else _UNDECIDED
    for row in told.get("return_orders") or []:
        if str(row.get("return_id")) == str(request["return_id"]):
            status = str(row.get("return_status"))
            return None if status in waits else {"return_status": status}
    return None
