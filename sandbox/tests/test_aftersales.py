"""Cancellations and returns: who may do what when, and what time does by itself."""

from __future__ import annotations

import pytest

from sandbox.tests.worlds import tool_of_every_market


def cancels(tool, order_id, region="US"):
    return tool.call(
        "POST", "/return_refund/202602/cancellations/search", region=region, body={"order_ids": [order_id]}
    )["cancellations"]


def returns(tool, order_id):
    return tool.call("POST", "/return_refund/202602/returns/search", body={"order_ids": [order_id]})["return_orders"]


def test_in_the_first_hour_the_buyer_cancels_without_asking(tool):
    order_id = tool.place(status="ON_HOLD")
    assert tool.control("buyers/cancel", order_id=order_id)["cancel_status"] == "CANCELLATION_REQUEST_SUCCESS"
    assert tool.truth(order_id) == "CANCELLED"


def test_a_request_waits_for_the_seller_and_shows_its_deadline(tool):
    order_id = tool.place()
    tool.control("buyers/cancel", order_id=order_id)
    row = cancels(tool, order_id)[0]
    assert (
        row["cancel_status"] == "CANCELLATION_REQUEST_PENDING"
        and tool.order(order_id)["is_buyer_request_cancel"] is True
    )
    assert row["seller_next_action_response"][0]["action"] == "SELLER_RESPOND_CANCEL"
    tool.call("POST", f"/return_refund/202309/cancellations/{row['cancel_id']}/approve")
    assert tool.truth(order_id) == "CANCELLED"
    assert tool.refused("POST", f"/return_refund/202309/cancellations/{row['cancel_id']}/approve")[1] == 25011012
    tool.advance(hours=3)
    assert cancels(tool, order_id)[0]["cancel_status"] == "CANCELLATION_REQUEST_COMPLETE"


def test_an_unanswered_request_is_granted_by_time(tool):
    order_id = tool.place()
    tool.control("buyers/cancel", order_id=order_id)
    tool.advance(days=2, seconds=5)
    assert tool.truth(order_id) == "CANCELLED"


def test_a_rejection_needs_a_known_reason_and_frees_the_order(tool):
    order_id = tool.place()
    cancel_id = tool.control("buyers/cancel", order_id=order_id)["cancel_id"]
    path = f"/return_refund/202309/cancellations/{cancel_id}/reject"
    assert tool.refused("POST", path, body={"reject_reason": "because"})[1] == 25001014
    reasons = tool.call("GET", "/return_refund/202309/reject_reasons", query={"return_or_cancel_id": cancel_id})[
        "reasons"
    ]
    tool.call("POST", path, body={"reject_reason": reasons[0]["name"]})
    assert tool.order(order_id)["is_buyer_request_cancel"] is False and tool.truth(order_id) == "AWAITING_SHIPMENT"


def test_shipping_overtakes_a_request_in_the_us_and_is_refused_elsewhere(tool):
    for region, code in (("US", 0), ("GB", 21011007)):
        order_id = tool.place(shop=region)
        tool.control("buyers/cancel", order_id=order_id)
        package = tool.order(order_id, region)["packages"][0]["id"]
        assert (
            tool.send("POST", f"/fulfillment/202309/packages/{package}/ship", region=region, body={})[1]["code"] == code
        )
        expected = "CANCELLATION_REQUEST_CANCELLED" if region == "US" else "CANCELLATION_REQUEST_PENDING"
        assert cancels(tool, order_id, region)[0]["cancel_status"] == expected


@pytest.mark.parametrize(
    ("status", "reason", "code"),
    [
        ("AWAITING_SHIPMENT", "no_such_reason", 25001014),
        ("UNPAID", "seller_cancel_reason_out_of_stock", 25001021),
        ("IN_TRANSIT", "seller_cancel_reason_out_of_stock", 25001045),
        ("COMPLETED", "seller_cancel_reason_out_of_stock", 25001051),
    ],
)
def test_the_seller_cancels_only_with_a_fitting_reason_in_time(tool, status, reason, code):
    order_id = tool.place(status=status)
    assert (
        tool.refused(
            "POST",
            "/return_refund/202602/cancellations",
            body={"order_id": order_id, "cancel_reason": reason},
        )[1]
        == code
    )
    assert tool.truth(order_id) == status


@pytest.mark.parametrize(
    ("region", "reason", "code"),
    [
        ("ID", "seller_cancel_paid_reason_address_not_deliver", 25001020),
        ("SG", "seller_cancel_unable_to_deliver_to_buyer_address", 25001020),
        ("US", "seller_cancel_reason_out_of_stock_uk", 25001014),
        ("SG", "seller_cancel_paid_reason_address_not_deliver", 0),
        ("ID", "seller_cancel_unable_to_deliver_to_buyer_address", 0),
        ("GB", "seller_cancel_reason_out_of_stock_uk", 0),
    ],
)
def test_reasons_to_cancel_differ_by_market(tmp_path, region, reason, code):
    tool = tool_of_every_market(tmp_path, region)
    order_id = tool.place(shop="any")
    path, version = f"/return_refund/202602/orders/{order_id}/aftersale_eligibility", "/return_refund/202602"
    found = tool.call("GET", path, region=region, query={"request_types": "CANCEL"})["sku_eligibility"]
    assert (reason in found[0]["line_item_eligibility"][0]["available_reason_names"]) is (code == 0)
    body = {"order_id": order_id, "cancel_reason": reason}
    assert tool.send("POST", f"{version}/cancellations", region=region, body=body)[1]["code"] == code


