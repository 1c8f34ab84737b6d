"""Guess what the columns of a table mean that nobody knows, by their names and by what stands in them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from shundan.edges.channels.files import ratings, words
from shundan.edges.channels.files.columns import ORDER_COLUMNS, fold, places
from shundan.edges.channels.files.kinds import HEADER_WITHIN, Kind
from shundan.edges.channels.files.orders import NEEDED
from shundan.edges.channels.files.shapes import SHAPES, Names
from shundan.edges.channels.files.tables import Row
from shundan.edges.channels.files.values import is_id, needs_order, read_minor, read_quantity

SAMPLES = 3  # rows a person is shown
_LOOKED_AT = 60  # rows whose values are weighed
_ENOUGH = 0.6  # how much a column must look like a field to be proposed
_YEAR_FIRST = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}")
_PHONE = re.compile(r"\(?\+?[\d()* -]{7,20}\Z")


@dataclass(frozen=True)
class Wanted:
    """A kind of table whose columns a person can point out: its fields' known names, and what it cannot do without."""

    columns: Names
    needed: tuple[str, ...]


WANTED: dict[Kind, Wanted] = {
    Kind.ORDERS: Wanted(ORDER_COLUMNS, tuple(NEEDED)),
    Kind.RETURNS: Wanted(SHAPES[Kind.RETURNS].columns, ("order_id", "outside_id")),
    Kind.SETTLEMENT: Wanted(SHAPES[Kind.SETTLEMENT].columns, ("order_id", "at", "amount")),
    Kind.AFFILIATE: Wanted(SHAPES[Kind.AFFILIATE].columns, ("order_id", "who")),
    Kind.TRACKING: Wanted(SHAPES[Kind.TRACKING].columns, ("order_id", "outside_id")),
    Kind.PRODUCTS: Wanted(SHAPES[Kind.PRODUCTS].columns, ("sku",)),
    Kind.RATINGS: Wanted(ratings.COLUMNS, ("order_id", "stars", "created")),
}


@dataclass(frozen=True)
class UnknownTable:
    """A table nobody knows: its columns, a few of its rows, and per kind what each column may mean."""

    header_at: int
    header: list[str]
    samples: list[list[str]]  # per column
    rows: int
    kind: str  # the likeliest
    guesses: dict[str, dict[str, str]]  # kind -> the column's place (as text) -> field


def fingerprint(header: Iterable[str]) -> str:
    """Return the same text for the same columns, in whatever order they stand."""
    names = sorted(fold(cell) for cell in header if cell.strip())
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def look_at(rows: Sequence[Row]) -> UnknownTable | None:
    """Return what is seen of an unknown table; None when the rows are no table with a header and content."""
    counts = [sum(1 for cell in row if cell.strip()) for row in rows[:HEADER_WITHIN]]
    at = counts.index(max(counts)) if counts else 0
    if not counts or counts[at] < 3 or any("\x00" in cell for cell in rows[at]):
        return None
    below = [row for row in rows[at + 1 :] if any(cell.strip() for cell in row)]
    if not below:
        return None
    header = [" ".join(cell.replace("\ufeff", "").split()) for cell in rows[at]]
    seen = [_filled(below[:_LOOKED_AT], place) for place in range(len(header))]
    guesses = {kind.value: _guess(header, seen, wanted) for kind, wanted in WANTED.items()}
    shown = [
        [row[place].strip()[:60] if place < len(row) else "" for row in below[:SAMPLES]] for place in range(len(header))
    ]
    return UnknownTable(at, header, shown, len(below), _likeliest(guesses), guesses)


def _filled(rows: Sequence[Row], place: int) -> list[str]:
    return [row[place].strip() for row in rows if place < len(row) and row[place].strip()]


def _likeliest(guesses: Mapping[str, Mapping[str, str]]) -> str:
    """Return the kind with the largest part of its needed fields found, then of the most fields."""

    def weight(kind: str) -> tuple[float, int]:
        needed, found = WANTED[Kind(kind)].needed, set(guesses[kind].values())
        return sum(one in found for one in needed) / len(needed), len(found)

    return max(guesses, key=weight)


def _guess(header: list[str], seen: list[list[str]], wanted: Wanted) -> dict[str, str]:
    """Give each column at most one field and each field at most one column, the best match first."""
    known = places(header, {fold(name): field for field, names in wanted.columns.items() for name in names})
    found = {place: field for field, place in known.items()}
    matches = sorted(
        (
            (score, field in wanted.needed, place, field)
            for place, name in enumerate(header)
            if name and place not in found
            for field, names in wanted.columns.items()
            if field not in known and (score := _score(name, field, names, seen[place])) >= _ENOUGH
        ),
        reverse=True,
    )
    for _, _, place, field in matches:
        if place not in found and field not in found.values():
            found[place] = field
    return {str(place): field for place, field in sorted(found.items())}


