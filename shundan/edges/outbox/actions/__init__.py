"""Writes of the outbox.

queueing    a call is saved before it is made, in the transaction that decides it
sending     one call at a time goes out: SENDING is committed first, with a lease
asking      whether a call whose answer was lost took effect
deciding    what people do: send again, call off, say what happened
subscribing the platform is asked to tell a new shop's news
erasing     what old calls said leaves
"""

from __future__ import annotations

from shundan.edges.outbox.actions.asking import ask_unsure_calls, give_back_expired_leases
from shundan.edges.outbox.actions.deciding import apply_call, decide_call, drop_calls, repeat_call
from shundan.edges.outbox.actions.erasing import erase_old_calls
from shundan.edges.outbox.actions.queueing import CallDraft, queue_call
from shundan.edges.outbox.actions.sending import send_next_calls
from shundan.edges.outbox.actions.subscribing import end_subscriptions, heal_next_shops, subscribe_next_shops

__all__ = [
    "CallDraft", "apply_call", "ask_unsure_calls", "decide_call", "drop_calls", "end_subscriptions",
    "erase_old_calls",
    "give_back_expired_leases", "heal_next_shops", "queue_call", "repeat_call", "send_next_calls",
    "subscribe_next_shops",
]  # fmt: skip
