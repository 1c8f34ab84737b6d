"""Code 128, sets B and C: text to bar widths."""

from __future__ import annotations

PATTERNS = """
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132
122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212
322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311
112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321
331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214
112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212
124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113
411311 113141 114131 311141 411131 211412 211214 211232 2331112
"""
WIDTHS = PATTERNS.split()
START_B, START_C, TO_B, TO_C, STOP = 104, 105, 100, 99, 106


def symbols(text: str) -> list[int]:
    """Return the symbol values of a text; runs of digits are packed in pairs."""
    values: list[int] = []
    place, pairs = 0, False
    while place < len(text):
        run = 0
        while place + run < len(text) and text[place + run].isdigit():
            run += 1
        if run >= 4 or (pairs and run >= 2):
            if not pairs:
                values.append(START_C if not values else TO_C)
                pairs = True
            for start in range(place, place + run - run % 2, 2):
                values.append(int(text[start : start + 2]))
            place += run - run % 2
            continue
        if pairs or not values:
            values.append(START_B if not values else TO_B)
            pairs = False
        values.append(ord(text[place]) - 32)
        place += 1
    check = (values[0] + sum(weight * value for weight, value in enumerate(values[1:], start=1))) % 103
    return [*values, check, STOP]


def bars(text: str) -> list[tuple[int, int]]:
    """Return (start, width) of each black bar in modules, printable ASCII only."""
    found, at = [], 0
    for value in symbols(text):
        for index, width in enumerate(WIDTHS[value]):
            if index % 2 == 0:
                found.append((at, int(width)))
            at += int(width)
    return found


def total_width(text: str) -> int:
    return sum(sum(int(width) for width in WIDTHS[value]) for value in symbols(text))
