"""Calls to TikTok Shop by name: finds the version a shop answers, keeps its token fresh, learns the clock.

`call(shop, "order.detail", query={"ids": […]})` returns the answer's data. Errors are those of `wire`. Many calls may
be made side by side (`lib.together`): what they ask of the database is asked at home.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from shundan.core.errors import OutsideRefused, OutsideUnavailable, ShundanError, Unauthorised
from shundan.edges.channels import actions
from shundan.edges.channels.actions import budgets
from shundan.edges.channels.queries import Access, access_of
from shundan.edges.channels.tiktok import wire
from shundan.edges.channels.tiktok.endpoints import ENDPOINTS, Endpoint
from shundan.edges.channels.tiktok.refusals import (
    NO_MATCH,
    REVOKED,
    is_expired,
    is_limited,
    is_old_version,
    is_wrong_time,
)
from shundan.edges.channels.tiktok.wire import File, Reply
from shundan.ground.lib import clock
from shundan.ground.lib.together import at_home, is_away
from shundan.ground.shops.queries import Shop

__all__ = ["File", "Reply", "ask", "call", "pages"]


def call(
    shop: Shop | int | Access, name: str, *, path: Mapping[str, str] | None = None,
    query: Mapping[str, Any] | None = None, body: Mapping[str, Any] | None = None, file: File | None = None,
    timeout: float = wire.TIMEOUT,
) -> dict[str, Any]:  # fmt: skip
    """Return the data of one call. Raises OutsideUnavailable, OutsideRefused or Unauthorised."""
    return ask(shop, name, path=path, query=query, body=body, file=file, timeout=timeout).data


def ask(
    shop: Shop | int | Access, name: str, *, path: Mapping[str, str] | None = None,
    query: Mapping[str, Any] | None = None, body: Mapping[str, Any] | None = None, file: File | None = None,
    timeout: float = wire.TIMEOUT,
) -> Reply:  # fmt: skip
    """Return data, request id and the moment the request started, of one call."""
    access = shop if isinstance(shop, Access) else at_home(partial(access_of, shop))
    endpoint = ENDPOINTS[name]
    budget = (access.app_pk, access.shop_key, endpoint.group)
    patience = budgets.PATIENCE_AWAY if is_away() else budgets.PATIENCE
    budgets.wait_turn(at_home(partial(budgets.take_turn, budget, patience=patience)))
    began = clock.wall()
    try:
        reply = _ask_newest(access, name, endpoint, path=path, query=query, body=body, file=file, timeout=timeout)
    except OutsideUnavailable as error:
        if is_limited(error.http_status, error.outside_code):
            at_home(partial(budgets.narrow, budget, retry_after=error.retry_after, asked_at=began))
        raise
    except Unauthorised as error:
        if error.outside_code in REVOKED:
            at_home(partial(_end_access, access, error))
        raise
    if budgets.is_known_narrow(budget):
        at_home(partial(budgets.widen, budget))
    if access.has_old_refresh:
        at_home(partial(actions.forget_old_refresh, access.authorisation_key))
    return reply


def _end_access(access: Access, error: Unauthorised) -> None:
    """Note that the shop was taken back, unless its consent still opens it: one code also refuses single endpoints."""
    if error.outside_code != NO_MATCH or not _is_open(access.shop_key):
        actions.mark_revoked(access.shop_key, error.message, now=clock.now(), told_at=access.read_at)


def _is_open(shop_key: int) -> bool:
    """Return whether the consent still lists the shop; while nobody knows, it is taken to."""
    endpoint = ENDPOINTS["shop.list"]
    try:
        door = access_of(shop_key).door
        told = wire.ask(door, endpoint, endpoint.versions[0]).data.get("shops")
    except OutsideUnavailable:
        return True
    except ShundanError:
        return False
    return isinstance(told, list) and any(isinstance(row, Mapping) and row.get("cipher") == door.cipher for row in told)


def _ask_newest(access: Access, name: str, endpoint: Endpoint, **said: Any) -> Reply:
    """Ask in the version this shop is known to answer, else the newest; if the gateway does not know it, the next."""
    known = access.versions.get(name)
    refused: OutsideRefused | None = None
    for version in endpoint.tries(known):
        try:
            reply = _ask_version(access, endpoint, version, **said)
        except OutsideRefused as error:
            if not is_old_version(error.outside_code, error.message):
                raise
            refused = refused or error
            continue
        if version != (known or endpoint.versions[0]):
            at_home(partial(actions.remember_version, access.shop_key, name, version))
        return reply
    raise refused or OutsideRefused(f"{name} has no version.", service="TikTok Shop")


def _ask_version(access: Access, endpoint: Endpoint, version: str, **said: Any) -> Reply:
    """Ask once; once more with a new token when it has ended, or with the gateway's time when ours is off."""
    try:
        return wire.ask(access.door, endpoint, version, **said)
    except (OutsideRefused, Unauthorised) as error:
        door = _healed(access, error)
        if door is None:
            raise
        return wire.ask(door, endpoint, version, **said)


def _healed(access: Access, error: OutsideRefused) -> wire.Door | None:
    if is_expired(error.outside_code, error.message):
        renew = partial(actions.refresh_authorisation, access.authorisation_key, stale=access.door.token)
        return replace(access.door, token=at_home(renew))
    if is_wrong_time(error.outside_code, error.message):
        if clock.follows():
            clock.look_again()  # it jumped since we looked at it last
            return access.door
        try:
            offset = wire.learn_offset(access.door)
        except ShundanError:
            return None
        if offset is not None:
            at_home(partial(actions.remember_offset, access.app_pk, offset))
            return replace(access.door, offset=offset)
    return None


def pages(
    shop: Shop | int | Access, name: str, rows: str, *, path: Mapping[str, str] | None = None,
    query: Mapping[str, Any] | None = None, body: Mapping[str, Any] | None = None, limit: int = 100,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Yield the rows under `rows` of up to `limit` pages, following next_page_token."""
    token = ""
    for _ in range(limit):
        told = call(shop, name, path=path, query={**(query or {}), "page_token": token}, body=body)
        yield from told.get(rows) or []
        token = str(told.get("next_page_token") or "")
        if not token:
            return
