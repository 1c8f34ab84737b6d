"""Pages of conversations and their templates."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shundan.core.errors import Refused, ShundanError
from shundan.core.rights import Right
from shundan.desk.threads import queries
from shundan.edges.conversations import actions
from shundan.edges.conversations.queries import Thread, templates_for, thread_by_key
from shundan.ground.lib import clock
from shundan.ground.staff.actions import do_once
from shundan.ground.staff.logins import needs

LANGUAGES = ("en", "zh", "id", "th", "vi", "ja", "es", "pt", "de", "fr")


@needs(Right.SEE_CONVERSATION)
def threads(request: HttpRequest) -> HttpResponse:
    """Show the conversations, the one that waits longest opened."""
    tab = request.GET.get("tab", "")
    queue = queries.thread_queue(request.who, tab=tab)
    if queue and not request.GET.get("list"):
        return _thread(request, queue[0], queue=queue)
    return render(request, "threads/threads.html", {"queue": queue, "tab": tab, "now": clock.now()})


@needs(Right.SEE_CONVERSATION)
def thread(request: HttpRequest, key: int) -> HttpResponse:
    """Show one conversation beside its order."""
    return _thread(request, thread_by_key(key, who=request.who))


def _thread(
    request: HttpRequest, found: Thread, *, queue: list[Thread] | None = None, refusal: ShundanError | None = None
) -> HttpResponse:
    tab = request.GET.get("tab", "")
    context = queries.thread_page(found) | {
        "thread": found, "queue": queue or queries.thread_queue(request.who, tab=tab), "tab": tab, "now": clock.now(),
        "refusal": refusal, "draft": request.POST.get("text", ""), "may_answer": request.who.may(Right.ANSWER),
    }  # fmt: skip
    return render(request, "threads/threads.html", context, status=refusal.status if refusal else 200)


@require_POST
@needs(Right.ANSWER)
def send(request: HttpRequest, key: int) -> HttpResponse:
    """Answer in a conversation: saved at once, on its way to the platform."""
    found = thread_by_key(key, who=request.who)
    try:
        by, text = request.who, request.POST.get("text", "")
        do_once(by, request.POST.get("once", ""), lambda: actions.send_message(found.pk, text, by=by, now=clock.now()))
    except Refused as refusal:
        return _thread(request, found, refusal=refusal)
    return redirect("threads:thread", key)


@require_POST
@needs(Right.ANSWER)
def mark_done(request: HttpRequest, key: int) -> HttpResponse:
    """Put a conversation away: the buyer waits for nothing."""
    actions.mark_done(thread_by_key(key, who=request.who).pk, by=request.who, now=clock.now())
    messages.success(request, _("Put away; a new message brings it back."))
    return redirect("threads:threads")


@needs(Right.ANSWER)
def templates(request: HttpRequest) -> HttpResponse:
    """Show the templates with the form that keeps one."""
    return _templates(request)


@require_POST
@needs(Right.ANSWER)
def store_template(request: HttpRequest) -> HttpResponse:
    """Keep a template, new or changed."""
    told = [request.POST.get(name, "").strip() for name in ("reason", "language", "title", "text")]
    try:
        actions.store_template(*told, by=request.who, now=clock.now())
    except Refused as refusal:
        return _templates(request, refusal)
    messages.success(request, _("The template is kept."))
    return redirect("threads:templates")


@require_POST
@needs(Right.ANSWER)
def retire_template(request: HttpRequest, key: int) -> HttpResponse:
    """Take a template out of use."""
    actions.retire_template(key, by=request.who, now=clock.now())
    return redirect("threads:templates")


def _templates(request: HttpRequest, refusal: Refused | None = None) -> HttpResponse:
    context = {"templates": templates_for(), "refusal": refusal, "posted": request.POST, "languages": LANGUAGES}
    return render(request, "threads/templates.html", context, status=refusal.status if refusal else 200)
