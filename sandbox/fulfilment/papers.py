"""Files a seller sends along: pictures, delivery papers, invoices; and deliveries he reports himself."""

from __future__ import annotations

import re
from typing import Any

from sandbox.agenda import happening
from sandbox.box import Box
from sandbox.errors import Refusal, required
from sandbox.fulfilment.arranging import own_package
from sandbox.fulfilment.couriers import carry_event
from sandbox.gateway import Call
from sandbox.table import answers
from sandbox.webhooks import tell

LARGEST = 10_000_000
INVOICE_SECONDS = 180
INVOICE_WORDS = {"PROCESSING": "INVOICE_PROCESSING", "SUCCESS": "INVOICE_UPLOADED"}


def parts_of(call: Call) -> dict[str, bytes]:
    """Return the parts of a multipart body by field name."""
    match = re.search(r'boundary="?([^";]+)"?', call.content_type)
    if match is None:
        raise Refusal(36009023, "The content-type must be multipart/form-data.", http=400)
    found = {}
    for piece in call.raw.split(b"--" + match[1].encode())[1:-1]:
        head, _, content = piece.partition(b"\r\n\r\n")
        name = re.search(rb'name="([^"]+)"', head)
        if name:
            found[name[1].decode()] = content.removesuffix(b"\r\n")
    return found


def upload(call: Call, *, folder: str) -> dict[str, str]:
    """Take the `data` part of a body and say where it lies; only its size is kept."""
    content = parts_of(call).get("data", b"")
    if not content:
        raise required("data")
    if len(content) > LARGEST:
        raise Refusal(36009021, "The uploaded file is too large.", http=400)
    number = call.box.ids.count(f"{folder} upload")
    return {"url": f"{call.box.base_url}/sandbox/goods/UP.svg?{folder}={number}"}


@answers("POST", "/fulfillment/{v}/images/upload")
def upload_image(call: Call) -> dict[str, Any]:
    return {**upload(call, folder="image"), "width": 200, "height": 200}


@answers("POST", "/fulfillment/{v}/files/upload")
def upload_file(call: Call) -> dict[str, Any]:
    return {**upload(call, folder="file"), "name": parts_of(call).get("name", b"file.pdf").decode()}


@answers("POST", "/customer_service/{v}/images/upload")
def upload_message_image(call: Call) -> dict[str, Any]:
    return {**upload(call, folder="message"), "width": 200, "height": 200}


@answers("POST", "/fulfillment/{v}/invoice/upload", versions=("202502",))
def upload_invoice(call: Call) -> dict[str, Any]:
    """Take invoices per package; each is looked at for some minutes and then accepted."""
    refused = []
    for invoice in call.body.get("invoices", []):
        package = call.box.store.get("package", invoice["package_id"])
        if package is None or package["shop_id"] != call.shop["id"]:
            detail = {"package_id": invoice["package_id"], "order_ids": invoice["order_ids"]}
            refused.append({"code": 21011001, "message": "Package not found", "detail": detail})
            continue
        tell_invoice(call.box, package, "PROCESSING")
        due = call.box.clock.now() + INVOICE_SECONDS
        call.box.agenda.add("invoice_checked", due=due, package=package["id"])
    return {"errors": refused} if refused else {}


@happening("invoice_checked")
def invoice_checked(box: Box, due: dict[str, Any]) -> None:
    if package := box.store.get("package", due["package"]):
        tell_invoice(box, package, "SUCCESS")


def tell_invoice(box: Box, package: dict[str, Any], status: str) -> None:
    package["invoice"] = status
    box.store.put("package", package["id"], package)
    for order in (box.book.orders[key] for key in package["orders"]):
        if "need_upload_invoice" in order:
            order["need_upload_invoice"] = INVOICE_WORDS[status]
            box.book.touch(order, now=box.now())
    tell(
        box,
        package["shop_id"],
        "INVOICE_STATUS_CHANGE",
        package_id=package["id"],
        order_ids=package["orders"],
        invoice_status=status,
    )


@answers("POST", "/fulfillment/{v}/packages/deliver")
def report_delivery(call: Call) -> dict[str, Any]:
    """Let a seller with his own fleet report what became of his parcels."""
    refused = []
    for part in call.body["packages"]:
        try:
            package = own_package(call.box, call.shop, part["id"])
            if package["stage"] != "IN_TRANSIT" or package["shipping_type"] != "SELLER":
                raise Refusal(21001011, "System process error, please try again later.")
            event = {"DELIVERY_SUCCESS": "delivered", "DELIVERY_FAILED": "failed"}.get(part["delivery_type"])
            if event:
                carry_event(call.box, package, event)
        except Refusal as refusal:
            detail = {"package_id": part["id"]}
            refused.append({"code": refusal.code, "message": refusal.message, "detail": detail})
    return {"errors": refused} if refused else {}
