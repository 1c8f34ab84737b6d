"""The pack station: one page without a mouse. Every act answers with the whole station, alone for htmx."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shundan.core.errors import Refused
from shundan.core.rights import Right
from shundan.ground.lib import clock
from shundan.ground.look.views import is_partial
from shundan.ground.staff.logins import needs
from shundan.stages.packing import actions
from shundan.stages.packing.queries import parcel_by_code, parcel_by_key
from shundan.stages.packing.queries.station import Said, day_of, table_of


@needs(Right.PACK)
@require_safe
def station(request: HttpRequest) -> HttpResponse:
    """Show the station; ?code= puts a parcel on the table."""
    code = request.GET.get("code", "").strip()
    return _answer(request, lambda: _open(request, code), code) if code else _station(request)


@needs(Right.PACK)
@require_POST
def scan(request: HttpRequest) -> HttpResponse:
    """Take a scan: a parcel when the table is empty, else an item; the parcel's own code again closes the box."""
    code, key = request.POST.get("code", "").strip(), _key(request)
    if not key:
        return _answer(request, lambda: _open(request, code), code)
    parcel = parcel_by_key(key, who=request.who)
    if code.casefold() in {parcel.parcel_id.casefold(), parcel.tracking_number.casefold()}:
        return _answer(request, lambda: _close(request, key), code, key)
    return _answer(request, lambda: _count(request, key, code), code, key)


@needs(Right.PACK)
@require_POST
def pack(request: HttpRequest) -> HttpResponse:
    """Close the box, with its weight if there is a scale."""
    key = parcel_by_key(_key(request), who=request.who).pk
    return _answer(request, lambda: _close(request, key), "", key)


@needs(Right.PACK)
@require_POST
def put_back(request: HttpRequest) -> HttpResponse:
    """Put the parcel back unpacked: its scans are forgotten."""
    parcel = parcel_by_key(_key(request), who=request.who)
    actions.put_back(parcel.pk, by=request.who)
    return _station(request, said=Said("wrong", _("%(parcel)s was put back.") % {"parcel": parcel.parcel_id}))


@needs(Right.PACK)
@require_POST
def report_short(request: HttpRequest) -> HttpResponse:
    """Say that goods are missing: the order is stopped until somebody decides."""
    key = parcel_by_key(_key(request), who=request.who).pk
    return _answer(request, lambda: actions.report_short(key, by=request.who, now=clock.now()), "", key)


@needs(Right.PACK)
@require_POST
def shelve(request: HttpRequest) -> HttpResponse:
    """Record on which shelf a stopped parcel stands; the next parcel can come."""
    parcel, shelf = parcel_by_key(_key(request), who=request.who), request.POST.get("shelf", "").strip()
    wanted = request.POST.get("wanted", "").strip()
    try:
        if wanted and shelf.casefold() != wanted.casefold():
            raise Refused(_("That is not shelf %(shelf)s.") % {"shelf": wanted}, code="stopped")
        actions.shelve_parcel(parcel.pk, shelf, by=request.who, now=clock.now())
    except Refused as refusal:
        said = Said("stop", refusal.message, refusal.remedy, wanted, shelf)
        return _station(request, parcel_key=parcel.pk, said=said)
    words = _("%(parcel)s stands on %(shelf)s.") % {"parcel": parcel.parcel_id, "shelf": shelf}
    return _station(request, said=Said("right", words))


def _open(request: HttpRequest, code: str) -> tuple[int, Said]:
    parcel = parcel_by_code(code, who=request.who)
    actions.open_parcel(parcel.pk, by=request.who, now=clock.now())
    return parcel.pk, Said("right", parcel.parcel_id, code=code)


def _count(request: HttpRequest, key: int, code: str) -> tuple[int, Said]:
    actions.scan_item(key, code, by=request.who, now=clock.now())
    return key, Said("right", code, code=code)


def _close(request: HttpRequest, key: int) -> tuple[int, Said]:
    told = request.POST.get("weight_g", "").strip()
    if told and not told.isdecimal():
        raise Refused(_("A weight is a number of grams."), field="weight_g", code="bad_weight")
    actions.pack_parcel(
        key,
        weight_g=int(told) if told else None,
        accept_weight=request.POST.get("accept_weight", ""),
        by=request.who,
        now=clock.now(),
    )
    return 0, Said("right", _("%(parcel)s is packed.") % {"parcel": parcel_by_key(key).parcel_id})


def _answer(request: HttpRequest, work: Any, code: str, key: int = 0) -> HttpResponse:
    """Do one act and show the station; a refusal keeps the parcel on the table and says what to do."""
    began = perf_counter()
    try:
        key, said = work()
    except Refused as refusal:
        said = Said.refused(refusal, code)
        key = getattr(refusal, "parcel_key", 0) or key
    return _station(request, parcel_key=key, said=said, took_ms=round((perf_counter() - began) * 1000))


def _station(request: HttpRequest, *, parcel_key: int = 0, said: Said | None = None, took_ms: int = 0) -> HttpResponse:
    now = clock.now()
    wrong = bool(said and said.tone == "wrong")
    table = table_of(parcel_key, who=request.who, now=now, wrong=wrong) if parcel_key else None
    context = {
        "table": table,
        "said": said,
        "took_ms": took_ms,
        "day": day_of(request.who, now=now),
        "now": now,
    }
    template = "packing/_station.html" if is_partial(request, "station") else "packing/station.html"
    return render(request, template, context)


def _key(request: HttpRequest) -> int:
    text = request.POST.get("parcel", "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0
