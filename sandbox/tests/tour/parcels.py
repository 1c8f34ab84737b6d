"""Calls under /fulfillment/."""

from __future__ import annotations

from typing import Any

from sandbox.tests.tour.world import How, World, picture

WEIGHT = {"value": "500", "unit": "GRAM"}


def sent_by_seller(world: World) -> dict[str, Any]:
    return {"tracking_number": world.number(), "shipping_provider_id": world.carrier()["id"]}


def listed(world: World) -> dict[str, Any]:
    return {"shipping_info_list": [sent_by_seller(world)]}


def parcels(world: World, order: dict[str, Any]) -> str:
    return str(order["packages"][0]["id"])


def new_number(world: World, *, body: Any, by: str) -> dict[str, Any]:
    """Return how to correct the number of an order, or of its package."""
    order = world.own(status="AWAITING_COLLECTION")
    ident = {"order_id": order["id"]} if by == "order" else {"package_id": parcels(world, order)}
    return {"region": "GB", **ident, "body": body(world)}


def reported(world: World) -> dict[str, Any]:
    order = world.own(region="BR", status="AWAITING_COLLECTION")
    step = {"description": "Loaded", "tracking_no": order["tracking_number"], "occur_time": world.tool.now * 1000}
    return {
        "region": "BR",
        "body": {
            "country": "BR",
            "order_id": order["id"],
            "provider_id": order["shipping_provider_id"],
            "tracks": [{**step, "action_code": 20}, {**step, "action_code": 999}],
        },
    }


def codes(world: World) -> dict[str, Any]:
    order = world.order(type="VIRTUAL")
    lines = [line["id"] for line in order["line_items"]]
    info = {"redeem_type": "CODE", "redeem_data": "AB-12"}
    return {
        "body": {
            "order_id": order["id"],
            "order_info_list": [{"order_line_id": key, "redeem_info": info} for key in lines],
        }
    }


def declared(world: World) -> dict[str, Any]:
    order = world.order(type="BLIND_BOX")
    inside = [{"sku_id": world.line["sku_id"], "qty": 1, "price_percent": 100}]
    items = [{"order_line_id": line["id"], "item_detail": inside} for line in order["line_items"]]
    return {"cipher": "", "body": {"order_list": [{"order_id": order["id"], "item_list": items}]}}


def bundle(world: World) -> dict[str, Any]:
    return {
        "region": "TH",
        "body": {
            "order_ids": [world.tool.place(shop="TH", status="AWAITING_COLLECTION"), world.sent],
            "handover_method": "DROP_OFF",
            "shipping_provider_id": world.carrier()["id"],
            "tracking_number": world.number(),
            "phone_tail_number": "0140",
        },
    }


def combinable(world: World) -> dict[str, Any]:
    world.pair()
    return {"query": {"page_size": 10}}


