"""How parcels are bought, bundled, declared, reported and, when there is none, delivered as a code."""

from __future__ import annotations

import pytest

from sandbox.seed import open_shop


def package_of(tool, order_id, region="US"):
    return tool.order(order_id, region)["packages"][0]["id"]


def own_order(tool, region="GB", status="AWAITING_SHIPMENT"):
    for _ in range(40):
        order = tool.order(tool.place(shop=region, status=status), region)
        if order["shipping_type"] == "SELLER":
            return order
    raise AssertionError("none is shipped by its seller")


def new_shop(tool, region):
    shop = open_shop(tool.box, region=region)
    tool.shops[region] = shop
    return shop


LATER, FIRST = "/fulfillment/202512/packages", "/fulfillment/202309/packages"


def test_ship_type_says_what_goes_into_the_package(tool):
    whole = tool.order(tool.place(sku="BDR-01", quantity=3))
    lines = [line["id"] for line in whole["line_items"]]
    part = {"ship_type": "2", "order_id": whole["id"], "order_line_item": [{"order_line_id": lines[0]}]}
    assert tool.refused("POST", LATER, body={**part, "order_line_item": []})[2].startswith(
        "OrderLineItem is a required"
    )
    assert tool.refused("POST", LATER, body={**part, "ship_type": "9"})[1] == 11001002
    made = tool.call("POST", LATER, body=part)
    assert "order_id" not in made and made["shipping_service_info"]["price"]
    assert tool.box.store.table("package")[made["package_id"]]["lines"] == lines[:1]
    rest = tool.call(
        "POST",
        LATER,
        body={"ship_type": "1", "order_id": whole["id"], "order_line_item": [{"order_line_id": lines[0]}]},
    )
    assert tool.box.store.table("package")[rest["package_id"]]["lines"] == lines[1:]
    assert tool.truth(whole["id"]) == "AWAITING_COLLECTION"


def test_several_orders_of_one_buyer_share_a_label(tool):
    pair = [tool.place(buyer="label.pair") for _ in range(2)]
    stranger = tool.place()
    body = {"ship_type": "3", "order_list_ids": pair}
    assert tool.refused("POST", LATER, body={**body, "order_list_ids": pair[:1]})[1] == 36009004
    assert tool.refused("POST", LATER, body={**body, "order_list_ids": [pair[0], stranger]})[1] == 21001001
    made = tool.call("POST", LATER, body=body)
    assert sorted(tool.box.store.table("package")[made["package_id"]]["orders"]) == sorted(pair)
    assert [tool.truth(order_id) for order_id in pair] == ["AWAITING_COLLECTION"] * 2
    assert tool.refused("POST", LATER, body=body)[1] == 21011006


def test_the_first_version_names_its_lines_and_answers_with_the_order(tool):
    order = tool.order(tool.place(sku="BDR-01", quantity=2))
    lines = [line["id"] for line in order["line_items"]]
    made = tool.call("POST", FIRST, body={"order_id": order["id"], "order_line_item_ids": lines[:1]})
    assert (made["order_id"], made["order_line_item_ids"]) == (order["id"], lines[:1])
    assert tool.refused("POST", FIRST, body={})[2].startswith("OrderId is a required field")
    foreign = {"order_id": order["id"], "order_line_item_ids": [lines[1], "17"]}
    assert tool.refused("POST", FIRST, body=foreign)[1] == 21011029


