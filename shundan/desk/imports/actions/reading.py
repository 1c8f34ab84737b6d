"""From a file's bytes to what is new, changed, the same and refused; kept in parts that slices can store."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from shundan.core.errors import BadFile
from shundan.core.facts import RatingFacts
from shundan.desk.imports.queries import PREVIEW, Counts, known_sources, stored_statements, told_before
from shundan.edges.channels.files.kinds import Kind, choose_sheet
from shundan.edges.channels.files.mapping import Payload, payload_of
from shundan.edges.channels.files.orders import TakenOrder, parse_orders
from shundan.edges.channels.files.others import parse_others
from shundan.edges.channels.files.ratings import parse_ratings
from shundan.edges.channels.files.settlements import TakenStatement, parse_settlement
from shundan.edges.channels.files.tables import RefusedRow
from shundan.ground.lib.blobs import put_blob
from shundan.ground.lib.sheets import read_sheets

PART = 500  # things stored in one slice: a transaction of about a tenth of a second
SAMPLE = 50  # things a preview names
SETTLEMENTS = (Kind.SETTLEMENT, Kind.INCOME)
OTHERS = (Kind.SHOPIFY, Kind.SHIPSTATION, Kind.SHIPPING_LIST)
# Known, but not taken in here: what to do instead.
_NOT_TAKEN = {
    Kind.TRACKING: "This table is for uploading to Seller Center; the desk sends tracking numbers by itself.",
    Kind.PRODUCTS: "This is a table of products; products and stock come from the connected shop.",
    Kind.ERP_ITEMS: "This is a table of goods; enter goods and stock on the Stock page.",
    Kind.UNSETTLED: "These amounts are estimates; import the settlement once it is paid.",
    Kind.AFFILIATE: "Affiliate commissions are part of the settlement; import that instead.",
    Kind.RETURNS: "Returns are read from the connected shop, so that none is answered too late.",
}


@dataclass(frozen=True)
class Market:
    """The shop a file belongs to, as far as reading needs it; `shop_key` is None while it is to be made."""

    region: str
    zone: str
    currency: str
    shop_key: int | None = None
    is_connected: bool = False


@dataclass
class _Judged:
    """What was read, measured against what is stored."""

    entries: list[dict[str, Any]] = field(default_factory=list)  # to be stored
    tally: Counter[str] = field(default_factory=Counter)
    sample: list[dict[str, Any]] = field(default_factory=list)


def read_import(content: bytes, market: Market | None, *, dates: str = "", token: str = "") -> dict[str, Any]:
    """Read a file and return the cursor of its preview; raise BadFile when the whole file cannot be taken.

    `token` makes the kept parts this import's own. Nothing but files by content is stored.
    """
    rows, found = choose_sheet([sheet.rows for sheet in read_sheets(content)])
    if found.kind in _NOT_TAKEN:
        raise BadFile(_NOT_TAKEN[found.kind], row=found.header_at + 1, remedy="Choose another file.")
    if found.kind == Kind.RATES:
        count = sum(1 for row in rows[found.header_at + 1 :] if any(cell.strip() for cell in row))
        return _cursor(found.kind, _Judged(tally=Counter(new=count)), [], token=token)
    if market is None:
        raise BadFile("It is not known which shop this file belongs to.", column="shop", remedy="Choose a shop.")
    told: dict[str, Any] = {
        "region": market.region,
        "zone": market.zone,
        "header_at": found.header_at,
        "dates": dates,
    }
    if found.kind in SETTLEMENTS:
        if market.is_connected:
            raise BadFile("Statements are read from the connected shop.", remedy="Choose another file.")
        statements, refused = parse_settlement(rows, currency=market.currency, **told)
        return _cursor(found.kind, _judge_statements(statements, shop_key=market.shop_key), refused, token=token)
    if found.kind == Kind.RATINGS:
        ratings, refused = parse_ratings(rows, **told)
        return _cursor(found.kind, _judge_ratings((one.row, one.facts) for one in ratings), refused, token=token)
    if found.kind in OTHERS:
        orders, refused = parse_others(found.kind, rows, currency=market.currency, **told)
    else:
        orders, refused = parse_orders(rows, currency=market.currency, **told)
    if not orders and not refused:
        raise BadFile("The table has a header but no orders.", remedy="Export a longer time")
    return _cursor(found.kind, _judge_orders(orders, shop_key=market.shop_key), refused, token=token)


def _judge_orders(orders: Sequence[TakenOrder], *, shop_key: int | None) -> _Judged:
    judged = _Judged()
    ids = [one.facts.order_id for one in orders]
    sources = known_sources(shop_key, ids) if shop_key else {}
    before = told_before(shop_key, ids) if shop_key else {}
    for one in orders:
        payload = payload_of(one.facts)
        order_id = one.facts.order_id
        old = before.get(order_id)
        if old == payload:
            what = "same"
        elif order_id in sources and sources[order_id] == "api":
            what = "fills"
        else:
            what = "changed" if old is not None or order_id in sources else "new"
        judged.tally[what] += 1
        if what != "same":
            judged.entries.append({"row": one.row, "order": payload})
        if what != "same" and len(judged.sample) < SAMPLE:
            judged.sample.append(_sample(one, what, old, payload))
    return judged


def _sample(one: TakenOrder, what: str, old: Payload | None, payload: Payload) -> dict[str, Any]:
    facts = one.facts
    changed = [] if old is None else sorted(key for key in {*old, *payload} if old.get(key) != payload.get(key))
    return {
        "row": one.row,
        "order_id": facts.order_id,
        "what": what,
        "status": facts.platform_status,
        "placed_at": facts.placed_at.isoformat(),
        "lines": len(facts.lines),
        "units": sum(line.quantity for line in facts.lines),
        "total_minor": facts.payment.total_minor,
        "currency": facts.payment.currency,
        "masked": facts.address.masked,
        "changed": [key for key in changed if key != "format"],
    }


def _judge_statements(statements: Sequence[TakenStatement], *, shop_key: int | None) -> _Judged:
    judged = _Judged()
    ids = [one.statement.statement_id for one in statements]
    before = stored_statements(shop_key, ids) if shop_key else {}
    for one in statements:
        facts = one.statement
        old, amounts = before.get(facts.statement_id), (facts.settled_minor, facts.fee_minor, facts.status)
        what = "new" if old is None else "same" if old == amounts else "changed"
        judged.tally[what] += 1
        if what != "same":
            transactions = [{**asdict(part), "at": part.at.isoformat()} for part in one.transactions]
            statement = {**asdict(facts), "at": facts.at.isoformat()}
            judged.entries.append({"row": one.row, "statement": statement, "transactions": transactions})
    return judged


def _judge_ratings(ratings: Iterable[tuple[int, RatingFacts]]) -> _Judged:
    """Every rating counts as new here; feedback itself knows which it has, and stores each once."""
    judged = _Judged()
    for row, facts in ratings:
        judged.entries.append({"row": row, "rating": {**asdict(facts), "at": facts.at.isoformat()}})
        judged.tally["new"] += 1
    return judged


def _cursor(kind: Kind, judged: _Judged, refused: list[RefusedRow], *, token: str) -> dict[str, Any]:
    """Keep the entries in parts and the refused rows, and return what the job must remember."""
    size = PART if kind not in SETTLEMENTS else max(PART // 50, 1)  # a statement has many transactions
    parts = [
        _keep({"import": token, "entries": judged.entries[start : start + size]})
        for start in range(0, len(judged.entries), size)
    ]
    counts = Counts(**judged.tally, refused=len(refused))
    rows = [[one.row, one.column, one.message, one.remedy, one.order_id, dict(one.said)] for one in refused]
    return {
        "phase": PREVIEW,
        "kind": kind.value,
        "counts": asdict(counts),
        "parts": parts,
        "next": 0,
        "sample": judged.sample,
        "refused": _keep({"import": token, "rows": rows}) if rows else "",
    }


def _keep(content: dict[str, Any]) -> str:
    return put_blob(gzip.compress(json.dumps(content, ensure_ascii=False).encode(), compresslevel=3, mtime=0))
