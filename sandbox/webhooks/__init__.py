"""Telling apps what happened: each notice becomes one stored delivery per address, and waits for its turn.

`types` is the table of all kinds, `queue` keeps deliveries and their tries, `examples` knows plausible data.
"""

from __future__ import annotations

from sandbox.webhooks.queue import DELAYS, address_for, authorised, settle, tell, tidy

__all__ = ["DELAYS", "address_for", "authorised", "settle", "tell", "tidy"]