def test_each_version_takes_tracking_numbers_in_its_own_place(tool):
    carrier = tool.box.market(tool.shops["GB"]["id"]).seller_carriers[0].id
    number = {"tracking_number": "TM44400001GB", "shipping_provider_id": carrier}
    order = own_order(tool)
    new, old = (f"/fulfillment/{version}/orders/{order['id']}/packages" for version in ("202610", "202309"))
    assert tool.refused("POST", new, region="GB", body=number)[2].startswith("ShippingInfoList is a required field")
    assert tool.refused("POST", old, region="GB", body={"shipping_info_list": [number]})[1] == 36009004
    two = [number, {**number, "tracking_number": "TM44400002GB"}]
    assert tool.refused("POST", new, region="GB", body={"shipping_info_list": two})[1] == 21001001
    made = tool.call("POST", new, region="GB", body={"shipping_info_list": [number]})
    again = {"shipping_info_list": two[1:]}
    tool.call(
        "POST", f"/fulfillment/202610/packages/{made['package_id']}/shipping_info/update", region="GB", body=again
    )
    assert tool.order(order["id"], "GB")["tracking_number"] == "TM44400002GB"
    once = f"/fulfillment/202309/packages/{made['package_id']}/shipping_info/update"
    assert tool.refused("POST", once, region="GB", body=number)[1] == 21011051


def test_units_of_one_sku_stay_together_where_the_market_says_so(tool):
    for region, code in (("US", 0), ("ID", 21011035)):
        order = tool.order(tool.place(shop=region, sku="BDR-01", quantity=2), region)
        group = {"id": "1", "order_line_item_ids": [order["line_items"][0]["id"]]}
        path, body = f"/fulfillment/202309/orders/{order['id']}/split", {"splittable_groups": [group]}
        assert tool.send("POST", path, region=region, body=body)[1]["code"] == code
        query = {"order_ids": order["id"]}
        rows = tool.call("GET", "/fulfillment/202309/orders/split_attributes", region=region, query=query)
        if region == "ID":
            assert rows["split_attributes"][0]["can_split"] is False


def test_a_pick_up_is_moved_as_long_as_the_parcel_is_here(tool):
    order_id, now = tool.place(), tool.box.now()
    path, slot = "/fulfillment/202309/packages/schedule", {"start_time": now + 3600, "end_time": now + 7200}
    body = {"order_id": order_id, "handover_method": "PICKUP", "pickup_slot": slot}
    made = tool.call("POST", path, body=body)
    assert made["tracking_number"] and tool.truth(order_id) == "AWAITING_COLLECTION"
    assert tool.call("POST", path, body={**body, "handover_method": "DROP_OFF"})["handover_method"] == "DROP_OFF"
    past = {"start_time": now - 7200, "end_time": now - 3600}
    assert tool.refused("POST", path, body={**body, "pickup_slot": past})[1] == 21011053
    shown = tool.call("GET", f"/fulfillment/202309/packages/{made['package_id']}")
    assert (shown["handover_method"], shown["pickup_slot"]) == ("DROP_OFF", slot)
    tool.control("couriers/scan", order_id=order_id)
    assert tool.refused("POST", path, body=body)[1] == 21011020


def bundle(tool, region, orders, version="202510/first_mile_bundle", **more):
    body = {"order_ids": orders, "handover_method": "PICKUP", **more}
    cipher = "" if version.endswith("bundles") else None
    return tool.send("POST", f"/fulfillment/{version}", region=region, body=body, cipher=cipher)[1]


def test_a_bundle_takes_printed_parcels_of_one_area_and_tells_the_rest(tool):
    new_shop(tool, "TH")
    ready = [tool.place(shop="TH", status="AWAITING_COLLECTION") for _ in range(2)]
    waiting, american = tool.place(shop="TH"), tool.place(status="AWAITING_COLLECTION")
    answer = bundle(tool, "TH", [*ready, waiting, american])
    assert answer["data"]["first_mile_bundle_id"].startswith("BA")
    codes = {row["detail"]["order_id"]: row["code"] for row in answer["data"]["errors"]}
    assert codes == {waiting: 10007014, american: 21008111}
    assert bundle(tool, "TH", ready)["data"]["errors"][0]["code"] == 10007014
    assert bundle(tool, "US", [american])["data"]["errors"][0]["code"] == 21008106


