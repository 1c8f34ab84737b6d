"""Addresses and buyers: better values win, a masked value never replaces a full one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from shundan.core.facts import AddressFacts, OrderFacts
from shundan.core.privacy import is_masked, keep_better
from shundan.ground.lib.rows import insert_rows, new_row, update_rows
from shundan.stages.orders.actions.build import filled
from shundan.stages.orders.models import Address, Buyer, Order
from shundan.stages.orders.queries.phones import hash_phone

PARTS = ("name", "phone", "region", "postal_code", "state", "city", "district", "full")
_LENGTHS: dict[str, int | None] = {part: Address._meta.get_field(part).max_length for part in PARTS}  # type: ignore[union-attr]
UPDATED = [*PARTS, "lines", "masked", "phone_hash", "changed_at"]
# What is judged as "another address": a corrected full text alone is not.
_JUDGED = ("name", "phone", "postal_code", "state", "city", "district")


def write_address(address: Address, told: AddressFacts, *, only_blanks: bool = False) -> bool:
    """Write the better of old and new, part by part; return whether anything changed."""
    if address.erased_at is not None:
        return False
    before = _values(address)
    better = filled if only_blanks else keep_better
    for part in PARTS:
        setattr(address, part, better(getattr(address, part), getattr(told, part))[: _LENGTHS[part]])
    address.lines = _better_lines(list(address.lines), list(told.lines), only_blanks=only_blanks)
    address.masked = any(is_masked(getattr(address, part)) for part in PARTS) or any(map(is_masked, address.lines))
    address.phone_hash = "" if is_masked(address.phone) else hash_phone(address.phone)
    return _values(address) != before


def is_another(old: dict[str, str], new: dict[str, str]) -> bool:
    """Return whether goods would go elsewhere: both sides known and full, and different in a judged part."""
    pairs = [(old[part], new[part]) for part in (*_JUDGED, "lines")]
    return any(a and b and a != b and not is_masked(a) and not is_masked(b) for a, b in pairs)


def personal_values(address: Address) -> dict[str, str]:
    """Return the address as the journal's erasable side row keeps it."""
    return {**{part: getattr(address, part) for part in PARTS}, "lines": " / ".join(address.lines)}


def _better_lines(old: list[str], new: list[str], *, only_blanks: bool) -> list[str]:
    old_masked, new_masked = any(map(is_masked, old)), any(map(is_masked, new))
    if not any(new) or (old and new_masked and not old_masked):
        return old
    return old if only_blanks and old and not (old_masked and not new_masked) else new


def _values(address: Address) -> list[object]:
    return [*(getattr(address, part) for part in PARTS), list(address.lines)]


def store_buyers(rows: Iterable[tuple[Order, OrderFacts]], *, now: datetime) -> dict[tuple[int, str], Buyer]:
    """Store the buyers these orders name, better values winning; return (shop key, buyer id) -> row."""
    told = {(order.shop_id, facts.buyer_id[:64]): facts for order, facts in rows if facts.buyer_id}
    stored = _buyers(told)
    changed = []
    for key, buyer in stored.items():
        nickname = keep_better(buyer.nickname, told[key].buyer_nickname[:120])
        email = keep_better(buyer.email, told[key].buyer_email[:200])
        if (nickname, email) != (buyer.nickname, buyer.email):
            buyer.nickname, buyer.email = nickname, email
            changed.append(buyer)
    if changed:
        update_rows(changed, ["nickname", "email"])
    new = [
        new_row(Buyer, shop_id=shop, channel_buyer_id=buyer_id, nickname=facts.buyer_nickname[:120],
              email=facts.buyer_email[:200], first_seen_at=facts.placed_at or now)
        for (shop, buyer_id), facts in told.items() if (shop, buyer_id) not in stored
    ]  # fmt: skip
    if not new:
        return stored
    keys = [(buyer.shop_id, buyer.channel_buyer_id) for buyer in new]
    if insert_rows(new, ignore_conflicts=True):
        return stored | dict(zip(keys, new, strict=True))
    return stored | _buyers(keys)  # another worker stored one of them just now


def _buyers(keys: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Buyer]:
    wanted = set(keys)
    if not wanted:
        return {}
    rows = Buyer.objects.filter(
        shop__in={shop for shop, _ in wanted}, channel_buyer_id__in={buyer_id for _, buyer_id in wanted}
    )
    return {key: row for row in rows if (key := (row.shop_id, row.channel_buyer_id)) in wanted}
