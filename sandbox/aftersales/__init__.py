"""Cancellations, refunds and returns."""
