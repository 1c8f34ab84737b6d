"""Kinds of tables and meanings of columns, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from shundan.edges.channels.files.guessing import WANTED
from shundan.edges.channels.files.kinds import Kind

KINDS = {
    "orders": _("Orders"), "returns": _("Returns"), "settlement": _("Settlement rows"),
    "income": _("Income rows"), "unsettled": _("Unsettled amounts"), "affiliate": _("Affiliate orders"),
    "tracking": _("Tracking uploads"), "products": _("Product template"), "erp_items": _("Goods of an ERP"),
    "ratings": _("Ratings"), "rates": _("Exchange rates"), "shopify": "Shopify", "shipstation": "ShipStation",
    "shipping_list": _("Shipping list"),
}  # fmt: skip
FIELDS = {
    "order_id": _("Order id"), "status": _("Status"), "substatus": _("Substatus"), "request": _("Cancel or return"),
    "normal_or_preorder": _("Normal or pre-order"), "sku_id": _("SKU id"), "seller_sku": _("Seller SKU"),
    "product_id": _("Product id"), "title": _("Title"), "variant": _("Variation"), "bundle_sku": _("Bundle SKU"),
    "quantity": _("Quantity"), "returned": _("Returned units"), "unit_price": _("Price per unit"),
    "line_before": _("Line before discounts"), "line_platform_discount": _("Platform's discount"),
    "line_seller_discount": _("Seller's discount"), "line_after": _("Line after discounts"),
    "shipping": _("Shipping paid by the buyer"), "taxes": _("Taxes"), "total": _("Order total"),
    "refund": _("Refund"), "created": _("Created at"), "paid": _("Paid at"), "rts": _("Ready to ship"),
    "shipped": _("Shipped at"), "delivered": _("Delivered at"), "cancelled": _("Time of cancelling"),
    "cancel_by": _("Cancelled by"), "cancel_reason": _("Cancel reason"), "fulfilment": _("Who ships"),
    "warehouse": _("Warehouse"), "tracking": _("Tracking number"), "delivery_type": _("Delivery type"),
    "delivery_option": _("Delivery option"), "carrier": _("Carrier"), "buyer_note": _("Buyer's message"),
    "nickname": _("Buyer's nickname"), "username": _("Buyer's user name"), "recipient": _("Recipient"),
    "phone": _("Phone"), "country": _("Country"), "area": _("Region"), "state": _("State or province"),
    "city": _("City"), "district": _("District"), "village": _("Village"), "postal_code": _("Postal code"),
    "line_1": _("Address"), "line_2": _("Address, second line"), "instruction": _("Delivery instruction"),
    "method": _("Payment method"), "package_id": _("Package id"), "seller_note": _("Seller's note"),
    "full": _("Whole address"), "outside_id": _("Its own number"), "sku": _("SKU"), "at": _("Moment"),
    "amount": _("Amount"), "estimate": _("Estimated amount"),
    "who": _("Creator or second option"), "more": _("Group or first option"),
    "related": _("Related order id"), "kind": _("Type"), "currency": _("Currency"), "stars": _("Stars"),
    "text": _("Text"), "buyer": _("Buyer"),
}  # fmt: skip


def kind_word(kind: str) -> str:
    """Return a kind of table in the reader's language."""
    return gettext(KINDS.get(kind, kind)) if kind else ""


def field_word(field: str) -> str:
    """Return a meaning of a column in the reader's language."""
    return gettext(FIELDS.get(field, field)) if field else ""


def kind_choices() -> list[tuple[str, str]]:
    """Return the kinds whose columns a person can explain."""
    return [(kind.value, kind_word(kind.value)) for kind in WANTED]


def field_choices(kind: str) -> list[tuple[str, str]]:
    """Return what a column of such a table can mean; what it cannot do without first."""
    wanted = WANTED[Kind(kind)]
    return [(one, field_word(one)) for one in sorted(wanted.columns, key=lambda one: one not in wanted.needed)]
