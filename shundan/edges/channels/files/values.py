"""What one cell of a seller's file means: ids, amounts of money, moments. Nonsense is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache

from shundan.core.errors import BadFile
from shundan.core.money import to_minor

WHOLE_UNITS = frozenset({"IDR", "VND", "JPY", "KRW", "CLP", "TWD"})
_COMMA_DECIMALS = frozenset({"BRL", "EUR"})
_DAMAGED = re.compile(r"\d([.,]\d+)?E\+?\d+\Z", re.I)
_ID = re.compile(r"\d{10,22}\Z")
_PADDED = re.compile(r"\d{15}0+\Z")
_DATE = re.compile(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})")
_MOMENT = re.compile(
    r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AP]M)?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2}|UTC)?\Z",
    re.I,
)
_CURRENCY_WORDS = {
    "$": "",
    "¥": "",
    "₫": "VND",
    "฿": "THB",
    "₱": "PHP",
    "RP": "IDR",
    "RM": "MYR",
    "R$": "BRL",
    "S$": "SGD",
    "US$": "USD",
    "€": "EUR",
    "£": "GBP",
    "円": "JPY",
    "Đ": "VND",
    "MX$": "MXN",
}
_CURRENCIES = frozenset(
    ("USD", "GBP", "EUR", "IDR", "THB", "VND", "MYR", "PHP", "SGD", "JPY", "MXN", "BRL", "CNY", "KRW", "TWD")
)
MONTH_FIRST, DAY_FIRST = "mdy", "dmy"
NO_AMOUNT, NO_TIME = "“%(value)s” is no amount of money.", "“%(value)s” is no time."
_NOTHING = frozenset({"", "-", "/", "--", "n/a"})


def is_id(text: str) -> bool:
    """Return whether the text is an id of the platform: digits only, ten at least."""
    return _ID.match(text) is not None


def is_damaged_id(text: str) -> bool:
    """Return whether a spreadsheet has turned the id into a rounded number such as 5.8E+17."""
    return _DAMAGED.match(text) is not None


def is_padded_column(ids: Iterable[str]) -> bool:
    """Return whether a spreadsheet has rounded a whole column: every long id ends in zeros after 15 digits.

    One id that ends in zeros is nothing unusual; two different ones, and no other, are.
    """
    long_ids = {one for one in ids if len(one) >= 16 and one.isdecimal()}
    return len(long_ids) >= 2 and all(_PADDED.match(one) and one.endswith("000") for one in long_ids)


@lru_cache(maxsize=50_000)  # the same amounts stand in a file again and again
def read_minor(text: str, currency: str) -> int:
    """Return an amount as minor units; an empty cell is 0. Raises ValueError for what is no amount.

    Understood: 1,022.25 · $1,022.25 · 11,000 JPY · 82.912₫ · Rp12.000 · "39,90" · 1.234,56 · (1.234) · -50
    """
    bare = text.strip().replace("\u00a0", " ")
    if bare.casefold() in _NOTHING:
        return 0
    if bare.isdecimal() and bare.isascii():
        return to_minor(bare, currency)
    negative = bare.startswith("(") and bare.endswith(")") or "-" in bare or "−" in bare
    words = "".join(re.findall(r"[^\d.,()+\-−\s]+", bare)).upper()
    if words and _CURRENCY_WORDS.get(words, words) not in ("", currency):
        foreign = words in _CURRENCY_WORDS or words in _CURRENCIES
        raise ValueError("“%(value)s” is not in the shop's currency." if foreign else NO_AMOUNT)
    number = re.sub(r"[^\d.,]", "", bare)
    if not re.search(r"\d", number):
        raise ValueError(NO_AMOUNT)
    minor = to_minor(
        Decimal(_plain_number(number.strip(".,") if number.endswith((".", ",")) else number, currency)),
        currency,
    )
    return -minor if negative else minor


def _plain_number(number: str, currency: str) -> str:
    """Return digits with at most a point: place and currency tell which mark parts thousands."""
    dot, comma = number.rfind("."), number.rfind(",")
    if dot >= 0 and comma >= 0:
        decimal = "." if dot > comma else ","
        thousands = "," if decimal == "." else "."
        return number.replace(thousands, "").replace(decimal, ".")
    mark = "." if dot >= 0 else ","
    parts = number.split(mark)
    if len(parts) == 1:
        return number
    by_threes = 1 <= len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:])
    if len(parts) > 2:
        if not by_threes:
            raise ValueError(NO_AMOUNT)
        return "".join(parts)
    whole = currency in WHOLE_UNITS or (mark == ".") == (currency in _COMMA_DECIMALS)
    return "".join(parts) if by_threes and whole else ".".join(parts)


def date_order(texts: Iterable[str]) -> str:
    """Return "mdy" or "dmy" as the moments of one file prove it, "" when they prove neither.

    Raises BadFile when some prove the one and some the other: then no order is right.
    """
    found = set()
    for text in texts:
        if (match := _DATE.match(text)) is None or len(match[1]) == 4:
            continue
        if int(match[1]) > 12:
            found.add(DAY_FIRST)
        elif int(match[2]) > 12:
            found.add(MONTH_FIRST)
    if len(found) == 2:
        raise BadFile(
            "Some dates have the day first, others the month.",
            remedy="Export the file again, and do not edit it.",
        )
    return found.pop() if found else ""


def needs_order(text: str) -> bool:
    """Return whether a date can only be read once it is known whether day or month comes first."""
    match = _DATE.match(text)
    return match is not None and len(match[1]) != 4


@lru_cache(maxsize=50_000)
def read_moment(text: str, *, order: str, zone: tzinfo) -> datetime | None:
    """Return the moment a cell tells, in UTC; None when it is empty; raise ValueError for anything else."""
    bare = text.strip()
    if not bare or bare in ("/", "-"):
        return None
    match = _MOMENT.match(bare)
    if match is None:
        raise ValueError(NO_TIME)
    first, second, third = int(match[1]), int(match[2]), int(match[3])
    if len(match[1]) == 4:
        year, month, day = first, second, third
    elif order == MONTH_FIRST:
        year, month, day = third, first, second
    elif order == DAY_FIRST:
        year, month, day = third, second, first
    else:
        raise ValueError(NO_TIME)
    hour, minute, seconds = int(match[4] or 0), int(match[5] or 0), int(match[6] or 0)
    if match[7]:
        hour = hour % 12 + (12 if match[7].upper() == "PM" else 0)
    try:
        return datetime(year, month, day, hour, minute, seconds, tzinfo=_zone(match[8], zone)).astimezone(UTC)
    except ValueError:
        raise ValueError(NO_TIME) from None


def _zone(mark: str | None, zone: tzinfo) -> tzinfo:
    if not mark:
        return zone
    if mark.upper() in ("Z", "UTC"):
        return UTC
    return datetime.strptime(mark.replace(":", ""), "%z").tzinfo or UTC


def read_quantity(text: str, *, least: int = 0) -> int:
    """Return a whole number of units; raises ValueError for anything else, and for fewer than `least`."""
    bare = text.strip().replace(",", "")
    if bare.endswith(".0"):
        bare = bare[:-2]
    if not bare.isascii() or not bare.isdecimal() or not least <= int(bare) <= 100_000:
        raise ValueError("“%(value)s” is no quantity.")
    return int(bare)
