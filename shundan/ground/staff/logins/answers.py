"""Idempotency: a POST with an Idempotency-Key is carried out once, and told the same when it is repeated."""

from __future__ import annotations

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
    kept = actions.open_answer(who, key=key, method=request.method, path=request.get_full_path(), body=request.body)
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
