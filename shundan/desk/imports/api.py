"""The API of imports: upload a file, see its preview, confirm it, fetch what was refused."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from shundan.core.facts import AddressFacts
from shundan.core.rights import Right
from shundan.desk.imports import actions, queries
from shundan.desk.imports.actions import EnteredLine, EnteredOrder
from shundan.desk.imports.queries import ImportReport
from shundan.ground.shops.queries import find_shop
from shundan.ground.staff.logins import needs

router = Router(tags=["imports"])
CSV_HEADER = ("row", "column", "order_id", "why", "remedy")


class EnteredLineIn(Schema, extra="forbid"):
    seller_sku: str
    quantity: int
    price: str = "0"
    title: str = ""


class AddressIn(Schema, extra="forbid"):
    name: str
    phone: str = ""
    region: str = ""
    postal_code: str = ""
    state: str = ""
    city: str = ""
    district: str = ""
    lines: list[str] = []


class EnteredOrderIn(Schema, extra="forbid"):
    """An order for a shop known by files only; amounts are decimal texts in the shop's currency."""

    shop: str
    order_id: str = ""
    is_paid: bool = True
    shipping: str = "0"
    note: str = ""
    address: AddressIn
    lines: list[EnteredLineIn]


class EnteredOut(Schema):
    shop: str
    order_id: str


class CountsOut(Schema):
    new: int
    changed: int
    fills: int
    same: int
    refused: int


class ImportOut(Schema):
    id: int
    name: str
    phase: str
    kind: str
    shop: str
    counts: CountsOut
    stored: int
    created_at: datetime
    ended_at: datetime | None
    error: str
    remedy: str


class ImportsOut(Schema):
    items: list[ImportOut]
    next: str | None


class RefusedOut(Schema):
    row: int
    column: str
    order_id: str
    message: str
    remedy: str


class RefusedRowsOut(Schema):
    items: list[RefusedOut]


@router.get("", response=ImportsOut)
@needs(Right.IMPORT)
def list_imports(
    request: HttpRequest, limit: int = Query(50, ge=1, le=200), after: int | None = None
) -> dict[str, object]:
    """List imports, newest first."""
    reports = queries.imports_seen_by(request.who, limit=limit + 1, before=after)
    following = str(reports[limit - 1].key) if len(reports) > limit else None
    return {"items": [_told(one) for one in reports[:limit]], "next": following}


@router.post("", response={201: ImportOut})
@needs(Right.IMPORT)
def upload(
    request: HttpRequest,
    file: File[UploadedFile],
    shop: str = Form(""),
    create_shop: str = Form(""),
    dates: str = Form("", pattern="^(mdy|dmy)?$"),
    confirm: bool = Form(False),
) -> Status:
    """Take a file in. `create_shop`: the market of a shop to be made; `confirm`: store at once."""
    known = find_shop(shop, who=request.who) if shop and not create_shop else None
    report = actions.start_import(
        file.read(),
        file.name or "file",
        known,
        by=request.who,
        create_region=create_shop,
        create_id=shop,
        dates=dates,
    )
    if confirm and report.phase == queries.PREVIEW:
        report = actions.confirm_import(report.key, by=request.who)
    return Status(201, _told(report))


@router.post("/orders", response={201: EnteredOut})
@needs(Right.IMPORT)
def enter_order(request: HttpRequest, entered: EnteredOrderIn) -> Status:
    """Enter one order; it appears in the list of orders within seconds."""
    told = entered.address.dict()
    order = EnteredOrder(
        lines=tuple(EnteredLine(**line.dict()) for line in entered.lines),
        address=AddressFacts(**{**told, "lines": tuple(told["lines"])}),
        **entered.dict(include={"order_id", "is_paid", "shipping", "note"}),
    )
    shop = find_shop(entered.shop, who=request.who)
    return Status(201, {"shop": shop.shop_id, "order_id": actions.enter_order(order, shop, by=request.who)})


@router.get("/{int:key}", response=ImportOut)
@needs(Right.IMPORT)
def show_import(request: HttpRequest, key: int) -> dict[str, object]:
    """Show one import: READING, PREVIEW, STORING, DONE, CANCELLED or FAILED."""
    return _told(queries.find_import(key, who=request.who))


@router.post("/{int:key}/confirm", response=ImportOut)
@needs(Right.IMPORT)
def confirm_import(request: HttpRequest, key: int) -> dict[str, object]:
    """Store what the preview showed."""
    return _told(actions.confirm_import(key, by=request.who))


@router.post("/{int:key}/cancel", response=ImportOut)
@needs(Right.IMPORT)
def cancel_import(request: HttpRequest, key: int) -> dict[str, object]:
    """Drop an import, or stop it at its next slice."""
    return _told(actions.cancel_import(key, by=request.who))


@router.get("/{int:key}/refused", response=RefusedRowsOut)
@needs(Right.IMPORT)
def list_refused(request: HttpRequest, key: int) -> dict[str, object]:
    """List the rows that were not taken: row, column, why and what to do."""
    rows = queries.refused_rows(queries.find_import(key, who=request.who))
    return {
        "items": [
            {
                "row": row.row,
                "column": row.column,
                "order_id": row.order_id,
                "message": row.text,
                "remedy": row.remedy,
            }
            for row in rows
        ]
    }


@router.get("/{int:key}/refused.csv")
@needs(Right.IMPORT)
def refused_file(request: HttpRequest, key: int) -> HttpResponse:
    """Download the rows that were not taken as CSV."""
    report = queries.find_import(key, who=request.who)
    sentences = [(row.text, row.remedy) for row in queries.refused_rows(report)]
    content = queries.refused_csv(report, header=list(CSV_HEADER), sentences=sentences)
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{key}-refused.csv"'
    return answer


def _told(report: ImportReport) -> dict[str, object]:
    counts = report.counts
    return {
        "id": report.key,
        "name": report.name,
        "phase": report.phase,
        "kind": report.kind,
        "shop": report.shop_id,
        "counts": asdict(counts),
        "stored": report.stored,
        "created_at": report.created_at,
        "ended_at": report.ended_at,
        "error": report.error,
        "remedy": report.remedy,
    }
