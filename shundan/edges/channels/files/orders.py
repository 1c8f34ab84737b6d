"""Read Seller Center's order export: one row is one SKU line, an order's own cells stand on each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shundan.core.errors import BadFile
from shundan.core.facts import OrderFacts
from shundan.edges.channels.files import values
from shundan.edges.channels.files.building import Frame, Source, build_order
from shundan.edges.channels.files.columns import ORDER_MEANINGS, market_of
from shundan.edges.channels.files.tables import AGAIN, NO_ORDER_ID, ROUNDED, Cells, RefusedRow, Row, Unreadable

_MOMENTS = ("created", "paid", "rts", "shipped", "delivered", "cancelled")
_IDS = {"order_id": "Order ID", "sku_id": "SKU ID", "product_id": "Product ID", "package_id": "Package ID"}
NEEDED = {
    "order_id": "Order ID",
    "status": "Order Status",
    "quantity": "Quantity",
    "created": "Created Time",
}
# The market's own exports have always had this order; elsewhere the file itself must prove it.
_DATE_ORDERS = {"US": "mdy", "JP": "mdy", "ID": "dmy", "VN": "dmy", "TH": "dmy", "MY": "dmy"}
_REST_REFUSED = "Another row of this order is refused, so the order is not taken in part."


@dataclass(frozen=True)
class TakenOrder:
    """One order a file tells, and the row it begins on."""

    facts: OrderFacts
    row: int


def parse_orders(source: Source) -> tuple[list[TakenOrder], list[RefusedRow]]:
    """Return the orders of an export and the rows that are refused; an order is taken whole or not at all.

    Raises BadFile when the file as a whole cannot be read: a column is missing, it is of another market, or nothing
    proves whether the day or the month comes first.
    """
    found = source.places(ORDER_MEANINGS)
    _check_header(source.header, found, region=source.region)
    lines, refused = _lines(source.cells(found), first_row=source.header_at + 2)
    moments = (row[field] for row in lines for field in _MOMENTS)
    order = order_of_dates(moments, told=source.dates, usual=_DATE_ORDERS.get(source.region, ""))
    return _taken(lines, refused, source.frame(date_order=order))


def _check_header(header: Row, found: dict[str, int], *, region: str) -> None:
    if missing := missing_columns(found):
        raise BadFile(f"The column {missing[0]} is missing.", row=1, column=missing[0], remedy=AGAIN)
    market = market_of(header)
    if market and market != region:
        raise BadFile(
            f"This file holds orders of {market}, but the shop sells in {region}.",
            row=1,
            remedy=f"Choose a shop of {market}.",
        )


def missing_columns(found: Mapping[str, int]) -> list[str]:
    """Return the names of the columns without which no order can be read."""
    return [name for field, name in NEEDED.items() if field not in found]


def _lines(cells: list[Cells], *, first_row: int) -> tuple[list[Cells], list[RefusedRow]]:
    """Leave out blanks, totals and descriptions; refuse rows whose ids a spreadsheet has destroyed."""
    padded = {field for field in _IDS if values.is_padded_column(row[field] for row in cells)}
    lines, refused = [], []
    for row in cells:
        damaged = next((one for one in _IDS if values.is_damaged_id(row[one]) or (one in padded and row[one])), "")
        if damaged:
            refused.append(RefusedRow(row.number, _IDS[damaged], ROUNDED, AGAIN, row["order_id"]))
        elif values.is_id(row["order_id"]):
            lines.append(row)
        elif row.number != first_row and values.is_id(row["sku_id"]):
            refused.append(
                RefusedRow(
                    row.number,
                    "Order ID",
                    NO_ORDER_ID,
                    AGAIN,
                    said={"value": row["order_id"][:60]},
                )
            )
    return lines, refused


def order_of_dates(texts: Iterable[str], *, told: str = "", usual: str = "") -> str:
    """Return "mdy" or "dmy" for all dates of one file: what they prove, else was told, else is usual.

    Raises BadFile with the code date_order_unknown when nothing decides it.
    """
    texts = [text for text in texts if text]
    order = values.date_order(texts) or told or usual
    if not order and any(values.needs_order(text) for text in texts):
        error = BadFile(
            "Nothing in this file tells whether the day or the month comes first in its dates.",
            column="Created Time",
            remedy="Say which comes first, and import the file again.",
        )
        error.code = "date_order_unknown"
        raise error
    return order


def _taken(lines: list[Cells], refused: list[RefusedRow], frame: Frame) -> tuple[list[TakenOrder], list[RefusedRow]]:
    groups: dict[str, list[Cells]] = {}
    for row in lines:
        groups.setdefault(row["order_id"], []).append(row)
    return take_groups(groups, refused, frame)


def take_groups(
    groups: Mapping[str, list[Cells]], refused: list[RefusedRow], frame: Frame
) -> tuple[list[TakenOrder], list[RefusedRow]]:
    """Build the order of each group of rows; where one row is refused, its whole order is."""
    spoilt = {one.order_id for one in refused if one.order_id}
    taken = []
    for order_id, rows in groups.items():
        if order_id in spoilt:
            refused += [RefusedRow(row.number, "", _REST_REFUSED, AGAIN, order_id) for row in rows]
            continue
        try:
            taken.append(TakenOrder(build_order(order_id, rows, frame), rows[0].number))
        except Unreadable as why:
            refused.append(why.refused(order_id))
            refused += [
                RefusedRow(row.number, "", _REST_REFUSED, why.remedy, order_id) for row in rows if row.number != why.row
            ]
    return taken, sorted(refused, key=lambda one: one.row)
