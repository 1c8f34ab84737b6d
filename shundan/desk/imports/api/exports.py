"""The API of exports: orders in the platform's own columns, and the workbook with tracking numbers."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status

from shundan.core.rights import Right
from shundan.desk.imports import actions, queries
from shundan.desk.imports.actions.exporting import MOST
from shundan.desk.imports.queries import ExportReport
from shundan.ground.shops.queries import find_shop
from shundan.ground.staff.logins import needs
from shundan.stages.orders.queries import orders_seen_by

router = Router(tags=["exports"])


class ExportIn(Schema, extra="forbid"):
    """Which orders, as what. `kind`: orders or returns (csv, xlsx: the platform's columns), or tracking (xlsx)."""

    kind: str = "orders"
    format: str = "xlsx"
    shop: str = ""
    state: str = ""
    placed_from: datetime | None = None
    placed_to: datetime | None = None


class LeftOutOut(Schema):
    order_id: str
    why: str


class ExportOut(Schema):
    id: int
    kind: str
    format: str
    done: int
    total: int
    rows: int
    is_ready: bool
    file_name: str
    error: str
    created_at: datetime
    ended_at: datetime | None
    left_out_count: int
    left_out: list[LeftOutOut]


class ExportsOut(Schema):
    items: list[ExportOut]


@router.get("", response=ExportsOut)
@needs(Right.EXPORT)
def list_exports(request: HttpRequest) -> dict[str, object]:
    """List your exports, newest first; files are kept for seven days."""
    return {"items": [_told(one) for one in queries.exports_of(request.who)]}


@router.post("", response={201: ExportOut})
@needs(Right.EXPORT)
def start_export(request: HttpRequest, asked: ExportIn) -> Status:
    """Write orders to a file; up to 1,000 orders it is ready with the answer, else ask again until it is."""
    rows = orders_seen_by(request.who)
    if asked.shop:
        rows = rows.filter(shop=find_shop(asked.shop, who=request.who).pk)
    if asked.state:
        rows = rows.filter(order_state=asked.state.upper())
    if asked.placed_from:
        rows = rows.filter(placed_at__gte=asked.placed_from)
    if asked.placed_to:
        rows = rows.filter(placed_at__lt=asked.placed_to)
    keys = list(rows.order_by("-placed_at", "-pk").values_list("pk", flat=True)[: MOST + 1])
    return Status(201, _told(actions.start_export(keys, asked.kind, asked.format, by=request.who)))


@router.get("/{int:key}", response=ExportOut)
@needs(Right.EXPORT)
def show_export(request: HttpRequest, key: int) -> dict[str, object]:
    """Show how far an export is."""
    return _told(queries.find_export(key, who=request.who))


@router.get("/{int:key}/file")
@needs(Right.EXPORT)
def export_file(request: HttpRequest, key: int) -> HttpResponse:
    """Download a finished export."""
    file = queries.export_file(queries.find_export(key, who=request.who))
    return HttpResponse(file.content, content_type=file.content_type, headers=file.headers)


def _told(report: ExportReport) -> dict[str, object]:
    told = {name: getattr(report, name) for name in ExportOut.model_fields if name not in ("id", "left_out")}
    left_out = [{"order_id": one, "why": why} for one, why in report.left_out]
    return {**told, "id": report.key, "left_out": left_out}
