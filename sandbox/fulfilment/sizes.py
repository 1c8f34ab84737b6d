"""What the platform's carriers carry: how heavy, how long; read from what is told, or from the goods."""

from __future__ import annotations

from typing import Any

from sandbox.box import Box
from sandbox.errors import Refusal
from sandbox.fulfilment.packages import lines_of

Row = dict[str, Any]
MOST_GRAMS, LONGEST_CM = 30_000, 100
GRAMS = {"GRAM": 1.0, "POUND": 453.592}
CENTIMETRES = {"CM": 1.0, "INCH": 2.54}
SIDES = ("length", "width", "height")
OVERSIZE = (11021014, "product oversize")


def own_grams(box: Box, package: Row) -> int:
    """Return what the goods of a package weigh together."""
    return sum(box.sku(line["sku_id"])[0]["grams"] for line in lines_of(box, package))  # type: ignore[index]


def check_told(body: Row) -> None:
    """Refuse a weight or dimension that is no number, or that no carrier takes."""
    if weight := body.get("weight"):
        grams = number(weight.get("value", "")) * GRAMS[weight.get("unit", "GRAM")]
        if grams > MOST_GRAMS:
            raise Refusal(*OVERSIZE)
    if dimension := body.get("dimension"):
        longest = max(number(dimension.get(side, "")) for side in SIDES) * CENTIMETRES[dimension.get("unit", "CM")]
        if longest > LONGEST_CM:
            raise Refusal(*OVERSIZE)


def check_goods(box: Box, package: Row) -> None:
    """Refuse goods that are too heavy for one parcel, unless another weight was told."""
    if "weight" not in package and own_grams(box, package) > MOST_GRAMS:
        raise Refusal(11021015, "Fail to ship package because the package is overweight")


def number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e9:  # nan is not either
        raise Refusal(11001002, "invalid param.")
    return value
