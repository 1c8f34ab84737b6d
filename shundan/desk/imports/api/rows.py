"""The API of kept rows: what files told beside orders."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Query, Router, Schema

from shundan.core.errors import NotFound
from shundan.core.rights import Right
from shundan.desk.imports import queries
from shundan.ground.staff.logins import needs

router = Router(tags=["imports"])


class KeptOut(Schema):
    id: int
    kind: str
    shop: str
    order_id: str
    is_linked: bool
    outside_id: str
    sku: str
    status: str
    told_at: datetime | None
    amount_minor: int | None
    currency: str
    file: str
    row: int
    cells: dict[str, str]


class KeptRowsOut(Schema):
    items: list[KeptOut]
    next: str | None


@router.get("/rows/{kind}", response=KeptRowsOut)
@needs(Right.SEE_ORDER)
def list_rows(
    request: HttpRequest, kind: str, order_id: str = "", limit: int = Query(50, ge=1, le=200), after: int | None = None
) -> dict[str, object]:
    """List kept rows of a kind, newest first; cells that may name a person only for whoever may see buyers."""
    right = queries.KEPT_LIST_KINDS.get(kind)
    if right is None:
        raise NotFound(f"There are no rows of the kind {kind}.", remedy=f"Kinds: {', '.join(queries.KEPT_LIST_KINDS)}.")
    request.who.needs(right)
    rows = queries.kept_rows_seen_by(request.who, kind).order_by("-pk")
    if order_id:
        rows = rows.filter(order_id=order_id)
    found = list((rows.filter(pk__lt=after) if after else rows)[: limit + 1])
    following = str(found[limit - 1].pk) if len(found) > limit else None
    sees_buyer = request.who.may(Right.SEE_BUYER)
    return {"items": [_told(row, sees_buyer=sees_buyer) for row in found[:limit]], "next": following}


def _told(row: queries.KeptRow, *, sees_buyer: bool) -> dict[str, object]:
    cells = sorted([*row.payload, *(row.personal if sees_buyer else [])])
    return {
        "id": row.pk, "kind": row.kind, "shop": row.shop.shop_id, "order_id": row.order_id,
        "is_linked": getattr(row, "is_linked", False), "outside_id": row.outside_id, "sku": row.sku,
        "status": row.status, "told_at": row.told_at, "amount_minor": row.amount_minor, "currency": row.currency,
        "file": row.file_name, "row": row.file_row, "cells": {name: cell for _place, name, cell in cells},
    }  # fmt: skip
