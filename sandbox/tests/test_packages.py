"""Packages shipped by the seller himself, in part, split and combined."""

from __future__ import annotations

import pytest

from sandbox.orders.flow import pay


def seller_order(tool):
    for order_id in tool.control("orders", shop="GB", count=12, lines=2)["order_ids"]:
        order = tool.order(order_id, "GB")
        if order["shipping_type"] == "SELLER" and len(order["line_items"]) > 1:
            return order
    raise AssertionError("no order shipped by the seller")


def test_the_seller_ships_himself_and_may_correct_his_number_once(tool):
    order = seller_order(tool)
    part = {"tracking_number": "TM12345678GB", "shipping_provider_id": "7129720299146184452"}
    made = tool.call("POST", f"/fulfillment/202309/orders/{order['id']}/packages", region="GB", body=part)
    shown = tool.order(order["id"], "GB")
    assert (shown["status"], shown["tracking_number"]) == ("AWAITING_COLLECTION", "TM12345678GB")
    edit = f"/fulfillment/202309/packages/{made['package_id']}/shipping_info/update"
    tool.call("POST", edit, region="GB", body={**part, "tracking_number": "TM12345679GB"})
    assert tool.order(order["id"], "GB")["tracking_number"] == "TM12345679GB"
    assert tool.refused("POST", edit, region="GB", body={**part, "tracking_number": "TM12345670GB"})[1] == 21011051
    again = seller_order(tool)
    assert (
        tool.refused(
            "POST",
            f"/fulfillment/202309/orders/{again['id']}/packages",
            region="GB",
            body={**part, "tracking_number": "TM12345679GB"},
        )[1]
        == 21011025
    )


@pytest.mark.parametrize(("hours", "code"), [(71, 0), (73, 21011050)])
def test_a_number_is_corrected_within_72_hours_and_not_after_delivery(tool, hours, code):
    part = {"tracking_number": "TM70000001GB", "shipping_provider_id": "7129720299146184452"}
    path = f"/fulfillment/202309/orders/{seller_order(tool)['id']}/packages"
    package_id = tool.call("POST", path, region="GB", body=part)["package_id"]
    package = tool.box.store.get("package", package_id)
    edit = f"/fulfillment/202309/packages/{package_id}/shipping_info/update"
    body = {**part, "tracking_number": "TM70000002GB"}
    package["rts_time"] = tool.box.now() - hours * 3600
    tool.box.store.put("package", package_id, package)
    if code:
        assert tool.refused("POST", edit, region="GB", body=body)[1] == code
    else:
        assert tool.call("POST", edit, region="GB", body=body) == {}
    package["stage"] = "DELIVERED"
    tool.box.store.put("package", package_id, package)
    assert tool.refused("POST", edit, region="GB", body=body)[1] == 21011030


def test_part_of_an_order_ships_first(tool):
    order = seller_order(tool)
    first, *rest = [line["id"] for line in order["line_items"]]
    part = {"shipping_provider_id": "7129720299146184452"}
    path = f"/fulfillment/202309/orders/{order['id']}/packages"
    tool.call(
        "POST",
        path,
        region="GB",
        body={**part, "tracking_number": "TM55500001GB", "order_line_item_ids": [first]},
    )
    assert tool.order(order["id"], "GB")["status"] == "PARTIALLY_SHIPPING"
    tool.call(
        "POST",
        path,
        region="GB",
        body={**part, "tracking_number": "TM55500002GB", "order_line_item_ids": rest},
    )
    assert tool.order(order["id"], "GB")["status"] == "AWAITING_COLLECTION"


def test_split_and_combine_move_lines_between_packages(tool):
    order = tool.order(tool.place(sku="BDR-01", quantity=3))
    ids = [line["id"] for line in order["line_items"]]
    made = tool.call(
        "POST",
        f"/fulfillment/202309/orders/{order['id']}/split",
        body={"splittable_groups": [{"id": "a", "order_line_item_ids": ids[:1]}]},
    )
    assert len(made["packages"]) == 2 and len(tool.order(order["id"])["packages"]) == 2
    pair = [tool.place(buyer="pair.buyer") for _ in range(2)]
    groups = tool.call("GET", "/fulfillment/202309/combinable_packages/search", query={"page_size": 10})[
        "combinable_packages"
    ]
    assert [sorted(group["order_ids"]) for group in groups] == [sorted(pair)]
    done = tool.call(
        "POST",
        "/fulfillment/202309/packages/combine",
        body={"combinable_packages": [{"id": groups[0]["id"], "order_ids": pair}]},
    )
    package = done["packages"][0]["id"]
    assert [tool.order(key)["packages"] for key in pair] == [[{"id": package}]] * 2
    tool.call("POST", f"/fulfillment/202309/packages/{package}/ship", body={})
    assert [tool.truth(key) for key in pair] == ["AWAITING_COLLECTION"] * 2


