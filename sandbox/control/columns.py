"""The columns of "All orders" per market, and the words for an order's state in them."""

from __future__ import annotations

US = (
    "Order ID|Order Status|Order Substatus|Cancelation/Return Type|Normal or Pre-order|SKU ID|Seller "
    "SKU|Product ID|Product Name|Variation|"
    " Virtual Bundle Seller SKU|Quantity|Sku Quantity of return|SKU Unit Original Price|SKU Subtotal "
    "Before Discount|SKU Platform Discount|"
    "SKU Seller Discount|SKU Subtotal After Discount|Shipping Fee After Discount|Original Shipping Fee|"
    "Shipping Fee Seller Discount|"
    "Co-Funded Shipping Fee Discount|Shipping Fee Platform Discount|Payment platform discount|Retail "
    "Delivery Fee|Taxes|Order Amount|"
    "Order Refund Amount|Created Time|Paid Time|RTS Time|Shipped Time|Delivered Time|Cancelled Time|"
    "Cancel By|Cancel Reason|Fulfillment Type|"
    "Warehouse Name|Tracking ID|Delivery Option Type|Delivery Option|Shipping Provider Name|Buyer "
    "Message|Buyer Nickname|Buyer Username|Recipient|"
    "Phone #|Country|State|City|Zipcode|Address Line 1|Address Line 2|Delivery Instruction|Payment "
    "Method|Weight(kg)|Product Category|Package ID|"
    "Seller Note|Shipping Information|Combined Listing|Order Channel|Creator Handle"
)
ID = (
    "Order ID|Order Status|Order Substatus|Cancelation/Return Type|Normal or Pre-order|SKU ID|Seller "
    "SKU|Product Name|Variation|Quantity|"
    "Sku Quantity of return|SKU Unit Original Price|SKU Subtotal Before Discount|SKU Platform Discount|"
    "SKU Seller Discount|"
    "SKU Subtotal After Discount|Shipping Fee After Discount|Original Shipping Fee|Shipping Fee Seller "
    "Discount|Shipping Fee Platform Discount|"
    "Distance Shipping Fee|Distance Fee|Order Refund Amount|Payment platform discount|Buyer Service "
    "Fee|Handling Fee|Shipping Insurance|"
    "Item Insurance|Order Amount|Created Time|Paid Time|RTS Time|Shipped Time|Delivered Time|Cancelled "
    "Time|Cancel By|Cancel Reason|"
    "Fulfillment Type|Warehouse Name|Tracking ID|Delivery Option|Shipping Provider Name|Buyer Message|"
    "Buyer Username|Recipient|Phone #|Zipcode|"
    "Country|Province|Regency and City|Districts|Villages|Detail Address|Additional address "
    "information|Payment Method|Weight(kg)|"
    "Product Category|Package ID|Purchase Channel|Seller Note|Checked Status|Checked Marked by|"
    "Tokopedia Invoice Number|Order Channel|Creator Handle"
)
COLUMNS = {"US": US.split("|"), "GB": US.split("|"), "ID": ID.split("|")}
STATUS_WORDS = {
    "US": {
        "UNPAID": ("Unpaid", "Unpaid"),
        "ON_HOLD": ("To ship", "On hold"),
        "AWAITING_SHIPMENT": ("To ship", "Awaiting shipment"),
        "PARTIALLY_SHIPPING": ("To ship", "Partially shipping"),
        "AWAITING_COLLECTION": ("To ship", "Awaiting collection"),
        "IN_TRANSIT": ("Shipped", "In transit"),
        "DELIVERED": ("Shipped", "Delivered"),
        "COMPLETED": ("Completed", "Completed"),
        "CANCELLED": ("Canceled", "Canceled"),
    },
    "ID": {
        "UNPAID": ("Belum dibayar", "Belum dibayar"),
        "ON_HOLD": ("Perlu dikirim", "Ditahan"),
        "AWAITING_SHIPMENT": ("Perlu dikirim", "Menunggu pengiriman"),
        "PARTIALLY_SHIPPING": ("Perlu dikirim", "Menunggu pengiriman"),
        "AWAITING_COLLECTION": ("Perlu dikirim", "Menunggu pengambilan"),
        "IN_TRANSIT": ("Dikirim", "Sedang transit"),
        "DELIVERED": ("Dikirim", "Terkirim"),
        "COMPLETED": ("Selesai", "Selesai"),
        "CANCELLED": ("Dibatalkan", "Dibatalkan"),
    },
}
