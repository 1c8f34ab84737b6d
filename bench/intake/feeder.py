"""Carries orders from the sandbox into a peer over HTTP: `python -m bench.intake.feeder FILE`, which says where to.

It reads the orders' details from the sandbox in signed batches, as the desk does, and places each by the fewest calls
of the peer's own public API, over several kept-alive connections. Prints the seconds it took.
"""

from __future__ import annotations

import http.client
import json
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from shundan.edges.channels.tiktok.signing import sign

AT_ONCE = 50
ORDERS, GOODS = "/order/202309/orders", "/product/202502/products/search"
ADD = "mutation($v:ID!,$q:Int!){addItemToOrder(productVariantId:$v,quantity:$q){__typename ... on Order{id}}}"
FINISH = """mutation($c:CreateCustomerInput!,$a:CreateAddressInput!){
 c:setCustomerForOrder(input:$c){__typename ... on ErrorResult{message}}
 a:setOrderShippingAddress(input:$a){__typename ... on ErrorResult{message}}
 m:setOrderShippingMethod(shippingMethodId:["1"]){__typename ... on ErrorResult{message}}
 t:transitionOrderToState(state:"ArrangingPayment"){__typename ... on OrderStateTransitionError{transitionError}}
 p:addPaymentToOrder(input:{method:"paid-at-the-platform",metadata:{}}){__typename ... on Order{state}
   ... on ErrorResult{message}}}"""


class Line:
    """One kept-alive connection that speaks JSON."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def send(self, path: str, body: Any = None, **headers: str) -> tuple[Any, http.client.HTTPMessage]:
        """POST a body (or GET without one); anything but 2xx is an error."""
        raw = None if body is None else json.dumps(body).encode()
        told = {"Content-Type": "application/json", **headers} if raw else headers
        self.connection.request("POST" if raw else "GET", path, body=raw, headers=told)
        answer = self.connection.getresponse()
        text = answer.read()
        if not 200 <= answer.status < 300:
            raise RuntimeError(f"{path}: {answer.status} {text[:500]!r}")
        return json.loads(text), answer.headers


def place_in_oscar(line: Line, order: dict[str, Any], products: dict[str, Any]) -> None:
    """Fill a guest's basket and check it out: one call per SKU and one more."""
    cookie: dict[str, str] = {}
    basket: dict[str, Any] = {}
    for sku, units in quantities(order).items():
        told = {"url": f"{line.url}/api/products/{products[sku]}/", "quantity": units}
        basket, headers = line.send("/api/basket/add-product/", told, **cookie)
        given = [value.split(";")[0] for value in headers.get_all("Set-Cookie") or []]
        cookie = {"Cookie": "; ".join(given)} if given else cookie
    to = order["recipient_address"]
    address = {
        "country": f"{line.url}/api/countries/{to['region_code']}/", "first_name": to["name"][:30], "last_name": "-",
        "line1": to["address_line1"] or "-", "line4": "Somewhere", "state": "",
        "postcode": POSTCODES[to["region_code"]],
    }  # fmt: skip
    told = {"basket": basket["url"], "guest_email": f"{order['id']}@example.com", "shipping_address": address}
    line.send("/api/checkout/", told, **cookie)


def place_in_vendure(line: Line, order: dict[str, Any], products: dict[str, Any]) -> None:
    """Fill an active order, then set customer, address and shipping and pay in one request of five mutations."""
    token: dict[str, str] = {}
    for sku, units in quantities(order).items():
        told, headers = line.send("/shop-api", {"query": ADD, "variables": {"v": products[sku], "q": units}}, **token)
        given = headers.get("vendure-auth-token")
        token = {"Authorization": f"Bearer {given}"} if given else token
        if told.get("errors") or told["data"]["addItemToOrder"]["__typename"] != "Order":
            raise RuntimeError(f"vendure: {told}")
    to = order["recipient_address"]
    customer = {"firstName": to["name"][:30], "lastName": "-", "emailAddress": f"{order['id']}@example.com"}
    address = {"fullName": to["name"], "streetLine1": to["address_line1"] or "-", "city": "Somewhere",
               "postalCode": to["postal_code"], "countryCode": to["region_code"]}  # fmt: skip
    told, _ = line.send("/shop-api", {"query": FINISH, "variables": {"c": customer, "a": address}}, **token)
    if told.get("errors") or told["data"]["p"].get("state") != "PaymentSettled":
        raise RuntimeError(f"vendure: {told}")


PEERS: dict[str, Callable[[Line, dict[str, Any], dict[str, Any]], None]] = {
    "oscar": place_in_oscar, "vendure": place_in_vendure,
}  # fmt: skip
POSTCODES = {"US": "97201", "GB": "SW1A 1AA", "ID": "10110"}  # oscar checks their form; the sandbox's are invented


def quantities(order: dict[str, Any]) -> dict[str, int]:
    """Return units by SKU: the platform tells one line per unit."""
    found: dict[str, int] = {}
    for line in order["line_items"]:
        found[line["sku_id"]] = found.get(line["sku_id"], 0) + 1
    return found


def read_goods(sandbox: str, app: dict[str, Any]) -> dict[str, str]:
    """Return SKU -> title of everything the sandbox's shops sell."""
    found: dict[str, str] = {}
    for shop in app["shops"]:
        token = ""
        while True:
            told = call(sandbox, app, shop, GOODS, {"page_size": "100", "page_token": token}, {})
            for product in told["products"]:
                found |= {sku["id"]: str(product["title"]) for sku in product["skus"]}
            token = told.get("next_page_token") or ""
            if not token:
                break
    return found


def call(
    sandbox: str, app: dict[str, Any], shop: dict[str, str], path: str, told: dict[str, str], body: Any = None
) -> dict[str, Any]:
    """Make one signed call of the platform and return its data."""
    line = Line(urlsplit(sandbox).port or 80)
    clock, _ = line.send("/sandbox/clock")
    query = {"app_key": app["app_key"], "timestamp": str(int(clock["now"])), "shop_cipher": shop["cipher"], **told}
    raw = b"" if body is None else json.dumps(body).encode()
    query["sign"] = sign(app["app_secret"], path, query.items(), raw)
    answer, _ = line.send(f"{path}?{urlencode(query)}", body, **{"x-tts-access-token": shop["access_token"]})
    return dict(answer["data"])


def read_orders(sandbox: str, app: dict[str, Any], shop: dict[str, str], ids: Sequence[str]) -> list[dict[str, Any]]:
    """Fetch the details of one shop's orders in signed batches."""
    parts = [ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE)]
    return [order for part in parts for order in call(sandbox, app, shop, ORDERS, {"ids": ",".join(part)})["orders"]]


def feed(told: dict[str, Any]) -> dict[str, Any]:
    """Read every order, place each in the peer; return how many and how long."""
    began = time.perf_counter()
    orders = [
        order for shop in told["shops"]
        for order in read_orders(told["sandbox"], told["app"], shop, told["orders"][shop["id"]])
    ]  # fmt: skip
    place, count = PEERS[told["peer"]], told["connections"]

    def work(number: int) -> None:
        line = Line(told["ports"][number % len(told["ports"])])
        for order in orders[number::count]:
            place(line, order, told["products"])

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(work, range(count)))
    return {"orders": len(orders), "seconds": time.perf_counter() - began}


if __name__ == "__main__":
    print(json.dumps(feed(json.loads(Path(sys.argv[1]).read_text()))))
