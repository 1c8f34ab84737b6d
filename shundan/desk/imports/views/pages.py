"""Pages of imports: the list with its form, one import with preview, progress and result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shundan.core.errors import Refused
from shundan.core.rights import Right
from shundan.desk.imports import actions, queries
from shundan.desk.imports.forms import UploadForm
from shundan.desk.imports.queries import ImportReport
from shundan.desk.imports.views.sentences import in_words, said, sentence_of
from shundan.ground.lib import clock
from shundan.ground.lib.sheets.tables import LARGEST_FILE
from shundan.ground.look.queries import chosen_shop_id
from shundan.ground.look.views import is_partial
from shundan.ground.shops.queries import shops_seen_by
from shundan.ground.staff.logins import needs

PAGE = 30
SHOWN_REFUSED = 50


@needs(Right.IMPORT)
@require_safe
def list_imports(request: HttpRequest) -> HttpResponse:
    """Show the imports so far and the form for another."""
    return _list(request, UploadForm(shops=shops_seen_by(request.who), initial=_first_shop(request)))


@needs(Right.IMPORT)
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file in and go to its preview."""
    form = UploadForm(request.POST, request.FILES, shops=shops_seen_by(request.who))
    if not form.is_valid():
        return _list(request, form, status=422)
    file, told = form.cleaned_data["file"], form.cleaned_data
    try:
        report = actions.start_import(
            file.read(LARGEST_FILE + 1),  # one byte more says that it is too large
            file.name,
            form.chosen_shop,
            by=request.who,
            create_region=told["region"],
            create_name=told["name"],
            dates=told["dates"],
        )
    except Refused as refusal:
        return _list(request, form, refusal=refusal, status=422)
    return redirect("imports:import", report.key)


@needs(Right.IMPORT)
@require_safe
def show_import(request: HttpRequest, key: int) -> HttpResponse:
    """Show one import: preview, progress or result; the moving part alone for htmx."""
    report = queries.find_import(key, who=request.who)
    part = is_partial(request, "report")
    if report.phase == queries.MAPPING and not part:
        return redirect("imports:columns", key)
    context = _context(report)
    answer = render(request, "imports/_report.html" if part else "imports/import.html", context)
    if part and not context["is_moving"]:
        answer["HX-Refresh"] = "true"  # heading and buttons change with the phase
    return answer


@needs(Right.IMPORT)
@require_POST
def confirm(request: HttpRequest, key: int) -> HttpResponse:
    """Store what the preview showed."""
    return _do(request, key, actions.confirm_import)


@needs(Right.IMPORT)
@require_POST
def cancel(request: HttpRequest, key: int) -> HttpResponse:
    """Drop the import, or stop it at its next slice."""
    return _do(request, key, actions.cancel_import, _("The import is cancelled. What was stored before stays."))


@needs(Right.IMPORT)
@require_POST
def undo(request: HttpRequest, key: int) -> HttpResponse:
    """Take back what only this import told."""
    return _do(request, key, actions.start_undo)


def _do(request: HttpRequest, key: int, act: Callable[..., object], done: str = "") -> HttpResponse:
    """Do one act at an import and come back to it; a refusal is told in the reader's words."""
    try:
        act(key, by=request.who)
    except Refused as refusal:
        raise in_words(refusal) from None
    if done:
        messages.success(request, done)
    return redirect("imports:import", key)


def _first_shop(request: HttpRequest) -> dict[str, str]:
    chosen = chosen_shop_id(request)
    return next(({"shop": shop.shop_id} for shop in shops_seen_by(request.who) if shop.pk == chosen), {})


def _list(request: HttpRequest, form: UploadForm, *, refusal: Refused | None = None, status: int = 200) -> HttpResponse:
    before = request.GET.get("before", "")
    reports = queries.imports_seen_by(request.who, limit=PAGE + 1, before=int(before) if before.isdecimal() else None)
    older = reports[PAGE - 1].key if len(reports) > PAGE else None
    context: dict[str, Any] = {"reports": reports[:PAGE], "older": older, "form": form, "now": clock.now()}
    if refusal is not None:
        context["refusal"] = {"message": said(refusal.message), "remedy": said(refusal.remedy)}
        context["where"] = {"row": getattr(refusal, "row", 0), "column": refusal.field}
    return render(request, "imports/imports.html", context, status=status)


def _context(report: ImportReport) -> dict[str, Any]:
    rows = queries.refused_rows(report, limit=SHOWN_REFUSED)
    undone = queries.undo_of(report)
    return {
        "report": report,
        "error": said(report.error),
        "remedy": said(report.remedy),
        "refused": [(row, *sentence_of(row)) for row in rows],
        "hidden": max(report.counts.refused - len(rows), 0),
        "undo": undone,
        "undo_error": said(undone.error) if undone else "",
        "kept_kinds": queries.KEPT_LIST_KINDS,
        "left": [(one, said(one.why)) for one in queries.left_rows(undone, limit=SHOWN_REFUSED)] if undone else [],
        "is_moving": report.is_moving or (undone is not None and not undone.is_ended),
    }
