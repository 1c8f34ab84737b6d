"""The points of intake and calls that the short form takes its share of; the long form takes every point there is."""

from __future__ import annotations

import random

# What stands between the two sides of each.
MOMENTS = {
    "commit 1 of POST /webhooks/tiktok": "an arrival is stored",
    "commit 1 of read_next_arrivals": "arrivals become wants",
    "commit 1 of fetch_next_wants": "wants are claimed",
    "commit 1 of fetch_single_wants": "wants are claimed",
    "request 1 of fetch_next_wants": "details are asked for",
    "request 1 of fetch_single_wants": "details are asked for",
    "commit 2 of fetch_next_wants": "snapshots are stored, wants closed",
    "commit 2 of fetch_single_wants": "snapshots are stored, wants closed",
    "commit 1 of sweep_next_shops": "a sweep is claimed",
    "request 1 of sweep_next_shops": "a page is asked for",
    "commit 2 of sweep_next_shops": "what a page told is wanted",
    "commit 1 of apply_next_orders": "orders are stored or changed",
    "commit 1 of expect_next_lines": "what was sold is expected",
    "commit 1 of review_next_orders": "orders are approved or held",
    "commit 1 of reserve_next_orders": "units are locked",
    "commit 1 of plan_next_orders": "parcels are planned",
    "commit 1 of request_next_labels": "label calls are queued",
    "commit 1 of send_next_calls": "a call is SENDING",
    "request 1 of send_next_calls": "the platform is told",
    "commit 2 of send_next_calls": "an answer is saved",
    "commit 1 of apply_label_answers": "an answer is taken in",
    "commit 1 of apply_next_packages": "news of packages is taken in",
    "commit 1 of push_next_stock": "a stock push is queued or taken in",
    "commit 1 of seal_next_entries": "the journal is sealed",
}


def share_of(count: int, *, seed: int) -> list[str]:
    """Return `count` of them, before or after; each seed takes others, and a run of seeds takes all in turn."""
    names = [f"{side} {name}" for name in MOMENTS for side in ("before", "after")]
    random.Random(1).shuffle(names)
    begin = seed * count % len(names)
    return [*names, *names][begin : begin + count]
