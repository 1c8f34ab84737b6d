"""The words of holds, checks, clocks and journal rows, as pages about orders write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shundan.ground.look.queries.states import state_word

Words = str | Promise
HOLD_WORDS: dict[str, Words] = {
    "cancel_request": _("Cancel request"),
    "unknown_sku": _("SKU not linked"),
    "missing_stock": _("Out of stock"),
    "price": _("Price too low"),
    "address": _("Address"),
    "duplicate": _("Perhaps a duplicate"),
    "blocked_buyer": _("Blocked buyer"),
    "quantity": _("Unusual quantity"),
    "buyer_note": _("Buyer's note"),
    "by_hand": _("Held by hand"),
    "address_changed": _("Address changed"),
    "lines_changed": _("Lines changed"),
    "cancelling": _("Being cancelled"),
    "cancel_refused": _("Cancel refused"),
    "cancelled": _("Cancelled"),
}
HOLD_ICONS = {
    "cancel_request": "ban",
    "unknown_sku": "link-2-off",
    "missing_stock": "package-x",
    "price": "tag",
    "address": "map-pin-off",
    "duplicate": "copy",
    "blocked_buyer": "shield-alert",
    "quantity": "calculator",
    "by_hand": "hand",
}
WAITS_WORDS: dict[str, Words] = {
    "us": _("waits for us"),
    "buyer": _("waits for the buyer"),
    "stock": _("waits for stock"),
}
SOURCE_WORDS: dict[str, Words] = {
    "platform": _("from the platform"),
    "rulebook": _("from the rulebook"),
    "person": _("set by a person"),
}
VERB_WORDS: dict[str, Words] = {
    "store": _("First seen"),
    "update": _("News"),
    "open_hold": _("Further hold"),
    "close_hold": _("Hold closed"),
    "open_stop": _("Stopped"),
    "close_stop": _("Stop lifted"),
    "waive": _("Waived"),
    "note": _("A note"),
    "change_address": _("Address corrected"),
    "look_at_buyer": _("Looked at buyer data"),
    "reset_blanks": _("Filled blanks are blank again"),
    "cancel": _("Cancel asked"),
    "print_label": _("Label printed"),
    "rate": _("Rated by the buyer"),
    "write_to_buyer": _("Message to the buyer"),
}
TYPE_WORDS: dict[str, Words] = {
    "NORMAL": _("Normal"),
    "SAMPLE": _("Sample"),
    "GIFT": _("Gift"),
    "REPLACEMENT": _("Replacement"),
    "EXCHANGE": _("Exchange"),
    "PRE_ORDER": _("Pre-order"),
    "MADE_TO_ORDER": _("Made to order"),
    "COD": _("Cash on delivery"),
    "FBT": _("Fulfilled by the platform"),
    "LOCAL": _("Local"),
}
BY_WORDS: dict[str, Words] = {
    "platform": _("the platform"),
    "step": _("the desk"),
    "buyer": _("the buyer"),
    "carrier": _("the carrier"),
    "token": _("a program"),
    "person": _("a person"),
}
SKIP_WORDS: dict[str, Words] = {
    "order_type": _("does not apply to this order type"),
    "off": _("switched off for this shop"),
    "platform_ships": _("the platform knows the address"),
    "no_reference": _("no listing price known"),
}


OUTCOME_WORDS: dict[str, Words] = {
    "fixed": _("fixed"),
    "waived": _("waived"),
    "linked": _("SKU linked"),
    "goods_arrived": _("goods arrived"),
    "looked_again": _("checked again"),
    "withdrawn": _("withdrawn"),
    "refused": _("refused"),
    "cancelled": _("order cancelled"),
    "moved_on": _("the order moved on"),
}


def hold_word(kind: str) -> Words:
    """Return the name of a hold, stop or check."""
    return HOLD_WORDS.get(kind, kind.replace("_", " ").capitalize())


def hold_sentence(kind: str, facts: Mapping[str, Any]) -> str:
    """Say in one sentence what a hold is about, from its keys and numbers."""
    comma = gettext(", ")
    match kind:
        case "missing_stock":
            parts = [gettext("%(sku)s lacks %(units)s") % lack for lack in facts.get("lacks", ())]
            return comma.join(parts) or gettext("Units are missing.")
        case "unknown_sku":
            return gettext("No item of ours is linked to %(skus)s.") % {"skus": comma.join(facts.get("skus", ()))}
        case "price":
            skus = comma.join(str(one["sku"]) for one in facts.get("low", ()))
            return gettext("%(skus)s was sold more than %(limit)s %% below its listing.") % {
                "skus": skus,
                "limit": facts.get("limit_percent", "?"),
            }
        case "address":
            parts = [str(_ADDRESS_WORDS.get(part, part)) for part in facts.get("absent", ())]
            masked = gettext("The platform has masked it, and we write the label.") if facts.get("masked") else ""
            return " ".join(
                filter(None, [gettext("Missing: %(parts)s.") % {"parts": comma.join(parts)} if parts else "", masked])
            )
        case "duplicate":
            return gettext("The same buyer ordered the same goods before: %(orders)s.") % {
                "orders": comma.join(facts.get("orders", ()))
            }
        case "quantity":
            parts = [f"{one['units']} × {one['sku']}" for one in facts.get("many", ())]
            return gettext("More than is usual: %(lines)s.") % {"lines": comma.join(parts)}
        case "cancel_refused":
            return str(facts.get("error") or facts.get("code") or "")
        case "by_hand":
            return str(facts.get("why", ""))
        case _:
            return str(_SENTENCES.get(kind, ""))


_ADDRESS_WORDS: dict[str, Words] = {
    "name": _("name"),
    "phone": _("phone"),
    "postal_code": _("postal code"),
    "lines": _("street"),
    "city": _("city"),
}
ADDRESS_PARTS = (
    ("name", _("Recipient")),
    ("phone", _("Phone")),
    ("postal_code", _("Postal code")),
    ("city", _("City")),
    ("state", _("State or province")),
    ("district", _("District")),
)
_SENTENCES: dict[str, Words] = {
    "cancel_request": _("The buyer wants to cancel; the platform waits for our answer."),
    "blocked_buyer": _("We blocked this buyer."),
    "address_changed": _("The buyer changed the address after the checks."),
    "lines_changed": _("Lines or units changed after the checks."),
    "cancelling": _("We asked the platform to cancel it; its answer is awaited."),
    "cancelled": _("The order was cancelled: its parcels must not leave."),
}


def entry_word(entry: Any) -> Words:
    """Return the title of a journal row: the state it led to, or what was done."""
    if entry.to_state and entry.verb != "store":
        return state_word(entry.to_state).label
    return VERB_WORDS.get(entry.verb, entry.verb.replace("_", " ").lower().capitalize())


def by_word(kind: str, key: str, names: Mapping[str, str]) -> str:
    """Return who acted, a person by name."""
    if kind in ("person", "token"):
        return names.get(f"{kind}:{key}", f"{BY_WORDS[kind]} {key}")
    return str(BY_WORDS.get(kind, kind))
