"""Cancelling at the channel: asked once, and nothing leaves meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shundan.core.errors import Conflict
from shundan.edges.outbox.models import Call
from shundan.stages.orders.models import Hold
from shundan.stages.orders.tests.made import CLERK, T0, facts, make_shop, store
from shundan.stages.review.actions import cancel_order

pytestmark = pytest.mark.django_db


def test_the_platform_is_asked_once_to_cancel_and_the_order_is_held_meanwhile() -> None:
    [order] = store(make_shop(), facts())
    assert cancel_order(order.pk, "seller_cancel_reason_out_of_stock", by=CLERK, now=T0) == "asked"
    with pytest.raises(Conflict):
        cancel_order(order.pk, "seller_cancel_reason_wrong_price", by=CLERK, now=T0 + timedelta(minutes=1))
    assert Call.objects.get().request["cancel_reason"] == "seller_cancel_reason_out_of_stock"
    assert list(Hold.objects.values_list("kind", flat=True)) == ["cancelling"]


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("SG", "seller_cancel_paid_reason_address_not_deliver"),
        ("MY", "seller_cancel_unable_to_deliver_to_buyer_address"),
    ],
)
def test_an_address_nobody_delivers_to_is_said_in_the_words_of_the_market(region: str, said: str) -> None:
    [order] = store(make_shop(region=region), facts())
    cancel_order(order.pk, "seller_cancel_unable_to_deliver_to_buyer_address", by=CLERK, now=T0)
    assert Call.objects.get().request["cancel_reason"] == said
