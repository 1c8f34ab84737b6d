"""What stands on an invoice, by what the platform told of the order's money."""

from __future__ import annotations

import pytest

from shundan.stages.orders.models import Line, Order
from shundan.stages.packing.documents import invoice_sums
from shundan.stages.packing.queries import invoice_facts
from shundan.stages.packing.tests.cast import NOW, make_item, make_parcel, make_shop, order_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("total", "tax", "line_tax", "fees", "discount", "included"),
    [
        (4480, 0, 0, 0, 0, True),
        (4480, 700, 600, 0, 0, True),  # inside the price: the total is goods and shipping
        (4830, 350, 300, 0, 0, False),  # on top, a part of it on shipping
        (4859, 350, 300, 29, 0, False),  # and a state's delivery fee
        (4600, 0, 0, 120, 0, True),
        (4380, 0, 0, 0, 100, True),  # the platform paid a part of the bill
    ],
)
def test_an_invoice_adds_up_to_what_the_buyer_paid(
    total: int, tax: int, line_tax: int, fees: int, discount: int, included: bool
) -> None:
    order = order_of(make_parcel(make_shop(), {make_item("MUG"): 2}))
    Order.objects.update(total_minor=total, shipping_minor=500, tax_minor=tax)
    Line.objects.update(unit_price_minor=2000, platform_discount_minor=20, tax_minor=line_tax)
    (facts,) = invoice_facts([order.pk], issued_at=NOW)
    sums = invoice_sums(facts)
    assert (facts.fees_minor, facts.order_discount_minor, facts.tax_included) == (fees, discount, included)
    assert (sums.total_minor, sums.tax_minor, facts.charged_minor) == (total, tax, total)


def test_an_invoice_of_what_is_left_bears_its_share_of_the_tax() -> None:
    order = order_of(make_parcel(make_shop(), {make_item("MUG"): 3}))
    Order.objects.update(total_minor=6500, shipping_minor=0, tax_minor=500)
    Line.objects.update(unit_price_minor=2000, tax_minor=500, cancelled=1)
    (facts,) = invoice_facts([order.pk], issued_at=NOW)
    sums = invoice_sums(facts)
    assert (sums.items_minor, sums.tax_minor, sums.total_minor, facts.charged_minor) == (4000, 333, 4333, None)
