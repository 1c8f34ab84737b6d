"""An order's life, driven by nothing but calls and the clock."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sandbox.markets import MARKETS
from sandbox.tests.worlds import tool_of_every_market

PAID = {"page_size": 10}


def ship(tool, order_id, region="US", **body):
    package = tool.order(order_id, region)["packages"][0]["id"]
    tool.call("POST", f"/fulfillment/202309/packages/{package}/ship", region=region, body=body)
    return package


def document(tool, package, region="US"):
    return tool.send(
        "GET",
        f"/fulfillment/202309/packages/{package}/shipping_documents",
        region=region,
        query={"document_type": "SHIPPING_LABEL"},
    )[1]


def test_an_order_goes_from_hold_to_completed_by_time_and_parcels(tool):
    order_id = tool.place(status="ON_HOLD")
    assert tool.order(order_id)["is_on_hold_order"] is True
    tool.advance(hours=1)
    order = tool.order(order_id)
    assert order["status"] == "AWAITING_SHIPMENT" and order["line_items"][0]["package_status"] == "TO_FULFILL"
    package = ship(tool, order_id)
    assert tool.order(order_id)["status"] == "AWAITING_COLLECTION"
    assert document(tool, package)["code"] == 11034037
    tool.advance(seconds=600)
    found = document(tool, package)
    assert found["code"] == 0 and found["data"]["tracking_number"] == tool.order(order_id)["tracking_number"]
    tool.control("couriers/scan", order_id=order_id, event="collected")
    assert tool.order(order_id)["status"] == "IN_TRANSIT" and document(tool, package)["code"] == 21042102
    tool.control("couriers/scan", order_id=order_id, event="delivered")
    assert tool.order(order_id)["status"] == "DELIVERED"
    tool.advance(days=29)
    assert tool.order(order_id)["status"] == "DELIVERED"
    tool.advance(days=2)
    assert tool.order(order_id)["status"] == "COMPLETED"


def test_a_held_order_cannot_be_shipped_and_shows_no_buyer(tool):
    order = tool.order(tool.place(status="ON_HOLD"))
    assert order["packages"] == []
    assert (
        set(order["recipient_address"]["name"]) <= set("* -") and "-***-" in order["recipient_address"]["phone_number"]
    )


@pytest.mark.parametrize(
    ("region", "status", "masked"),
    [
        ("US", "UNPAID", True),
        ("US", "AWAITING_SHIPMENT", False),
        ("US", "CANCELLED", True),
        ("GB", "AWAITING_SHIPMENT", False),
    ],
)
def test_the_buyer_is_masked_by_status(tool, region, status, masked):
    order = tool.order(tool.place(status=status, shop=region), region)
    assert ("*" in order["recipient_address"]["address_line1"]) is masked


def test_an_indonesian_parcel_shipped_by_the_platform_hides_name_and_phone_only(tool):
    address = tool.order(tool.place(shop="ID"), "ID")["recipient_address"]
    assert "*" in address["name"] and "*" in address["phone_number"] and "*" not in address["address_line1"]


def test_a_masked_order_is_shown_masked_again_thirty_days_after_completion(tool):
    order_id = tool.place(status="COMPLETED")
    assert "*" not in tool.order(order_id)["recipient_address"]["name"]
    tool.advance(days=31)
    assert "*" in tool.order(order_id)["recipient_address"]["name"]


@pytest.mark.parametrize("region", [f"{region}:{kind}" for region, kind in MARKETS])
def test_amounts_add_up_in_every_market(tmp_path, region):
    tool = tool_of_every_market(tmp_path, region)
    for order_id in tool.control("orders", count=12, lines=3)["order_ids"]:
        order = tool.order(order_id, region)
        paid = {key: Decimal(value) for key, value in order["payment"].items() if key != "currency"}
        lines = order["line_items"]
        assert paid["sub_total"] == sum(Decimal(line["sale_price"]) for line in lines)
        assert (
            paid["sub_total"]
            == paid["original_total_product_price"] - paid["seller_discount"] - paid["platform_discount"]
        )
        assert (
            paid["shipping_fee"]
            == paid["original_shipping_fee"]
            - paid["shipping_fee_platform_discount"]
            - paid["shipping_fee_seller_discount"]
        )
        small = ("buyer_service_fee", "small_order_fee", "retail_delivery_fee", "handling_fee")
        assert paid["total_amount"] == paid["sub_total"] + paid["shipping_fee"] + paid["tax"] + sum(
            paid.get(name, Decimal(0)) for name in small
        )
        assert paid["product_tax"] == sum(
            Decimal(line["item_tax"][0]["tax_amount"]) for line in lines if "item_tax" in line
        )
        detail = tool.call("GET", f"/order/202407/orders/{order_id}/price_detail", region=region)
        assert detail["payment"] == order["payment"]["total_amount"]


def test_quantity_is_one_line_per_unit(tool):
    order = tool.order(tool.place(sku="BDR-01", quantity=4))
    assert len(order["line_items"]) == 4 and {line["seller_sku"] for line in order["line_items"]} == {"BDR-01"}


def test_an_unpaid_order_is_cancelled_by_the_system(tool):
    order_id = tool.place(status="UNPAID")
    tool.advance(days=2)
    order = tool.order(order_id)
    assert (order["status"], order["cancellation_initiator"]) == ("CANCELLED", "SYSTEM")


def test_an_order_that_nobody_ships_is_cancelled_at_its_own_deadline(tool):
    order = tool.order(tool.place())
    tool.control("clock", advance=order["shipping_due_time"] - tool.box.clock.running() - 5)
    assert tool.order(order["id"])["status"] == "AWAITING_SHIPMENT"
    tool.advance(seconds=10)
    after = tool.order(order["id"])
    assert (after["status"], after["cancellation_initiator"]) == ("CANCELLED", "SYSTEM")
    assert after["cancel_time"] == order["shipping_due_time"] + 1


def test_a_jump_works_off_events_at_their_own_moments_in_order(tool):
    late, early = tool.place(status="ON_HOLD"), None
    tool.advance(seconds=100)
    early = tool.place(status="UNPAID")
    tool.advance(days=30)
    held = tool.box.book.orders[late]
    assert held["update_time"] == held["shipping_due_time"] + 1
    assert tool.box.book.orders[early]["update_time"] == tool.box.book.orders[early]["create_time"] + 2 * 86400


def test_search_pages_show_every_order_once_in_both_directions(tool):
    made = tool.control("orders", shop="US", count=23)["order_ids"]
    tool.place(shop="GB")
    for order in ("ASC", "DESC"):
        seen, token = [], ""
        while True:
            page = tool.call(
                "POST",
                "/order/202309/orders/search",
                query={"page_size": 5, "sort_order": order, "page_token": token},
                body={},
            )
            assert page["total_count"] == 23
            seen += [row["id"] for row in page["orders"]]
            token = page["next_page_token"]
            if not token:
                break
        assert sorted(seen) == sorted(made) and len(seen) == 23


def test_search_filters_by_status_and_update_time(tool):
    first = tool.place()
    tool.advance(seconds=50)
    since = tool.box.now()
    second = tool.place(status="IN_TRANSIT")
    page = tool.call("POST", "/order/202309/orders/search", query=PAID, body={"update_time_ge": since})
    assert [row["id"] for row in page["orders"]] == [second]
    page = tool.call(
        "POST",
        "/order/202309/orders/search",
        query={**PAID, "sort_field": "update_time"},
        body={"order_status": "AWAITING_SHIPMENT"},
    )
    assert [row["id"] for row in page["orders"]] == [first]


def test_another_shops_orders_are_not_shown(tool):
    order_id = tool.place(shop="GB")
    own = tool.place()
    for version in ("202309", "202507"):
        path = f"/order/{version}/orders"
        assert tool.refused("GET", path, query={"ids": f"{own},{order_id}"})[1] == 21008111
        assert [row["id"] for row in tool.call("GET", path, query={"ids": f"{own},17"})["orders"]] == [own]
    assert tool.refused("GET", f"/order/202407/orders/{order_id}/price_detail")[1] == 21008111


def test_shipping_twice_is_refused_and_changes_nothing(tool):
    order_id = tool.place()
    package = ship(tool, order_id)
    before = tool.order(order_id)
    assert tool.refused("POST", f"/fulfillment/202309/packages/{package}/ship", body={})[1] == 21011040
    assert tool.order(order_id) == before


def test_a_batch_reports_each_refusal_and_ships_the_rest(tool):
    good, bad = tool.place(), tool.place(flaw="address")
    packages = [tool.order(key)["packages"][0]["id"] for key in (good, bad)]
    answer = tool.call(
        "POST",
        "/fulfillment/202309/packages/ship",
        body={"packages": [{"id": key} for key in [*packages, "1150000000000000000"]]},
    )
    assert [(row["code"], row["detail"]["package_id"]) for row in answer["errors"]] == [
        (11021024, packages[1]),
        (21011001, "1150000000000000000"),
    ]
    assert (tool.truth(good), tool.truth(bad)) == ("AWAITING_COLLECTION", "AWAITING_SHIPMENT")


def test_stock_is_taken_by_orders_given_back_by_cancellation_and_gone_after_collection(tool):
    def stock():
        rows = tool.call("POST", "/product/202309/inventory/search", body={})["inventory"]
        sku = next(sku for row in rows for sku in row["skus"] if sku["seller_sku"] == "BDR-01")
        return sku["total_available_quantity"], sku["total_committed_quantity"]

    free, promised = stock()
    order_id = tool.place(sku="BDR-01", quantity=2)
    assert stock() == (free - 2, promised + 2)
    tool.call(
        "POST",
        "/return_refund/202602/cancellations",
        body={"order_id": order_id, "cancel_reason": "seller_cancel_reason_out_of_stock"},
    )
    assert stock() == (free, promised)
    tool.place(sku="BDR-01", quantity=2, status="IN_TRANSIT")
    assert stock() == (free - 2, promised)
