"""Idempotency: a POST with an Idempotency-Key is carried out once, and told the same when it is repeated."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from shundan.ground.staff import actions


def answer_once(request: HttpRequest, run: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Run the call, or replay what it was told before. Refusals are not kept: they changed nothing."""
    key = request.headers.get("Idempotency-Key", "")
    if not key or request.method != "POST":
        return run()
    who = request.who
    kept = actions.open_answer(
        who, key=key, method=request.method, path=request.get_full_path(), body_hash=_hash_body(request)
    )
    if kept is not None:
        return HttpResponse(
            kept.answer,
            status=kept.status,
            content_type="application/json; charset=utf-8",
            headers={"Idempotency-Replayed": "true"},
        )
    answer = None
    try:
        answer = run()
    finally:
        if isinstance(answer, HttpResponse) and answer.status_code < 400:
            actions.keep_answer(who, key=key, status=answer.status_code, answer=answer.content.decode())
        else:
            actions.release_answer(who, key=key)
    return answer


def _hash_body(request: HttpRequest) -> str:
    """Hash what was sent; an upload is read in pieces and wound back, it may be larger than the memory for bodies."""
    digest = hashlib.sha256()
    if request.content_type != "multipart/form-data":
        digest.update(request.body)
        return digest.hexdigest()
    for name in sorted(request.POST):
        digest.update(repr((name, request.POST.getlist(name))).encode())
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            digest.update(repr((name, file.name, file.size)).encode())
            for piece in file.chunks():
                digest.update(piece)
            file.seek(0)
    return digest.hexdigest()
