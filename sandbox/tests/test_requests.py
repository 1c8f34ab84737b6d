"""The newer view of returns: the same cases, searched and decided by other paths."""

from __future__ import annotations

import pytest

SEARCH, RMAS = "/return_refund/202603/aftersales/search", "/return_refund/202604/rma/search"
REVIEW = "/return_refund/202609/aftersales/review"
EVERYTHING = ["LINE_ITEMS", "SKU_RETURN_REQUESTS", "RETURN_MERCHANDISE_AUTHORIZATIONS"]
REASON = "reverse_reject_request_reason_4"


def ask_back(tool, kind="RETURN_AND_REFUND", **more):
    order_id = tool.place(status="DELIVERED", **more)
    return order_id, tool.control("buyers/return", order_id=order_id, type=kind)["return_id"]


def requests(tool, **filters):
    body = {"filters": filters, "whitelisted_data_fields": EVERYTHING}
    return tool.call("POST", SEARCH, body=body)["aftersales_requests"]


def rma(tool, return_id):
    body = {"filters": {"aftersales_request_ids": [return_id]}, "whitelisted_data_fields": EVERYTHING[:2]}
    return tool.call("POST", RMAS, body=body)["return_merchandise_authorizations"][0]


def decision(tool, return_id, action, *, kind="AFTERSALES", lines=None, **more):
    row = requests(tool, aftersales_request_ids=[return_id])[0]
    named = lines or [{"return_line_item_id": line["return_line_item_id"]} for line in row["line_items"]]
    request_id = row["return_merchandise_authorizations"][0]["id"] if kind == "RMA" else return_id
    part = {"action": action, "line_items": named, **more}
    return {"request_id": request_id, "request_id_type": kind, "line_item_decisions": [part]}


def review(tool, *decisions):
    return tool.call("POST", REVIEW, body={"aftersales_request_decisions": list(decisions)})


def status(tool, order_id):
    body = {"order_ids": [order_id]}
    return tool.call("POST", "/return_refund/202602/returns/search", body=body)["return_orders"][0]["return_status"]


def test_a_return_is_seen_as_a_request_with_its_lines_and_its_authorisation(tool):
    order_id, return_id = ask_back(tool)
    row = requests(tool)[0]
    assert (row["id"], row["status"]) == (return_id, "PENDING_REQUEST_REVIEW")
    old = tool.call("POST", "/return_refund/202602/returns/search", body={})["return_orders"][0]
    new = row["sku_return_requests"][0]
    for field in ("order_id", "return_id", "return_type", "return_status", "refund_amount", "return_line_items"):
        assert new[field] == old[field]
    assert row["line_items"][0]["sku_return_request_id"] == return_id
    assert row["line_items"][0]["main_order_id"] == order_id
    assert row["return_merchandise_authorizations"][0]["status"] == "INIT"
    bare = tool.call("POST", SEARCH, body={})["aftersales_requests"][0]
    assert set(bare) == {"id", "status"}


def test_the_way_back_of_the_goods_has_five_stations(tool):
    order_id, return_id = ask_back(tool)
    seen = [rma(tool, return_id)["status"]]
    review(tool, decision(tool, return_id, "APPROVE_REQUEST"))
    assert status(tool, order_id) == "AWAITING_BUYER_SHIP"
    seen.append(rma(tool, return_id)["status"])
    tool.control("buyers/ship_back", return_id=return_id)
    seen.append(rma(tool, return_id)["status"])
    tool.advance(days=4.1)
    seen.append(rma(tool, return_id)["status"])
    review(tool, decision(tool, return_id, "APPROVE_RETURN_PACKAGE", kind="RMA"))
    seen.append(rma(tool, return_id)["status"])
    assert seen == [
        "INIT",
        "AWAITING_BUYER_RETURN",
        "RETURN_IN_TRANSIT",
        "PENDING_PACKAGE_REVIEW",
        "PACKAGE_REVIEW_COMPLETED",
    ]
    tool.advance(hours=3)
    assert status(tool, order_id) == "RETURN_OR_REFUND_REQUEST_COMPLETE"
    assert requests(tool)[0]["status"] == "REQUEST_REVIEW_COMPLETED"


