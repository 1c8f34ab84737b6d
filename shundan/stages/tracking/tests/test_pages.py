"""Every page of packing, shipping and tracking, as a person presses through them; and what a packer may see."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shundan.core.parcel_moves import HERE
from shundan.core.rights import Role
from shundan.core.states import OrderState, ParcelState
from shundan.ground.staff.models import Person
from shundan.stages.packing.models import Parcel, Wave
from shundan.stages.packing.tests.cast import (
    NOW,
    STEP,
    make_item,
    make_parcel,
    make_shop,
    make_warehouse,
    order_of,
    stop_order,
)
from shundan.stages.packing.views import lists
from shundan.stages.shipping.actions import printing
from shundan.stages.shipping.models import Label, Manifest
from shundan.stages.shipping.views import labels
from shundan.stages.tracking.actions import open_trouble
from shundan.stages.tracking.models import Trouble
from tests.people import sign_in

pytestmark = pytest.mark.django_db
P = ParcelState


@pytest.fixture
def packer() -> Client:
    return sign_in("packer", "packer")


@pytest.fixture
def world():
    """One parcel in each state of the ordinary way, of an item with a barcode."""
    shop, mug = make_shop(), make_item("MUG", barcode="6971482003318", on_hand=99)
    return {state: make_parcel(shop, {mug: 2}, state) for state in P}


def where(parcel: Parcel, name: str = "tracking:parcel") -> str:
    return reverse(name, args=[parcel.shop.shop_id, parcel.parcel_id])


@pytest.mark.parametrize(
    "name",
    [
        "packing:parcels",
        "packing:station",
        "shipping:labels",
        "shipping:manifests",
        "tracking:followed",
        "tracking:troubles",
    ],
)
def test_every_list_opens(name: str, packer: Client, world) -> None:
    answer = packer.get(reverse(name))
    assert answer.status_code == 200
    assert not re.search(rb'\sstyle="|<script>|javascript:', answer.content)


@pytest.mark.parametrize("state", P)
@pytest.mark.parametrize("role", [Role.OWNER, Role.CLERK, Role.PACKER, Role.SERVICE, Role.VIEWER])
def test_a_parcels_page_opens_in_every_state_for_every_role_that_sees_parcels(state: P, role: Role) -> None:
    parcel = make_parcel(make_shop(), {make_item("MUG"): 2}, state)
    open_trouble(parcel, "by_hand", by=STEP, now=NOW, facts={"note": "wet"})
    answer = sign_in(role.value, role.value).get(where(parcel))
    assert answer.status_code == 200
    assert parcel.parcel_id in answer.content.decode()


def test_an_accountant_sees_no_parcel(world) -> None:
    assert sign_in("accountant", "accountant").get(where(world[P.PACKED])).status_code == 403


def test_a_packers_screens_show_no_money_and_no_address(packer: Client, world) -> None:
    parcel = world[P.LABELLED]
    pages = [
        packer.get(reverse("packing:station"), {"code": parcel.parcel_id}),
        packer.get(where(parcel)),
        packer.get(reverse("packing:parcels")),
        packer.get(reverse("shipping:labels")),
    ]
    for page in pages:
        text = page.content.decode()
        assert not [word for word in ("19.90", "$", "Emma", "Fictional", "Springfield") if word in text]
    assert packer.get(where(parcel, "packing:invoice")).status_code == 403


def test_a_parcel_is_packed_at_the_station_by_its_scans_alone(packer: Client, world) -> None:
    parcel = world[P.LABELLED]
    told = {"code": parcel.parcel_id}
    page = packer.post(reverse("packing:station_scan"), told).content.decode()
    assert "0 / 2" in page and 'data-sound="right"' in page
    for _ in range(2):
        packer.post(reverse("packing:station_scan"), {"parcel": parcel.pk, "code": "6971482003318"})
    page = packer.post(
        reverse("packing:station_scan"), {"parcel": parcel.pk, "code": parcel.parcel_id}
    ).content.decode()
    assert f"{parcel.parcel_id} is packed." in page
    parcel.refresh_from_db()
    assert parcel.parcel_state == P.PACKED


def test_a_wrong_scan_sounds_wrong_and_keeps_the_parcel_on_the_table(packer: Client, world) -> None:
    parcel = world[P.LABELLED]
    page = packer.post(reverse("packing:station_scan"), {"parcel": parcel.pk, "code": "LAMP"}).content.decode()
    assert 'data-sound="wrong"' in page and "LAMP does not belong" in page and "station-row wrong" in page


def test_a_stop_fills_the_screen_until_the_shelf_is_scanned(packer: Client, world) -> None:
    parcel = world[P.LABELLED]
    stop_order(order_of(parcel))
    page = packer.get(reverse("packing:station"), {"code": parcel.parcel_id}).content.decode()
    assert "Stop, do not ship" in page and 'data-sound="stop"' in page
    told = {"parcel": parcel.pk, "wanted": "R-1", "shelf": "R-9"}
    assert "That is not shelf R-1." in packer.post(reverse("packing:station_shelve"), told).content.decode()
    page = packer.post(reverse("packing:station_shelve"), told | {"shelf": "r-1"}).content.decode()
    assert "stands on r-1" in page
    parcel.refresh_from_db()
    assert (parcel.parcel_state, parcel.note) == (P.LABELLED, "r-1")


def test_missing_goods_stop_the_order(packer: Client, world) -> None:
    parcel = world[P.LABELLED]
    page = packer.post(reverse("packing:station_short"), {"parcel": parcel.pk}).content.decode()
    assert "Goods are missing" in page
    assert order_of(parcel).stops.get().kind == "missing_goods"


def test_an_odd_weight_asks_why(packer: Client, world) -> None:
    parcel = world[P.LABELLED]
    parcel.parcel_lines.update(checked=2)
    told = {"parcel": parcel.pk, "weight_g": "9000"}
    assert 'name="accept_weight"' in packer.post(reverse("packing:station_pack"), told).content.decode()
    packer.post(reverse("packing:station_pack"), told | {"accept_weight": "two boxes"})
    parcel.refresh_from_db()
    assert (parcel.parcel_state, parcel.weight_g) == (P.PACKED, 9000)


def test_a_wave_is_made_picked_with_a_phone_and_closed(packer: Client, world) -> None:
    answer = packer.post(reverse("packing:make_wave"), {"kind": "multi"})
    wave = Wave.objects.get()
    assert answer.url == reverse("packing:wave", args=[wave.wave_id])
    assert (wave.parcels, wave.units) == (1, 2)
    assert packer.get(answer.url).status_code == 200
    assert packer.get(reverse("packing:pick_list", args=[wave.wave_id])).content.startswith(b"%PDF")
    pick = reverse("packing:pick", args=[wave.wave_id])
    assert "Take 2" in packer.get(pick).content.decode()
    assert "is not on this pick list" in packer.post(pick, {"code": "NONE"}).content.decode()
    assert "Take 1" in packer.post(pick, {"code": "MUG"}).content.decode()
    assert "Everything is picked." in packer.post(pick, {"code": "a-03-2"}).content.decode()
    packer.post(reverse("packing:close_wave", args=[wave.wave_id]))
    wave.refresh_from_db()
    assert wave.closed_at is not None
    again = packer.post(reverse("packing:make_wave"), {})
    assert again.status_code == 422


def test_slips_and_invoices_come_as_pdf(world) -> None:
    clerk, parcel = sign_in("clerk", "clerk"), world[P.PACKED]
    assert clerk.get(where(parcel, "packing:slip")).content.startswith(b"%PDF")
    assert clerk.get(where(parcel, "packing:invoice")).content.startswith(b"%PDF")
    told = {"row": [world[P.PACKED].pk, world[P.LABELLED].pk]}
    assert clerk.post(reverse("packing:slips"), told).content.startswith(b"%PDF")
    assert clerk.post(reverse("packing:invoices"), told).content.startswith(b"%PDF")


def test_a_hand_over_from_opening_to_paper(packer: Client, world) -> None:
    make_warehouse()
    where_to = packer.post(reverse("shipping:open_manifest"), {}).url
    manifest = Manifest.objects.get()
    assert packer.get(where_to).status_code == 200
    scan = reverse("shipping:scan_out", args=[manifest.manifest_id])
    page = packer.post(scan, {"code": world[P.LABELLED].parcel_id}).content.decode()
    assert 'data-sound="wrong"' in page and "is not packed" in page
    assert 'data-sound="right"' in packer.post(scan, {"code": world[P.PACKED].parcel_id}).content.decode()
    packer.post(reverse("shipping:close_manifest", args=[manifest.manifest_id]), {"counted": "1"})
    world[P.PACKED].refresh_from_db()
    assert world[P.PACKED].parcel_state == P.HANDED_OVER
    paper = packer.get(reverse("shipping:manifest_paper", args=[manifest.manifest_id]))
    assert paper.content.startswith(b"%PDF")
    assert packer.get(where_to).status_code == 200
    packer.post(where(world[P.PACKED], "shipping:take_back"), {"why": "the van was full"})
    world[P.PACKED].refresh_from_db()
    assert world[P.PACKED].parcel_state == P.PACKED


def test_a_stopped_parcel_at_hand_over_turns_the_screen_red(packer: Client, world) -> None:
    stop_order(order_of(world[P.PACKED]))
    packer.post(reverse("shipping:open_manifest"), {})
    scan = reverse("shipping:scan_out", args=[Manifest.objects.get().manifest_id])
    page = packer.post(scan, {"code": world[P.PACKED].parcel_id}).content.decode()
    assert "Stop, do not ship" in page and 'data-sound="stop"' in page


def test_printing_a_label_again_asks_why(packer: Client, world) -> None:
    from shundan.ground.lib.blobs import put_blob

    parcel = world[P.LABELLED]
    Label.objects.create(
        shop=parcel.shop,
        parcel=parcel,
        number=1,
        asked_at=NOW,
        fetched_at=NOW,
        blob=put_blob(b"%PDF-1.4 one"),
        content_type="application/pdf",
    )
    assert packer.post(reverse("shipping:print"), {"row": [parcel.pk]}).content == b"%PDF-1.4 one"
    page = packer.post(reverse("shipping:print"), {"row": [parcel.pk]})
    assert page.status_code == 422 and "Print again" in page.content.decode()
    told = {"row": [parcel.pk], "reason": "The printer jammed"}
    assert packer.post(reverse("shipping:print"), told).content == b"%PDF-1.4 one"
    assert Label.objects.get().printed == 2


def test_a_trouble_is_closed_with_a_cause_from_the_tree(world) -> None:
    parcel, service = world[P.IN_TRANSIT], sign_in("service", "service")
    service.post(where(parcel, "tracking:note_trouble"), {"note": "box is wet"})
    trouble = Trouble.objects.get()
    close = reverse("tracking:close_trouble", args=[trouble.pk])
    assert service.post(close, {"cause": "nothing"}).status_code == 422
    service.post(close, {"cause": "carrier.damaged", "outcome": "claimed"})
    trouble.refresh_from_db()
    assert (trouble.cause, trouble.outcome, trouble.closed_at is not None) == ("carrier.damaged", "claimed", True)


def test_everything_means_what_the_list_shows(world, packer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(lists, "slip_facts", lambda keys: asked.extend(keys) or [])
    packer.post(reverse("packing:slips"), {"everything": "1"})
    assert set(asked) == {parcel.pk for state, parcel in world.items() if state in HERE}


def test_what_would_be_cut_off_is_refused(world, packer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (labels, printing):
        monkeypatch.setattr(module, "MOST", 1)
    assert "Print at most 1 labels" in packer.post(reverse("shipping:print"), {"everything": "1"}).content.decode()


def test_a_person_says_that_a_parcel_arrived(world) -> None:
    parcel, service = world[P.IN_TRANSIT], sign_in("service", "service")
    service.post(where(parcel, "tracking:move"), {"move": "DELIVER", "why": "the buyer wrote so"})
    parcel.refresh_from_db()
    assert (parcel.parcel_state, order_of(parcel).order_state) == (P.DELIVERED, OrderState.DELIVERED)
    assert service.post(where(parcel, "tracking:move"), {"move": "LOSE", "why": "?"}).status_code == 409


def test_somebody_of_another_shop_finds_nothing(world) -> None:
    client = sign_in("packer", "packer")
    Person.objects.get().shops.add(make_shop("Other"))
    assert client.get(where(world[P.PACKED])).status_code == 404
    assert world[P.PACKED].parcel_id not in client.get(reverse("packing:parcels")).content.decode()
    assert (
        "There is no" in client.get(reverse("packing:station"), {"code": world[P.LABELLED].parcel_id}).content.decode()
    )


@pytest.mark.parametrize("name", ["packing:parcels", "shipping:labels", "tracking:followed"])
def test_a_list_costs_the_same_queries_for_one_row_and_for_many(name: str) -> None:
    client, shop, mug = sign_in("owner", "owner"), make_shop(), make_item("MUG", on_hand=200)

    def cost() -> int:
        """Return what a look costs; the least of three, because what is remembered for seconds may just have ended."""
        looks = []
        for _ in range(3):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(reverse(name)).status_code == 200
            looks.append(len(asked))
        return min(looks)

    def add() -> None:
        for state in (P.LABELLED, P.IN_TRANSIT):
            make_parcel(shop, {mug: 1}, state)

    add()
    for_one = cost()
    for _ in range(11):
        add()
    assert cost() == for_one <= 22
