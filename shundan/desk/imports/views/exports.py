"""Pages of exports: the files somebody asked for, how far they are, and the download."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shundan.core.errors import Refused
from shundan.core.rights import Right
from shundan.desk.imports import queries
from shundan.desk.imports.views.downloads import answer
from shundan.desk.imports.views.sentences import in_words, said
from shundan.ground.look.views import is_partial
from shundan.ground.staff.logins import needs


@needs(Right.EXPORT)
@require_safe
def list_exports(request: HttpRequest) -> HttpResponse:
    """Show the files this person asked for, the newest first."""
    return render(request, "imports/exports.html", {"exports": queries.exports_of(request.who)})


@needs(Right.EXPORT)
@require_safe
def show_export(request: HttpRequest, key: int) -> HttpResponse:
    """Show how far one export is; the moving part alone for htmx."""
    report = queries.find_export(key, who=request.who)
    left = [(one, said(why)) for one, why in report.left_out]
    template = "imports/_export.html" if is_partial(request, "export") else "imports/export.html"
    return render(request, template, {"report": report, "error": said(report.error), "left": left})


@needs(Right.EXPORT)
@require_safe
def download_export(request: HttpRequest, key: int) -> HttpResponse:
    """Download a finished export."""
    try:
        return answer(queries.export_file(queries.find_export(key, who=request.who)))
    except Refused as refusal:
        raise in_words(refusal) from None
