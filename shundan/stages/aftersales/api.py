"""Cases, for programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from shundan.core.money import to_minor
from shundan.core.rights import Right
from shundan.ground.lib import clock
from shundan.ground.look.queries.keyset import Sort, page_of
from shundan.ground.staff.api import Limit
from shundan.ground.staff.logins import needs
from shundan.stages.aftersales import actions, queries
from shundan.stages.aftersales.models import Case
from shundan.stages.orders.queries import order_by_id

router = Router(tags=["cases"])
NEWEST = Sort("opened", "", "opened_at", descending=True)


class Approve(Schema):
    decision: str = ""


class Offer(Schema):
    amount: str


class Reject(Schema):
    reason: str
    comment: str = ""


class GradeIn(Schema):
    line: int
    received: int
    grade: str
    note: str = ""


class Inspect(Schema):
    grades: list[GradeIn]
    warehouse: str = ""


class Close(Schema):
    cause: str


class OpenLocal(Schema):
    shop: str
    order_id: str
    kind: str
    note: str = ""


@router.get("")
@needs(Right.SEE_CASE)
def list_cases(
    request: HttpRequest, state: str = "", kind: str = "", shop: str = "", limit: Limit = 50, after: str = ""
) -> dict[str, Any]:
    """Return cases, the newest opened first; `state` and `kind` take several, with commas.

    `limit` is 1 to 200; send `next` back as `after`.
    """
    rows = queries.cases_seen_by(request.who)
    if state:
        rows = rows.filter(case_state__in=state.upper().split(","))
    if kind:
        rows = rows.filter(kind__in=kind.upper().split(","))
    if shop:
        rows = rows.filter(shop__shop_id=shop)
    found, following = page_of(rows, NEWEST, after=after, limit=limit)
    return {"items": [_row(row) for row in found], "next": following}


@router.get("/{shop}/{case_id}")
@needs(Right.SEE_CASE)
def read_case(request: HttpRequest, shop: str, case_id: str) -> dict[str, Any]:
    """Return one case with its lines, the order's parcels, the decisions that answer it now, and its journal."""
    found = queries.case_by_id(shop, case_id, who=request.who)
    lines = [
        {"line": row.pk, "seller_sku": row.line.seller_sku, "title": row.line.title, "quantity": row.quantity,
         "received": row.received, "grade": row.grade}
        for row in queries.case_lines(found)
    ]  # fmt: skip
    journal = [
        {"at": entry.at, "verb": entry.verb, "to_state": entry.to_state, "by": f"{entry.by_kind}:{entry.by_key}"}
        for entry in queries.journal_of(found)
    ]
    parcels = [
        {"parcel_id": parcel.parcel_id, "parcel_state": parcel.parcel_state, "tracking_number": parcel.tracking_number}
        for parcel in queries.parcels_of_case(found)
    ]
    return _row(found) | {
        "lines": lines, "decisions": list(queries.approval_decisions(found)), "journal": journal, "parcels": parcels,
        "buyer_note": found.buyer_note,
    }  # fmt: skip


@router.get("/{shop}/{case_id}/reasons")
@needs(Right.CASE)
def list_reasons(request: HttpRequest, shop: str, case_id: str, locale: str = "en-US") -> dict[str, Any]:
    """Ask the platform which reasons it takes for refusing this case now."""
    return {"items": queries.reject_reasons(queries.case_by_id(shop, case_id, who=request.who), locale=locale)}


@router.post("/{shop}/{case_id}/approve")
@needs(Right.CASE)
def approve_case(request: HttpRequest, shop: str, case_id: str, body: Approve) -> dict[str, Any]:
    """Say yes; without a decision, the ordinary one. The platform's answer moves the case."""
    found = queries.case_by_id(shop, case_id, who=request.who)
    return {"call": actions.approve_case(found.pk, by=request.who, now=clock.now(), decision=body.decision)}


@router.post("/{shop}/{case_id}/offer")
@needs(Right.REFUND)
def offer_refund(request: HttpRequest, shop: str, case_id: str, body: Offer) -> dict[str, Any]:
    """Offer the buyer a part of the money, as decimal text in the case's currency."""
    found = queries.case_by_id(shop, case_id, who=request.who)
    amount = to_minor(body.amount, found.currency)
    return {"call": actions.offer_refund(found.pk, amount, by=request.who, now=clock.now())}


@router.post("/{shop}/{case_id}/reject")
@needs(Right.CASE)
def reject_case(request: HttpRequest, shop: str, case_id: str, body: Reject) -> dict[str, Any]:
    """Say no with one of the platform's reasons."""
    found = queries.case_by_id(shop, case_id, who=request.who)
    call = actions.reject_case(found.pk, body.reason, by=request.who, now=clock.now(), comment=body.comment)
    return {"call": call}


@router.post("/{shop}/{case_id}/receive")
@needs(Right.CASE)
def receive_goods(request: HttpRequest, shop: str, case_id: str) -> dict[str, Any]:
    """The returned parcel is here."""
    found = queries.case_by_id(shop, case_id, who=request.who)
    actions.receive_goods(found.pk, by=request.who, now=clock.now())
    return _again(request, found)


@router.post("/{shop}/{case_id}/inspect")
@needs(Right.CASE)
def inspect_goods(request: HttpRequest, shop: str, case_id: str, body: Inspect) -> dict[str, Any]:
    """Grade what came back: sellable, damaged, missing or wrong; sellable units go on the shelf."""
    found = queries.case_by_id(shop, case_id, who=request.who)
    grades = [actions.Grade(one.line, one.received, one.grade, one.note) for one in body.grades]
    actions.inspect_goods(found.pk, grades, warehouse=body.warehouse, by=request.who, now=clock.now())
    return _again(request, found)


@router.post("/{shop}/{case_id}/close")
@needs(Right.CASE)
def close_case(request: HttpRequest, shop: str, case_id: str, body: Close) -> dict[str, Any]:
    """Close a case with its cause."""
    found = queries.case_by_id(shop, case_id, who=request.who)
    actions.close_case(found.pk, body.cause, by=request.who, now=clock.now())
    return _again(request, found)


@router.post("")
@needs(Right.CASE)
def open_case(request: HttpRequest, body: OpenLocal) -> dict[str, Any]:
    """Open a repair or a claim of our own for an order."""
    order = order_by_id(body.shop, body.order_id, who=request.who)
    made = actions.open_local_case(order.pk, body.kind, body.note, by=request.who, now=clock.now())
    return _again(request, made)


def _again(request: HttpRequest, found: Case) -> dict[str, Any]:
    return _row(queries.case_by_id(found.shop.shop_id, found.case_id, who=request.who))


def _row(row: Case) -> dict[str, Any]:
    return {
        "case_id": row.case_id, "shop": row.shop.shop_id, "order_id": row.order.order_id, "kind": row.kind,
        "state": row.case_state, "goods": row.goods_state, "platform_status": row.platform_status,
        "opened_by": row.opened_by, "opened_at": row.opened_at, "answer_by": row.answer_by, "reason": row.reason_text,
        "currency": row.currency, "asked_minor": row.asked_minor, "refunded_minor": row.refunded_minor,
        "cause": row.cause,
    }  # fmt: skip