def test_a_bundle_dropped_off_needs_its_carrier_number_and_phone(tool):
    new_shop(tool, "TH")
    order_id = tool.place(shop="TH", status="AWAITING_COLLECTION")
    version = "202407/bundles"
    short = bundle(tool, "TH", [order_id], version, handover_method="DROP_OFF")
    assert short["message"].startswith("ShippingProviderId is a required field")
    how = {"shipping_provider_id": "1", "tracking_number": "BX1", "phone_tail_number": "0140"}
    assert bundle(tool, "TH", [order_id], version, handover_method="DROP_OFF", **how)["data"]["url"]


def test_codes_deliver_an_order_that_has_no_parcel(tool):
    path = "/fulfillment/202601/redeem_info/callback"
    order = tool.order(tool.place(type="VIRTUAL", sku="BDR-01", quantity=2))
    lines = [line["id"] for line in order["line_items"]]
    package = f"/fulfillment/202309/packages/{order['packages'][0]['id']}/ship"
    assert tool.refused("POST", package, body={})[1] == 21011003

    def send(line_id, kind="CODE", text="AB-1", order_id=order["id"]):
        info = {"redeem_type": kind, "redeem_data": text}
        return {"order_id": order_id, "order_info_list": [{"order_line_id": line_id, "redeem_info": info}]}

    def code(body):
        return tool.call("POST", path, body=body)["order_statuses"][0]["status_code"]

    assert tool.refused("POST", path, body=send(lines[0], "FAX"))[1] == 164004006
    assert tool.refused("POST", path, body=send(lines[0], order_id="17"))[1] == 164004001
    assert tool.refused("POST", path, body=send(lines[0], order_id=tool.place()))[1] == 164004008
    assert code(send("17")) != 0 and code(send(lines[0], "URL", "ftp://x")) != 0
    assert code(send(lines[0])) == 0 and code(send(lines[0])) != 0
    assert tool.truth(order["id"]) == "AWAITING_SHIPMENT"
    assert code(send(lines[1], "CODE_PIN", '{"type":"CODE_PIN","code":"1","pin":"2"}')) == 0
    assert tool.truth(order["id"]) == "DELIVERED"


def test_a_surprise_box_crosses_the_border_only_declared(tool):
    order = tool.order(tool.place(type="BLIND_BOX"))
    sku, line = order["line_items"][0]["sku_id"], order["line_items"][0]["id"]
    query, submit = (f"/fulfillment/202607/orders/customs_info/{verb}" for verb in ("query", "submit"))
    ship = f"/fulfillment/202309/packages/{order['packages'][0]['id']}/ship"

    def needs():
        rows = tool.call("POST", query, cipher="", body={"order_ids": [order["id"]]})["order_clearance_list"]
        return rows[0]["need_fill_clearance"], rows[0]["already_filled_clearance"]

    def declare(share, line_id=line):
        inside = [{"sku_id": sku, "qty": 1, "price_percent": share}]
        items = [{"order_line_id": line_id, "item_detail": inside}]
        return {"order_list": [{"order_id": order["id"], "item_list": items}]}

    assert needs() == (True, False) and tool.refused("POST", ship, body={})[1] == 21011003
    assert "'price_percent'" in tool.refused("POST", submit, cipher="", body=declare(60))[2]
    assert "'order_line_id'" in tool.refused("POST", submit, cipher="", body=declare(100, "17"))[2]
    tool.call("POST", submit, cipher="", body=declare(100))
    assert needs() == (True, True)
    tool.call("POST", ship, body={})
    assert (
        tool.call("POST", query, cipher="", body={"order_ids": [tool.place()]})["order_clearance_list"][0][
            "need_fill_clearance"
        ]
        is False
    )