@pytest.mark.parametrize(
    ("kind", "action", "after"),
    [
        ("REFUND", "APPROVE_REQUEST", "RETURN_OR_REFUND_REQUEST_SUCCESS"),
        ("RETURN_AND_REFUND", "REFUND_INSTEAD", "RETURN_OR_REFUND_REQUEST_SUCCESS"),
        ("REPLACEMENT", "APPROVE_REQUEST", "REPLACEMENT_REQUEST_COMPLETE"),
        ("REPLACEMENT", "REFUND_INSTEAD", "REPLACEMENT_REQUEST_REFUND_SUCCESS"),
    ],
)
def test_a_review_does_what_the_older_paths_do(tool, kind, action, after):
    order_id, return_id = ask_back(tool, kind)
    review(tool, decision(tool, return_id, action))
    assert status(tool, order_id) == after


@pytest.mark.parametrize(
    ("kind", "after"),
    [
        ("REFUND", "REFUND_OR_RETURN_REQUEST_REJECT"),
        ("RETURN_AND_REFUND", "REFUND_OR_RETURN_REQUEST_REJECT"),
        ("REPLACEMENT", "REPLACEMENT_REQUEST_REJECT"),
    ],
)
def test_a_request_is_turned_down_for_a_known_reason_only(tool, kind, after):
    order_id, return_id = ask_back(tool, kind)
    before = status(tool, order_id)
    body = {"aftersales_request_decisions": [decision(tool, return_id, "REJECT_REQUEST", reason={"reason_id": "no"})]}
    assert tool.refused("POST", REVIEW, body=body)[1] == 25001014
    assert status(tool, order_id) == before
    review(tool, decision(tool, return_id, "REJECT_REQUEST", reason={"reason_id": REASON, "text": "see photo"}))
    assert status(tool, order_id) == after


def test_an_offer_counts_once_per_line(tool):
    order_id, return_id = ask_back(tool, "REFUND", sku="BDR-01", quantity=3)
    details = {"partial_refund_amount": "1.10", "currency": "USD"}
    review(tool, decision(tool, return_id, "OFFER_PARTIAL_REFUND", alternative_solution_details=details))
    row = requests(tool)[0]["sku_return_requests"][0]
    assert row["partial_refund_amount"] == {"partial_refund_total": "3.30", "currency": "USD"}
    assert status(tool, order_id) == "AWAITING_BUYER_RESPONSE"
    dear = {"partial_refund_amount": "900.00", "currency": "USD"}
    other = ask_back(tool, "REFUND")[1]
    wish = decision(tool, other, "OFFER_PARTIAL_REFUND", alternative_solution_details=dear)
    assert tool.refused("POST", REVIEW, body={"aftersales_request_decisions": [wish]})[1] == 25011032


def test_one_wrong_request_of_many_is_told_beside_the_success_of_the_others(tool):
    good_order, good_id = ask_back(tool)
    bad_order, bad_id = ask_back(tool)
    wrong = decision(tool, bad_id, "APPROVE_REQUEST", lines=[{"return_line_item_id": "17"}])
    answer = review(tool, decision(tool, good_id, "APPROVE_REQUEST"), wrong)
    assert answer["errors"] == [{"code": "25001001", "message": "An invalid request parameter was passed"}]
    assert status(tool, good_order) == "AWAITING_BUYER_SHIP"
    assert status(tool, bad_order) == "RETURN_OR_REFUND_REQUEST_PENDING"
    assert tool.refused("POST", REVIEW, body={"aftersales_request_decisions": [wrong]})[1] == 25001001
    unknown = {**wrong, "request_id": "17"}
    assert tool.refused("POST", REVIEW, body={"aftersales_request_decisions": [unknown]})[1] == 25007006


def test_a_key_makes_a_repeated_review_harmless(tool):
    _, return_id = ask_back(tool)
    once = {**decision(tool, return_id, "APPROVE_REQUEST"), "idempotency_key": "k1"}
    review(tool, once)
    assert review(tool, once) == {}
    again = {**once, "idempotency_key": "k2"}
    assert tool.refused("POST", REVIEW, body={"aftersales_request_decisions": [again]})[1] == 25011012


def test_filters_and_pages_of_the_search_hold(tool):
    made = [ask_back(tool, kind)[1] for kind in ("REFUND", "RETURN_AND_REFUND", "REPLACEMENT")]
    assert [row["id"] for row in requests(tool, return_types=["REPLACEMENT"])] == made[2:]
    assert requests(tool, aftersales_request_statuses=["REQUEST_REVIEW_COMPLETED"]) == []
    late = {"create_time": {"min_unix_time_inclusive": tool.box.now() + 1}}
    assert requests(tool, time=late) == []
    body = {"pagination": {"page_size": 2}, "sort": {"sort_field": "CREATE_TIME", "sort_order": "ASC"}}
    first = tool.call("POST", SEARCH, body=body)
    body["pagination"]["page_token"] = first["next_page_token"]
    second = tool.call("POST", SEARCH, body=body)
    assert [row["id"] for row in first["aftersales_requests"] + second["aftersales_requests"]] == made
    assert (first["total_count"], second["next_page_token"]) == (3, "")
    assert tool.call("POST", SEARCH, region="GB", body={})["total_count"] == 0


