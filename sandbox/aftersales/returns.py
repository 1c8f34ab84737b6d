"""Returns and refunds after the parcel left: the request, both sides' answers, the way back, the money."""

from __future__ import annotations

from typing import Any

from sandbox.aftersales.rules import amounts, answer_by, case_lines
from sandbox.box import Box
from sandbox.markets import DAY, HOUR
from sandbox.webhooks import tell
from sandbox.webhooks.news import tell_request

PENDING, SHIP, SHIPPED = "RETURN_OR_REFUND_REQUEST_PENDING", "AWAITING_BUYER_SHIP", "BUYER_SHIPPED_ITEM"
SUCCESS, COMPLETE, CANCEL = (
    "RETURN_OR_REFUND_REQUEST_SUCCESS",
    "RETURN_OR_REFUND_REQUEST_COMPLETE",
    "RETURN_OR_REFUND_REQUEST_CANCEL",
)
REJECTED, REFUSED_PARCEL, OFFERED = (
    "REFUND_OR_RETURN_REQUEST_REJECT",
    "REJECT_RECEIVE_PACKAGE",
    "AWAITING_BUYER_RESPONSE",
)
REPLACE = "REPLACEMENT_REQUEST_PENDING"
REFUSED = (REJECTED, REFUSED_PARCEL, "REPLACEMENT_REQUEST_REJECT")
SWAP_PENDING = (REPLACE, "EXCHANGE_REQUEST_PENDING")
SWAP_REJECTED = {"REPLACEMENT": "REPLACEMENT_REQUEST_REJECT", "EXCHANGE": "EXCHANGE_REQUEST_CANCEL"}
WITHDRAWN = {"REPLACEMENT": "REPLACEMENT_REQUEST_CANCEL", "EXCHANGE": "EXCHANGE_REQUEST_CANCEL"}
SWAP_REFUNDED = ("REPLACEMENT_REQUEST_REFUND_SUCCESS", "EXCHANGE_REQUEST_REFUND_SUCCESS")
FIRST = {"REPLACEMENT": REPLACE, "EXCHANGE": "EXCHANGE_REQUEST_PENDING"}
FINAL = {
    COMPLETE,
    CANCEL,
    REJECTED,
    REFUSED_PARCEL,
    "REPLACEMENT_REQUEST_COMPLETE",
    "EXCHANGE_REQUEST_COMPLETE",
    *WITHDRAWN.values(),
    *SWAP_REJECTED.values(),
    *SWAP_REFUNDED,
}
ACTIONS = {
    "REFUND": "SELLER_RESPOND_REFUND",
    "RETURN_AND_REFUND": "SELLER_RESPOND_RETURN",
    "REPLACEMENT": "SELLER_RESPOND_REPLACEMENT",
    "EXCHANGE": "SELLER_RESPOND_REPLACEMENT",
}


BY_PLATFORM = {
    "shipment_type": "PLATFORM",
    "handover_method": "DROP_OFF",
    "return_method": "PLATFORM_SHIPPED",
    "return_shipping_document_type": "SHIPPING_LABEL",
}


def open_return(
    box: Box,
    order: dict[str, Any],
    lines: list[dict[str, Any]],
    *,
    kind: str,
    role: str,
    reason: str,
    text: str,
) -> dict[str, Any]:
    """Open a request; the seller has some days to answer, then the platform agrees for him."""
    return_id, now, market = box.ids.new("return"), box.now(), box.market(order["shop_id"])
    shop, worth = box.shop(order["shop_id"]), amounts(market, order, lines)
    deadline = answer_by(box, market, worth)
    goes_to = box.store.table("warehouse")[shop["return_warehouse_id"]]["address"]
    row = {
        "return_id": return_id,
        "order_id": order["id"],
        "shop_id": order["shop_id"],
        "buyer_id": order["user_id"],
        "open": True,
        "return_type": kind,
        "return_status": FIRST.get(kind, PENDING),
        "role": role,
        "return_reason": reason,
        "return_reason_text": text,
        **BY_PLATFORM,
        "can_buyer_keep_item": False,
        "create_time": now,
        "update_time": now,
        "seller_next_action_response": [{"action": ACTIONS[kind], "deadline": deadline}],
        "return_line_items": case_lines(box, order, lines, kind="return"),
        "refund_amount": worth,
        "is_combined_return": False,
        "return_warehouse_address": {"full_address": goes_to["full_address"]},
        "records": [],
        "is_quick_refund": False,
    }
    box.add_case(order["id"], "return", row)
    record(box, row, "ORDER_REQUEST", role, text)
    box.agenda.add("return_unanswered", due=deadline, case=return_id, status=row["return_status"])
    luck = box.luck("withdraws", return_id)
    if box.alive and role == "BUYER" and luck.random() < 0.05:
        hours = luck.uniform(1, 30)
        box.agenda.add(
            "return_withdrawn", due=box.clock.now() + hours * HOUR, case=return_id, status=row["return_status"]
        )
    return announce(box, row)


def announce(box: Box, row: dict[str, Any]) -> dict[str, Any]:
    box.store.put("return", row["return_id"], row)
    tell(
        box,
        row["shop_id"],
        "RETURN_STATUS_CHANGE",
        order_id=row["order_id"],
        return_role=row["role"],
        return_type=row["return_type"],
        return_status=row["return_status"],
        return_id=row["return_id"],
        create_time=row["create_time"],
        update_time=row["update_time"],
    )
    tell_request(box, row)
    return row


