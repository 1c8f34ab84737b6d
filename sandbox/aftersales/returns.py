"""Returns and refunds after the parcel left: the request, both sides' answers, the way back, the money."""

from __future__ import annotations

from typing import Any

from sandbox.aftersales.rules import amounts, answer_by, case_lines
from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.finance.ledger import refund
from sandbox.markets import DAY, HOUR
from sandbox.webhooks import tell
from sandbox.webhooks.news import tell_refund, tell_request

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
FINAL = {
    COMPLETE,
    CANCEL,
    REJECTED,
    REFUSED_PARCEL,
    "REPLACEMENT_REQUEST_COMPLETE",
    "REPLACEMENT_REQUEST_REJECT",
    "REPLACEMENT_REQUEST_CANCEL",
    "REPLACEMENT_REQUEST_REFUND_SUCCESS",
}
ACTIONS = {
    "REFUND": "SELLER_RESPOND_REFUND",
    "RETURN_AND_REFUND": "SELLER_RESPOND_RETURN",
    "REPLACEMENT": "SELLER_RESPOND_REPLACEMENT",
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
    shop, deadline = box.shop(order["shop_id"]), answer_by(box, market)
    goes_to = box.store.table("warehouse")[shop["return_warehouse_id"]]["address"]
    row = {
        "return_id": return_id,
        "order_id": order["id"],
        "shop_id": order["shop_id"],
        "buyer_id": order["user_id"],
        "open": True,
        "return_type": kind,
        "return_status": REPLACE if kind == "REPLACEMENT" else PENDING,
        "role": role,
        "return_reason": reason,
        "return_reason_text": text,
        **BY_PLATFORM,
        "can_buyer_keep_item": False,
        "create_time": now,
        "update_time": now,
        "seller_next_action_response": [{"action": ACTIONS[kind], "deadline": deadline}],
        "return_line_items": case_lines(box, order, lines, kind="return"),
        "refund_amount": amounts(market, order, lines),
        "is_combined_return": False,
        "return_warehouse_address": {"full_address": goes_to["full_address"]},
        "records": [],
        "is_quick_refund": False,
    }
    record(box, row, "ORDER_REQUEST", role, text)
    box.agenda.add("return_unanswered", due=deadline, case=return_id, status=row["return_status"])
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
    move(box, row, SUCCESS, event=event, by=by)
    box.agenda.add("return_paid_back", due=box.clock.now() + 2 * HOUR, case=row["return_id"], status=SUCCESS)


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
    box.agenda.add("return_not_sent", due=box.clock.now() + 7 * DAY, case=row["return_id"], status=SHIP)


def ship_back(box: Box, row: dict[str, Any]) -> None:
    carrier = box.market(row["shop_id"]).platform_carriers[0]
    row["return_tracking_number"] = f"R{carrier.prefix}{box.luck('back', row['return_id']).randint(10**10, 10**11)}"
    row["return_provider_name"], row["return_provider_id"] = carrier.name, carrier.id
    deadline = box.now() + 8 * DAY
    move(
        box,
        row,
        SHIPPED,
        event="BUYER_SHIPPED",
        by="BUYER",
        action="SELLER_RESPOND_RECEIVE_PACKAGE",
        deadline=deadline,
    )
    box.agenda.add("return_unanswered", due=deadline, case=row["return_id"], status=SHIPPED)


def due_case(box: Box, due: dict[str, Any]) -> dict[str, Any] | None:
    row = box.store.get("return", due["case"])
    return row if row is not None and row["return_status"] == due["status"] else None


@happening("return_unanswered")
def return_unanswered(box: Box, due: dict[str, Any]) -> None:
    row = due_case(box, due)
    if row is None:
        return
    if row["return_status"] == PENDING and row["return_type"] == "RETURN_AND_REFUND":
        grant_return(box, row, by="SYSTEM")
    else:
        grant_refund(box, row, by="SYSTEM")


@happening("buyer_ships_back")
def buyer_ships_back(box: Box, due: dict[str, Any]) -> None:
    row = due_case(box, due)
    if row and box.alive:
        ship_back(box, row)


@happening("return_not_sent")
def return_not_sent(box: Box, due: dict[str, Any]) -> None:
    if row := due_case(box, due):
        move(box, row, CANCEL, event="RETURN_NOT_SHIPPED_IN_TIME", by="SYSTEM")


@happening("return_offer_answered")
def return_offer_answered(box: Box, due: dict[str, Any]) -> None:
    """The buyer takes the partial refund, or insists."""
    row = due_case(box, due)
    if row is None:
        return
    if box.luck("offer", row["return_id"]).random() < 0.7:
        grant_refund(box, row, by="BUYER", event="PARTIAL_REFUND_ACCEPTED")
        return
    row["buyer_rejected_partial_refund"] = True
    row.pop("partial_refund", None)
    deadline = answer_by(box, box.market(row["shop_id"]))
    move(
        box,
        row,
        PENDING,
        event="PARTIAL_REFUND_REFUSED",
        by="BUYER",
        action=ACTIONS[row["return_type"]],
        deadline=deadline,
    )
    box.agenda.add("return_unanswered", due=deadline, case=row["return_id"], status=PENDING)


@happening("return_paid_back")
def return_paid_back(box: Box, due: dict[str, Any]) -> None:
    row = due_case(box, due)
    if row is None:
        return
    amount = dict(row["refund_amount"])
    if row.get("partial_refund"):
        amount = {
            **amount,
            "refund_total": row["partial_refund"]["amount"],
            "refund_subtotal": row["partial_refund"]["amount"],
            "refund_tax": box.market(row["shop_id"]).money(0),
            "refund_shipping_fee": box.market(row["shop_id"]).money(0),
        }
    move(box, row, COMPLETE, event="REFUND_COMPLETE", by="SYSTEM")
    refund(box, box.book.orders[row["order_id"]], amount)
    tell_refund(box, row, amount, kind="return")


def send_replacement(box: Box, row: dict[str, Any]) -> dict[str, Any]:
    """Make the order that replaces what was wrong: the same goods, free, to the same buyer."""
    from sandbox.orders.flow import announce as announce_order
    from sandbox.orders.flow import pay
    from sandbox.orders.make import make_order

    old, shop = box.book.orders[row["order_id"]], box.shop(row["shop_id"])
    picks: dict[str, int] = {}
    for line in row["return_line_items"]:
        picks[line["sku_id"]] = picks.get(line["sku_id"], 0) + 1
    buyer = box.store.table("buyer")[old["user_id"]]
    order = make_order(box, shop, picks=list(picks.items()), buyer=buyer, kind="REPLACEMENT")
    order["replaced_order_id"], order["_address"] = old["id"], old["_address"]
    announce_order(box, order)
    pay(box, order, hold=False)
    return order