def test_what_may_be_decided_is_told_per_line_to_the_right_seller(tool):
    _, return_id = ask_back(tool)
    group = tool.call("GET", "/seller/202601/shop_groups", cipher="")["shop_group_data"]
    query = {"return_or_cancel_id": return_id, "seller_id": group["shops"][0]["seller_id"]}
    lines = tool.call("GET", "/return_refund/202606/review_decision", query=query)["line_items"]
    fits = {row["decision"]: row for row in lines[0]["decisions"]}
    assert fits["APPROVE_RETURN"]["eligible"] and fits["OFFER_PARTIAL_REFUND"]["partial_refund_amount_range"]
    assert not fits["APPROVE_REPLACEMENT"]["eligible"] and not fits["REJECT_RECEIVED_PACKAGE"]["eligible"]
    assert fits["REJECT_RETURN"]["available_reject_reasons"]
    query["seller_id"] = "17"
    assert tool.refused("GET", "/return_refund/202606/review_decision", query=query)[1] == 25020005


def test_a_parcel_that_came_back_may_be_paid_in_part(tool):
    order_id, return_id = ask_back(tool)
    path = f"/return_refund/202606/returns/{return_id}/reject"
    part = {"partial_refund_total": "1.00", "currency": "USD"}
    body = {
        "decision": "OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG",
        "reject_reason": REASON,
        "partial_refund_amount": part,
    }
    assert tool.refused("POST", path, body=body)[1] == 25020004
    review(tool, decision(tool, return_id, "APPROVE_REQUEST"))
    tool.control("buyers/ship_back", return_id=return_id)
    tool.call("POST", path, body=body)
    assert status(tool, order_id) == "AWAITING_BUYER_RESPONSE"
    tool.advance(hours=15)
    assert status(tool, order_id) in ("RETURN_OR_REFUND_REQUEST_COMPLETE", "BUYER_SHIPPED_ITEM")
    old = f"/return_refund/202309/returns/{ask_back(tool)[1]}/reject"
    assert tool.refused("POST", old, body=body)[1] == 36009004


def test_the_same_key_on_the_older_paths_acts_once(tool):
    _, return_id = ask_back(tool)
    path, key = f"/return_refund/202309/returns/{return_id}/approve", {"idempotency_key": "abc"}
    for _ in range(2):
        tool.call("POST", path, query=key, body={"decision": "APPROVE_RETURN"})
    assert tool.refused("POST", path, body={"decision": "APPROVE_RETURN"})[1] == 25011012
    order_id = tool.place(status="DELIVERED")
    body = {"order_id": order_id, "return_type": "REFUND",
            "return_reason": "ecom_order_delivered_refund_reason_missing_product_seller"}  # fmt: skip
    made = {tool.call("POST", "/return_refund/202602/returns", query=key, body=body)["return_id"] for _ in range(2)}
    assert len(made) == 1


def label(tool, return_ids, *, kind="SKU_RETURN_ORDER", carrier="7117858858072016641"):
    fields = {"tracking_number": "LK123456789", "return_provider_id": carrier}
    parts = "".join(
        f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()
    )
    return {
        "query": {"return_ids": ",".join(return_ids), "return_id_type": kind},
        "raw": (parts + "--cut--\r\n").encode(),
        "headers": {"content-type": "multipart/form-data; boundary=cut"},
    }


def test_the_seller_uploads_the_label_the_buyer_sends_the_goods_with(tool):
    path = "/return_refund/202405/returns/shipping_documents"
    order_id, return_id = ask_back(tool)
    assert tool.refused("POST", path, **label(tool, [return_id]))[1] == 25020003
    review(tool, decision(tool, return_id, "APPROVE_REQUEST"))
    assert tool.refused("POST", path, **label(tool, [return_id], carrier="17"))[1] == 25001001
    tool.call("POST", path, **label(tool, [rma(tool, return_id)["id"]], kind="RMA"))
    tool.control("buyers/ship_back", return_id=return_id)
    row = tool.call("POST", "/return_refund/202602/returns/search", body={"order_ids": [order_id]})["return_orders"][0]
    assert (row["return_tracking_number"], row["return_method"]) == ("LK123456789", "SELLER_SHIPPED")


