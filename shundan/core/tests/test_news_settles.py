"""News told twice moves nothing the second time; what another tool did is watched; roles lack what they need not."""

from __future__ import annotations

import itertools

import pytest

from shundan.core.actors import SYSTEM, Who
from shundan.core.errors import NotAllowed
from shundan.core.moves import OrderMove as M
from shundan.core.moves import next_order_state
from shundan.core.news import PLATFORM_STATUSES, order_news
from shundan.core.parcel_moves import PACKAGE_STATUSES, next_parcel_state, parcel_news
from shundan.core.rights import ROLE_RIGHTS, Right, Role, may
from shundan.core.states import BEFORE_PARCELS, FulfilledBy, ParcelState
from shundan.core.states import OrderState as S


@pytest.mark.parametrize("state", S)
def test_an_orders_news_settles_at_once(state):
    for status, by, arranged in itertools.product(PLATFORM_STATUSES, FulfilledBy, (True, False)):
        after = state
        for move in order_news(state, status, fulfilled_by=by, arranged_by_us=arranged)[0]:
            after = next_order_state(after, move)
        assert order_news(after, status, fulfilled_by=by, arranged_by_us=arranged)[0] == (), status


@pytest.mark.parametrize("state", ParcelState)
def test_a_packages_news_settles_at_once(state):
    for status, tracking, left in itertools.product(PACKAGE_STATUSES, (True, False), (True, False)):
        after = state
        for move in parcel_news(state, status, has_tracking=tracking, left_us=left)[0]:
            after = next_parcel_state(after, move)
        assert parcel_news(after, status, has_tracking=tracking, left_us=left)[0] == (), status


@pytest.mark.parametrize("state", sorted(BEFORE_PARCELS))
def test_what_another_tool_arranged_is_watched_and_what_we_arranged_is_not(state):
    for status in ("AWAITING_COLLECTION", "PARTIALLY_SHIPPING"):
        assert order_news(state, status, fulfilled_by=FulfilledBy.US, arranged_by_us=False) == ((M.WATCH,), "")
        assert order_news(state, status, fulfilled_by=FulfilledBy.US, arranged_by_us=True) == ((), "")


@pytest.mark.parametrize(
    ("role", "right"),
    [
        (Role.PACKER, Right.SEE_MONEY),
        (Role.PACKER, Right.SEE_BUYER),
        (Role.ACCOUNTANT, Right.SEE_BUYER),
        (Role.VIEWER, Right.HOLD),
        (Role.VIEWER, Right.SEE_MONEY),
        (Role.CLERK, Right.SETTINGS),
        (Role.SERVICE, Right.CANCEL),
    ],
)
def test_roles_lack_what_they_do_not_need(role, right):
    with pytest.raises(NotAllowed):
        Who("person", "1", role=role).needs(right)


def test_the_owner_may_everything_and_a_stranger_nothing():
    assert all(may(Role.OWNER, right) for right in Right)
    assert not any(may(role, right) for role in ("", "boss") for right in Right)
    assert set(ROLE_RIGHTS) == set(Role)


def test_a_scope_limits_the_shops():
    assert Who("person", "1", shop_keys=frozenset({1})).sees_shop(1)
    assert not Who("person", "1", shop_keys=frozenset({1})).sees_shop(2)
    assert SYSTEM.sees_shop(2)
