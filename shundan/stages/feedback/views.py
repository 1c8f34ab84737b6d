"""Pages of feedback: ratings, product scores, problems and improvements."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shundan.core.errors import Refused
from shundan.core.rights import Right
from shundan.ground.lib import clock
from shundan.ground.look.queries import Column, Filter, ListPage, Preset, Sort
from shundan.ground.look.views import render_list
from shundan.ground.shops.queries import find_shop
from shundan.ground.staff.logins import needs
from shundan.stages.feedback import actions, queries
from shundan.stages.orders.queries import causes

RATINGS = ListPage(
    key="ratings", title=gettext_lazy("Feedback"),
    columns=(
        Column("stars", gettext_lazy("Stars"), kind="number", sort="stars"),
        Column("text", gettext_lazy("Words")),
        Column("order_id", gettext_lazy("Order"), kind="order_tail"),
        Column("shop", gettext_lazy("Shop"), value="shop.name", kind="tag", wide=True),
        Column("cause", gettext_lazy("Cause"), kind="code", wide=True),
        Column("at", gettext_lazy("Rated"), kind="when", sort="at", right=True),
    ),
    filters=(
        Filter("stars", gettext_lazy("Stars"), "multi", choices=[(str(n), "★" * n) for n in range(1, 6)]),
        Filter("open", gettext_lazy("Without a cause"), "boolean", field="settled_at__isnull"),
        Filter("at", gettext_lazy("Rated"), "dates", field="at"),
    ),
    sorts=(Sort("at", gettext_lazy("Rated"), "at", descending=True), Sort("stars", gettext_lazy("Stars"), "stars")),
    default_sort="at", row_url=lambda row: reverse("feedback:rating", args=[row.pk]),
    search_fields=("order_id__endswith", "text__icontains"), shop_field="shop_id", drawer=False,
    presets=(
        Preset("bad", gettext_lazy("Bad, open"), "stars=1&stars=2&open=1", counted=True, alarming=True),
        Preset("all", gettext_lazy("All"), ""),
    ),
    empty=gettext_lazy("No rating yet. The platform gives them as a file only: take it in under Imports."),
)  # fmt: skip


@needs(Right.RATE)
def ratings(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """List the ratings of the shops in scope."""
    return render_list(request, RATINGS, queries.ratings_seen_by(request.who), template="feedback/ratings.html")


@needs(Right.RATE)
def rating(request: HttpRequest, key: int) -> HttpResponse:
    """Show one rating and let its cause be named."""
    found = get_object_or_404(queries.ratings_seen_by(request.who), pk=key)
    return render(request, "feedback/rating.html", {"rating": found, "causes": causes()})


@require_POST
@needs(Right.RATE)
def settle(request: HttpRequest, key: int) -> HttpResponse:
    """Name the cause of a rating."""
    found = get_object_or_404(queries.ratings_seen_by(request.who), pk=key)
    try:
        actions.settle_rating(found.pk, request.POST.get("cause", ""), by=request.who, now=clock.now())
    except Refused as refusal:
        context = {"rating": found, "causes": causes(), "refusal": refusal}
        return render(request, "feedback/rating.html", context, status=refusal.status)
    messages.success(request, _("The cause is named."))
    return redirect("feedback:ratings")


@needs(Right.RATE)
def scores(request: HttpRequest) -> HttpResponse:
    """Show the star counts of products, as the platform's product performance tells them."""
    return render(request, "feedback/scores.html", {"scores": queries.score_rows(request.who)})


@needs(Right.RATE)
def problems(request: HttpRequest) -> HttpResponse:
    """Show the problems, and the form that notes one; ?shop=&kind=&name= says where it was seen."""
    return _problems(request)


@require_POST
@needs(Right.RATE)
def note_problem(request: HttpRequest) -> HttpResponse:
    """Note a problem with its cause."""
    told = request.POST
    try:
        shop = find_shop(told["shop"], who=request.who) if told.get("shop") else None
        made = actions.note_problem(
            told.get("title", ""), told.get("cause", ""), by=request.who, now=clock.now(), note=told.get("note", ""),
            shop_key=shop.pk if shop else None, subject_kind=told.get("kind", ""), subject_name=told.get("name", ""),
        )  # fmt: skip
    except Refused as refusal:
        return _problems(request, refusal)
    return redirect("feedback:problem", made.pk)


@needs(Right.RATE)
def problem(request: HttpRequest, key: int) -> HttpResponse:
    """Show one problem: where it was seen, and what is done about it."""
    found = get_object_or_404(queries.problems(), pk=key)
    context = {"problem": found, "links": queries.links_of(found, who=request.who),
               "improvements": queries.improvements_of(found)}  # fmt: skip
    return render(request, "feedback/problem.html", context)


@require_POST
@needs(Right.RATE)
def improve(request: HttpRequest, key: int) -> HttpResponse:
    """Add what is done about a problem, or close it."""
    get_object_or_404(queries.problems(), pk=key)
    if request.POST.get("close"):
        actions.close_problem(key, by=request.who, now=clock.now())
    else:
        actions.add_improvement(key, request.POST.get("text", ""), by=request.who, now=clock.now())
    return redirect("feedback:problem", key)


def _problems(request: HttpRequest, refusal: Refused | None = None) -> HttpResponse:
    told = request.POST or request.GET
    context = {"problems": queries.problems()[:100], "causes": causes(), "told": told, "refusal": refusal}
    return render(request, "feedback/problems.html", context, status=refusal.status if refusal else 200)
