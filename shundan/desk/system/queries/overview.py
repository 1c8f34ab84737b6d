"""The System page at a glance: bounded counts of what waits, and how complete each shop is."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.desk.system.queries.health import StepAge, step_ages
from shundan.desk.system.queries.lists import SURPRISES, TURNED_AWAY, WANT_KINDS, in_scope
from shundan.desk.system.queries.storage import Storage, read_storage, versions
from shundan.edges.inbox import queries as inbox
from shundan.edges.outbox.queries import count_calls
from shundan.ground.jobs.queries import open_snags
from shundan.ground.look.queries.lists import count_capped
from shundan.stages.orders.queries import Surprise, open_surprises

WORKER_GONE_S = 60.0
STEP_LOST_S = 1200.0  # the rarest step runs every ten minutes


@dataclass(frozen=True)
class Overview:
    """What the first System page shows."""

    completeness: list[inbox.Completeness]
    arrivals: dict[str, str]
    wants: dict[str, int]
    calls: dict[str, int]
    snags: str
    snags_for_people: str
    surprises: list[tuple[Surprise, str | Promise]]
    steps: list[StepAge]
    storage: Storage
    versions: dict[str, str]
    stuck: list[inbox.Want]
    turned_away: list[tuple[inbox.TurnedAway, str | Promise]]

    @property
    def behind(self) -> list[inbox.Completeness]:
        """The shops that have fallen behind."""
        return [row for row in self.completeness if row.is_behind]

    @property
    def stuck_rows(self) -> list[tuple[inbox.Want, str]]:
        """What could not be fetched again and again, with its kind in words."""
        return [(row, _want_words(row.kind)) for row in self.stuck]

    @property
    def want_rows(self) -> list[tuple[str, int]]:
        """What waits to be fetched, in words."""
        return [(_want_words(name), count) for name, count in self.wants.items()]

    @property
    def silent_steps(self) -> list[StepAge]:
        """Every step when none ran for a minute (their worker is gone), else those silent beyond any schedule."""
        gone = min((step.seconds for step in self.steps), default=0.0) > WORKER_GONE_S
        return [step for step in self.steps if gone or step.seconds > STEP_LOST_S]

    @property
    def failing_steps(self) -> list[StepAge]:
        return [step for step in self.steps if step.error]


def read_overview(who: Who) -> Overview:
    """Read everything the first page shows; a constant number of bounded queries."""
    states = ("NEW", "QUARANTINED", "UNOWNED")
    snags = open_snags()
    return Overview(
        completeness=[row for row in inbox.completeness() if who.sees_shop(row.shop_key)],
        arrivals={state: count_capped(in_scope(inbox.arrivals(state=state), who)) for state in states},
        wants=inbox.count_open_wants(),
        calls=count_calls(),
        snags=count_capped(snags),
        snags_for_people=count_capped(snags.filter(next_try_at=None)),
        surprises=[
            (row, SURPRISES.get(row.code, row.code)) for row in open_surprises(shop_keys=who.shop_keys, limit=20)
        ],
        steps=step_ages(),
        storage=read_storage(),
        versions=versions(),
        stuck=list(in_scope(inbox.stuck_wants(), who)[:10]),
        turned_away=[
            (row, TURNED_AWAY.get(row.status, str(row.status)))
            for row in (inbox.turned_away()[:40] if who.shop_keys is None else ())
        ],
    )


def is_open_surprise(key: int, who: Who) -> bool:
    """Return whether a surprise that nobody has looked at yet is in somebody's scope."""
    return any(row.pk == key for row in open_surprises(shop_keys=who.shop_keys, key=key))


def _want_words(name: str) -> str:
    kind, _gap, lane = name.partition(" ")
    words = str(WANT_KINDS.get(kind, kind))
    return _("%(kind)s, history") % {"kind": words} if lane else words
