"""Orders typed by a person or pushed by a program."""

from __future__ import annotations

import pytest
from django.test import Client

from shundan.core.actors import SYSTEM
from shundan.core.errors import Conflict, Refused
from shundan.desk.imports.actions import EnteredLine, EnteredOrder, enter_order
from shundan.desk.imports.tests.test_pages import bearer, signed_in
from shundan.edges.inbox.queries import unapplied
from shundan.ground.lib import clock
from shundan.ground.shops.actions import ShopDraft, store_shop
from shundan.ground.shops.queries import Shop
from shundan.stages.orders.queries import addresses_of, find_orders, lines_of
from shundan.stages.orders.steps import apply_next_orders

pytestmark = pytest.mark.django_db(transaction=True)
LINE = EnteredLine("LAMP-1", 2, "10.50", "Paper Lamp")
TYPED = {
    "shop": "corner", "order_id": "A-1", "is_paid": "on", "recipient": "Mara Quill", "line_1": "7 Nowhere Lane",
    "city": "Inkwell", "region": "US", "shipping": "3.00", "note": "by phone", "lines-TOTAL_FORMS": "2",
    "lines-INITIAL_FORMS": "0", "lines-0-seller_sku": "LAMP-1", "lines-0-quantity": "2", "lines-0-price": "10.50",
}  # fmt: skip


@pytest.fixture
def shop() -> Shop:
    return store_shop(ShopDraft("corner", "Corner Lamps", "US", channel="files"), now=clock.now())


def test_a_typed_order_becomes_an_order_to_be_shipped(shop: Shop) -> None:
    answer = signed_in("clerk").post("/orders/new/", TYPED)
    assert (answer.status_code, answer["Location"]) == (302, "/orders/")
    apply_next_orders()
    order = find_orders(shop.pk, ["A-1"])["A-1"]
    assert (order.order_state, order.source, order.total_minor, order.seller_note) == (
        "RECEIVED", "manual", 2400, "by phone",
    )  # fmt: skip
    assert [(line.seller_sku, line.quantity, line.unit_price_minor) for line in lines_of([order.pk])[order.pk]] == [
        ("LAMP-1", 2, 1050)
    ]
    assert addresses_of([order.pk])[order.pk].name == "Mara Quill"


def test_an_unpaid_order_waits(shop: Shop) -> None:
    order_id = enter_order(EnteredOrder((LINE,), is_paid=False), shop, by=SYSTEM)
    apply_next_orders()
    assert find_orders(shop.pk, [order_id])[order_id].order_state == "WAITING"


def test_an_order_without_a_number_is_given_one(shop: Shop) -> None:
    first, second = (enter_order(EnteredOrder((LINE,)), shop, by=SYSTEM) for _ in range(2))
    assert first != second
    assert first.startswith("M")


def test_an_order_id_is_taken_once(shop: Shop) -> None:
    enter_order(EnteredOrder((LINE,), order_id="A-1"), shop, by=SYSTEM)
    apply_next_orders()
    with pytest.raises(Conflict) as refused:
        enter_order(EnteredOrder((LINE,), order_id="A-1"), shop, by=SYSTEM)
    assert refused.value.field == "order_id"


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        (EnteredOrder(()), "lines"),
        (EnteredOrder((EnteredLine("", 1),)), "seller_sku"),
        (EnteredOrder((EnteredLine("A", 0),)), "quantity"),
        (EnteredOrder((EnteredLine("A", 1, "much"),)), "price"),
        (EnteredOrder((EnteredLine("A", 1, "-1"),)), "price"),
        (EnteredOrder((LINE,), order_id="a b"), "order_id"),
        (EnteredOrder((LINE,), shipping="¥"), "shipping"),
    ],
)
def test_what_makes_no_order_is_refused_and_nothing_is_stored(shop: Shop, entered: EnteredOrder, field: str) -> None:
    with pytest.raises(Refused) as refused:
        enter_order(entered, shop, by=SYSTEM)
    assert (refused.value.field, unapplied("order").count()) == (field, 0)


def test_a_connected_shop_tells_its_own_orders() -> None:
    connected = store_shop(ShopDraft("7495100000000000001", "Lamp House", "US"), now=clock.now())
    with pytest.raises(Refused) as refused:
        enter_order(EnteredOrder((LINE,)), connected, by=SYSTEM)
    assert refused.value.field == "shop"


def test_a_form_without_a_line_is_shown_again(shop: Shop) -> None:
    answer = signed_in("clerk").post("/orders/new/", {**TYPED, "lines-0-seller_sku": "", "lines-0-quantity": ""})
    assert (answer.status_code, unapplied("order").count()) == (422, 0)


def test_the_form_says_what_was_refused(shop: Shop) -> None:
    page = signed_in("clerk").post("/orders/new/", {**TYPED, "lines-0-price": "much"}).content.decode()
    assert "“much” is no amount of money." in page


def test_without_a_shop_of_files_the_page_says_how_to_get_one() -> None:
    assert "No shop is known by files only." in signed_in("clerk").get("/orders/new/").content.decode()


def test_a_packer_may_not_enter_orders(shop: Shop) -> None:
    assert signed_in("packer").post("/orders/new/", TYPED).status_code == 403


def test_a_program_pushes_an_order(shop: Shop) -> None:
    told = {
        "shop": "corner", "order_id": "ERP-7", "shipping": "1.00",
        "address": {"name": "Mara Quill", "lines": ["7 Nowhere Lane"]},
        "lines": [{"seller_sku": "LAMP-1", "quantity": 3, "price": "2.00"}],
    }  # fmt: skip
    answer = Client().post("/api/v1/imports/orders", told, content_type="application/json", headers=bearer("clerk"))
    assert (answer.status_code, answer.json()) == (201, {"shop": "corner", "order_id": "ERP-7"})
    apply_next_orders()
    assert find_orders(shop.pk, ["ERP-7"])["ERP-7"].total_minor == 700
    assert Client().post("/api/v1/imports/orders", {**told, "colour": "red"}, content_type="application/json",
                         headers=bearer("clerk")).status_code == 422  # fmt: skip