def test_a_cancellation_inside_a_combined_package_takes_the_order_out(tool):
    pair = [tool.place(buyer="pair.buyer") for _ in range(2)]
    group = tool.call("GET", "/fulfillment/202309/combinable_packages/search", query={"page_size": 10})
    package = group["combinable_packages"][0]["id"]
    body = {"combinable_packages": [{"id": package, "order_ids": pair}]}
    package = tool.call("POST", "/fulfillment/202309/packages/combine", body=body)["packages"][0]["id"]
    told = {"order_id": pair[0], "cancel_reason": "seller_cancel_reason_out_of_stock"}
    tool.call("POST", "/return_refund/202602/cancellations", body=told)
    shown = tool.call("GET", f"/fulfillment/202309/packages/{package}")
    assert [row["id"] for row in shown["orders"]] == [pair[1]] and shown["split_and_combine_tag"] == "DEFAULT"
    assert "split_or_combine_tag" not in tool.order(pair[1]) and tool.truth(pair[0]) == "CANCELLED"


def test_packages_stand_in_the_order_in_which_their_orders_were_paid(tool):
    slow, quick = tool.place(status="UNPAID"), tool.place(status="UNPAID")
    rows = tool.box.book.orders
    pay(tool.box, rows[quick], hold=False)
    tool.advance(seconds=60)
    pay(tool.box, rows[slow], hold=False)
    third = tool.place()
    assert paged(tool, "order_pay_time") == [quick, slow, third]
    rows[slow]["paid_time"] -= 120
    assert paged(tool, "order_pay_time") == [slow, quick, third]
    assert paged(tool, "create_time") == [quick, slow, third]


def paged(tool, field):
    query = {"page_size": 50, "sort_field": field, "sort_order": "ASC"}
    found = tool.call("POST", "/fulfillment/202309/packages/search", query=query, body={})["packages"]
    return [row["orders"][0]["id"] for row in found]


def test_an_order_on_hold_is_said_to_be_so_and_one_without_a_package_has_none(tool):
    for status, code in (("ON_HOLD", 21011044), ("UNPAID", 21011001)):
        path = f"/fulfillment/202309/orders/{tool.place(status=status)}/shipping_services/query"
        assert tool.refused("POST", path, body={})[1] == code


def combinable(tool, region, **query):
    path = "/fulfillment/202309/combinable_packages/search"
    return tool.call("GET", path, region=region, query={"page_size": 1, **query})


def test_only_what_travels_the_same_way_can_be_combined(tool):
    same = {"shop": "ID", "buyer": "sari", "address": "Jl. Sama No. 5"}
    fast, normal, fbt = (tool.place(type=kind, **same) for kind in ("SAMEDAY", "NORMAL", "FBT"))
    assert combinable(tool, "ID")["combinable_packages"] == []
    other = tool.place(**same)
    (group,) = combinable(tool, "ID")["combinable_packages"]
    assert group["order_ids"] == [normal, other]
    body = {"ship_type": "3", "order_list_ids": [fast, other]}
    status, code, _ = tool.refused("POST", "/fulfillment/202512/packages", region="ID", body=body)
    assert (status, code) == (200, 21001001) and tool.truth(fbt) == "AWAITING_SHIPMENT"


def test_no_group_is_passed_over_when_the_one_before_is_combined_between_two_pages(tool):
    for buyer in ("ann", "bea", "cat"):
        tool.control("orders", shop="US", buyer=buyer, count=2, lines=1, quantity=1)
    first = combinable(tool, "US")
    tool.call(
        "POST", "/fulfillment/202309/packages/combine", body={"combinable_packages": first["combinable_packages"]}
    )
    second = combinable(tool, "US", page_token=first["next_page_token"])
    third = combinable(tool, "US", page_token=second["next_page_token"])
    found = [
        order for page in (first, second, third) for row in page["combinable_packages"] for order in row["order_ids"]
    ]
    assert sorted(found) == sorted(tool.box.book.orders) and third["next_page_token"] == ""