PARCELS: dict[str, How] = {
    "POST /fulfillment/202309/orders/{order_id}/shipping_services/query": lambda w: {"order_id": w.fresh, "body": {}},
    "POST /fulfillment/202309/packages": lambda w: {
        "body": {
            "order_id": w.tool.place(),
            "weight": WEIGHT,
            "dimension": {"length": "10", "width": "10", "height": "5", "unit": "CM"},
        }
    },
    "POST /fulfillment/202512/packages": lambda w: {
        "body": {"order_id": w.tool.place(), "ship_type": "1", "weight": WEIGHT}
    },
    "POST /fulfillment/202309/packages/{package_id}/ship": lambda w: {"package_id": w.parcel(), "body": {}},
    "POST /fulfillment/202309/packages/ship": lambda w: {
        "body": {"packages": [{"id": w.parcel()}, {"id": "1150000000000000000"}]}
    },
    "POST /fulfillment/202309/packages/schedule": lambda w: {
        "body": {
            "order_id": w.tool.place(),
            "handover_method": "PICKUP",
            "pickup_slot": {"start_time": w.tool.now + 3600, "end_time": w.tool.now + 7200},
        }
    },
    "GET /fulfillment/202309/packages/{package_id}": lambda w: {"package_id": w.package_of(w.sent)},
    "POST /fulfillment/202309/packages/search": {"query": {"page_size": 50}, "body": {}},
    "GET /fulfillment/202309/packages/{package_id}/shipping_documents": lambda w: {
        "package_id": w.package_of(w.sent),
        "query": {"document_type": "SHIPPING_LABEL"},
    },
    "GET /fulfillment/202309/packages/{package_id}/handover_time_slots": lambda w: {"package_id": w.parcel()},
    "GET /fulfillment/202309/orders/{order_id}/handover_time_slots": lambda w: {"order_id": w.fresh},
    "GET /fulfillment/202309/orders/{order_id}/tracking": lambda w: {"order_id": w.done},
    "GET /fulfillment/202508/tts_tracking_validation": {"query": {"tracking_number": "LK1"}},
    "POST /fulfillment/202309/orders/{order_id}/packages": lambda w: {
        "region": "GB",
        "order_id": w.own()["id"],
        "body": sent_by_seller(w),
    },
    "POST /fulfillment/202610/orders/{order_id}/packages": lambda w: {
        "region": "GB",
        "order_id": w.own()["id"],
        "body": listed(w),
    },
    "POST /fulfillment/202309/orders/{order_id}/shipping_info/update": lambda w: new_number(
        w, body=sent_by_seller, by="order"
    ),
    "POST /fulfillment/202309/packages/{package_id}/shipping_info/update": lambda w: new_number(
        w, body=sent_by_seller, by="package"
    ),
    "POST /fulfillment/202610/packages/{package_id}/shipping_info/update": lambda w: new_number(
        w, body=listed, by="package"
    ),
    "POST /fulfillment/202309/images/upload": lambda w: picture(),
    "POST /fulfillment/202309/files/upload": lambda w: picture(name="proof.pdf"),
    "POST /fulfillment/202502/invoice/upload": lambda w: {
        "body": {
            "invoices": [
                {"package_id": key, "order_ids": [w.sent], "file_type": "XML", "file": "PHg+PC94Pg=="}
                for key in (w.package_of(w.sent), "1150000000000000000")
            ]
        }
    },
    "POST /fulfillment/202309/packages/deliver": lambda w: {
        "body": {"packages": [{"id": w.package_of(w.sent), "delivery_type": "DELIVERY_SUCCESS"}]}
    },
    "GET /fulfillment/202309/orders/split_attributes": lambda w: {
        "query": {"order_ids": w.tool.place(sku="BDR-01", quantity=3)}
    },
    "POST /fulfillment/202309/orders/{order_id}/split": lambda w: {
        "order_id": (order := w.order(sku="BDR-01", quantity=3))["id"],
        "body": {"splittable_groups": [{"id": "1", "order_line_item_ids": [order["line_items"][0]["id"]]}]},
    },
    "GET /fulfillment/202309/combinable_packages/search": combinable,
    "POST /fulfillment/202309/packages/combine": lambda w: {
        "body": {"combinable_packages": [{"id": w.package_of((pair := w.pair())[0]), "order_ids": pair}]}
    },
    "POST /fulfillment/202309/packages/{package_id}/uncombine": lambda w: {"package_id": combined(w), "body": {}},
    "POST /fulfillment/202407/bundles": lambda w: {**bundle(w), "cipher": ""},
    "POST /fulfillment/202510/first_mile_bundle": bundle,
    "POST /fulfillment/202601/redeem_info/callback": codes,
    "POST /fulfillment/202607/orders/customs_info/query": lambda w: {
        "cipher": "",
        "body": {"order_ids": [w.tool.place(type="BLIND_BOX"), w.fresh]},
    },
    "POST /fulfillment/202607/orders/customs_info/submit": declared,
    "POST /fulfillment/202609/order/sof/track/update": reported,
}


def combined(world: World) -> str:
    """Return a package that holds two orders of one buyer."""
    pair = world.pair()
    body = {"combinable_packages": [{"id": world.package_of(pair[0]), "order_ids": pair}]}
    made = world.tool.call("POST", "/fulfillment/202309/packages/combine", body=body)
    return str(made["packages"][0]["id"])
