"""The sections of the page, each a string of HTML without script or inline style."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from html import escape
from typing import Any

from sandbox.box import Box
from sandbox.faults import PRESETS, RANGES, SHARE
from sandbox.fulfilment.recalls import can_recall
from sandbox.orders.kinds import KINDS
from sandbox.pages.words import say
from sandbox.webhooks.types import BY_TYPE

SHOWN = 40
STATUSES = (
    "AWAITING_SHIPMENT",
    "UNPAID",
    "ON_HOLD",
    "AWAITING_COLLECTION",
    "IN_TRANSIT",
    "DELIVERED",
    "COMPLETED",
    "CANCELLED",
)


def utc(moment: float) -> str:
    return f"{dt.datetime.fromtimestamp(moment, dt.UTC):%Y-%m-%d %H:%M:%S} UTC"


def form(lang: str, name: str, content: str, *, button: str, kind: str = "", about: str = "") -> str:
    """Return a form of one button; `about` tells apart, for who listens, buttons that look the same."""
    label = f' aria-label="{escape(f"{button} {about}", quote=True)}"' if about else ""
    return (
        f'<form method="post" action="/sandbox/act/{name}" class="{kind}"><input type="hidden" '
        f'name="lang" value="{lang}">{content}'
        f"<button{label}>{button}</button></form>"
    )


def hidden(**values: object) -> str:
    return "".join(
        f'<input type="hidden" name="{key}" value="{escape(str(value), quote=True)}">' for key, value in values.items()
    )


def field(name: str, label: str, value: object = "", *, kind: str = "text", low: float = 0) -> str:
    limits = f" step=any min={low:g}" if kind == "number" else ""
    shown = escape(str(value), quote=True)
    return f'<label>{label} <input name="{name}" type="{kind}" value="{shown}"{limits}></label>'


def choice(name: str, label: str, options: list[tuple[str, str]]) -> str:
    rows = "".join(f'<option value="{escape(value, quote=True)}">{escape(text)}</option>' for value, text in options)
    return f'<label>{label} <select name="{name}">{rows}</select></label>'


def section(title: str, content: str, *, kind: str = "") -> str:
    return f'<section class="{kind}"><h2>{title}</h2>{content}</section>'


def table(lang: str, title: str, words: tuple[str, ...], rows: str, *, kind: str = "") -> str:
    """Return a table under its heads, or a word that there is nothing; a phone shows rows of kind `cards` as cards."""
    if not rows:
        return f"<p>{say(lang, 'nothing')}</p>"
    head = "".join(f'<th scope="col">{say(lang, word)}</th>' for word in words)
    return (
        f'<div class="wide"><table aria-label="{title}" class="{kind}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def clock_part(box: Box, lang: str) -> str:
    jumps = "".join(
        form(lang, "clock", hidden(advance=seconds), button=say(lang, word), kind="mini")
        for word, seconds in (("ten_minutes", 600), ("hour", 3600), ("day", 86400), ("week", 604800))
    )
    speed = form(
        lang,
        "clock",
        field("speed", say(lang, "speed"), f"{box.clock.speed:g}", kind="number"),
        button=say(lang, "set"),
    )
    return section(
        say(lang, "clock"),
        f'<p class="big">{utc(box.clock.running())}</p><div class="row">{say(lang, "advance")} {jumps}</div>{speed}',
    )


def shops_part(box: Box, lang: str) -> str:
    rows = ""
    to_ship = Counter(row["shop_id"] for row in box.book.orders.values() if row["status"] == "AWAITING_SHIPMENT")
    for shop in box.shops():
        waiting = to_ship[shop["id"]]
        rows += (
            f'<tr><th scope="row"><b>{escape(shop["name"])}</b><br><span class="mute">{shop["id"]}</span><br>'
            f'<a href="/sandbox/orders.csv?shop={shop["id"]}">{say(lang, "all_orders")}</a> · '
            f'<a href="/sandbox/ratings.csv?shop={shop["id"]}">{say(lang, "ratings")}</a></th>'
            f"<td>{shop['region']}</td><td>{len(box.book.index(shop['id'], 'create_time'))}</td>"
            f"<td>{waiting}</td></tr>"
        )
    words = ("shop", "market", "orders", "to_ship")
    return section(say(lang, "shops"), table(lang, say(lang, "shops"), words, rows))


def place_part(box: Box, lang: str) -> str:
    shops = [
        ("any", say(lang, "any")),
        *((shop["id"], f"{shop['name']} ({shop['region']})") for shop in box.shops()),
    ]
    flaws = [
        ("", say(lang, "none")),
        *((name, say(lang, f"flaw_{name}")) for name in ("unmapped", "price", "address")),
    ]
    fields = (
        choice("shop", say(lang, "shop"), shops)
        + field("count", say(lang, "count"), 1, kind="number")
        + field("sku", say(lang, "sku"), "any")
        + field("quantity", say(lang, "quantity"), 1, kind="number")
        + choice("status", say(lang, "status"), [(name, name) for name in STATUSES])
        + choice("type", say(lang, "kind"), [(name, name) for name in KINDS])
        + choice("flaw", say(lang, "flaw"), flaws)
    )
    return section(say(lang, "place"), form(lang, "orders", fields, button=say(lang, "go")))


def faults_part(box: Box, lang: str) -> str:
    """Show the presets, one field per fault, and how often each struck."""
    struck, fields = box.store.get("meta", "struck") or {}, ""
    for group, names in box.faults.items():
        fields += f"<fieldset><legend>{say(lang, group)}</legend>"
        for name, value in names.items():
            if name == "expire_tokens":
                fields += '<label class="choice"><input type="checkbox" name="expire_tokens" value="1"> '
                fields += say(lang, name) + "</label>"
                continue
            count = struck.get(f"{group}.{name}", 0)
            told = say(lang, name) + (f' <span class="mute">×{count}</span>' if count else "")
            if name == "retire":
                fields += field(name, told, " ".join(value))
                continue
            fields += field(name, told, f"{value:g}", kind="number", low=(RANGES[group][name] or SHARE)[0])
        fields += "</fieldset>"
    presets = "".join(
        form(lang, "faults", hidden(preset=name), button=say(lang, f"preset_{name}"), kind="mini") for name in PRESETS
    )
    about = f'<p class="mute">{say(lang, "faults_about")}</p>'
    content = f'<div class="row">{presets}</div>{about}' + form(lang, "faults", fields, button=say(lang, "set"))
    return section(say(lang, "faults"), content, kind="span")


def webhook_part(box: Box, lang: str) -> str:
    """Show a form that sends one webhook of any kind, and one that takes a shop's consent back."""
    shops = [(shop["id"], f"{shop['name']} ({shop['region']})") for shop in box.shops()]
    kinds = [(str(row.type), f"{row.type} {row.event}") for row in BY_TYPE.values()]
    send = form(
        lang,
        "webhooks",
        choice("type", say(lang, "event"), kinds) + choice("shop", say(lang, "shop"), shops),
        button=say(lang, "send"),
    )
    take = form(lang, "revoke", choice("shop", say(lang, "shop"), shops), button=say(lang, "revoke"))
    return section(say(lang, "by_hand"), send + take)


