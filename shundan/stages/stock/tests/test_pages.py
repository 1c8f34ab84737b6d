from __future__ import annotations

import pytest

from shundan.stages.orders.tests.made import T0, make_shop
from shundan.stages.stock.models import Item, LedgerRow, Listing
from shundan.stages.stock.tests.made import SKU, level, listing, store_listing

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    assert answer.status_code == 200, answer.content[:400]
    return answer.content.decode()


@pytest.fixture
def item() -> Item:
    return store_listing(make_shop(), listing(stock=10))


def test_the_pages_of_stock_open(owner, item):
    for address in (
        "/stock/",
        "/stock/listings/",
        "/stock/warehouses/",
        "/stock/make/",
        "/stock/items/CUP-1/",
        "/stock/items/CUP-1/edit/",
        f"/stock/listings/7490000000000000001/{SKU}/",
        "/settings/checks/",
    ):
        page = text(owner.get(address))
        assert "style=" not in page
    assert "CUP-1" in text(owner.get("/stock/"))


def test_a_listing_whose_stock_was_refused_says_so_and_what_to_do(owner, item):
    address = f"/stock/listings/7490000000000000001/{SKU}/"
    assert "Stock refused" not in text(owner.get(address))
    Listing.objects.update(refused_at=T0, refused_stock=0, refused_why="12052055")
    page = text(owner.get(address))
    assert "12052055" in page and "Take the listing off sale" in page
    assert "CUP-1" in text(owner.get("/stock/listings/?refused=1"))
    told = owner.get("/api/v1/stock/listings?refused=true").json()["items"]
    assert [(row["sku_id"], row["refused"]) for row in told] == [(SKU, 0)]
    Listing.objects.update(refused_at=None)
    assert "CUP-1" not in text(owner.get("/stock/listings/?refused=1"))


def test_a_form_that_is_sent_twice_is_booked_once(owner, item):
    sent = {"units": 5, "warehouse": "MAIN", "once": "drawn-with-the-form"}
    owner.post("/stock/items/CUP-1/do/receive/", sent)
    again = owner.post("/stock/items/CUP-1/do/receive/", sent, follow=True)
    assert "This form was sent already." in text(again)
    assert level(item) == (15, 0, 0)
    owner.post("/stock/items/CUP-1/do/receive/", sent | {"once": "drawn-later"})
    assert level(item) == (20, 0, 0)


def test_a_form_that_was_refused_may_be_sent_again(owner, item):
    sent = {"units": 99, "warehouse": "MAIN", "note": "fire", "once": "drawn-with-the-form"}
    owner.post("/stock/items/CUP-1/do/write-off/", sent)
    owner.post("/stock/items/CUP-1/do/write-off/", sent | {"units": 2})
    assert level(item) == (8, 0, 0)


def test_the_forms_of_an_item_are_marked_each_time_anew(owner, item):
    pages = [owner.get("/stock/items/CUP-1/").content.decode() for _ in range(2)]
    marks = [page.partition('name="once" value="')[2].partition('"')[0] for page in pages]
    assert all(marks) and marks[0] != marks[1]


def test_units_are_received_and_counted_on_the_items_page(owner, item):
    owner.post("/stock/items/CUP-1/do/receive/", {"units": 5, "warehouse": "MAIN", "bin": "A-01", "note": "DN 7"})
    assert level(item) == (15, 0, 0)
    owner.post("/stock/items/CUP-1/do/count/", {"units": 13, "warehouse": "MAIN"})
    assert level(item) == (13, 0, 0)
    answer = owner.post(
        "/stock/items/CUP-1/do/write-off/", {"units": 99, "warehouse": "MAIN", "note": "fire"}, follow=True
    )
    assert "not as many free units" in text(answer)
    assert level(item) == (13, 0, 0)
    assert owner.post("/stock/items/CUP-1/do/receive/", {"units": "x", "warehouse": "MAIN"}).status_code == 422


def test_a_packer_cannot_change_stock(packer, item):
    assert packer.post("/stock/items/CUP-1/do/receive/", {"units": 5, "warehouse": "MAIN"}).status_code == 403
    assert LedgerRow.objects.count() == 1


def test_a_listing_is_linked_by_hand(owner, item):
    store_listing(make_shop(), listing(), listing("1729000000000000005", seller_sku=""), minutes=5)
    page = text(owner.get("/stock/listings/?unlinked=1"))
    assert "Not linked" in page
    owner.post("/stock/listings/7490000000000000001/1729000000000000005/link/", {"item": "CUP-1", "units_per_sale": 2})
    row = Listing.objects.get(sku_id="1729000000000000005")
    assert (row.item, row.units_per_sale) == (item, 2)


def test_an_item_with_a_slash_in_its_sku_has_its_page(owner, db):
    owner.post("/stock/make/", {"sku": "CUP/RED/1", "name_en": "Red cup", "buffer": 2})
    assert Item.objects.get().buffer == 2
    assert "Red cup" in text(owner.get("/stock/items/CUP/RED/1/"))


def test_programs_read_and_change_stock(owner, item):
    told = owner.get("/api/v1/stock").json()["items"]
    assert [(row["sku"], row["on_hand"], row["available"]) for row in told] == [("CUP-1", 10, 10)]
    answer = owner.post(
        "/api/v1/stock/items/CUP-1/receive",
        {"units": 3, "warehouse": "MAIN", "key": "DN-1"},
        content_type="application/json",
    )
    assert answer.json()["on_hand"] == 13
    again = owner.post(
        "/api/v1/stock/items/CUP-1/receive",
        {"units": 3, "warehouse": "MAIN", "key": "DN-1"},
        content_type="application/json",
    )
    assert (again.status_code, again.json()["error"]["code"]) == (409, "booked")
    assert owner.get("/api/v1/stock/items/CUP-1").json()["levels"][0]["on_hand"] == 13
    assert owner.post("/api/v1/stock", {"sku": "NEW-1"}, content_type="application/json").json()["on_hand"] == 0
