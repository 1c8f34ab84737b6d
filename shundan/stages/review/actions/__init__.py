"""Writes of review.

reviewing.py   RECEIVED orders are approved or held, and why is kept
settling.py    what a person decides at a hold: waive, look again, link the SKU
cancelling.py  cancelling an order at its channel, and what the channel answered
"""

from __future__ import annotations

from shundan.stages.review.actions.cancelling import CANCEL_REASONS, apply_cancel_answers, cancel_order
from shundan.stages.review.actions.reviewing import keep_thresholds, review_orders
from shundan.stages.review.actions.settling import approve_held, link_sku, look_again, unhold

__all__ = [
    "CANCEL_REASONS", "apply_cancel_answers", "approve_held", "cancel_order", "keep_thresholds", "link_sku",
    "look_again", "review_orders", "unhold",
]  # fmt: skip
