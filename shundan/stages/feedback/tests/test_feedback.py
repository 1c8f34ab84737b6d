"""Ratings are stored once, scores never go back, problems gather what has the same cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shundan.core.actors import SYSTEM, Who
from shundan.core.errors import Refused
from shundan.core.facts import RatingFacts
from shundan.ground.journal.queries import entries_of
from shundan.stages.feedback import actions, queries
from shundan.stages.feedback.models import Problem, ProductScore, Rating
from shundan.stages.orders.tests.made import T0, facts, make_shop, store

SERVICE = Who("person", "9", "page", "service", "Su")
pytestmark = pytest.mark.django_db


def test_the_same_file_twice_changes_nothing() -> None:
    shop = make_shop()
    order = store(shop, facts(status="DELIVERED"))[0]
    told = [RatingFacts(order.order_id, 2, T0, sku_id="1", text="Wrong colour"), RatingFacts("", 5, T0, sku_id="2")]
    assert actions.store_ratings(shop.pk, told, by=SERVICE, now=T0) == (2, 0)
    assert actions.store_ratings(shop.pk, told, by=SERVICE, now=T0) == (0, 2)
    assert Rating.objects.count() == 2
    assert [entry.verb for entry in entries_of([("order", order.pk)])].count("rate") == 1


def test_a_rating_ends_with_a_cause_of_the_tree() -> None:
    shop = make_shop()
    actions.store_ratings(shop.pk, [RatingFacts("", 1, T0, sku_id="1")], by=SERVICE, now=T0)
    rating = Rating.objects.get()
    with pytest.raises(Refused):
        actions.settle_rating(rating.pk, "somebody.else", by=SERVICE, now=T0)
    actions.settle_rating(rating.pk, "packing.wrong_item", by=SERVICE, now=T0)
    rating.refresh_from_db()
    assert (rating.cause, rating.settled_at) == ("packing.wrong_item", T0)


def test_an_older_score_never_wins() -> None:
    shop = make_shop()
    actions._store_score(shop.pk, "17290001", {"5": 3, "1": 1}, asked_at=T0)
    actions._store_score(shop.pk, "17290001", {"5": 1}, asked_at=T0 - timedelta(hours=1))
    assert ProductScore.objects.get().stars == {"5": 3, "1": 1}
    (row,) = queries.score_rows(SYSTEM)
    assert (row["counts"], row["total"], row["mean"]) == ([1, 0, 0, 0, 3], 4, 4.0)


def test_the_same_problem_gathers_where_it_was_seen() -> None:
    shop = make_shop()
    for name in ("577000000000000001", "577000000000000002", "577000000000000001"):
        actions.note_problem(
            "Blue sent for green", "packing.wrong_item", by=SERVICE, now=T0, shop_key=shop.pk, subject_kind="order",
            subject_name=name,
        )  # fmt: skip
    problem = queries.problems().get()
    assert (Problem.objects.count(), problem.seen) == (1, 2)
    actions.add_improvement(problem.pk, "Colour on the bin label", by=SERVICE, now=T0)
    actions.close_problem(problem.pk, by=SERVICE, now=T0)
    problem = queries.problems().get()
    assert problem.closed_at == T0 and len(queries.improvements_of(problem)) == 1
    assert len(queries.links_of(problem, who=SYSTEM)) == 2
    assert queries.links_of(problem, who=replace(SERVICE, shop_keys=frozenset())) == []


@pytest.mark.parametrize(("title", "cause", "field"), [("", "packing.wrong_item", "title"), ("Broken", "x", "cause")])
def test_a_problem_without_title_or_cause_is_refused(title: str, cause: str, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        actions.note_problem(title, cause, by=SERVICE, now=T0)
    assert refusal.value.field == field and not Problem.objects.exists()


def test_ratings_keep_their_stars_when_their_words_leave() -> None:
    shop = make_shop()
    store(shop, facts(status="COMPLETED"), facts("577000000000000002", status="DELIVERED"))
    told = [
        RatingFacts(order_id, 2, T0, sku_id="1", text="Emma says no", buyer="Emma")
        for order_id in ("577000000000000001", "577000000000000002", "577000000000000003")
    ]
    actions.store_ratings(shop.pk, told, by=SERVICE, now=T0)
    assert actions.erase_ratings(now=T0 + timedelta(days=364)) == 0
    assert actions.erase_ratings(now=T0 + timedelta(days=366)) == 2
    left = {row.order_id: (row.stars, row.text, row.buyer_name) for row in Rating.objects.all()}
    assert left == {
        "577000000000000001": (2, "", ""),
        "577000000000000002": (2, "Emma says no", "Emma"),  # its order is open
        "577000000000000003": (2, "", ""),  # its order is not known here
    }
    assert actions.store_ratings(shop.pk, told, by=SERVICE, now=T0) == (0, 3)
    assert actions.erase_ratings(now=T0 + timedelta(days=366)) == 0
