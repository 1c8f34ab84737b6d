"""Figures for a monitoring program, in Prometheus' text format."""

from __future__ import annotations

from collections.abc import Iterable

from shundan.desk.system.queries.health import step_ages
from shundan.desk.system.queries.storage import own_version, read_storage
from shundan.edges.inbox.queries import arrivals, completeness, count_open_wants, turned_away
from shundan.edges.outbox.queries import count_calls
from shundan.ground.jobs.queries import open_snags

Sample = tuple[dict[str, str], float]


def write_metrics() -> str:
    """Return every figure as text; a constant number of bounded queries."""
    steps = step_ages()
    storage = read_storage(cap=2000)
    lines = [
        *_family("shundan_up", "The desk answers.", [({"version": own_version()}, 1)]),
        *_family(
            "shundan_step_age_seconds",
            "Since the step last ran.",
            [({"step": s.step}, s.seconds) for s in steps],
        ),
        *_family(
            "shundan_step_failing",
            "The last run of the step failed.",
            [({"step": s.step}, 1.0 if s.error else 0.0) for s in steps],
        ),
        *_family("shundan_snags", "Rows that wait (at most 1000 are counted).", [({}, open_snags()[:1000].count())]),
        *_family(
            "shundan_arrivals",
            "Webhooks by state (at most 1000 are counted).",
            [({"state": s}, arrivals(state=s)[:1000].count()) for s in ("NEW", "QUARANTINED", "UNOWNED")],
        ),
        *_family(
            "shundan_webhooks_turned_away_today",
            "Webhooks that were not stored since midnight UTC, by answer.",
            [({"status": str(row.status), "app": row.app_key}, row.count) for row in turned_away(days=1)],
        ),
        *_family(
            "shundan_wants",
            "Things still to be fetched.",
            [({"kind": k}, n) for k, n in count_open_wants().items()],
        ),
        *_family(
            "shundan_calls",
            "Calls that are open or failed.",
            [({"state": s}, n) for s, n in count_calls().items()],
        ),
        *_family(
            "shundan_shop_behind_seconds",
            "Story time since the shop was last complete.",
            [({"shop": row.shop_id}, row.behind_s) for row in completeness()],
        ),
        *_family("shundan_database_bytes", "Size of the database.", [({}, storage.database)]),
        *_family("shundan_disk_free_bytes", "Room left beside the database.", [({}, storage.free)]),
    ]
    return "\n".join(lines) + "\n"


def _family(name: str, about: str, samples: Iterable[Sample]) -> list[str]:
    lines = [f"# HELP {name} {about}", f"# TYPE {name} gauge"]
    for labels, value in samples:
        told = ",".join(f'{key}="{_escape(text)}"' for key, text in labels.items())
        lines.append(f"{name}{{{told}}} {value:g}" if told else f"{name} {value:g}")
    return lines


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
