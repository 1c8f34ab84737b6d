"""The API of imports: upload a file, see its preview, confirm it, fetch what was refused."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Query, Router, Status
from ninja.files import UploadedFile

from shundan.core.errors import NotFound
from shundan.core.facts import AddressFacts
from shundan.core.rights import Right
from shundan.desk.imports import actions, queries
from shundan.desk.imports.actions import EnteredLine, EnteredOrder
from shundan.desk.imports.api.shapes import (
    ColumnsIn,
    ColumnsOut,
    EnteredOrderIn,
    EnteredOut,
    ImportOut,
    ImportsOut,
    LeftRowsOut,
    MappingsOut,
    RefusedRowsOut,
    UndoOut,
)
from shundan.desk.imports.queries import ImportReport
from shundan.edges.channels.files.guessing import WANTED
from shundan.ground.lib.sheets.tables import LARGEST_FILE
from shundan.ground.shops.queries import find_shop
from shundan.ground.staff.logins import needs

router = Router(tags=["imports"])
REASONS = ("row", "column", "why", "remedy")  # behind the file's own columns


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
        file.read(LARGEST_FILE + 1),  # one byte more says that it is too large
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
    """Show one import: READING, MAPPING, PREVIEW, STORING, DONE, CANCELLED or FAILED."""
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


@router.get("/{int:key}/refused.{ending}")
@needs(Right.IMPORT)
def refused_file(request: HttpRequest, key: int, ending: str) -> HttpResponse:
    """Download the rows that were not taken as CSV or XLSX: the file's own columns, then row, column, why, remedy."""
    report = queries.find_import(key, who=request.who)
    sentences = [(row.text, row.remedy) for row in queries.refused_rows(report)]
    file = queries.refused_file(report, sentences, names=REASONS, kind=ending)
    return HttpResponse(file.content, content_type=file.content_type, headers=file.headers)


@router.post("/{int:key}/undo", response=ImportOut)
@needs(Right.IMPORT)
def undo_import(request: HttpRequest, key: int) -> dict[str, object]:
    """Take back what only this import told; `undo` says what was withdrawn, reset and left."""
    actions.start_undo(key, by=request.who)
    return _told(queries.find_import(key, who=request.who))


@router.get("/{int:key}/left", response=LeftRowsOut)
@needs(Right.IMPORT)
def list_left(request: HttpRequest, key: int) -> dict[str, object]:
    """List what undoing left: row, what it is, and why."""
    undo = queries.undo_of(queries.find_import(key, who=request.who))
    rows = queries.left_rows(undo) if undo else []
    return {"items": [{"row": row.row, "name": row.name, "why": row.why} for row in rows]}


@router.get("/{int:key}/columns", response=ColumnsOut)
@needs(Right.IMPORT)
def show_columns(request: HttpRequest, key: int) -> dict[str, object]:
    """Show the columns of a file nobody knows: samples, guesses per kind of table, and the fields of each kind."""
    table = queries.unknown_table(queries.find_import(key, who=request.who))
    if table is None:
        raise NotFound("This import asks for no columns.", remedy="Reload the page.")
    columns = [
        {
            "name": name,
            "samples": table.samples[place],
            "guesses": {kind: found[str(place)] for kind, found in table.guesses.items() if str(place) in found},
        }
        for place, name in enumerate(table.header)
        if name
    ]
    kinds = {
        kind.value: {"fields": list(wanted.columns), "needed": list(wanted.needed)} for kind, wanted in WANTED.items()
    }
    return {"kind": table.kind, "rows": table.rows, "columns": columns, "kinds": kinds}


@router.put("/{int:key}/columns", response=ImportOut)
@needs(Right.IMPORT)
def explain_columns(request: HttpRequest, key: int, told: ColumnsIn) -> dict[str, object]:
    """Say what the columns mean (name -> field, "" for none); it is remembered, and the file is read."""
    return _told(actions.explain_import(key, told.kind, told.columns, by=request.who))


@router.get("/mappings", response=MappingsOut)
@needs(Right.IMPORT)
def list_mappings(request: HttpRequest) -> dict[str, object]:
    """List what was said about tables nobody knew."""
    rows = queries.all_mappings()[:200]
    return {
        "items": [
            {"id": row.pk, "kind": row.kind, "header": row.header, "columns": row.columns, "made_at": row.made_at}
            for row in rows
        ]
    }


@router.delete("/mappings/{int:key}", response={204: None})
@needs(Right.IMPORT)
def forget_mapping(request: HttpRequest, key: int) -> Status:
    """Forget what was said about some columns."""
    actions.forget_mapping(key, by=request.who)
    return Status(204, None)


def _told(report: ImportReport) -> dict[str, object]:
    counts, undo = report.counts, queries.undo_of(report)
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
        "undo": None if undo is None else {name: getattr(undo, name) for name in UndoOut.model_fields},
    }
