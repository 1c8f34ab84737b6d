"""The buttons of the page: each form does one control call and comes back with a sentence."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

from sandbox.box import Box
from sandbox.control import api
from sandbox.errors import ControlRefusal, Refusal
from sandbox.faults import NUMBERS, RANGES
from sandbox.gateway import Request

PATHS = {
    "clock": "clock",
    "orders": "orders",
    "faults": "faults",
    "cancel": "buyers/cancel",
    "return": "buyers/return",
    "rate": "buyers/rate",
    "chat": "buyers/chat",
    "address": "buyers/address",
    "scan": "couriers/scan",
    "app": "app",
    "shops": "shops",
    "traffic": "traffic",
    "live": "traffic",
    "webhooks": "webhooks",
    "revoke": "sellers/revoke",
}
WHOLE = ("count", "lines", "quantity", "stars")
DECIMAL = {"advance", "speed", "orders_per_hour", "per_hour", "minutes", *NUMBERS}


def act(box: Box, name: str, request: Request) -> str:
    """Do what the form says; return the page to show next."""
    if name not in PATHS:
        raise ControlRefusal("This button is unknown.", http=404)
    form = dict(parse_qsl(request.body.decode()))
    lang = form.pop("lang", "")
    try:
        answer = api.answer(box, "POST", PATHS[name], Request("POST", "", [], {}, orjson.dumps(shape(name, form))))
        told = {"said": orjson.dumps(answer).decode()[:300]}
    except (ControlRefusal, Refusal) as refusal:
        told = {"refused": refusal.message}
    return "/sandbox/?" + urlencode({"lang": lang, **told})


def shape(name: str, form: dict[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for key, value in form.items():
        try:
            given[key] = int(value) if key in WHOLE else float(value) if key in DECIMAL else value
        except ValueError:
            given[key] = value
    if "retire" in given:
        given["retire"] = given["retire"].split()
    if name == "live":
        return {"burst": given}
    if name == "faults" and "preset" not in given:
        return {group: {key: given[key] for key in ranges if key in given} for group, ranges in RANGES.items()}
    return given
