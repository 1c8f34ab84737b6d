"""From a file's bytes to what is new, changed, the same and refused; kept in parts that slices can store."""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from shundan.core.errors import BadFile
from shundan.desk.imports.actions.judging import judge_orders, judge_ratings, judge_rows, judge_statements
from shundan.desk.imports.actions.parts import PART, Judged, keep
from shundan.desk.imports.actions.recognising import Table, recognised
from shundan.desk.imports.queries import MAPPING, PREVIEW, Counts
from shundan.edges.channels.files.building import Source
from shundan.edges.channels.files.guessing import UnknownTable
from shundan.edges.channels.files.keeping import column_names, parse_kept
from shundan.edges.channels.files.kinds import Kind
from shundan.edges.channels.files.orders import parse_orders
from shundan.edges.channels.files.others import parse_others
from shundan.edges.channels.files.ratings import parse_ratings
from shundan.edges.channels.files.settlements import parse_settlement
from shundan.edges.channels.files.shapes import KEPT_KINDS
from shundan.edges.channels.files.tables import RefusedRow, Row
from shundan.ground.shops.actions import MARKETS
from shundan.ground.shops.queries import Shop, all_shops

SETTLEMENTS = (Kind.SETTLEMENT, Kind.INCOME)
OTHERS = (Kind.SHOPIFY, Kind.SHIPSTATION, Kind.SHIPPING_LIST)
# What a person's mapping calls a field, and what the reader of statements calls it.
_SETTLEMENT_NAMES = {"amount": "settled", "outside_id": "statement_id"}


@dataclass(frozen=True)
class Market:
    """The shop a file belongs to, as far as reading needs it; `shop_key` is None while it is to be made."""

    region: str
    zone: str
    currency: str
    shop_key: int | None = None
    is_connected: bool = False


def market_of(shop: Shop | None, new_shop: Map[str, str] | None) -> Market | None:
    """Return what reading must know of the shop, or of the one that the file brings; None when there is none."""
    if shop is None and new_shop:
        shop = next((one for one in all_shops() if one.shop_id == new_shop["shop_id"]), None)
    if shop is not None:
        return Market(shop.region, shop.zone, shop.currency, shop.pk, shop.channel != "files")
    return Market(new_shop["region"], *MARKETS[new_shop["region"]]) if new_shop else None


def read_import(content: bytes, market: Market | None, *, dates: str = "", token: str = "") -> dict[str, Any]:
    """Read a file and return the cursor of its preview; raise BadFile when the whole file cannot be taken.

    Where nobody knows its columns, the cursor is that of a question to a person. `token` makes the kept parts this
    import's own. Nothing but files by content is stored.
    """
    table = recognised(content)
    if isinstance(table, Table) and table.kind == Kind.RATES:
        count = sum(1 for row in table.rows[table.header_at + 1 :] if any(cell.strip() for cell in row))
        judged = Judged()
        judged.tally["new"] = count
        return _cursor(table, judged, [], token=token)
    if market is None:
        raise BadFile("It is not known which shop this file belongs to.", column="shop", remedy="Choose a shop.")
    if isinstance(table, UnknownTable):
        return _question(table, token=token)
    size = PART if table.kind not in SETTLEMENTS else max(PART // 50, 1)  # a statement has many transactions
    judged = Judged(token=token, size=size)
    refused = _read(table, market, dates, judged)
    if not judged.tally and not refused:
        raise BadFile(_empty(table.kind), remedy="Export a longer time")
    return _cursor(table, judged, refused, token=token)


def _empty(kind: Kind) -> str:
    is_orders = kind == Kind.ORDERS or kind in OTHERS
    return "The table has a header but no orders." if is_orders else "The table has a header but no rows."


def _read(table: Table, market: Market, dates: str, judged: Judged) -> list[RefusedRow]:
    """Read the table and judge what it tells; return the rows that cannot be taken."""
    kind, shop_key = table.kind, market.shop_key
    source = Source(
        table.rows, market.region, market.zone, market.currency, table.header_at, dates, meanings=table.meanings
    )
    if kind == Kind.RATINGS:
        ratings, refused = parse_ratings(source)
        judge_ratings(((one.row, one.facts) for one in ratings), judged)
        return refused
    if kind in SETTLEMENTS and not market.is_connected:  # a connected shop tells its own statements
        kept, _ = parse_kept(kind, source)
        statements, refused = parse_settlement(replace(source, meanings=_for_settlements(table.meanings)))
        judge_statements(statements, kept, shop_key=shop_key, judged=judged)
        return refused
    if kind in KEPT_KINDS:
        kept, refused = parse_kept(kind, source)
        judge_rows(kept, kind=kind.value, shop_key=shop_key, judged=judged)
        return refused
    if kind in OTHERS:
        orders, refused = parse_others(kind, source)
    else:
        orders, refused = parse_orders(source)
    judge_orders(orders, shop_key=shop_key, judged=judged)
    return refused


def _for_settlements(meanings: Map[str, str] | None) -> dict[str, str] | None:
    return {name: _SETTLEMENT_NAMES.get(one, one) for name, one in meanings.items()} if meanings else None


def _question(table: UnknownTable, *, token: str) -> dict[str, Any]:
    """Return the cursor of an import whose columns a person must explain."""
    return {
        "phase": MAPPING,
        "kind": "",
        "counts": asdict(Counts()),
        "parts": [],
        "next": 0,
        "unknown": keep({"import": token, "table": asdict(table)}),
    }


def _cursor(table: Table, judged: Judged, refused: list[RefusedRow], *, token: str) -> dict[str, Any]:
    """Keep the refused rows, and return what the job must remember."""
    counts = Counts(**judged.tally, refused=len(refused))
    return {
        "phase": PREVIEW,
        "kind": table.kind.value,
        "counts": asdict(counts),
        "parts": judged.parts,
        "next": 0,
        "sample": judged.sample,
        "refused": keep({"import": token, **_refused(table.rows, table.header_at, refused)}) if refused else "",
    }


def _refused(rows: Sequence[Row], header_at: int, refused: list[RefusedRow]) -> dict[str, Any]:
    """Return the refused rows with their cells, so that they can be given back as the file had them."""
    header = column_names(rows[header_at])
    return {
        "rows": [[one.row, one.column, one.message, one.remedy, one.order_id, dict(one.said)] for one in refused],
        "header": header,
        "cells": [[cell.strip() for cell in rows[one.row - 1][: len(header)]] for one in refused],
    }
