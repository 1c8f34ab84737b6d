"""What was read, measured against what is stored: new, changed, blanks to fill, or the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from shundan.core.facts import RatingFacts
from shundan.desk.imports.actions.parts import Judged
from shundan.desk.imports.queries import kept_hashes, known_sources, stored_statements, told_before
from shundan.edges.channels.files.keeping import TakenRow
from shundan.edges.channels.files.mapping import Payload, payload_of
from shundan.edges.channels.files.orders import TakenOrder
from shundan.edges.channels.files.settlements import TakenStatement

SAMPLE = 50  # things a preview names
_AT_ONCE = 500


def judge_orders(orders: Sequence[TakenOrder], *, shop_key: int | None, judged: Judged) -> None:
    """Judge orders by what a file told of each before, and by who told it last; some at a time."""
    for start in range(0, len(orders), _AT_ONCE):
        _judge_some(orders[start : start + _AT_ONCE], shop_key, judged)
    judged.close()


def _judge_some(orders: Sequence[TakenOrder], shop_key: int | None, judged: Judged) -> None:
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
            judged.add({"row": one.row, "what": what, "order": payload})
        if what != "same" and len(judged.sample) < SAMPLE:
            judged.sample.append(_sample(one, what, old, payload))


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


def judge_statements(
    statements: Sequence[TakenStatement], rows: Sequence[TakenRow], *, shop_key: int | None, judged: Judged
) -> None:
    """Judge statements by their amounts; with each goes what its rows in the file told."""
    of_statement: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        of_statement.setdefault(row.statement, []).append(_told(row))
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
            judged.add(
                {
                    "row": one.row,
                    "statement": statement,
                    "transactions": transactions,
                    "kept": of_statement.get(facts.statement_id, []),
                }
            )
    judged.close()


def judge_rows(rows: Sequence[TakenRow], *, kind: str, shop_key: int | None, judged: Judged) -> None:
    """Judge rows that are kept as they stand: by what is kept under their keys."""
    before = kept_hashes(shop_key, kind, [one.key for one in rows]) if shop_key else {}
    for one in rows:
        old = before.get(one.key)
        what = "new" if old is None else "same" if old == one.content_hash else "changed"
        judged.tally[what] += 1
        if what == "same":
            continue
        judged.add({"row": one.row, "what": what, "kept": [_told(one)]})
        if len(judged.sample) < SAMPLE:
            judged.sample.append(
                {
                    "row": one.row, "order_id": one.order_id, "what": what, "status": one.status, "sku": one.sku,
                    "outside_id": one.outside_id, "amount_minor": one.amount_minor, "currency": one.currency,
                    "placed_at": one.at.isoformat() if one.at else "",
                }
            )  # fmt: skip
    judged.close()


def _told(row: TakenRow) -> dict[str, Any]:
    return {**vars(row), "at": row.at.isoformat() if row.at else None}


def judge_ratings(ratings: Iterable[tuple[int, RatingFacts]], judged: Judged) -> None:
    """Every rating counts as new here; feedback itself knows which it has, and stores each once."""
    for row, facts in ratings:
        judged.add({"row": row, "rating": {**asdict(facts), "at": facts.at.isoformat()}})
        judged.tally["new"] += 1
    judged.close()