def test_an_appeal_is_the_platforms_to_decide(tool):
    ended = set()
    for _ in range(6):
        order_id, return_id = ask_back(tool, "REFUND")
        path = f"/return_refund/202309/returns/{return_id}"
        tool.call("POST", f"{path}/reject", body={"decision": "REJECT_REFUND", "reject_reason": REASON})
        tool.control("buyers/appeal", return_id=return_id)
        assert tool.refused("POST", f"{path}/approve", body={"decision": "APPROVE_REFUND"})[1] == 25011010
        tool.advance(days=4.2)
        row = requests(tool, aftersales_request_ids=[return_id])[0]["sku_return_requests"][0]
        ended.add((row["arbitration_status"], row["return_status"]))
    assert ended == {
        ("SUPPORT_BUYER", "RETURN_OR_REFUND_REQUEST_COMPLETE"),
        ("SUPPORT_SELLER", "REFUND_OR_RETURN_REQUEST_REJECT"),
    }


def test_a_refund_instead_of_a_replacement_reaches_the_money(tool):
    order_id, return_id = ask_back(tool, "REPLACEMENT")
    review(tool, decision(tool, return_id, "REFUND_INSTEAD"))
    assert tool.box.book.orders[order_id].get("_refunded", 0) == 0
    tool.advance(hours=3)
    assert tool.box.book.orders[order_id]["_refunded"] > 0


def test_an_exchange_sends_other_goods_and_ends(tool):
    order_id, return_id = ask_back(tool, "EXCHANGE")
    assert status(tool, order_id) == "EXCHANGE_REQUEST_PENDING"
    review(tool, decision(tool, return_id, "APPROVE_REQUEST"))
    row = requests(tool)[0]["sku_return_requests"][0]
    other = tool.order(row["reshipment_order_id"])
    assert (row["return_status"], other["exchange_source_order_id"]) == ("EXCHANGE_REQUEST_COMPLETE", order_id)
    second = ask_back(tool, "EXCHANGE")
    review(tool, decision(tool, second[1], "REJECT_REQUEST", reason={"reason_id": REASON}))
    assert status(tool, second[0]) == "EXCHANGE_REQUEST_CANCEL"


@pytest.mark.parametrize(
    ("kind", "after"),
    [
        ("REFUND", "RETURN_OR_REFUND_REQUEST_CANCEL"),
        ("REPLACEMENT", "REPLACEMENT_REQUEST_CANCEL"),
        ("EXCHANGE", "EXCHANGE_REQUEST_CANCEL"),
    ],
)
def test_a_request_that_was_taken_back_is_closed(tool, kind, after):
    order_id, return_id = ask_back(tool, kind)
    tool.control("buyers/withdraw", return_id=return_id)
    assert status(tool, order_id) == after
    wish = {"aftersales_request_decisions": [decision(tool, return_id, "APPROVE_REQUEST")]}
    assert tool.refused("POST", REVIEW, body=wish)[1] == 25020009
    tool.advance(days=5)
    assert status(tool, order_id) == after


REFUND = "/return_refund/202602/returns"


def test_the_seller_refunds_part_of_an_order_and_never_more_than_it_is_worth(tool):
    order = tool.order(tool.place(status="DELIVERED", sku="BDR-01", quantity=2))
    body = {
        "order_id": order["id"],
        "return_type": "REFUND",
        "return_reason": "ecom_order_delivered_refund_reason_missing_product_seller",
        "order_line_item_ids": [order["line_items"][0]["id"]],
        "refund_total": "2.50",
        "currency": "USD",
    }
    wrong: list[tuple[dict[str, object], int]] = [
        ({"refund_total": "9000"}, 25005005),
        ({"currency": "EUR"}, 25001001),
        ({"refund_total": "much"}, 25001001),
        ({"order_line_item_ids": ["17"]}, 25005011),
        ({"order_line_item_ids": [], "skus": [{"sku_id": order["line_items"][0]["sku_id"], "quantity": 3}]}, 25005011),
        ({"return_reason": "no"}, 25001014),
        ({"order_id": "17"}, 25020005),
        ({"order_id": tool.place()}, 25001003),
        ({"order_id": tool.place(status="CANCELLED")}, 25001051),
    ]
    for changes, code in wrong:
        assert tool.refused("POST", REFUND, body={**body, **changes})[1] == code, changes
    assert tool.call("POST", REFUND, body=body)["return_status"] == "RETURN_OR_REFUND_REQUEST_SUCCESS"
    assert tool.refused("POST", REFUND, body=body)[1] == 25001011
    tool.advance(hours=3)
    assert tool.box.book.orders[order["id"]]["_refunded"] == 250
