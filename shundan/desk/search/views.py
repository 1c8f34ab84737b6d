"""The search page, and its part for the palette under the box."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from shundan.core.rights import Right
from shundan.desk.search.queries import find_hits, find_pages
from shundan.ground.look.views import is_partial
from shundan.ground.staff.logins import needs


@needs(Right.SEE_DESK)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Find; a scanned number that means exactly one thing opens it at once."""
    words = request.GET.get("q", "").strip()
    if is_partial(request, "palette"):
        hits = [*find_pages(words, request.who, limit=4), *find_hits(words, request.who, limit=5)]
        return render(request, "search/_palette.html", {"hits": hits, "words": words})
    hits, pages = find_hits(words, request.who, limit=20), find_pages(words, request.who)
    exact = {hit.url for hit in hits if hit.exact and hit.url}
    if len(exact) == 1:
        return redirect(exact.pop())
    return render(request, "search/search.html", {"hits": hits, "pages": pages, "words": words})
