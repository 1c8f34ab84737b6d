"""Shops: how each is connected, pausing it, and how far its history is fetched."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from shundan.core.rights import Right
from shundan.desk.settings import actions, queries
from shundan.desk.settings.api.shapes import Done
from shundan.ground.lib import clock
from shundan.ground.shops.queries import find_shop
from shundan.ground.staff.logins import needs

router = Router(tags=["settings"])


class ShopOut(Schema):
    shop: str
    name: str
    region: str
    zone: str
    currency: str
    connection: str
    app: str
    days_left: int | None
    reason: str
    paused_at: datetime | None


class HistoryOut(Schema):
    """`state`: running, paused or done; everything created since `known_since` is stored, or waits to be fetched."""

    shop: str
    state: str
    known_since: datetime | None
    reaches_to: datetime | None
    days: int
    days_done: int
    found: int
    waiting: int
    error: str


class HistoryIn(Schema):
    days: int


@router.get("/shops", response=list[ShopOut])
@needs(Right.SETTINGS)
def shops(request: HttpRequest) -> list[dict[str, Any]]:
    """Return every shop in scope with how it is connected."""
    standings = queries.shop_standings(request.who, now=clock.now())
    return [
        {
            "shop": one.shop.shop_id,
            "name": one.shop.name,
            "region": one.shop.region,
            "zone": one.shop.zone,
            "currency": one.shop.currency,
            "connection": one.state,
            "app": one.connection.app_key if one.connection else "",
            "days_left": one.days_left,
            "reason": one.connection.dead_why if one.connection else "",
            "paused_at": one.shop.paused_at,
        }
        for one in standings
    ]


@router.post("/shops/{shop}/pause", response=Done)
@needs(Right.SETTINGS)
def pause(request: HttpRequest, shop: str) -> dict[str, bool]:
    """Stop everything that goes out for one shop."""
    actions.pause_shop(find_shop(shop, who=request.who), by=request.who, now=clock.now())
    return {"done": True}


@router.post("/shops/{shop}/resume", response=Done)
@needs(Right.SETTINGS)
def resume(request: HttpRequest, shop: str) -> dict[str, bool]:
    """Let one shop send again."""
    actions.resume_shop(find_shop(shop, who=request.who), by=request.who, now=clock.now())
    return {"done": True}


@router.get("/histories", response=list[HistoryOut])
@needs(Right.SETTINGS)
def histories(request: HttpRequest) -> list[dict[str, Any]]:
    """Return how far the history of each shop in scope is fetched."""
    return [
        {
            "shop": one.shop.shop_id,
            "state": one.state,
            "known_since": one.back_from,
            "reaches_to": one.back_until,
            "days": one.days,
            "days_done": one.days_done,
            "found": one.found,
            "waiting": one.waiting,
            "error": one.error,
        }
        for one in queries.histories(request.who, now=clock.now())
    ]


@router.post("/shops/{shop}/history/pause", response=Done)
@needs(Right.SETTINGS)
def pause_history(request: HttpRequest, shop: str) -> dict[str, bool]:
    """Let one shop's history rest; today's news goes on."""
    actions.pause_history(find_shop(shop, who=request.who), by=request.who, now=clock.now())
    return {"done": True}


@router.post("/shops/{shop}/history/resume", response=Done)
@needs(Right.SETTINGS)
def resume_history(request: HttpRequest, shop: str) -> dict[str, bool]:
    """Let one shop's history be fetched on."""
    actions.resume_history(find_shop(shop, who=request.who), by=request.who, now=clock.now())
    return {"done": True}


@router.post("/shops/{shop}/history/extend", response=Done)
@needs(Right.SETTINGS)
def extend_history(request: HttpRequest, shop: str, history: HistoryIn) -> dict[str, bool]:
    """Let one shop's history go further back, to so many days before now."""
    actions.extend_history(find_shop(shop, who=request.who), days=history.days, by=request.who, now=clock.now())
    return {"done": True}
