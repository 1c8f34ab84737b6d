"""Tables a person fetches: refused rows as the file had them with reasons, and what undoing left."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shundan.core.errors import NotFound
from shundan.core.rights import Right
from shundan.desk.imports import queries
from shundan.desk.imports.views.sentences import said, sentence_of
from shundan.ground.staff.logins import needs


@needs(Right.IMPORT)
@require_safe
def download_refused(request: HttpRequest, key: int, kind: str) -> HttpResponse:
    """Download the rows that were not taken as the file had them, each with its reason and remedy behind."""
    report = queries.find_import(key, who=request.who)
    sentences = [sentence_of(row) for row in queries.refused_rows(report)]
    names = [_("Row"), _("Column"), _("Why"), _("What to do")]
    return answer(queries.refused_file(report, sentences, names=names, kind=kind))


@needs(Right.IMPORT)
@require_safe
def download_left(request: HttpRequest, key: int, kind: str) -> HttpResponse:
    """Download what undoing an import left, each with its reason."""
    undo = queries.undo_of(queries.find_import(key, who=request.who))
    if undo is None:
        raise NotFound(_("This import was not undone."), remedy=_("Reload the page."))
    rows = ((one.row, one.name, said(one.why)) for one in queries.left_rows(undo))
    header = [_("Row"), _("What"), _("Why")]
    return answer(queries.table_file(rows, header=header, name=f"import-{key}-left", kind=kind))


def answer(file: queries.Fetched) -> HttpResponse:
    """Answer a file to be saved."""
    return HttpResponse(file.content, content_type=file.content_type, headers=file.headers)
