"""Orders from other programs' files."""

from __future__ import annotations

from datetime import UTC, datetime

from shundan.core.facts import OrderFacts
from shundan.edges.channels.files.building import Source
from shundan.edges.channels.files.kinds import Kind
from shundan.edges.channels.files.others import parse_others
from shundan.edges.channels.files.tables import RefusedRow
from tests.files import SHIPPING_LIST_HEADER, SHIPSTATION_HEADER, SHOPIFY_HEADER, table

SHOPIFY = {
    "Name": "#1001", "Financial Status": "paid", "Paid at": "2026-11-03 18:03:56 -0800", "Currency": "USD",
    "Subtotal": "29.00", "Shipping": "4.00", "Taxes": "1.50", "Total": "34.50", "Shipping Method": "Standard",
    "Created at": "2026-11-03 18:03:50 -0800", "Lineitem quantity": "2", "Lineitem name": "Paper Lamp",
    "Lineitem price": "10.00", "Lineitem sku": "LAMP-1", "Shipping Name": "Mara Quill",
    "Fulfillment Status": "unfulfilled",
    "Shipping Address1": "7 Nowhere Lane", "Shipping City": "Inkwell", "Shipping Zip": "'00501",
    "Shipping Country": "US", "Shipping Phone": "'5550100123",
}  # fmt: skip
SECOND_LINE = {
    "Name": "#1001",
    "Lineitem quantity": "1",
    "Lineitem name": "Shade",
    "Lineitem price": "9.00",
    "Lineitem sku": "SHADE",
}
SHIPSTATION = {
    "Order Number": "A-77", "Order Date": "11/20/2026 18:03:56", "Order Status": "Awaiting Shipment",
    "Recipient Name": "Mara Quill", "Address Line 1": "7 Nowhere Lane", "City": "Inkwell", "Postal Code": "00501",
    "Country Code": "US", "Item SKU": "LAMP-1", "Item Name": "Paper Lamp", "Item Quantity": "2",
    "Item Unit Price": "10.00", "Order Total": "20.00",
}  # fmt: skip
LIST = {
    "渠道": "TK", "售出日期": "20261120", "店铺名称": "灯铺", "订单编号": "577000000000000001", "商品名称": "纸灯",
    "总价": "58.88", "数量": "4", "昵称": "mara q.", "邮编": "00501", "收件人": "Mara Quill", "收件电话": "5550100123",
    "城市,州": "Inkwell, Oregon", "街道地址": "7 Nowhere Lane",
}  # fmt: skip


def read(kind: Kind, header: list[str], *rows: dict[str, str]) -> tuple[list[OrderFacts], list[RefusedRow]]:
    taken, refused = parse_others(kind, Source(table(header, rows), "US", "America/Los_Angeles", "USD"))
    return [one.facts for one in taken], refused


def test_shopify_tells_an_orders_own_cells_on_its_first_line_only() -> None:
    (facts,), refused = read(Kind.SHOPIFY, SHOPIFY_HEADER, SHOPIFY, SECOND_LINE)
    assert refused == []
    assert (facts.order_id, facts.platform_status) == ("1001", "AWAITING_SHIPMENT")
    assert facts.placed_at == datetime(2026, 11, 4, 2, 3, 50, tzinfo=UTC)
    assert [(line.sku_id, line.quantity, line.unit_price_minor) for line in facts.lines] == [
        ("LAMP-1", 2, 1000), ("SHADE", 1, 900),
    ]  # fmt: skip
    assert (facts.payment.total_minor, facts.payment.tax_minor, facts.payment.shipping_minor) == (3450, 150, 400)
    assert (facts.address.postal_code, facts.address.phone) == ("00501", "5550100123")
    assert facts.shipping_by_platform is False


def test_shopify_orders_that_came_from_the_platform_keep_its_order_id() -> None:
    (facts,), _ = read(Kind.SHOPIFY, SHOPIFY_HEADER, {**SHOPIFY, "Tags": "vip, TikTokOrderID:577000000000000009"})
    assert facts.order_id == "577000000000000009"


def test_shopify_states_become_the_platforms() -> None:
    def status(**more: str) -> str:
        told = {name.replace("_", " "): value for name, value in more.items()}
        (facts,), _ = read(Kind.SHOPIFY, SHOPIFY_HEADER, {**SHOPIFY, **told})
        return facts.platform_status

    assert status(Fulfillment_Status="fulfilled") == "IN_TRANSIT"
    assert status(Financial_Status="pending") == "UNPAID"
    assert status(Financial_Status="refunded") == "CANCELLED"
    assert status(Cancelled_at="2026-11-04 08:00:00 -0800") == "CANCELLED"


def test_a_shopify_order_in_another_currency_is_refused() -> None:
    orders, (row,) = read(Kind.SHOPIFY, SHOPIFY_HEADER, {**SHOPIFY, "Currency": "EUR"})
    assert (orders, row.row, row.column, row.text) == ([], 2, "Currency", "“EUR” is not the shop's currency.")


def test_shipstation_rows_with_one_number_are_one_order() -> None:
    second = {**SHIPSTATION, "Item SKU": "SHADE", "Item Quantity": "1", "Item Unit Price": "9.00"}
    (facts,), refused = read(Kind.SHIPSTATION, SHIPSTATION_HEADER, SHIPSTATION, second)
    assert refused == []
    assert (facts.order_id, facts.platform_status, len(facts.lines)) == ("A-77", "AWAITING_SHIPMENT", 2)
    assert facts.payment.total_minor == 2000


def test_an_unknown_shipstation_status_is_refused() -> None:
    _, (row,) = read(Kind.SHIPSTATION, SHIPSTATION_HEADER, {**SHIPSTATION, "Order Status": "On its way"})
    assert (row.column, row.text) == ("Order Status", "The status “On its way” is not known.")


def test_a_chinese_shipping_list_is_what_waits_to_be_sent() -> None:
    (facts,), refused = read(Kind.SHIPPING_LIST, SHIPPING_LIST_HEADER, LIST)
    assert refused == []
    assert (facts.order_id, facts.platform_status) == ("577000000000000001", "AWAITING_SHIPMENT")
    assert facts.placed_at == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert (facts.address.city, facts.address.state, facts.address.name) == ("Inkwell", "Oregon", "Mara Quill")
    assert (facts.lines[0].title, facts.lines[0].quantity, facts.payment.total_minor) == ("纸灯", 4, 5888)


def test_several_orders_in_one_cell_are_refused() -> None:
    _, (row,) = read(
        Kind.SHIPPING_LIST, SHIPPING_LIST_HEADER, {**LIST, "订单编号": "577000000000000001\n577000000000000002"}
    )
    assert (row.column, row.text) == ("订单编号", "Several orders stand in one cell; give each order its own row.")
