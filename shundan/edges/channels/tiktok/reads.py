"""Reading things by id, in the batches TikTok Shop allows: FETCH[kind](access, ids) -> Fetched."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from typing import Any

from shundan.core.errors import OutsideRefused, OutsideUnavailable, ShundanError, Unauthorised
from shundan.edges.channels.queries import Access
from shundan.edges.channels.tiktok.client import ask, pages
from shundan.edges.channels.tiktok.groups.chat import NEWEST_FIRST
from shundan.edges.channels.tiktok.mapping import map_thread
from shundan.edges.channels.tiktok.mapping.parcels import latest_event_at
from shundan.edges.channels.tiktok.mapping.reading import first_moment, reaches_back
from shundan.edges.channels.tiktok.refusals import MALFORMED, SERVICE, is_limited, is_old_version
from shundan.ground.lib import clock
from shundan.ground.lib.together import Outcome, together
from shundan.ground.lib.traces import say_error

log = logging.getLogger(__name__)
MESSAGE_PAGES = 4  # of ten messages, where none is held yet
MESSAGE_PAGES_BACK = 20  # at most, to reach the newest one that is held
STATEMENT_PAGES = 20  # of a hundred statements: the longest history has one for each of its days, or several
SCORE_DAYS = 365
SILENCES = 3  # calls of one batch without an answer, after which no more are made


@dataclass
class Fetched:
    """What was found, by outside id: (the platform's update time, payload); and what failed, each with its reason."""

    asked_at: datetime
    found: dict[str, tuple[datetime, dict[str, Any]]] = field(default_factory=dict)
    failed: dict[str, ShundanError] = field(default_factory=dict)
    unasked: ShundanError | None = None  # why the rest was not asked for any more

    def add(self, key: str, row: dict[str, Any], *moments: str) -> None:
        self.found[key] = (first_moment(row, *(moments or ("update_time", "create_time"))), row)


Fetch = Callable[[Access, Sequence[str]], Fetched]


def fetch_orders(access: Access, ids: Sequence[str]) -> Fetched:
    """Read up to 50 orders in one call; if one of them spoils the call, the halves are read apart."""
    reply = Fetched(clock.now())
    try:
        answer = ask(access, "order.detail", query={"ids": list(ids)})
    except Unauthorised:
        raise
    except OutsideRefused as error:
        return _halves(fetch_orders, access, ids, error)
    reply.asked_at = answer.asked_at
    for row in answer.data.get("orders") or []:
        reply.add(str(row["id"]), row)
    return reply


def fetch_cancellations(access: Access, ids: Sequence[str]) -> Fetched:
    return _search(access, ids, "cancellation.search", "cancel_ids", "cancellations", "cancel_id")


def fetch_returns(access: Access, ids: Sequence[str]) -> Fetched:
    return _search(access, ids, "return.search", "return_ids", "return_orders", "return_id")


def _search(access: Access, ids: Sequence[str], name: str, asked: str, rows: str, key: str) -> Fetched:
    reply = Fetched(clock.now())
    for row in pages(access, name, rows, query={"page_size": 50}, body={asked: list(ids)}, limit=4):
        if str(row.get(key)) in ids:
            reply.add(str(row[key]), row)
    return reply


def _halves(read: Fetch, access: Access, ids: Sequence[str], error: OutsideRefused) -> Fetched:
    reply = Fetched(clock.now())
    if len(ids) == 1:
        reply.failed[ids[0]] = error
        return reply
    middle = len(ids) // 2
    for part in (read(access, ids[:middle]), read(access, ids[middle:])):
        reply.found |= part.found
        reply.failed |= part.failed
        reply.asked_at = min(reply.asked_at, part.asked_at)
    return reply


def one_by_one(read: Callable[[Access, str], tuple[datetime, dict[str, Any]]]) -> Fetch:
    """Return a FETCH of an endpoint that tells one thing at a time: many are asked for side by side.

    One refusal, odd answer or lost answer does not spoil the others. When the platform tells us to slow down, closes
    the shop or fails again and again, what it told counts and the rest is left unasked; only if it told nothing is
    that raised.
    """

    def fetch(access: Access, ids: Sequence[str]) -> Fetched:
        reply = Fetched(clock.now())
        silent: list[OutsideUnavailable | Unauthorised] = []

        def keep(outcome: Outcome[str, tuple[datetime, dict[str, Any]]]) -> None:
            if outcome.value is not None:
                reply.found[outcome.item] = outcome.value
            elif isinstance(outcome.error, ShundanError):
                reply.failed[outcome.item] = outcome.error
                if isinstance(outcome.error, (OutsideUnavailable, Unauthorised)):
                    silent.append(outcome.error)
                    if len(silent) == SILENCES or _ends_batch(outcome.error):
                        reply.unasked = outcome.error
            elif isinstance(outcome.error, MALFORMED):
                log.error("%s cannot be read", outcome.item, exc_info=outcome.error)
                told = f"Its answer is malformed: {say_error(outcome.error)}"
                reply.failed[outcome.item] = OutsideRefused(told, service=SERVICE)
            elif outcome.error is not None:
                raise outcome.error

        together(partial(read, access), takewhile(lambda _: reply.unasked is None, ids), done=keep)
        if silent and not reply.found:
            raise silent[0]
        return reply

    return fetch


def _ends_batch(error: OutsideUnavailable | Unauthorised) -> bool:
    return isinstance(error, Unauthorised) or is_limited(error.http_status, error.outside_code)


def read_package(access: Access, key: str) -> tuple[datetime, dict[str, Any]]:
    row = ask(access, "package.detail", path={"package_id": key}).data
    return first_moment(row, "update_time", "create_time"), row


def read_product(access: Access, key: str) -> tuple[datetime, dict[str, Any]]:
    row = ask(access, "product.detail", path={"product_id": key}).data
    return first_moment(row, "update_time", "create_time"), row


def read_tracking(access: Access, key: str) -> tuple[datetime, dict[str, Any]]:
    """Read the carrier's events; `key` is the order's id."""
    row = ask(access, "order.tracking", path={"order_id": key}).data
    return latest_event_at(row), row


def fetch_conversations(access: Access, ids: Sequence[str], known: Mapping[str, datetime] | None = None) -> Fetched:
    """Read conversations; `known` says up to which message each is held, so that no more is read than is new."""
    held = known or {}
    return one_by_one(lambda access, key: read_conversation(access, key, held=held.get(key)))(access, ids)


def read_conversation(access: Access, key: str, *, held: datetime | None = None) -> tuple[datetime, dict[str, Any]]:
    """Read a conversation with its newest messages: {conversation, messages}.

    The platform counts each of these calls towards a quota of the day. So where messages are held, who takes part is
    known and not asked again, and pages are read only until one goes back to what is held.
    """
    row = {"conversation": {"id": key} if held else _conversation(access, key), "messages": _newest(access, key, held)}
    return map_thread(row).updated_at, row


def _conversation(access: Access, key: str) -> dict[str, Any]:
    try:
        told = ask(access, "conversation.detail", path={"conversation_id": key}).data
    except OutsideRefused as error:
        if not is_old_version(error.outside_code, error.message):
            raise
        told = {}  # a gateway without this newer call still tells the messages
    return told.get("conversation") or {"id": key}


def _newest(access: Access, key: str, held: datetime | None) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = []
    token = ""
    for _ in range(MESSAGE_PAGES_BACK if held else MESSAGE_PAGES):
        query = {**NEWEST_FIRST, "page_token": token}
        told = ask(access, "message.list", path={"conversation_id": key}, query=query).data
        page = told.get("messages") or []
        said += page
        token = str(told.get("next_page_token") or "")
        # Messages of one second look alike: one older than the newest that is held ends the reading.
        if not token or (held and reaches_back([first_moment(row, "create_time") for row in page], to=held)):
            break
    return said


def read_statement(access: Access, key: str) -> tuple[datetime, dict[str, Any]]:
    """Read a statement with all its transactions: {statement, transactions}."""
    head = _find_statement(access, key)
    query = {"page_size": 100, "sort_field": "order_create_time"}
    told = list(pages(access, "statement.transactions", "transactions", path={"statement_id": key}, query=query))
    return first_moment(head, "payment_time", "statement_time"), {"statement": head, "transactions": told}


def _find_statement(access: Access, key: str) -> dict[str, Any]:
    """Return the statement's own row: there is no call by id, so the list is read, newest first."""
    query = {"page_size": 100, "sort_field": "statement_time", "sort_order": "DESC"}
    for row in pages(access, "statement.search", "statements", query=query, limit=STATEMENT_PAGES):
        if str(row.get("id")) == key:
            return row
    raise OutsideRefused(f"Statement {key} is not in the list of statements.", service="TikTok Shop")


def read_score(access: Access, key: str) -> tuple[datetime, dict[str, Any]]:
    """Read how many buyers gave a product how many stars in the last year: {product_id, performance}."""
    today = clock.now().date()
    query = {
        "start_date_ge": str(today - timedelta(days=SCORE_DAYS)),
        "end_date_lt": str(today + timedelta(days=1)),
    }
    reply = ask(access, "product.performance", path={"product_id": key}, query=query)
    return reply.asked_at, {"product_id": key, "performance": reply.data.get("performance") or {}}


def read_warehouses(access: Access, key: str) -> tuple[datetime, dict[str, Any]]:
    """Read all warehouses of the shop; `key` is "all"."""
    reply = ask(access, "warehouse.list")
    return reply.asked_at, reply.data


# What one call tells many of: kind -> (how it is read, how many at once)
TOGETHER: Mapping[str, tuple[Fetch, int]] = {
    "order": (fetch_orders, 50),
    "cancellation": (fetch_cancellations, 50),
    "return": (fetch_returns, 50),
}
# What a call tells one of, alike.
SINGLY: Mapping[str, tuple[Fetch, int]] = {
    "package": (one_by_one(read_package), 50),
    "listing": (one_by_one(read_product), 50),
    "tracking": (one_by_one(read_tracking), 50),
    "conversation": (fetch_conversations, 20),
    "statement": (one_by_one(read_statement), 5),
    "score": (one_by_one(read_score), 50),
    "warehouse": (one_by_one(read_warehouses), 1),
}
FETCH = {**TOGETHER, **SINGLY}
# kind -> the same, told up to which moment each thing is held: it reads only what is newer
FETCH_SINCE: Mapping[str, Callable[[Access, Sequence[str], Mapping[str, datetime]], Fetched]] = {
    "conversation": fetch_conversations
}
