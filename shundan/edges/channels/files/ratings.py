"""Read a file of ratings: one row is what a buyer thinks of one SKU."""

from __future__ import annotations

from dataclasses import dataclass

from shundan.core.facts import RatingFacts
from shundan.edges.channels.files.building import Frame, Source
from shundan.edges.channels.files.columns import fold
from shundan.edges.channels.files.orders import order_of_dates
from shundan.edges.channels.files.tables import AGAIN, NO_ORDER_ID, ROUNDED, Cells, RefusedRow, Unreadable, composed
from shundan.edges.channels.files.values import is_damaged_id, is_id

COLUMNS: dict[str, tuple[str, ...]] = {
    "order_id": ("Order ID", "订单编号", "订单号"),
    "product_id": ("Product ID", "商品ID"),
    "sku_id": ("SKU ID",),
    "stars": ("Rating", "Stars", "评分", "星级"),
    "text": ("Review", "Review Content", "评价", "评价内容"),
    "created": ("Created Time", "Review Time", "评价时间", "创建时间"),
    "buyer": ("Buyer Username", "Buyer", "买家用户名", "买家"),
}
_MEANINGS = {fold(name): field for field, names in COLUMNS.items() for name in names}
_USUAL = {"US": "mdy", "JP": "mdy"}


@dataclass(frozen=True)
class TakenRating:
    """One rating a file tells, and its row."""

    facts: RatingFacts
    row: int


def parse_ratings(source: Source) -> tuple[list[TakenRating], list[RefusedRow]]:
    """Return the ratings of a file and the rows that cannot be taken. Raises BadFile like parse_orders."""
    cells = source.cells(source.places(_MEANINGS))
    usual = _USUAL.get(source.region, "")
    frame = source.frame(date_order=order_of_dates((row["created"] for row in cells), told=source.dates, usual=usual))
    taken, refused = [], []
    for row in cells:
        try:
            taken.append(TakenRating(_rating(row, frame), row.number))
        except Unreadable as why:
            refused.append(why.refused(row["order_id"]))
    return taken, refused


def _rating(row: Cells, frame: Frame) -> RatingFacts:
    if is_damaged_id(row["order_id"]):
        raise frame.unreadable(row, "order_id", ROUNDED, AGAIN)
    if not is_id(row["order_id"]):
        raise frame.unreadable(row, "order_id", NO_ORDER_ID, AGAIN, value=row["order_id"][:60])
    stars = row["stars"].removesuffix(".0")
    if stars not in ("1", "2", "3", "4", "5"):
        raise frame.unreadable(row, "stars", "“%(value)s” is no rating from 1 to 5.", value=row["stars"][:60])
    at = frame.moment(row, "created")
    if at is None:
        raise frame.unreadable(row, "created", "The rating has no time.")
    return RatingFacts(
        order_id=row["order_id"],
        stars=int(stars),
        at=at,
        sku_id=row["sku_id"],
        product_id=row["product_id"],
        text=composed(row["text"]),
        buyer=row["buyer"],
    )
