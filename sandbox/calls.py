"""Imports every room that puts functions behind the platform's paths, and those that answer due events."""

from __future__ import annotations

import sandbox.aftersales.calls
import sandbox.aftersales.return_calls
import sandbox.analytics
import sandbox.chat.calls
import sandbox.finance.calls
import sandbox.finance.unsettled
import sandbox.fulfilment.arranging
import sandbox.fulfilment.calls
import sandbox.fulfilment.couriers
import sandbox.fulfilment.own_shipping
import sandbox.fulfilment.papers
import sandbox.logistics
import sandbox.orders.calls
import sandbox.orders.flow
import sandbox.products
import sandbox.shops
import sandbox.world.history
import sandbox.world.life  # noqa: F401
