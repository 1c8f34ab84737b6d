"""What is looked at before an order is shipped. Pure: facts in, results out; each check names the types it applies to.

A result passes, holds, informs, or was not checkable. Its inputs hash says on what it was judged: a person's waiver
counts as long as the hash is the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shundan.core.facts import OrderType as T

VERSION = 1  # of all checks together; rises whenever one of them judges otherwise


class Outcome(StrEnum):
    PASS = "PASS"
    HOLD = "HOLD"
    INFO = "INFO"  # passes, and is shown
    SKIP = "SKIP"  # does not apply, or cannot be judged; says why
    WAIVED = "WAIVED"  # would hold, but a person let it pass


@dataclass(frozen=True)
class Thresholds:
    """What a shop's checks compare with."""

    price_below_percent: int = 50
    unusual_quantity: int = 10
    duplicate_hours: int = 24
    off: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CheckedLine:
    """One live line as the checks see it. `item_key` 0: its SKU is not linked. `lacks`: units that are not free."""

    sku_id: str
    seller_sku: str
    units: int
    unit_price_minor: int
    reference_price_minor: int = 0  # what the listing asks; 0 when unknown
    item_key: int = 1
    lacks: int = 0
    is_gift: bool = False


@dataclass(frozen=True)
class CheckedAddress:
    known: bool = True
    masked: bool = False
    region: str = ""
    has: frozenset[str] = frozenset()  # which of name, phone, postal_code, city, lines are not empty
    digest: str = ""  # of its values: a corrected address is judged anew


@dataclass(frozen=True)
class CheckedOrder:
    """All that the checks look at."""

    order_type: T
    shipping_by_platform: bool
    lines: tuple[CheckedLine, ...]
    address: CheckedAddress = CheckedAddress()
    cancel_requested: bool = False
    buyer_note: str = ""
    buyer_blocked: bool = False
    rivals: tuple[str, ...] = ()  # earlier orders of the same buyer with the same goods, not cancelled
    thresholds: Thresholds = Thresholds()


@dataclass(frozen=True)
class Result:
    """What one check found. `facts` hold keys and numbers only."""

    check: str
    outcome: Outcome
    facts: dict[str, Any] = field(default_factory=dict)
    inputs_hash: str = ""


@dataclass(frozen=True)
class Check:
    """One check: `judge` returns (outcome, facts); the facts of a hold are its inputs unless `judge` adds more."""

    key: str
    types: frozenset[T]
    judge: Callable[[CheckedOrder], tuple[Outcome, dict[str, Any]]]
    waits_for: str = "us"
    cause: str = ""


_ALL = frozenset(T) - {T.FBT}
_BOUGHT = frozenset({T.NORMAL, T.COD, T.PRE_ORDER, T.MADE_TO_ORDER})
_POSTAL = frozenset({"US", "GB", "DE", "FR", "IT", "ES", "IE", "JP", "MX", "BR"})


def _unknown_sku(order: CheckedOrder) -> tuple[Outcome, dict[str, Any]]:
    loose = sorted({line.seller_sku or line.sku_id for line in order.lines if not line.item_key})
    return (Outcome.HOLD, {"skus": loose}) if loose else (Outcome.PASS, {})


def _missing_stock(order: CheckedOrder) -> tuple[Outcome, dict[str, Any]]:
    lacks = [
        {"sku": line.seller_sku or line.sku_id, "units": line.lacks}
        for line in order.lines
        if line.item_key and line.lacks
    ]
    return (Outcome.HOLD, {"lacks": lacks}) if lacks else (Outcome.PASS, {})


def _price(order: CheckedOrder) -> tuple[Outcome, dict[str, Any]]:
    limit = order.thresholds.price_below_percent
    low, judged = [], False
    for line in order.lines:
        if line.is_gift or not line.reference_price_minor:
            continue
        judged = True
        if line.unit_price_minor * 100 < line.reference_price_minor * (100 - limit):
            low.append(
                {
                    "sku": line.seller_sku or line.sku_id,
                    "paid": line.unit_price_minor,
                    "asked": line.reference_price_minor,
                }
            )
    if not judged:
        return Outcome.SKIP, {"why": "no_reference"}
    return (Outcome.HOLD, {"low": low, "limit_percent": limit}) if low else (Outcome.PASS, {})


