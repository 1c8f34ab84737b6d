"""The scripted staff against a small pretended desk."""

from __future__ import annotations

import json

import httpx
import pytest

from sandbox.staff.clerk import Clerk
from sandbox.staff.packer import Packer


class Desk:
    """Answers GETs from a table, keeps POSTs, refuses what it is told to refuse."""

    def __init__(self) -> None:
        self.pages: dict[str, object] = {}
        self.posts: list[tuple[str, dict]] = []
        self.refuse: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v1")
        assert request.headers["authorization"] == "Bearer token-of-mine"
        if request.method == "GET":
            key = f"{path}?{request.url.params.get('state') or request.url.params.get('label') or ''}".rstrip("?")
            return httpx.Response(200, json=self.pages.get(key, self.pages.get(path, {"items": []})))
        if path in self.refuse:
            return httpx.Response(409, json={"error": {"message": "Stopped."}})
        self.posts.append((path, json.loads(request.content or b"{}")))
        return httpx.Response(200, json={"manifest_id": "M1", "warehouse": "W", "carrier": "C", "parcels": 1})


def hire(kind, desk):
    person = kind("http://127.0.0.1:1", "token-of-mine", name="tester")
    person.web.close()
    person.web = httpx.Client(
        base_url="http://127.0.0.1:1/api/v1",
        headers={"authorization": "Bearer token-of-mine"},
        transport=httpx.MockTransport(desk),
    )
    return person


@pytest.fixture
def desk():
    return Desk()


def parcels(count):
    return [
        {"shop": "S", "parcel_id": f"P{number}", "tracking_number": f"T{number}", "warehouse": "W", "carrier": "C"}
        for number in range(count)
    ]


def test_the_packer_scans_every_unit_and_leaves_the_newest_boxes(desk):
    desk.pages["/packing/parcels?LABELLED"] = {"items": parcels(7)}
    line = {"codes": ["BDR-01"], "quantity": 3, "checked": 1}
    for number in range(7):
        desk.pages[f"/packing/parcels/S/P{number}"] = {"lines": [line], "expected_weight_g": 1000}
    packer = hire(Packer, desk)
    packer.pack()
    assert [path for path, _ in desk.posts] == ["/packing/parcels/S/P0/pack", "/packing/parcels/S/P1/pack"]
    body = desk.posts[0][1]
    assert body["codes"] == ["BDR-01", "BDR-01"] and 980 <= body["weight_g"] <= 1020
    packer.web.close()


def test_what_the_desk_refuses_rests_and_does_not_stop_the_others(desk, capsys):
    desk.pages["/packing/parcels?LABELLED"] = {"items": parcels(7)}
    for number in range(7):
        desk.pages[f"/packing/parcels/S/P{number}"] = {"lines": [], "expected_weight_g": None}
    desk.refuse = {"/packing/parcels/S/P0/pack"}
    packer = hire(Packer, desk)
    packer.pack()
    packer.pack()
    assert [path for path, _ in desk.posts] == ["/packing/parcels/S/P1/pack"] * 2
    assert capsys.readouterr().err.count("Stopped.") == 1
    packer.web.close()


def test_packed_parcels_leave_on_one_manifest_that_is_closed_with_its_count(desk):
    desk.pages["/packing/parcels?PACKED"] = {"items": parcels(6)}
    desk.pages["/shipping/manifests"] = []
    desk.pages["/shipping/manifests/M1"] = {"parcels": 2}
    packer = hire(Packer, desk)
    packer.hand_over()
    assert [path.rsplit("/", 1)[1] for path, _ in desk.posts] == ["manifests", "scan", "scan", "close"]
    assert [body["code"] for _, body in desk.posts[1:3]] == ["T0", "T1"] and desk.posts[3][1]["counted"] == 2
    packer.web.close()


def test_the_clerk_lets_a_price_pass_and_leaves_an_unknown_sku_to_a_person(desk, capsys):
    rows = [{"shop": "S", "order_id": f"O{number}"} for number in range(8)]
    desk.pages["/orders?HELD"] = {"items": rows}
    for row, kind in ((rows[7], "price"), (rows[6], "unknown_sku")):
        desk.pages[f"/orders/S/{row['order_id']}"] = {
            "holds": [{"kind": kind, "closed_at": None}],
            "address": {"lines": [], "region": "US"},
        }
    clerk = hire(Clerk, desk)
    clerk.free_holds()
    assert desk.posts == [("/orders/S/O7/waive", {"check": "price", "why": "Asked the buyer: it is meant so."})]
    assert "O6 to a person" in capsys.readouterr().err
    clerk.web.close()
