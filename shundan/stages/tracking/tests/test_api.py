"""The API of packing, shipping and tracking, as the scripted staff of a warehouse uses it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from shundan.core.rights import Role
from shundan.core.states import ParcelState
from shundan.ground.lib.blobs import put_blob
from shundan.ground.staff.actions import issue_token
from shundan.stages.packing.models import Parcel
from shundan.stages.packing.tests.cast import (
    NOW,
    make_item,
    make_parcel,
    make_shop,
    make_warehouse,
    order_of,
    stop_order,
)
from shundan.stages.shipping.models import Label
from shundan.stages.tracking.models import Trouble

pytestmark = pytest.mark.django_db
P = ParcelState


class Staff:
    """Somebody with a token."""

    def __init__(self, role: Role) -> None:
        self.client = Client(
            headers={
                "authorization": f"Bearer {issue_token(role.value, name=role.value)}",
                "accept-language": "en",
            }
        )

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(f"/api/v1/{path}", query)
        return answer.status_code, answer.json() if "json" in answer["Content-Type"] else answer.content

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self.client.post(f"/api/v1/{path}", body or {}, content_type="application/json")
        return answer.status_code, answer.json() if "json" in answer["Content-Type"] else answer.content


@pytest.fixture
def packer() -> Staff:
    return Staff(Role.PACKER)


def labelled(shop=None) -> Parcel:
    parcel = make_parcel(shop or make_shop(), {make_item(f"MUG-{Parcel.objects.count()}"): 2}, P.LABELLED)
    Label.objects.create(
        shop=parcel.shop,
        parcel=parcel,
        number=1,
        asked_at=NOW,
        fetched_at=NOW,
        blob=put_blob(b"%PDF-1.4 label"),
        content_type="application/pdf",
    )
    return parcel


def test_a_parcel_goes_from_its_label_to_the_van_through_the_api_alone(packer: Staff) -> None:
    make_warehouse()
    parcel = labelled()
    shop, number = parcel.shop.shop_id, parcel.parcel_id
    status, page = packer.get("packing/parcels", state="LABELLED")
    assert (status, [one["parcel_id"] for one in page["items"]], page["next"]) == (200, [number], None)
    keys = [{"shop": shop, "parcel_id": number}]
    assert packer.post("shipping/labels/print", {"parcels": keys}) == (200, b"%PDF-1.4 label")
    status, told = packer.post("shipping/labels/print", {"parcels": keys})
    assert (status, told["error"]["code"], told["error"]["field"]) == (422, "printed_before", "reason")
    line = page["items"][0]["lines"][0]
    codes = [line["codes"][0]] * line["quantity"]
    weight = packer.get(f"packing/parcels/{shop}/{number}")[1]["expected_weight_g"]
    status, packed = packer.post(f"packing/parcels/{shop}/{number}/pack", {"codes": codes, "weight_g": weight})
    assert (status, packed["state"], packed["weight_g"]) == (200, "PACKED", weight)
    status, manifest = packer.post("shipping/manifests", {"carrier": ""})
    path = f"shipping/manifests/{manifest['manifest_id']}"
    assert packer.post(f"{path}/scan", {"code": number})[1]["parcels"] == 1
    status, closed = packer.post(f"{path}/close", {"counted": 1})
    assert (status, closed["parcel_ids"], closed["counted"]) == (200, [number], 1)
    assert packer.post(f"{path}/close", {})[0] == 409
    assert packer.get(f"{path}/pdf")[1].startswith(b"%PDF")
    assert packer.get("tracking/parcels")[1]["items"][0]["state"] == "HANDED_OVER"
    back = packer.post(f"shipping/parcels/{shop}/{number}/take-back", {"why": "the van was full"})
    assert back == (200, {"count": 1})


def test_refusals_carry_code_and_remedy(packer: Staff) -> None:
    parcel = labelled()
    path = f"packing/parcels/{parcel.shop.shop_id}/{parcel.parcel_id}"
    status, told = packer.post(f"{path}/scan", {"code": "NONE"})
    assert (status, told["error"]["code"]) == (422, "wrong_item")
    stop_order(order_of(parcel))
    status, told = packer.post(f"{path}/pack", {"codes": []})
    assert (status, told["error"]["code"], told["error"]["remedy"]) == (409, "stopped", "Put it on shelf R-1.")
    assert packer.get("packing/parcels/70/none")[0] == 404
    assert packer.get("packing/parcels", colour="red")[0] == 422
    assert packer.get("packing/parcels", limit=201)[0] == 422


def test_lists_are_read_page_by_page(packer: Staff) -> None:
    shop = make_shop()
    numbers = [labelled(shop).parcel_id for _ in range(3)]
    for path in ("packing/parcels", "shipping/labels"):
        first = packer.get(path, limit=2)[1]
        rest = packer.get(path, limit=2, after=first["next"])[1]
        assert [one["parcel_id"] for one in first["items"] + rest["items"]] == numbers
        assert rest["next"] is None
    assert packer.get("packing/parcels", q=numbers[1])[1]["items"][0]["parcel_id"] == numbers[1]
    assert packer.get("shipping/labels", label="waiting")[1]["items"] == []


def test_waves_are_made_picked_and_closed(packer: Staff) -> None:
    labelled()
    wave = packer.post("packing/waves", {"kind": "multi"})[1]
    path = f"packing/waves/{wave['wave_id']}"
    pick = packer.get(path)[1]["picks"][0]
    assert packer.post(f"{path}/pick", {"code": pick["codes"][0], "quantity": 2})[1]["picked"] == 2
    assert packer.post(f"{path}/close")[1]["closed_at"] is not None
    assert packer.get("packing/waves")[1] == []


def test_troubles_are_noted_and_closed() -> None:
    service, parcel = Staff(Role.SERVICE), make_parcel(make_shop(), {make_item("MUG"): 1}, P.IN_TRANSIT)
    path = f"tracking/parcels/{parcel.shop.shop_id}/{parcel.parcel_id}"
    key = service.post(f"{path}/trouble", {"note": "wet"})[1][0]["key"]
    assert [one["key"] for one in service.get("tracking/troubles")[1]] == [key]
    status, closed = service.post(f"tracking/troubles/{key}/close", {"cause": "carrier.damaged", "outcome": "claimed"})
    assert (status, closed["cause"], Trouble.objects.get().outcome) == (200, "carrier.damaged", "claimed")
    assert service.post(f"{path}/move", {"move": "DELIVER", "why": "told"})[1]["state"] == "DELIVERED"
    assert service.get(path)[1]["troubles"][0]["key"] == key


@pytest.mark.parametrize(
    ("role", "path", "body"),
    [
        (Role.VIEWER, "packing/waves", {}),
        (Role.SERVICE, "packing/waves", {}),
        (Role.VIEWER, "shipping/manifests", {}),
        (Role.PACKER, "shipping/carriers", {"key": "own", "name": "Own"}),
        (Role.PACKER, "tracking/troubles/1/close", {"cause": "other"}),
        (Role.VIEWER, "tracking/troubles/1/tell", {"text": "hello"}),
    ],
)
def test_a_role_without_the_right_is_refused(role: Role, path: str, body: dict[str, str]) -> None:
    assert Staff(role).post(path, body)[0] == 403


def test_a_call_with_the_same_idempotency_key_opens_one_manifest(packer: Staff) -> None:
    make_warehouse()
    headers = {"idempotency-key": "shift-1"}
    first, again = (
        packer.client.post("/api/v1/shipping/manifests", {}, content_type="application/json", headers=headers).json()
        for _ in range(2)
    )
    assert first == again