def test_a_seller_with_his_own_vans_reports_each_step(tool):
    new_shop(tool, "BR")
    path, order = "/fulfillment/202609/order/sof/track/update", own_order(tool, "BR", "AWAITING_COLLECTION")

    def step(code, minutes=0, number=order["tracking_number"]):
        moment = (tool.box.now() + 60 * minutes) * 1000
        return {"action_code": code, "occur_time": moment, "description": "x", "tracking_no": number}

    body = {"country": "BR", "order_id": order["id"], "provider_id": order["shipping_provider_id"]}
    told = tool.call(
        "POST", path, region="BR", body={**body, "tracks": [step(50, -1), step(20, -9), step(7), step(20, 0, "NO")]}
    )
    assert [row["code"] for row in told["track_results"]] == [0, 0, 21001001, 21011001]
    assert tool.truth(order["id"]) == "DELIVERED"
    wrong = {**body, "provider_id": "17", "tracks": [step(20)]}
    assert tool.refused("POST", path, region="BR", body=wrong)[1] == 21011022
    assert tool.refused("POST", path, region="GB", body={**body, "tracks": [step(20)]})[1] == 21008106


def test_a_buyers_design_is_told_for_the_right_line_only(tool):
    order, plain = tool.order(tool.place(type="POD")), tool.order(tool.place())
    line = order["line_items"][0]
    asked = {
        "order_line_id": line["id"],
        "product_id": line["product_id"],
        "sku_id": line["sku_id"],
        "pod_order_data_id": line["pod_info_id"],
    }
    body = {"main_order_id": order["id"], "query_order_lines": [asked]}
    got = tool.call("POST", "/fulfillment/202606/pod_details/get", body=body)["pod_details"]
    found = tool.call("POST", "/order/202606/pod_details/search", body=body)["pod_details"]
    assert got[0]["pod_info_json"] == found[0]["pod_detail"] and line["id"] == got[0]["order_line_id"]
    wrong = {**body, "query_order_lines": [{**asked, "pod_order_data_id": "x"}]}
    assert tool.call("POST", "/order/202606/pod_details/search", body=wrong) == {"pod_details": [], "status_code": 0}
    foreign = {**body, "main_order_id": plain["id"]}
    assert tool.refused("POST", "/order/202606/pod_details/search", region="GB", body=foreign)[1] == 21008111


@pytest.mark.parametrize("version", ["202511", "202605"])
def test_what_a_surprise_box_held_is_seen_in_the_order(tool, version):
    path, order = f"/order/{version}/orders/blind_box_result/callback", tool.order(tool.place(type="BLIND_BOX"))
    line, found = order["line_items"][0], tool.box.products(tool.shops["US"]["id"])[0]
    row = {"order_line_id": line["id"], "blind_result_product_id": found["id"],
           "blind_result_sku_id": found["skus"][0]["id"], "blind_open_time": tool.box.now()}  # fmt: skip

    def body(order_id, **changes):
        return {"main_order_id": order_id, "blind_box_results": [{**row, **changes}]}

    assert tool.refused("POST", path, body=body("17"))[1] == 10007008
    assert tool.refused("POST", path, body=body(tool.place()))[1] == 10007002
    assert tool.refused("POST", path, body=body(order["id"], order_line_id="17"))[1] == 10007006
    assert tool.refused("POST", path, body=body(order["id"], blind_result_sku_id="17"))[1] == 10007143
    tool.call("POST", path, body=body(order["id"]))
    shown = tool.order(order["id"])["line_items"][0]
    assert shown["unboxing_case_list"] == [{"unbox_sku": found["skus"][0]["id"], "unbox_sku_type": "NORMAL"}]
    old = tool.call("GET", "/order/202309/orders", query={"ids": order["id"]})["orders"][0]["line_items"][0]
    assert "unboxing_case_list" not in old


def test_there_are_hand_over_times_for_what_the_platform_still_has_to_fetch_only(tool):
    path = "/fulfillment/202309/packages/{}/handover_time_slots"
    waiting, gone = (
        tool.order(tool.place(status=status))["packages"][0]["id"] for status in ("AWAITING_SHIPMENT", "IN_TRANSIT")
    )
    assert len(tool.call("GET", path.format(waiting))["pickup_slots"]) == 6
    assert tool.refused("GET", path.format(gone))[1] == 11021009
    assert tool.refused("GET", path.format("1"))[1] == 21001001
    assert tool.refused("GET", path.format(waiting), region="GB")[1] == 21001001
