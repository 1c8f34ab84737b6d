"""Reads of feedback."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet

from shundan.core.actors import Who
from shundan.stages.feedback.models import Improvement, Problem, ProblemLink, ProductScore, Rating
from shundan.stages.stock.queries import titles_of_products


def ratings_seen_by(who: Who) -> QuerySet[Rating]:
    """Return the ratings of the shops in somebody's scope, with their shop."""
    ratings = Rating.objects.select_related("shop")
    return ratings if who.shop_keys is None else ratings.filter(shop_id__in=who.shop_keys)


def scores_seen_by(who: Who) -> QuerySet[ProductScore]:
    scores = ProductScore.objects.select_related("shop").order_by("-changed_at")
    return scores if who.shop_keys is None else scores.filter(shop_id__in=who.shop_keys)


def problems() -> QuerySet[Problem]:
    """Return problems with how often each was seen, open ones first."""
    return Problem.objects.annotate(seen=Count("links")).order_by("closed_at", "-opened_at")


def links_of(problem: Problem, *, who: Who) -> list[ProblemLink]:
    """Return where a problem was seen, in the shops of somebody's scope, newest first."""
    rows = problem.links.select_related("shop").order_by("-at")
    return list((rows if who.shop_keys is None else rows.filter(shop__in=who.shop_keys))[:100])


def improvements_of(problem: Problem) -> list[Improvement]:
    return list(problem.improvements.order_by("at"))


def ratings_of_order(shop_key: int, order_id: str) -> list[Rating]:
    return list(Rating.objects.filter(shop_id=shop_key, order_id=order_id).order_by("at"))


def score_rows(who: Who) -> list[dict[str, Any]]:
    """Return products with their star counts and mean, the worst first; products without ratings are left out."""
    rows = list(scores_seen_by(who)[:500])
    titles = titles_of_products([(row.shop_id, row.product_id) for row in rows])
    found = []
    for row in rows:
        counts = [int(row.stars.get(str(stars), 0)) for stars in range(1, 6)]
        if sum(counts):
            mean = sum(stars * count for stars, count in enumerate(counts, start=1)) / sum(counts)
            title = titles.get((row.shop_id, row.product_id), row.product_id)
            found.append({"shop": row.shop, "title": title, "counts": counts, "total": sum(counts), "mean": mean})
    return sorted(found, key=lambda one: one["mean"])
