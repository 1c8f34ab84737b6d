"""Rows of files that are kept and shown: a list per kind, one row with all its cells, and the table they came from."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shundan.core.errors import NotFound
from shundan.core.rights import Right
from shundan.desk.imports import queries
from shundan.desk.imports.queries.lists import kept_list
from shundan.desk.imports.queries.words import kind_word
from shundan.desk.imports.views.downloads import answer
from shundan.ground.look.views import render_detail, render_list
from shundan.ground.staff.logins import needs

MOST_ORIGINAL = 50_000  # rows given back at once in the columns of their files


@needs(Right.SEE_ORDER)
@require_safe
def list_rows(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Show the kept rows of one kind; ?original=csv|xlsx gives them back in the columns of their files."""
    kinds = _kinds(request)
    if kind not in kinds:
        raise NotFound(_("There are no such rows."), remedy=_("Choose a kind from the list of imports."))
    page, rows = kept_list(kind), queries.kept_rows_seen_by(request.who, kind)
    if request.GET.get("original"):
        request.who.needs(Right.EXPORT)
        chosen = page.filtered(request, rows)[:MOST_ORIGINAL]
        header, cells = queries.original_table(chosen, with_personal=request.who.may(Right.SEE_BUYER))
        return answer(queries.table_file(cells, header=header, name=f"{kind}-rows", kind=request.GET["original"]))
    extra = {
        "actions_template": "imports/_rows_actions.html",
        "before_template": "imports/_rows_kinds.html",
        "kinds": [(one, kind_word(one)) for one in kinds],
        "rows_kind": kind,
    }
    return render_list(request, page, rows, extra=extra)


@needs(Right.SEE_ORDER)
@require_safe
def show_row(request: HttpRequest, kind: str, key: int) -> HttpResponse:
    """Show one kept row with every cell its file had; what names a person only to whoever may see buyers."""
    row = queries.kept_rows_seen_by(request.who, kind).filter(pk=key).first() if kind in _kinds(request) else None
    if row is None:
        raise NotFound(_("There are no such rows."), remedy=_("Choose a kind from the list of imports."))
    sees_buyer = request.who.may(Right.SEE_BUYER)
    cells = sorted([*row.payload, *(row.personal if sees_buyer else [])])
    context = {
        "row": row,
        "kind_word": kind_word(kind),
        "cells": [(name, cell) for _place, name, cell in cells],
        "hidden": 0 if sees_buyer else len(row.personal),
        "may_import": request.who.may(Right.IMPORT),
    }
    return render_detail(request, "imports/row.html", context)


def _kinds(request: HttpRequest) -> list[str]:
    return [kind for kind, right in queries.KEPT_LIST_KINDS.items() if request.who.may(right)]