def record(box: Box, row: dict[str, Any], event: str, role: str, text: str, *, comment: str = "") -> None:
    row["records"].append(
        {
            "event": event,
            "role": role,
            "description": event.replace("_", " ").capitalize(),
            "reason_text": text,
            "note": comment,
            "create_time": box.now(),
        }
    )


def move(
    box: Box,
    row: dict[str, Any],
    status: str,
    *,
    event: str,
    by: str,
    text: str = "",
    comment: str = "",
    action: str = "",
    deadline: int = 0,
) -> None:
    """Give a request its next status, with what the seller has to do next, if anything."""
    row["return_status"], row["update_time"] = status, box.now()
    row["seller_next_action_response"] = [{"action": action, "deadline": deadline}] if action else []
    row["open"] = status not in FINAL
    record(box, row, event, by, text, comment=comment)
    announce(box, row)


def grant_refund(box: Box, row: dict[str, Any], *, by: str, event: str = "REFUND_APPROVED", total: str = "") -> None:
    """Agree to pay back; the money moves two hours later."""
    if total:
        row["partial_refund"] = {"currency": row["refund_amount"]["currency"], "amount": total}
    status = SWAP_REFUNDED[row["return_type"] == "EXCHANGE"] if row["return_type"] in FIRST else SUCCESS
    move(box, row, status, event=event, by=by)
    box.agenda.add("return_paid_back", due=box.clock.now() + 2 * HOUR, case=row["return_id"], status=status)


def grant_return(box: Box, row: dict[str, Any], *, by: str) -> None:
    """Agree to the return: the buyer gets a label and sends the goods within some days."""
    move(box, row, SHIP, event="RETURN_APPROVED", by=by)
    luck = box.luck("buyer returns", row["return_id"])
    if box.alive:
        box.agenda.add(
            "buyer_ships_back",
            due=box.clock.now() + luck.uniform(0.5, 3) * DAY,
            case=row["return_id"],
            status=SHIP,
        )
    days = box.market(row["shop_id"]).ship_back_days
    box.agenda.add("return_not_sent", due=box.clock.now() + days * DAY, case=row["return_id"], status=SHIP)


def ship_back(box: Box, row: dict[str, Any]) -> None:
    market = box.market(row["shop_id"])
    carrier = market.platform_carriers[0]
    if not row.get("return_tracking_number"):
        number = box.luck("back", row["return_id"]).randint(10**10, 10**11)
        row["return_tracking_number"] = f"R{carrier.prefix}{number}"
        row["return_provider_name"], row["return_provider_id"] = carrier.name, carrier.id
    move(box, row, SHIPPED, event="BUYER_SHIPPED", by="BUYER")
    if not market.inspect_workdays:
        await_inspection(box, row, deadline=box.now() + market.inspect_days * DAY)
    days = box.luck("way back", row["return_id"]).uniform(2, 4)
    box.agenda.add("return_arrives", due=box.clock.now() + days * DAY, case=row["return_id"], status=SHIPPED)


def await_inspection(box: Box, row: dict[str, Any], *, deadline: int) -> None:
    """Ask the seller to look into the parcel until then; where he does not, the buyer has his money."""
    row["seller_next_action_response"] = [{"action": "SELLER_RESPOND_RECEIVE_PACKAGE", "deadline": deadline}]
    box.store.put("return", row["return_id"], row)
    box.agenda.add("return_unanswered", due=deadline, case=row["return_id"], status=SHIPPED)


def withdraw(box: Box, row: dict[str, Any]) -> None:
    """The buyer takes his request back."""
    move(box, row, WITHDRAWN.get(row["return_type"], CANCEL), event="BUYER_WITHDREW", by="BUYER")


def make_offer(box: Box, row: dict[str, Any], *, amount: str) -> None:
    """Offer the buyer part of the money; he thinks about it for some hours."""
    row["partial_refund"] = {"currency": row["refund_amount"]["currency"], "amount": amount}
    row["seller_proposed_return_type"] = "PARTIAL_REFUND"
    row["offered_from"] = row["return_status"]
    move(box, row, OFFERED, event="PARTIAL_REFUND_OFFERED", by="SELLER")
    hours = box.luck("offer time", row["return_id"]).uniform(1, 12)
    box.agenda.add("return_offer_answered", due=box.clock.now() + hours * HOUR, case=row["return_id"], status=OFFERED)


def await_appeal(box: Box, row: dict[str, Any]) -> None:
    """Let the buyer think over a refusal; some ask the platform to decide."""
    luck = box.luck("appeal", row["return_id"])
    if box.alive and luck.random() < 0.15:
        due = box.clock.now() + luck.uniform(0.1, 2) * DAY
        box.agenda.add("buyer_appeals", due=due, case=row["return_id"], status=row["return_status"])


def appeal(box: Box, row: dict[str, Any]) -> None:
    """The buyer appeals: the platform's own people decide within days, nobody else may meanwhile."""
    row["arbitration_status"] = "IN_PROGRESS"
    move(box, row, row["return_status"], event="BUYER_APPEALED", by="BUYER")
    row["open"] = True
    box.store.put("return", row["return_id"], row)
    days = box.luck("arbitration", row["return_id"]).uniform(2, 4)
    box.agenda.add(
        "arbitration_ends", due=box.clock.now() + days * DAY, case=row["return_id"], status=row["return_status"]
    )