def _address(order: CheckedOrder) -> tuple[Outcome, dict[str, Any]]:
    address = order.address
    if order.shipping_by_platform and (address.masked or not address.has):
        return Outcome.SKIP, {"why": "platform_ships"}  # it knows the address and writes the label
    wanted = {"name", "lines"} | ({"postal_code"} if address.region in _POSTAL else set())
    wanted |= set() if order.shipping_by_platform else {"phone"}
    absent = sorted(wanted - address.has)
    if address.masked:
        return Outcome.HOLD, {"masked": True, "absent": absent, "address": address.digest}
    return (Outcome.HOLD, {"absent": absent, "address": address.digest}) if absent else (Outcome.PASS, {})


def _duplicate(order: CheckedOrder) -> tuple[Outcome, dict[str, Any]]:
    return (Outcome.HOLD, {"orders": sorted(order.rivals)}) if order.rivals else (Outcome.PASS, {})


def _blocked_buyer(order: CheckedOrder) -> tuple[Outcome, dict[str, Any]]:
    return (Outcome.HOLD, {}) if order.buyer_blocked else (Outcome.PASS, {})


def _quantity(order: CheckedOrder) -> tuple[Outcome, dict[str, Any]]:
    limit = order.thresholds.unusual_quantity
    many = [{"sku": line.seller_sku or line.sku_id, "units": line.units} for line in order.lines if line.units >= limit]
    return (Outcome.HOLD, {"many": many, "limit": limit}) if many else (Outcome.PASS, {})


def _cancel_request(order: CheckedOrder) -> tuple[Outcome, dict[str, Any]]:
    return (Outcome.HOLD, {}) if order.cancel_requested else (Outcome.PASS, {})


def _buyer_note(order: CheckedOrder) -> tuple[Outcome, dict[str, Any]]:
    return (Outcome.INFO, {"has_note": True}) if order.buyer_note.strip() else (Outcome.PASS, {})


CHECKS: tuple[Check, ...] = (
    Check("cancel_request", _ALL, _cancel_request, cause="buyer.changed_mind"),
    Check("unknown_sku", _ALL, _unknown_sku, cause="stock.unmapped"),
    Check("missing_stock", _ALL, _missing_stock, waits_for="stock", cause="stock.missing"),
    Check("price", _BOUGHT, _price, cause="price.wrong"),
    Check("address", _ALL, _address, waits_for="buyer", cause="address.incomplete"),
    Check("duplicate", frozenset({T.NORMAL, T.COD}), _duplicate, waits_for="buyer", cause="buyer.mistake"),
    Check("blocked_buyer", _BOUGHT | {T.SAMPLE, T.GIFT}, _blocked_buyer),
    Check("quantity", _BOUGHT | {T.SAMPLE, T.GIFT}, _quantity, waits_for="buyer", cause="buyer.mistake"),
    Check("buyer_note", _ALL, _buyer_note),
)
CHECK_BY_KEY = {check.key: check for check in CHECKS}
# What no waiver can wish away: without the item or the units there is nothing to pack.
NEVER_WAIVED = frozenset({"unknown_sku", "missing_stock"})


def run_checks(order: CheckedOrder, *, waived: frozenset[tuple[str, str]] = frozenset()) -> tuple[Result, ...]:
    """Run every check in order. `waived`: the (check, inputs hash) pairs that people let pass."""
    return tuple(_run(check, order, waived) for check in CHECKS)


def _run(check: Check, order: CheckedOrder, waived: frozenset[tuple[str, str]]) -> Result:
    if order.order_type not in check.types:
        return Result(check.key, Outcome.SKIP, {"why": "order_type"})
    if check.key in order.thresholds.off and check.key not in NEVER_WAIVED:
        return Result(check.key, Outcome.SKIP, {"why": "off"})
    outcome, facts = check.judge(order)
    if outcome != Outcome.HOLD:
        return Result(check.key, outcome, facts)
    digest = hash_inputs(check.key, facts)
    if (check.key, digest) in waived and check.key not in NEVER_WAIVED:
        return Result(check.key, Outcome.WAIVED, facts, digest)
    return Result(check.key, Outcome.HOLD, facts, digest)


def holding(results: tuple[Result, ...]) -> tuple[Result, ...]:
    """Return the results that hold the order."""
    return tuple(result for result in results if result.outcome == Outcome.HOLD)


def hash_inputs(check: str, facts: dict[str, Any]) -> str:
    """Return the hash of what a check judged."""
    text = json.dumps([check, facts], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