@pytest.mark.parametrize(
    ("region", "code"), [("ID", 0), ("MY", 0), ("US", 25001045), ("DE", 25001045), ("BR", 25001045)]
)
def test_what_waits_for_its_courier_is_cancelled_by_sellers_of_south_east_asia_only(tmp_path, region, code):
    tool = tool_of_every_market(tmp_path, region)
    body = {"order_id": tool.place(shop="any", status="AWAITING_COLLECTION")}
    body["cancel_reason"] = "seller_cancel_reason_out_of_stock"
    assert tool.send("POST", "/return_refund/202602/cancellations", region=region, body=body)[1]["code"] == code


def test_a_cancellation_that_was_granted_or_closed_cannot_be_turned_down(tool):
    body = {"reject_reason": "seller_reject_apply_product_has_been_packed"}
    for answer, code in (("approve", 25020010), ("reject", 25011011)):
        case = tool.control("buyers/cancel", order_id=tool.place())["cancel_id"]
        path = f"/return_refund/202309/cancellations/{case}"
        tool.call("POST", f"{path}/{answer}", body=body if answer == "reject" else {})
        assert tool.refused("POST", f"{path}/reject", body=body)[1] == code


@pytest.mark.parametrize(("kind", "wrong"), [("REFUND", "RETURN"), ("RETURN_AND_REFUND", "REFUND")])
def test_a_request_is_turned_down_as_what_it_is(tool, kind, wrong):
    order_id = tool.place(status="DELIVERED")
    case = tool.control("buyers/return", order_id=order_id, type=kind)["return_id"]
    body = {"decision": f"REJECT_{wrong}", "reject_reason": "reverse_reject_request_reason_4"}
    assert tool.refused("POST", f"/return_refund/202309/returns/{case}/reject", body=body)[1] == 25020004


def test_reasons_to_turn_a_return_down_are_fewer_in_america(tool):
    names = {}
    for region in ("US", "GB"):
        order_id = tool.place(shop=region, status="DELIVERED")
        case = tool.control("buyers/return", order_id=order_id)["return_id"]
        query = {"return_or_cancel_id": case}
        found = tool.call("GET", "/return_refund/202309/reject_reasons", region=region, query=query)["reasons"]
        names[region] = {row["name"] for row in found}
        body = {"decision": "REJECT_RETURN", "reject_reason": "reverse_reject_request_reason_1"}
        status, told = tool.send("POST", f"/return_refund/202309/returns/{case}/reject", region=region, body=body)
        assert (status, told["code"]) == (200, 25001020 if region == "US" else 0)
    assert names["GB"] - names["US"] == {f"reverse_reject_request_reason_{number}" for number in (1, 2, 3, 5)}


def test_part_of_an_order_is_cancelled_by_sku_and_quantity(tool):
    order = tool.order(tool.place(sku="BDR-01", quantity=3))
    sku = order["line_items"][0]["sku_id"]
    tool.call(
        "POST",
        "/return_refund/202602/cancellations",
        body={
            "order_id": order["id"],
            "cancel_reason": "seller_cancel_reason_out_of_stock",
            "skus": [{"sku_id": sku, "quantity": 2}],
        },
    )
    after = tool.order(order["id"])
    assert [line["display_status"] for line in after["line_items"]].count("CANCELLED") == 2 and after[
        "status"
    ] == "AWAITING_SHIPMENT"


def test_a_return_goes_to_the_refund_by_both_sides_acts(tool):
    order_id = tool.place(status="DELIVERED")
    return_id = tool.control("buyers/return", order_id=order_id, type="RETURN_AND_REFUND")["return_id"]
    path = f"/return_refund/202309/returns/{return_id}"
    assert tool.refused("POST", f"{path}/approve", body={"decision": "APPROVE_REPLACEMENT"})[1] == 25020004
    tool.call("POST", f"{path}/approve", body={"decision": "APPROVE_RETURN"})
    assert returns(tool, order_id)[0]["return_status"] == "AWAITING_BUYER_SHIP"
    tool.call("POST", f"{path}/approve", body={"decision": "APPROVE_RECEIVED_PACKAGE"})
    tool.advance(hours=3)
    assert returns(tool, order_id)[0]["return_status"] == "RETURN_OR_REFUND_REQUEST_COMPLETE"
    events = [row["event"] for row in tool.call("GET", f"{path}/records")["records"]]
    assert events == ["ORDER_REQUEST", "RETURN_APPROVED", "RETURNED_PACKAGE_ACCEPTED", "REFUND_COMPLETE"]
    assert (
        tool.refused(
            "POST",
            f"{path}/reject",
            body={"decision": "REJECT_RETURN", "reject_reason": "reverse_reject_request_reason_4"},
        )[1]
        == 25020010
    )


def test_an_unanswered_refund_is_paid_by_the_platform(tool):
    order_id = tool.place(status="DELIVERED")
    tool.control("buyers/return", order_id=order_id, type="REFUND")
    tool.advance(days=2, hours=3)
    assert returns(tool, order_id)[0]["return_status"] == "RETURN_OR_REFUND_REQUEST_COMPLETE"


def test_a_partial_refund_is_offered_and_answered_by_the_buyer(tool):
    order_id = tool.place(status="DELIVERED")
    return_id = tool.control("buyers/return", order_id=order_id, type="REFUND")["return_id"]
    tool.call(
        "POST",
        f"/return_refund/202309/returns/{return_id}/approve",
        body={"decision": "OFFER_PARTIAL_REFUND", "partial_refund": {"currency": "USD", "amount": "1.50"}},
    )
    assert returns(tool, order_id)[0]["return_status"] == "AWAITING_BUYER_RESPONSE"
    tool.advance(hours=15)
    row = returns(tool, order_id)[0]
    assert (row["return_status"], row["partial_refund"]["amount"]) == (
        "RETURN_OR_REFUND_REQUEST_COMPLETE",
        "1.50",
    )
