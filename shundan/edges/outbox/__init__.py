"""Outbox: what must be said to the outside; one row per changing call, saved before it is made."""
