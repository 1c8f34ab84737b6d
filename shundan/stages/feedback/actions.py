"""Writes of feedback: ratings from files, scores from the platform, problems with their causes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import Refused
from shundan.core.facts import RatingFacts
from shundan.core.privacy import PERSONAL
from shundan.edges.channels.tiktok.mapping import map_scores
from shundan.edges.inbox.actions import settle_snapshots
from shundan.edges.inbox.queries import Snapshot, unapplied
from shundan.ground.jobs.actions import work_batch
from shundan.ground.journal.actions import Draft, record
from shundan.ground.lib.db import claim, in_transaction
from shundan.stages.feedback.models import Improvement, Problem, ProblemLink, ProductScore, Rating
from shundan.stages.orders.queries import closed_orders, known_cause, orders_by_ids, stored_orders


def store_ratings(shop_key: int, told: Iterable[RatingFacts], *, by: Who, now: datetime) -> tuple[int, int]:
    """Store ratings, each once; return (new, known already). New ones are journaled at their order."""
    told = list(told)
    rows = {rating_key(facts): facts for facts in told}

    def work() -> int:
        known = set(Rating.objects.filter(shop_id=shop_key, rating_key__in=rows).values_list("rating_key", flat=True))
        new = {key: facts for key, facts in rows.items() if key not in known}
        Rating.objects.bulk_create([
            Rating(shop_id=shop_key, rating_key=key, order_id=facts.order_id, sku_id=facts.sku_id,
                   product_id=facts.product_id, stars=facts.stars, text=facts.text, buyer_name=facts.buyer, at=facts.at)
            for key, facts in new.items()
        ])  # fmt: skip
        orders = orders_by_ids([(shop_key, facts.order_id) for facts in new.values() if facts.order_id])
        record(
            Draft("order", orders[(shop_key, facts.order_id)].pk, "rate", Who("buyer", "", by.via), facts.at,
                  shop_key=shop_key, subject_name=facts.order_id, facts={"stars": facts.stars})
            for facts in new.values() if (shop_key, facts.order_id) in orders
        )  # fmt: skip
        return len(new)

    new = in_transaction(work)
    return new, len(told) - new


def erase_ratings(*, now: datetime, limit: int = 200) -> int:
    """Erase texts and names of a bounded batch of ratings whose order was closed long enough ago; stars stay.

    Where the order is not known here, the clock runs from the rating itself. Returns how many.
    """
    moment = now - timedelta(days=PERSONAL["feedback.Rating.text"][1])

    def work() -> int:
        told = Rating.objects.exclude(text="", buyer_name="")
        orders = {"shop": OuterRef("shop"), "order_id": OuterRef("order_id")}
        closed, known = closed_orders(moment).filter(**orders), stored_orders().filter(**orders)
        due = told.filter(Exists(closed)) | told.filter(~Exists(known), at__lt=moment)
        rows = claim(due.order_by("pk"), limit=limit)
        return Rating.objects.filter(pk__in=[row.pk for row in rows]).update(text="", buyer_name="")

    return in_transaction(work)


def rating_key(facts: RatingFacts) -> str:
    """Return the key that makes the same rating the same row, whatever file tells it."""
    text = f"{facts.order_id}|{facts.sku_id}|{facts.product_id}|{facts.buyer}|{facts.at.isoformat()}"
    return hashlib.sha256(text.encode()).hexdigest()


def apply_next_scores(*, limit: int = 50) -> int:
    """Store the star counts of the next product performance snapshots; older ones never win."""

    def work(rows: list[Snapshot]) -> None:
        for row in rows:
            _store_score(row.shop_id, row.outside_id, map_scores(row.payload), asked_at=row.asked_at)
        settle_snapshots([(row.pk, "applied") for row in rows])

    return work_batch("apply_next_scores", unapplied("score"), work, limit=limit)


def _store_score(shop_key: int, product_id: str, stars: dict[str, int], *, asked_at: datetime) -> None:
    row, made = ProductScore.objects.get_or_create(
        shop_id=shop_key, product_id=product_id,
        defaults={"stars": stars, "asked_at": asked_at, "changed_at": asked_at},
    )  # fmt: skip
    if not made and row.asked_at < asked_at:
        changed_at = asked_at if row.stars != stars else row.changed_at
        ProductScore.objects.filter(pk=row.pk).update(stars=stars, asked_at=asked_at, changed_at=changed_at)


def settle_rating(rating_pk: int, cause: str, *, by: Who, now: datetime) -> None:
    """Name the cause of a rating."""
    _need_cause(cause)

    def work() -> None:
        rating = Rating.objects.select_for_update().get(pk=rating_pk)
        rating.cause, rating.settled_at, rating.settled_by = cause, now, by.named
        rating.save(update_fields=["cause", "settled_at", "settled_by"])
        record([Draft("rating", rating.pk, "settle_rating", by, now, shop_key=rating.shop_id,
                      subject_name=rating.order_id, facts={"cause": cause, "stars": rating.stars})])  # fmt: skip

    in_transaction(work)


def note_problem(
    title: str, cause: str, *, by: Who, now: datetime, note: str = "",
    shop_key: int | None = None, subject_kind: str = "", subject_name: str = "",
) -> Problem:  # fmt: skip
    """Note a problem with its cause, and where it was seen; one with the same open title and cause gains a link."""
    _need_cause(cause)
    if not title.strip():
        raise Refused(_("A problem needs a title."), field="title", remedy=_("Say in a few words what goes wrong."))

    def work() -> Problem:
        problem = Problem.objects.filter(title=title.strip(), cause=cause, closed_at=None).first()
        if problem is None:
            problem = Problem.objects.create(
                title=title.strip()[:200], cause=cause, note=note, opened_at=now, opened_by=by.named
            )
        if shop_key and subject_name:
            ProblemLink.objects.get_or_create(
                problem=problem, shop_id=shop_key, subject_kind=subject_kind, subject_name=subject_name,
                defaults={"at": now},
            )  # fmt: skip
        record([Draft("problem", problem.pk, "note_problem", by, now, shop_key=shop_key,
                      subject_name=problem.title[:80],
                      facts={"cause": cause, "at": f"{subject_kind}:{subject_name}"})])  # fmt: skip
        return problem

    return in_transaction(work)


def add_improvement(problem_key: int, text: str, *, by: Who, now: datetime) -> Improvement:
    """Say what is done about a problem."""
    if not text.strip():
        raise Refused(_("The improvement is empty."), field="text", remedy=_("Write what will be done."))
    return Improvement.objects.create(problem_id=problem_key, text=text.strip(), at=now, by=by.named)


def close_problem(problem_key: int, *, by: Who, now: datetime) -> None:
    """Close a problem: its improvements have helped."""
    Problem.objects.filter(pk=problem_key, closed_at=None).update(closed_at=now, closed_by=by.named)
    record([Draft("problem", problem_key, "close_problem", by, now)])


def _need_cause(cause: str) -> None:
    if not known_cause(cause):
        raise Refused(
            _("“%(cause)s” is not a cause of the tree.") % {"cause": cause},
            field="cause",
            remedy=_("Choose a cause from the list."),
        )
