"""Every kind of webhook, as the sandbox sends it: verified, kept, read; none is a riddle to the desk."""

from __future__ import annotations

import pytest

from shundan.edges.inbox.queries import arrivals
from shundan.edges.inbox.topics import WEBHOOKS
from tests.test_intake import World, desk, sandbox_url, until, work, world

__all__ = ["desk", "sandbox_url", "world"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_every_kind_the_sandbox_can_send_is_kept_and_understood(world: World, desk: list[str]) -> None:
    kinds = [row["type"] for row in world.get("webhooks")["webhooks"]]
    assert set(kinds) == set(WEBHOOKS)
    last = [6, 7]  # these take the consent back, or warn of its end
    for kind in [kind for kind in kinds if kind not in last] + last:
        world.post("webhooks", type=kind, shop=desk[0])
    until(lambda: set(arrivals().values_list("kind", flat=True)) == set(kinds), "some kinds did not arrive")
    work()
    told = {row.kind: (row.state, row.reason) for row in arrivals()}
    assert {kind: end for kind, end in told.items() if end[0] not in ("DONE", "IGNORED")} == {}
    assert {kind for kind, end in told.items() if end[0] == "DONE"} == {
        kind for kind, topic in WEBHOOKS.items() if topic.acts
    }
    events = {row["type"]: row["event"] for row in world.get("webhooks")["webhooks"]}
    assert {kind: topic.event for kind, topic in WEBHOOKS.items()} == events
