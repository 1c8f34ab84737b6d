"""What a worker runs for the outbox."""

from __future__ import annotations

from shundan.edges.outbox import actions
from shundan.edges.outbox.actions import ask_unsure_calls, erase_old_calls, give_back_expired_leases

__all__ = ["ask_unsure_calls", "erase_old_calls", "give_back_expired_leases", "send_next_calls"]


def send_next_calls(*, limit: int = 60) -> int:
    """Send the calls whose turn has come; newly connected shops are seen to on the way."""
    begun = actions.heal_next_shops() + actions.subscribe_next_shops()
    return begun + actions.send_next_calls(limit=limit) + actions.end_subscriptions()
