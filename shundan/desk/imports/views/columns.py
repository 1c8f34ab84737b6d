"""The pages where a person says what the columns of an unknown file mean, and sees what was said before."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shundan.core.errors import Refused
from shundan.core.rights import Right
from shundan.desk.imports import actions, queries
from shundan.desk.imports.queries.words import field_choices, field_word, kind_choices, kind_word
from shundan.desk.imports.views.sentences import said
from shundan.edges.channels.files.guessing import WANTED, UnknownTable
from shundan.edges.channels.files.kinds import Kind
from shundan.ground.staff.logins import needs


@needs(Right.IMPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def explain_columns(request: HttpRequest, key: int) -> HttpResponse:
    """Ask what each column of an unknown file means, or remember the answer and go to the preview."""
    report = queries.find_import(key, who=request.who)
    table = queries.unknown_table(report)
    if report.phase != queries.MAPPING or table is None:
        return redirect("imports:import", key)
    kind = request.POST.get("kind") or request.GET.get("kind") or table.kind
    kind = kind if kind in WANTED else table.kind
    told = {name: request.POST.get(f"column-{place}", "") for place, name in enumerate(table.header) if name}
    context = {"report": report, "kind": kind, "kinds": kind_choices(), "table": table}
    if request.method == "POST" and "again" not in request.POST:
        try:
            actions.explain_import(key, kind, told, by=request.who)
        except Refused as refusal:
            context["refusal"] = {"message": said(refusal.message), "remedy": said(refusal.remedy)}
            context["where"] = field_word(refusal.field) if refusal.field in _fields(kind) else refusal.field
        else:
            return redirect("imports:import", key)
    chosen = told if "refusal" in context else None
    context |= {"columns": _columns(table, kind, chosen), "needed": _needed(table, kind, chosen)}
    return render(request, "imports/columns.html", context, status=422 if "refusal" in context else 200)


def _fields(kind: str) -> set[str]:
    return set(WANTED[Kind(kind)].columns)


def _columns(table: UnknownTable, kind: str, told: dict[str, str] | None) -> list[dict[str, Any]]:
    """Return each column with its samples, the fields it may mean, and the one that is proposed or was said."""
    guessed = table.guesses.get(kind, {})
    return [
        {
            "place": place,
            "name": name,
            "samples": [cell for cell in table.samples[place] if cell],
            "chosen": told.get(name, "") if told is not None else guessed.get(str(place), ""),
            "fields": field_choices(kind),
            "is_guess": told is None and str(place) in guessed,
        }
        for place, name in enumerate(table.header)
        if name
    ]


def _needed(table: UnknownTable, kind: str, told: dict[str, str] | None) -> list[tuple[str, bool]]:
    """Return the fields such a table cannot do without, and whether a column has each."""
    found = set(told.values()) if told is not None else set(table.guesses.get(kind, {}).values())
    return [(field_word(field), field in found) for field in WANTED[Kind(kind)].needed]


@needs(Right.IMPORT)
@require_safe
def list_mappings(request: HttpRequest) -> HttpResponse:
    """Show which columns people have explained."""
    rows = [
        {"row": row, "kind": kind_word(row.kind), "fields": [field_word(field) for field in row.columns.values()]}
        for row in queries.all_mappings()[:200]
    ]
    return render(request, "imports/mappings.html", {"mappings": rows})


@needs(Right.IMPORT)
@require_POST
def forget_mapping(request: HttpRequest, key: int) -> HttpResponse:
    """Forget what was said about some columns."""
    actions.forget_mapping(key, by=request.who)
    messages.success(request, _("These columns are forgotten; the next file with them asks again."))
    return redirect("imports:mappings")
