"""Why a carrier refuses a label, and what each refusal needs before the next one is granted."""

from __future__ import annotations

from typing import Any

from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.markets import DAY, HOUR

Row = dict[str, Any]
TROUBLES = {
    "postcode": "The shipment failed due to an invalid postal code.",
    "phone": "Fail to ship package because the buyer recipient address is invalid: the phone number does not exist.",
    "long_address": "The shipment failed because the delivery address is too long.",
    "area": "No available shipping services for this request: the carrier does not serve this area.",
    "dangerous": "The carrier takes no batteries or liquids by this service. Choose another shipping service.",
    "overweight": "Fail to ship package because the package is overweight.",
    "oversize": "Fail to ship package because the package dimensions exceed the allowed limits.",
    "capacity": "The carrier has no capacity on this lane today. Recreate the label later.",
    "pickup": "No available shipping services for this request due to missing pick-up time slot.",
}
ADDRESS = ("postcode", "phone", "long_address")
CARRIER = ("area", "dangerous")
SIZE = ("overweight", "oversize")
WAITS = {"capacity": 6 * HOUR, "pickup": 12 * HOUR}
SHARE = 0.02  # of labels asked for the first time
MADE_OF = ("shipping_provider_id", "handover_method", "pickup_slot", "weight", "dimension")


def trouble_with(box: Box, package: Row) -> str:
    """Return why this label is refused, or nothing: what a test wished for, what is not cured, or bad luck."""
    if wished := package.pop("refuse_next", ""):
        return str(wished)
    refused = package.get("refused")
    if refused:
        return "" if is_cured(box, package, refused) else str(refused["why"])
    luck = box.luck("carrier answer", package["id"], package["edits"])
    if box.hush or package["edits"] or luck.random() >= SHARE:
        return ""
    return luck.choice(fitting(box, package))


def fitting(box: Box, package: Row) -> list[str]:
    """Return the troubles this package can have and somebody can end."""
    alone = len(package["lines"]) < 2
    one_carrier = len(box.market(package["shop_id"]).platform_carriers) < 2
    return [name for name in TROUBLES if not (alone and name in SIZE) and not (one_carrier and name in CARRIER)]


def remember(box: Box, package: Row, why: str) -> None:
    """Keep what was refused, so that the same again is refused again; the buyer hears of it where he is the reason."""
    before = package.get("refused") or {}
    since = before["at"] if before.get("why") == why else box.now()
    shape = {name: package.get(name) for name in MADE_OF}
    package["refused"] = {"why": why, "at": since, "lines": len(package["lines"]), **shape}
    package["ship_exception_reason"] = TROUBLES[why]
    if why in ADDRESS and box.alive and not before:
        hours = box.luck("corrects", package["id"]).uniform(1, 8)
        for order_id in package["orders"]:
            box.agenda.add("buyer_corrects_address", due=box.clock.now() + hours * HOUR, order=order_id)


def is_cured(box: Box, package: Row, refused: Row) -> bool:
    """Tell whether what was refused is different now; a corrected address has ended its refusal already."""
    why = refused["why"]
    changed = {name for name in MADE_OF if package.get(name) != refused[name]}
    if why in WAITS and box.now() >= refused["at"] + WAITS[why]:
        return True
    if why in CARRIER:
        return "shipping_provider_id" in changed
    if why in SIZE:
        return len(package["lines"]) < refused["lines"] or bool(changed & {"weight", "dimension"})
    return why == "pickup" and bool(changed & {"handover_method", "pickup_slot"})


def forget_address_trouble(package: Row) -> None:
    """The buyer corrected his address: what the carrier had against the old one is over."""
    if (package.get("refused") or {}).get("why") in (*ADDRESS, "area"):
        package.pop("refused")


def forget_label(package: Row) -> None:
    """A label that was printed before its shipment was arranged names the old address: it is void."""
    if package.pop("label", None) in ("MAKING", "READY"):
        package["tracking_number"], package["edits"] = "", package["edits"] + 1
        package.pop("printed", None)


def is_rerouted(box: Box, package: Row) -> bool:
    """Tell whether the platform itself takes another carrier: from the day after the first one refused."""
    refused = package.get("refused") or {}
    return refused.get("why") in CARRIER and box.now() >= refused["at"] + DAY


@happening("buyer_corrects_address")
def buyer_corrects_address(box: Box, due: Row) -> None:
    from sandbox.orders.address import change_address

    order = box.book.orders.get(due["order"])
    if order is not None and order["status"] == "AWAITING_SHIPMENT" and box.alive:
        change_address(box, order, {})
