"""Logistics."""

from __future__ import annotations

from shundan.edges.channels.tiktok.client import call
from shundan.edges.channels.tiktok.groups.answers import Reached, Row, rows_of, said


def warehouses(shop: Reached) -> list[Row]:
    return rows_of(call(shop, "warehouse.list"), "warehouses")


def global_warehouses(shop: Reached) -> list[Row]:
    return rows_of(call(shop, "warehouse.global_list"), "global_warehouses")


def delivery_options(shop: Reached, warehouse_id: str, *, scope: str = "") -> list[Row]:
    """Return the delivery options of a warehouse: {id, name, type, dimension_limit, weight_limit}."""
    told = call(shop, "warehouse.delivery_options", path={"warehouse_id": warehouse_id}, query=said(scope=scope))
    return rows_of(told, "delivery_options")


def shipping_providers(
    shop: Reached, delivery_option_id: str, *, warehouse_region: str = "", buyer_region: str = ""
) -> list[Row]:
    """Return the carriers the platform accepts for a delivery option: [{id, name}]."""
    query = said(warehouse_region=warehouse_region, buyer_region=buyer_region)
    told = call(shop, "provider.list", path={"delivery_option_id": delivery_option_id}, query=query)
    return rows_of(told, "shipping_providers")


def tracking_by_parcel(shop: Reached, order_id: str) -> list[Row]:
    """Return what each carrier told, parcel by parcel: {newest_tracking_no, carrier_name, track_list}."""
    return rows_of(call(shop, "order.tracking_by_parcel", path={"order_id": order_id}), "logistics_details")