def _score(name: str, field: str, names: tuple[str, ...], values: list[str]) -> float:
    test = _TESTS.get(field)
    share = sum(map(test, values)) / len(values) if test and values else None
    if share is not None and share < 0.5:
        return 0.0  # whatever its name says, it does not hold this
    alike = max(_alike(fold(name), fold(one)) for one in (*names, field.replace("_", " ")))
    if field == "status" and says_a_status(values):
        return 1.0 + alike
    if any(hint in fold(name) for hint in _HINTS.get(field, ())):
        alike = max(alike, 0.75)
    if field == "order_id" and values and all(map(_is_long_id, values)):
        alike += 0.25
    return alike + (_WEIGHTS.get(field, 0.0) * share if share else 0.0)


@lru_cache(maxsize=20_000)
def _alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    parts = set(one.split()) & set(other.split())
    by_words = len(parts) / max(len(one.split()), len(other.split()))
    return max(SequenceMatcher(None, one, other).ratio() * 0.9, by_words)


def _is_moment(text: str) -> bool:
    return needs_order(text) or _YEAR_FIRST.match(text) is not None


def _is_amount(text: str) -> bool:
    try:
        read_minor(text, "USD")
    except ValueError as why:
        return "currency" in str(why)
    return len(text) < 18


def _is_quantity(text: str) -> bool:
    try:
        return read_quantity(text) <= 9999
    except ValueError:
        return False


def _is_long_id(text: str) -> bool:
    return is_id(text) and len(text) >= 15


_AMOUNTS = (
    "unit_price", "line_before", "line_platform_discount", "line_seller_discount", "line_after", "shipping", "taxes",
    "total", "refund", "amount",
)  # fmt: skip
_MOMENTS = ("created", "paid", "rts", "shipped", "delivered", "cancelled", "at")
_TESTS: dict[str, Callable[[str], bool]] = {
    **dict.fromkeys(_AMOUNTS, _is_amount),
    **dict.fromkeys(_MOMENTS, _is_moment),
    "order_id": lambda text: is_id(text) or len(text) <= 32 and any(letter.isdigit() for letter in text),
    "sku_id": lambda text: len(text) <= 40,
    "quantity": _is_quantity,
    "returned": _is_quantity,
    "stars": lambda text: text.removesuffix(".0") in ("1", "2", "3", "4", "5"),
    "phone": lambda text: _PHONE.match(text) is not None,
    "status": lambda text: not _is_amount(text),
}  # fmt: skip
# Parts of names in the languages of markets whose exports were never seen.
_HINTS: dict[str, tuple[str, ...]] = {
    "order_id": ("bestell", "commande", "pedido", "ordine", "order n", "order #", "单号"),
    "quantity": ("anzahl", "menge", "quantit", "cantidad", "quantidade", "qty", "pcs", "数量", "件数"),
    "title": ("artikelname", "produit", "producto", "produto", "prodotto", "item name", "品名"),
    "seller_sku": ("sku", "artikelnummer", "référence", "货号"),
    "sku": ("sku", "货号"),
    "created": ("bestellt", "datum", "date", "fecha", "data do", "creat", "时间", "日期"),
    "at": ("datum", "date", "fecha", "time", "时间", "日期"),
    "total": ("summe", "gesamt", "total", "importe", "montant", "金额"),
    "amount": ("summe", "betrag", "total", "importe", "montant", "金额"),
    "recipient": ("empfänger", "destinat", "recipient", "ship to", "姓名"),
    "phone": ("telefon", "téléphone", "teléfono", "phone", "mobile", "电话", "手机"),
    "city": ("stadt", "ville", "ciudad", "cidade", "città", "城市"),
    "postal_code": ("plz", "postleitzahl", "code postal", "código postal", "cep", "邮"),
    "line_1": ("straße", "adresse", "dirección", "endereço", "indirizzo", "地址"),
    "tracking": ("sendungsnummer", "tracking", "suivi", "rastre", "运单"),
}
# How much the values alone speak for a field.
_WEIGHTS = {"phone": 0.3, "created": 0.2, "at": 0.2, "quantity": 0.15, "stars": 0.1}


def says_a_status(values: Iterable[str]) -> bool:
    """Tell whether a column holds the platform's statuses in any language."""
    told = [text for text in values if text]
    return bool(told) and sum(bool(words.status_of(text, "")) for text in told) * 2 >= len(told)
