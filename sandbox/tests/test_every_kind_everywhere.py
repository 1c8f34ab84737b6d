"""Orders of every kind in every market, before the two judges of an answer."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from sandbox.orders.kinds import KINDS
from sandbox.orders.ways import FAST, has_fast
from sandbox.tests.conftest import Tool
from sandbox.tests.judges import KNOWN, contract, contract_wrongs, strict_wrongs
from sandbox.tests.worlds import box_with
from sandbox.world.history import write_history
from sandbox.world.picks import set_pick

Seen = Counter[str]
# The page of package detail leaves out the state that the description of packages begins with.
FORGOTTEN = "package_status is 'TO_FULFILL'"


class Court:
    """Sends a call, keeps what the judges have against its answer."""

    def __init__(self, tool: Tool, shop: str) -> None:
        self.tool, self.shop, self.wrongs, self.judged = tool, shop, Seen(), Seen()

    def call(self, method: str, path: str, name: str = "", **how: Any) -> dict[str, Any]:
        name = f"{method} {name or path}"
        status, answer = self.tool.send(method, path, region=self.shop, **how)
        assert (status, answer["code"]) == (200, 0), (name, answer)
        self.judged[name] += 1
        found = contract_wrongs(contract()["calls"][name], answer["data"], name)
        self.wrongs.update(wrong for wrong in found if FORGOTTEN not in wrong)
        if name in KNOWN:
            self.wrongs.update(strict_wrongs(name, answer))
        return dict(answer["data"])


def ask_everything(court: Court, orders: list[dict[str, Any]]) -> None:
    ids = ",".join(order["id"] for order in orders[-50:])
    for version in ("202309", "202507"):
        court.call("GET", f"/order/{version}/orders", query={"ids": ids})
    court.call("POST", "/order/202309/orders/search", query={"page_size": 100}, body={})
    court.call("POST", "/fulfillment/202309/packages/search", query={"page_size": 50}, body={})
    for kind in ("cancellations", "returns"):
        court.call("POST", f"/return_refund/202602/{kind}/search", query={"page_size": 50}, body={})
    court.call("GET", "/finance/202507/orders/unsettled", query={"sort_field": "order_create_time"})
    found = court.call("GET", "/finance/202309/statements", query={"sort_field": "statement_time", "page_size": 100})
    path = "/finance/202501/statements/{statement_id}/statement_transactions"
    for statement in found["statements"][-3:]:
        query = {"sort_field": "order_create_time", "page_size": 100}
        court.call("GET", path.replace("{statement_id}", statement["id"]), path, query=query)
    for order in orders[-3:]:
        for path in ("/order/202407/orders/{order_id}/price_detail", "/logistics/202604/orders/{order_id}/tracking"):
            court.call("GET", path.replace("{order_id}", order["id"]), path)
        for package in order["packages"]:
            path = "/fulfillment/202309/packages/{package_id}"
            court.call("GET", path.replace("{package_id}", package), path)


@pytest.mark.parametrize(
    "shop", ["US:LOCAL", "GB:LOCAL", "DE:CROSS_BORDER", "ID:LOCAL", "TH:CROSS_BORDER", "JP:LOCAL", "BR:LOCAL"]
)
def test_every_kind_of_order_fits_contract_and_models(tmp_path, shop):
    box = box_with(tmp_path, shop)
    tool = Tool(box)
    tool.shops = {shop: box.shops()[0]}
    write_history(box, days=20, orders=60)
    market = box.market(box.shops()[0]["id"])
    for kind in KINDS:
        if (kind != "COD" or market.has_cod) and (kind not in FAST or has_fast(market)):
            for status in ("ON_HOLD", "AWAITING_SHIPMENT"):
                tool.control("orders", type=kind, status=status, count=2 if kind == "LIVE" else 1)
    tool.advance(hours=8)
    court = Court(tool, shop)
    ask_everything(court, list(box.book.orders.values()))
    assert court.wrongs == Seen() and sum(court.judged.values()) > 10
    assert set_pick(box, box.shops()[0], "BUNDLE") is not None
