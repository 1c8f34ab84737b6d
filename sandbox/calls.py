"""Imports every room that puts functions behind the platform's paths, and those that answer due events."""

from __future__ import annotations

import sandbox.actors
import sandbox.aftersales.calls
import sandbox.aftersales.deadlines
import sandbox.aftersales.request_calls
import sandbox.aftersales.return_calls
import sandbox.aftersales.review
import sandbox.analytics.calls
import sandbox.analytics.hours
import sandbox.chat.calls
import sandbox.chat.session_calls
import sandbox.finance.calls
import sandbox.finance.tradein
import sandbox.finance.unsettled
import sandbox.fulfilment.arranging
import sandbox.fulfilment.bundles
import sandbox.fulfilment.buying
import sandbox.fulfilment.calls
import sandbox.fulfilment.couriers
import sandbox.fulfilment.customs
import sandbox.fulfilment.digital
import sandbox.fulfilment.own_shipping
import sandbox.fulfilment.papers
import sandbox.fulfilment.tracks
import sandbox.listings
import sandbox.logistics
import sandbox.orders.calls
import sandbox.orders.flow
import sandbox.orders.personal
import sandbox.products
import sandbox.shops
import sandbox.world.history
import sandbox.world.life  # noqa: F401
