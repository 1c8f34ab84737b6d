"""Money: integer minor units with their currency, exact at every step."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import lru_cache

from shundan.core.errors import Refused

_PLAIN = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,3})?")
_EXPONENTS = {"JPY": 0, "VND": 0, "KRW": 0, "IDR": 2, "CLP": 0}


def exponent(currency: str) -> int:
    """Return how many decimal places the currency's minor unit has (2 unless known otherwise)."""
    return _EXPONENTS.get(currency.upper(), 2)


@lru_cache(maxsize=16_384)  # the same few prices come again and again
def to_minor(text: str | int | Decimal | None, currency: str) -> int:
    """Convert a decimal text such as "19.90" to minor units, exactly; "" and None are 0.

    More places than the currency has are rounded half-even; raises Refused for what is not a number.
    """
    if text is None or text == "":
        return 0
    if isinstance(text, str) and _PLAIN.fullmatch(text):  # nearly all: no need for decimal arithmetic
        whole, _, part = text.partition(".")
        places = exponent(currency)
        if len(part) <= places:
            return int(whole + part.ljust(places, "0"))
    try:
        amount = Decimal(str(text))
    except InvalidOperation:
        raise Refused(f"“{text}” is not an amount of money.", code="bad_amount", remedy="Write 12.34") from None
    if not amount.is_finite():
        raise Refused(f"“{text}” is not an amount of money.", code="bad_amount", remedy="Write 12.34")
    scaled = amount.scaleb(exponent(currency))
    return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def to_text(minor: int, currency: str) -> str:
    """Write minor units as the decimal text the platform uses: to_text(1990, "USD") == "19.90"."""
    places = exponent(currency)
    return f"{Decimal(minor).scaleb(-places):.{places}f}"


def convert(minor: int, *, source: str, target: str, rate: Decimal) -> int:
    """Convert minor units at `rate` (units of target per one unit of source), rounded half-even."""
    amount = Decimal(minor).scaleb(-exponent(source)) * rate
    return int(amount.scaleb(exponent(target)).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def share(minor: int, weights: list[int]) -> list[int]:
    """Split an amount by weights so that the parts add up exactly; the largest remainders get the odd units."""
    total = sum(weights)
    if not weights or total == 0:
        return [0] * len(weights) if minor == 0 or not weights else [minor, *[0] * (len(weights) - 1)]
    parts = [minor * weight // total for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(minor * weights[i] % total), i))
    for i in order[: minor - sum(parts)]:
        parts[i] += 1
    return parts
