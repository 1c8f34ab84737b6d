"""Shops: the shop as a fact, its channel, market, zone, currency and whether it is paused."""