def buttons(box: Box, order: dict[str, Any], lang: str) -> str:
    """Return what can be done to an order in its present status."""
    status, order_id, made = order["status"], order["id"], ""

    def mini(act: str, word: str, **given: object) -> str:
        return form(lang, act, hidden(order_id=order_id, **given), button=word, kind="mini", about=order_id)

    before = status in ("UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "AWAITING_COLLECTION")
    if (before or can_recall(box, order)) and not order["is_buyer_request_cancel"]:
        made += mini("cancel", say(lang, "cancel"))
    for event, statuses in (
        ("collected", ("AWAITING_COLLECTION",)),
        ("delivered", ("AWAITING_COLLECTION", "IN_TRANSIT")),
    ):
        if status in statuses:
            made += mini("scan", say(lang, event), event=event)
    if status in ("IN_TRANSIT", "DELIVERED", "COMPLETED"):
        made += mini("return", say(lang, "return"), type="RETURN_AND_REFUND")
    if status in ("DELIVERED", "COMPLETED"):
        made += mini("rate", say(lang, "rate") + " ★2", stars=2)
        made += mini("rate", say(lang, "rate") + " ★5", stars=5)
    return made + mini("chat", say(lang, "chat"), text=say(lang, "hello"))


def orders_part(box: Box, lang: str) -> str:
    newest = sorted(box.book.orders.values(), key=lambda order: -order["create_time"])[:SHOWN]
    rows = ""
    for order in newest:
        goods = ", ".join(dict.fromkeys(line["seller_sku"] or "?" for line in order["line_items"]))
        shop = box.shop(order["shop_id"])
        rows += (
            f'<tr><th scope="row">{order["id"]}<br><span class="mute">{shop["region"]} '
            f"· {utc(order['create_time'])}</span></th>"
            f'<td><span class="tag {order["status"].lower()}">{order["status"]}</span></td>'
            f"<td>{escape(order['_username'])}</td>"
            f'<td>{escape(goods)} <span class="mute">×{len(order["line_items"])}</span></td>'
            f'<td class="num">{order["payment"]["total_amount"]} {order["payment"]["currency"]}</td>'
            f"<td>{escape(order['tracking_number'])}</td>"
            f'<td class="row">{buttons(box, order, lang)}</td></tr>'
        )
    words = ("order", "status", "buyer", "goods", "total", "tracking", "acts")
    return section(say(lang, "newest"), table(lang, say(lang, "newest"), words, rows, kind="cards"))


def deliveries_part(box: Box, lang: str) -> str:
    newest = list(box.store.table("delivery").values())[-SHOWN:][::-1]
    rows = "".join(
        f'<tr><th scope="row">{row["id"]}</th>'
        f"<td>{row['event']}</td><td>{escape(row['address'])}</td>"
        f'<td>{row["state"]}</td><td class="num">{row["attempts"]}</td>'
        f"<td>{escape(row['answer'])}</td><td>{utc(row['created'])}</td></tr>"
        for row in newest
    )
    words = ("delivery", "event", "address", "status", "attempts", "answer", "clock")
    return section(say(lang, "deliveries"), table(lang, say(lang, "deliveries"), words, rows, kind="cards"))
