"""The world of the tour, made by the control API and the platform's own paths alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from sandbox.tests.served import Caller

How = dict[str, Any] | Callable[["World"], dict[str, Any]]
NOT_SHIPPED = "reverse_reject_request_reason_4"


def both(path: str, how: How, *, versions: tuple[str, ...] = ("202309", "202602")) -> dict[str, How]:
    """Return the same call for several versions; `{v}` in the path stands for each."""
    return {path.replace("{v}", version): how for version in versions}


class World:
    """Orders in every state, and what hangs on them; made when first asked for."""

    def __init__(self, tool: Caller) -> None:
        self.tool = tool
        self.done = tool.place(status="DELIVERED", lines=2)
        tool.control("buyers/rate", order_id=self.done, stars=4)
        tool.advance(days=9)
        self.arrived = self.back("BUYER_SHIPPED_ITEM")
        tool.advance(days=4.5)
        self.fresh, self.sent = tool.place(), tool.place(status="AWAITING_COLLECTION")
        self.thread = tool.control("buyers/chat", order_id=self.fresh, text="hi")["conversation_id"]

    def order(self, **given: Any) -> dict[str, Any]:
        """Place an order and return what its shop sees of it."""
        order_id = self.tool.place(**given)
        return self.tool.order(order_id, given.get("shop", "US"))

    def package_of(self, order_id: str, region: str = "US") -> str:
        return str(self.tool.order(order_id, region)["packages"][0]["id"])

    def parcel(self, **given: Any) -> str:
        """Place an order and return its package."""
        return self.package_of(self.tool.place(**given), given.get("shop", "US"))

    @cached_property
    def line(self) -> dict[str, Any]:
        return dict(self.order(sku="BDR-01")["line_items"][0])

    @cached_property
    def statement(self) -> str:
        query = {"sort_field": "statement_time"}
        return str(self.tool.call("GET", "/finance/202309/statements", query=query)["statements"][0]["id"])

    @cached_property
    def warehouse(self) -> str:
        rows = self.tool.call("GET", "/logistics/202309/warehouses")["warehouses"]
        return str(next(row["id"] for row in rows if row["type"] == "SALES_WAREHOUSE"))

    @cached_property
    def option(self) -> str:
        path = f"/logistics/202309/warehouses/{self.warehouse}/delivery_options"
        return str(self.tool.call("GET", path)["delivery_options"][0]["id"])

    def own(self, region: str = "GB", status: str = "AWAITING_SHIPMENT") -> dict[str, Any]:
        """Return an order that the seller ships himself."""
        for _ in range(40):
            order = self.order(shop=region, status=status)
            if order["shipping_type"] == "SELLER":
                return order
        raise AssertionError(f"No order of {region} is shipped by its seller.")

    def carrier(self, region: str = "GB") -> dict[str, str]:
        return dict(self.tool.shops[region]["seller_carriers"][0])

    def number(self) -> str:
        """Return a tracking number nobody has used."""
        self.used = getattr(self, "used", 10_000_000) + 1
        return f"TM{self.used}GB"

    def pair(self) -> list[str]:
        """Return two orders that one buyer placed and that may travel together."""
        self.pairs = getattr(self, "pairs", 0) + 1
        return [self.tool.place(buyer=f"pair.{self.pairs}") for _ in range(2)]

    def cancel(self) -> str:
        return str(self.tool.control("buyers/cancel", order_id=self.tool.place())["cancel_id"])

    def back(self, status: str = "", kind: str = "RETURN_AND_REFUND") -> str:
        """Return a return, as fresh as it was asked for or as far as `status` says."""
        order_id = self.tool.place(status="DELIVERED")
        return_id = str(self.tool.control("buyers/return", order_id=order_id, type=kind)["return_id"])
        if status:
            path = f"/return_refund/202309/returns/{return_id}/approve"
            self.tool.call("POST", path, body={"decision": "APPROVE_RETURN"})
        if status == "BUYER_SHIPPED_ITEM":
            self.tool.control("buyers/ship_back", return_id=return_id)
        return return_id

    def lines_of(self, return_id: str) -> list[dict[str, str]]:
        """Return the lines of a return, as its review wants them named."""
        body = {
            "filters": {"aftersales_request_ids": [return_id]},
            "whitelisted_data_fields": ["LINE_ITEMS"],
        }
        row = self.tool.call("POST", "/return_refund/202603/aftersales/search", body=body)["aftersales_requests"][0]
        return [{"return_line_item_id": line["return_line_item_id"]} for line in row["line_items"]]

    def session(self) -> dict[str, str]:
        """Return a conversation with a session that is open."""
        order_id = self.tool.place()
        thread = self.tool.control("buyers/chat", order_id=order_id, text="Hello?")["conversation_id"]
        path, query = f"/customer_service/202601/conversations/{thread}", {"need_session_id": "true"}
        shown = self.tool.call("GET", path, query=query)["conversation"]
        return {"conversation_id": thread, "session_id": shown["cur_session_id"]}


def picture(**fields: str) -> dict[str, Any]:
    """Return a multipart body with one small file in it, and some texts beside."""
    head = 'Content-Disposition: form-data; name="{}"'
    parts = [f"{head.format(name)}\r\n\r\n{text}" for name, text in fields.items()]
    parts.append(head.format("data") + '; filename="a.png"\r\n\r\nPNG')
    body = "".join(f"--cut\r\n{part}\r\n" for part in parts) + "--cut--\r\n"
    return {"raw": body.encode(), "headers": {"content-type": "multipart/form-data; boundary=cut"}}
