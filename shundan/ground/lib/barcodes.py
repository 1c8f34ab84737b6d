"""Barcodes as pure geometry: Code 128 and QR, with modules of whole printer dots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import segno

from shundan.core.errors import Refused

# One string of bar and space widths for each of the 107 symbols; the last one is the stop.
_WIDTHS = (
    "212222",
    "222122",
    "222221",
    "121223",
    "121322",
    "131222",
    "122213",
    "122312",
    "132212",
    "221213",
    "221312",
    "231212",
    "112232",
    "122132",
    "122231",
    "113222",
    "123122",
    "123221",
    "223211",
    "221132",
    "221231",
    "213212",
    "223112",
    "312131",
    "311222",
    "321122",
    "321221",
    "312212",
    "322112",
    "322211",
    "212123",
    "212321",
    "232121",
    "111323",
    "131123",
    "131321",
    "112313",
    "132113",
    "132311",
    "211313",
    "231113",
    "231311",
    "112133",
    "112331",
    "132131",
    "113123",
    "113321",
    "133121",
    "313121",
    "211331",
    "231131",
    "213113",
    "213311",
    "213131",
    "311123",
    "311321",
    "331121",
    "312113",
    "312311",
    "332111",
    "314111",
    "221411",
    "431111",
    "111224",
    "111422",
    "121124",
    "121421",
    "141122",
    "141221",
    "112214",
    "112412",
    "122114",
    "122411",
    "142112",
    "142211",
    "241211",
    "221114",
    "413111",
    "241112",
    "134111",
    "111242",
    "121142",
    "121241",
    "114212",
    "124112",
    "124211",
    "411212",
    "421112",
    "421211",
    "212141",
    "214121",
    "412121",
    "111143",
    "111341",
    "131141",
    "114113",
    "114311",
    "411113",
    "411311",
    "113141",
    "114131",
    "311141",
    "411131",
    "211412",
    "211214",
    "211232",
    "2331112",
)
_TO_C, _TO_B, _START_B, _START_C, _STOP = 99, 100, 104, 105, 106
_DOT_MM = 0.125  # one dot of a 203 dpi printer
_THINNEST_DOTS = 2
_QUIET = 10  # modules of white that a scanner needs on each side of a Code 128
_QR_QUIET = 2


@dataclass(frozen=True)
class Mark:
    """A drawn code: SVG text and the size at which its modules fall on printer dots."""

    svg: str
    width_mm: float
    height_mm: float


def code128(text: str) -> str:
    """Return the modules of a Code 128 as "1" (bar) and "0" (space), without quiet zones.

    Digits are packed in pairs (set C) where that is shorter; other text is set B. Raises Refused for
    anything but 1 to 80 printable ASCII characters.
    """
    if not 1 <= len(text) <= 80 or not all(" " <= letter <= "~" for letter in text):
        raise Refused(
            "A Code 128 holds 1 to 80 plain letters, digits and signs.",
            code="bad_barcode",
            remedy="Use a QR code for other text",
        )
    symbols = _symbols(text)
    check = (symbols[0] + sum(place * value for place, value in enumerate(symbols))) % 103
    return "".join(_modules(_WIDTHS[value]) for value in [*symbols, check, _STOP])


def qr(text: str) -> list[list[int]]:
    """Return the rows of a QR code (error level M or better) as 1 (dark) and 0, without its quiet zone."""
    code = segno.make(text.encode("utf-8", "replace").decode(), error="m", micro=False)
    return [[int(bool(module)) for module in row] for row in code.matrix]


def code128_mark(text: str, *, room_mm: float, height_mm: float) -> Mark | None:
    """Draw a Code 128 with quiet zones as wide as the room allows; None if it does not fit or encode."""
    try:
        modules = code128(text)
    except Refused:
        return None
    count = len(modules) + 2 * _QUIET
    size = _module_mm(count, room_mm)
    if size is None:
        return None
    svg = _svg(_runs(modules, left=_QUIET, top=0), width=count, height=20, bar_height=20)
    return Mark(svg, count * size, height_mm)


def qr_mark(text: str, *, room_mm: float) -> Mark | None:
    """Draw a QR code that fits a square of `room_mm`; None if the text is empty or too much for it."""
    try:
        rows = qr(text) if text else []
    except segno.DataOverflowError:
        rows = []
    count = len(rows) + 2 * _QR_QUIET
    size = _module_mm(count, room_mm)
    if not rows or size is None:
        return None
    runs = [
        run
        for place, row in enumerate(rows)
        for run in _runs("".join(map(str, row)), left=_QR_QUIET, top=place + _QR_QUIET)
    ]
    return Mark(_svg(runs, width=count, height=count, bar_height=1), count * size, count * size)


def _symbols(text: str) -> list[int]:
    """Choose set C from four digits on at an end and six in the middle, where the switch pays."""
    place = 0
    in_c = _digits(text, 0) >= 4 or (len(text) == 2 and text.isdigit())
    symbols = [_START_C if in_c else _START_B]
    while place < len(text):
        run = _digits(text, place)
        if in_c and run >= 2:
            symbols.append(int(text[place : place + 2]))
            place += 2
        elif in_c:
            symbols.append(_TO_B)
            in_c = False
        elif run % 2 == 0 and run >= (4 if place + run == len(text) else 6):
            symbols.append(_TO_C)
            in_c = True
        else:
            symbols.append(ord(text[place]) - 32)
            place += 1
    return symbols


def _digits(text: str, place: int) -> int:
    end = place
    while end < len(text) and text[end].isdigit():
        end += 1
    return end - place


def _modules(widths: str) -> str:
    return "".join(("0" if place % 2 else "1") * int(width) for place, width in enumerate(widths))


def _module_mm(count: int, room_mm: float) -> float | None:
    dots = int(room_mm / (count * _DOT_MM) + 1e-9)
    return dots * _DOT_MM if dots >= _THINNEST_DOTS else None


def _runs(modules: str, *, left: int, top: int) -> Iterable[tuple[int, int, int]]:
    """Yield (x, y, width) of each unbroken dark run."""
    start = None
    for place, module in enumerate(modules + "0"):
        if module == "1" and start is None:
            start = place
        elif module == "0" and start is not None:
            yield left + start, top, place - start
            start = None


def _svg(runs: Iterable[tuple[int, int, int]], *, width: int, height: int, bar_height: int) -> str:
    path = "".join(f"M{x} {y}h{wide}v{bar_height}h-{wide}z" for x, y, wide in runs)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}"><path shape-rendering="crispEdges" d="{path}"/></svg>'
    )
