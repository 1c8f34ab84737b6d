"""Packages: read, arranged, regrouped; the seller's own carrier; papers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shundan.edges.channels.tiktok.client import File, call, pages
from shundan.edges.channels.tiktok.groups.answers import Batch, Reached, Row, batch, rows_of, said


def package(shop: Reached, package_id: str) -> Row:
    return call(shop, "package.detail", path={"package_id": package_id})


def search_packages(shop: Reached, *, status: str = "", since: int = 0, until: int = 0) -> Iterator[Row]:
    """Yield packages by the time of their update, oldest first."""
    body = said(package_status=status, update_time_ge=since or None, update_time_lt=until or None)
    query = {"page_size": 50, "sort_field": "update_time", "sort_order": "ASC"}
    return pages(shop, "package.search", "packages", query=query, body=body)


def shipping_services(
    shop: Reached,
    order_id: str,
    *,
    line_ids: Sequence[str] = (),
    weight: Row | None = None,
    dimension: Row | None = None,
) -> list[Row]:
    """Return the platform's services that can carry these lines, the default one first."""
    body = said(order_line_item_ids=list(line_ids), weight=weight, dimension=dimension)
    told = call(shop, "order.shipping_services", path={"order_id": order_id}, body=body)
    return sorted(rows_of(told, "shipping_services"), key=lambda row: not row.get("is_default"))


def handover_slots(shop: Reached, package_id: str) -> Row:
    """Return {can_pickup, can_drop_off, drop_off_point_url, pickup_slots: [{start_time, end_time, avaliable}]}."""
    return call(shop, "package.time_slots", path={"package_id": package_id})


def create_package(shop: Reached, body: Row) -> Row:
    """Arrange a package of one order, some of its lines, or several orders (ship_type 1, 2, 3)."""
    return call(shop, "package.create", body=body)


def ship_package(
    shop: Reached, package_id: str, *, handover_method: str = "", pickup_slot: Row | None = None,
    self_shipment: Row | None = None,
) -> None:  # fmt: skip
    body = said(handover_method=handover_method, pickup_slot=pickup_slot, self_shipment=self_shipment)
    call(shop, "package.ship", path={"package_id": package_id}, body=body)


def ship_packages(shop: Reached, packages: Sequence[Row]) -> Batch:
    """Arrange many packages at once: [{id, handover_method, pickup_slot, self_shipment}]."""
    return batch(call(shop, "package.ship_many", body={"packages": list(packages)}), "package_id")


def combinable_packages(shop: Reached) -> Iterator[Row]:
    """Yield packages that may travel together: {id, order_ids}."""
    return pages(shop, "package.combinable", "combinable_packages", query={"page_size": 50})


def combine_packages(shop: Reached, groups: Sequence[Row]) -> Batch:
    """Put the orders of each group into one package: [{id, order_ids}] as `combinable_packages` named them."""
    return batch(call(shop, "package.combine", body={"combinable_packages": list(groups)}), "package_id")


def uncombine_package(shop: Reached, package_id: str, *, order_ids: Sequence[str] = ()) -> list[Row]:
    """Take orders (all of them, when none is named) out of a combined package; return the packages there are now."""
    body = said(order_ids=list(order_ids))
    return rows_of(call(shop, "package.uncombine", path={"package_id": package_id}, body=body), "packages")


def split_attributes(shop: Reached, order_ids: Sequence[str]) -> list[Row]:
    """Return whether orders can, or must, be split: {order_id, can_split, reason, must_split}."""
    return rows_of(call(shop, "order.split_attributes", query={"order_ids": list(order_ids)}), "split_attributes")


def split_order(shop: Reached, order_id: str, groups: Sequence[Sequence[str]]) -> list[Row]:
    """Split an order into groups of its lines; return the packages made."""
    rows = [{"id": str(number), "order_line_item_ids": list(lines)} for number, lines in enumerate(groups, 1)]
    return rows_of(call(shop, "order.split", path={"order_id": order_id}, body={"splittable_groups": rows}), "packages")


def mark_shipped(
    shop: Reached, order_id: str, *, tracking_number: str, provider_id: str, line_ids: Sequence[str] = ()
) -> Row:
    """Tell that the seller's own carrier has lines of an order; returns {package_id, warning}."""
    body = {"tracking_number": tracking_number, "shipping_provider_id": provider_id}
    more = said(order_line_item_ids=list(line_ids))
    return call(shop, "order.mark_shipped", path={"order_id": order_id}, body={**body, **more})


def update_package_shipping(shop: Reached, package_id: str, *, tracking_number: str, provider_id: str) -> None:
    body = {"tracking_number": tracking_number, "shipping_provider_id": provider_id}
    call(shop, "package.update_tracking", path={"package_id": package_id}, body=body)


def update_order_shipping(shop: Reached, order_id: str, *, tracking_number: str, provider_id: str) -> None:
    body = {"tracking_number": tracking_number, "shipping_provider_id": provider_id}
    call(shop, "order.update_tracking", path={"order_id": order_id}, body=body)


def deliver_packages(shop: Reached, packages: Sequence[Row]) -> Batch:
    """Tell that the seller's own carrier delivered or failed: [{id, delivery_type, fail_delivery_reason, file_url}]."""
    return batch(call(shop, "package.deliver", body={"packages": list(packages)}), "package_id")


def upload_delivery_file(shop: Reached, file: File) -> str:
    """Store a proof of delivery; return its address at the platform."""
    return str(call(shop, "delivery.upload_file", body={"name": file.name}, file=file).get("url") or "")


def upload_delivery_image(shop: Reached, file: File) -> str:
    """Store a picture as proof of delivery; return its address at the platform."""
    return str(call(shop, "delivery.upload_image", file=file).get("url") or "")


def upload_invoices(shop: Reached, invoices: Sequence[Row]) -> Batch:
    """Store invoices: [{package_id, order_ids, file_type, file (base64)}]."""
    return batch(call(shop, "invoice.upload", body={"invoices": list(invoices)}), "package_id")


def tracking(shop: Reached, order_id: str) -> list[Row]:
    """Return what the carrier told of an order: {description, update_time_millis, action_code}."""
    return rows_of(call(shop, "order.tracking", path={"order_id": order_id}), "tracking")


def validate_tracking(shop: Reached, number: str) -> Row:
    """Return whether a number is the platform's own: {is_tiktok_shipping, is_tiktok_collection}."""
    return call(shop, "tracking.validate", query={"tracking_number": number})


def bundle_first_mile(
    shop: Reached, order_ids: Sequence[str], *, handover_method: str, provider_id: str = "", tracking_number: str = "",
    phone_tail: str = "",
) -> Batch:  # fmt: skip
    """Put orders into one bag to the consolidation hub; tells first_mile_bundle_id and the bag's label."""
    body = {"order_ids": list(order_ids), "handover_method": handover_method}
    more = said(shipping_provider_id=provider_id, tracking_number=tracking_number, phone_tail_number=phone_tail)
    return batch(call(shop, "first_mile.bundle", body={**body, **more}), "order_id")


def customs_requirements(shop: Reached, order_ids: Sequence[str]) -> list[Row]:
    return rows_of(call(shop, "customs.query", body={"order_ids": list(order_ids)}), "order_clearance_list")


def submit_customs(shop: Reached, declarations: Sequence[Row]) -> None:
    call(shop, "customs.submit", body={"order_list": list(declarations)})
