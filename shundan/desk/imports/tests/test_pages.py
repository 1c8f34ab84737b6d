"""Imports by hand and by program: upload, preview, confirm, progress, result, refused rows, rights."""

from __future__ import annotations

import ast
import csv
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shundan.core.actors import SYSTEM
from shundan.desk.imports.actions import reading, starting
from shundan.desk.imports.queries import imports_seen_by
from shundan.desk.imports.steps import run_next_imports
from shundan.desk.imports.views import pages
from shundan.desk.imports.views.sentences import SENTENCES
from shundan.edges.channels import files
from shundan.edges.inbox.queries import unapplied
from shundan.ground.lib import clock, sheets
from shundan.ground.lib.sheets import read_sheet
from shundan.ground.shops.actions import ShopDraft, store_shop
from shundan.ground.shops.queries import Shop, all_shops
from shundan.ground.staff import actions as staff
from tests.files import HEADERS, as_csv, table, us_order

pytestmark = pytest.mark.django_db(transaction=True)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def shop() -> Shop:
    return store_shop(ShopDraft("7495100000000000001", "Lamp House", "US", channel="files"), now=clock.now())


def signed_in(role: str, language: str = "en") -> Client:
    person = staff.create_person(f"one-{role}", role=role, by=SYSTEM, now=clock.now())
    client = Client(headers={"Accept-Language": language})
    client.force_login(person, backend=BACKEND)
    return client


def file_of(*rows: dict[str, str], name: str = "All order.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, as_csv(table(HEADERS["US"], rows, tabs=True)))


def upload(client: Client, *rows: dict[str, str], **fields: str):
    return client.post("/imports/upload/", {"file": file_of(*rows), "shop": "7495100000000000001", **fields})


def bearer(role: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {staff.issue_token(role, name='test', by=SYSTEM, now=clock.now())}"}


def test_a_file_goes_from_upload_over_preview_to_the_result(shop: Shop) -> None:
    clerk = signed_in("clerk")
    where = upload(clerk, us_order(1), us_order(2, Quantity="two"))["Location"]
    page = clerk.get(where).content.decode()
    assert "Store 1 row" in page
    assert "“two” is no quantity." in page
    assert clerk.post(f"{where}confirm/")["Location"] == where
    moving = clerk.get(where, headers={"HX-Request": "true", "HX-Target": "report"})
    assert 'hx-trigger="every 1s"' in moving.content.decode()
    run_next_imports()
    assert clerk.get(where, headers={"HX-Request": "true", "HX-Target": "report"})["HX-Refresh"] == "true"
    assert "1 row is stored." in clerk.get(where).content.decode()
    assert unapplied("order").count() == 1


def test_every_phase_speaks_chinese(shop: Shop) -> None:
    clerk = signed_in("clerk", "zh-hans")
    where = upload(clerk, us_order(1), us_order(2, Quantity="two"))["Location"]
    page = clerk.get(where).content.decode()
    assert "“two”不是有效的数量。" in page
    assert "等待确认" in page
    assert "导入" in clerk.get("/imports/").content.decode()


def test_a_broken_file_is_refused_with_a_sentence_and_a_remedy(shop: Shop) -> None:
    clerk = signed_in("clerk")
    answer = clerk.post("/imports/upload/", {"file": SimpleUploadedFile("x.csv", b"a,b\n1,2\n"), "shop": shop.shop_id})
    assert answer.status_code == 422
    assert "No known table is in this file." in answer.content.decode()
    assert "Nothing was stored." in answer.content.decode()
    assert imports_seen_by(SYSTEM) == []


def test_a_refusal_that_names_a_value_is_told_in_the_readers_language(shop: Shop) -> None:
    clerk = signed_in("clerk", "zh-hans")
    for content, sentence in (
        (b"a,b\n1,2\n", "这个文件中没有可识别的表格。前几列是：a, b。"),
        (bytes(range(128, 256)) * 8, "这个文件中没有可识别的表格。前几列是：—。"),
    ):
        answer = clerk.post("/imports/upload/", {"file": SimpleUploadedFile("x.csv", content), "shop": shop.shop_id})
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True)


def test_a_form_without_a_file_is_shown_again(shop: Shop) -> None:
    answer = signed_in("clerk").post("/imports/upload/", {"shop": shop.shop_id})
    assert answer.status_code == 422
    assert "This field is required." in answer.content.decode()


def test_no_more_of_a_file_is_read_than_shows_that_it_is_too_large(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    begin = pages.actions.start_import

    def note(content: bytes, *told: Any, **more: Any) -> Any:
        read.append(len(content))
        return begin(content, *told, **more)

    monkeypatch.setattr(pages.actions, "start_import", note)
    for module in (pages, starting):
        monkeypatch.setattr(module, "LARGEST_FILE", 10)
    answer = upload(signed_in("clerk"), us_order(1), shop=shop.shop_id)
    assert (answer.status_code, read) == (422, [11])
    assert "The file is larger than 100 MB." in answer.content.decode()


def test_a_new_shop_needs_its_market(shop: Shop) -> None:
    answer = upload(signed_in("clerk"), us_order(1), shop="new")
    assert answer.status_code == 422
    assert "Choose the market of the new shop." in answer.content.decode()


def test_a_file_may_bring_a_new_shop(shop: Shop) -> None:
    clerk = signed_in("clerk")
    where = upload(clerk, us_order(1), shop="new", region="US", name="Corner Lamps")["Location"]
    assert "The shop Corner Lamps (US) will be made when you confirm." in clerk.get(where).content.decode()
    clerk.post(f"{where}confirm/")
    run_next_imports()
    assert [one.name for one in all_shops()] == ["Lamp House", "Corner Lamps"]


def test_the_refused_rows_can_be_downloaded_with_reasons(shop: Shop) -> None:
    clerk = signed_in("clerk")
    where = upload(clerk, us_order(1, Quantity="=1+1"))["Location"]
    answer = clerk.get(f"{where}refused.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    header, row = csv.reader(answer.content.decode("utf-8-sig").splitlines())
    assert header[:2] == ["Order ID", "Order Status"]
    assert header[-4:] == ["Row", "Column", "Why", "What to do"]
    assert (row[0], row[header.index("Quantity")]) == ("577000000000000001", "'=1+1")
    assert row[-4:] == ["2", "Quantity", "“=1+1” is no quantity.", "Correct the cell, or export the orders again."]
    book = read_sheet(clerk.get(f"{where}refused.xlsx").content)
    assert (book[0][-4:], book[1][0], book[1][header.index("Quantity")]) == (header[-4:], row[0], "=1+1")
    assert clerk.get(f"{where}refused.pdf").status_code == 404


def test_a_cancelled_preview_stores_nothing(shop: Shop) -> None:
    clerk = signed_in("clerk")
    where = upload(clerk, us_order(1))["Location"]
    clerk.post(f"{where}cancel/")
    assert "This import was cancelled." in clerk.get(where).content.decode()
    assert clerk.post(f"{where}confirm/").status_code == 409


@pytest.mark.parametrize("role", ["packer", "service", "viewer"])
def test_who_may_not_import_sees_no_import(shop: Shop, role: str) -> None:
    client = signed_in(role)
    assert client.get("/imports/").status_code == 403
    assert upload(client, us_order(1)).status_code == 403
    assert imports_seen_by(SYSTEM) == []


def test_a_program_uploads_confirms_and_reads_what_was_refused(shop: Shop) -> None:
    client, clerk = Client(), bearer("clerk")
    fields = {"file": file_of(us_order(1), us_order(2, Quantity="two")), "shop": shop.shop_id}
    answer = client.post("/api/v1/imports", fields, headers=clerk)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["phase"], told["kind"], told["shop"]) == ("PREVIEW", "orders", shop.shop_id)
    assert told["counts"] == {"new": 1, "changed": 0, "fills": 0, "same": 0, "refused": 1}
    key = told["id"]
    assert client.post(f"/api/v1/imports/{key}/confirm", headers=clerk).json()["phase"] == "STORING"
    run_next_imports()
    assert client.get(f"/api/v1/imports/{key}", headers=clerk).json()["phase"] == "DONE"
    assert client.get(f"/api/v1/imports/{key}/refused", headers=clerk).json() == {
        "items": [
            {
                "row": 3,
                "column": "Quantity",
                "order_id": "577000000000000002",
                "message": "“two” is no quantity.",
                "remedy": "Correct the cell, or export the orders again.",
            }
        ]
    }
    assert client.get(f"/api/v1/imports/{key}/refused.csv", headers=clerk).status_code == 200
    assert [one["id"] for one in client.get("/api/v1/imports", headers=clerk).json()["items"]] == [key]


def test_a_program_may_confirm_with_the_upload(shop: Shop) -> None:
    fields = {"file": file_of(us_order(1)), "shop": shop.shop_id, "confirm": "true"}
    assert Client().post("/api/v1/imports", fields, headers=bearer("clerk")).json()["phase"] == "STORING"


def test_a_program_learns_why_its_file_is_refused(shop: Shop) -> None:
    fields = {"file": SimpleUploadedFile("x.csv", b"\x00\x01\x02PK"), "shop": shop.shop_id}
    answer = Client().post("/api/v1/imports", fields, headers=bearer("clerk"))
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "bad_file"


def test_a_packers_token_may_not_import(shop: Shop) -> None:
    fields = {"file": file_of(us_order(1)), "shop": shop.shop_id}
    assert Client().post("/api/v1/imports", fields, headers=bearer("packer")).status_code == 403


def test_every_sentence_of_the_readers_can_be_translated() -> None:
    folders = [Path(module.__file__ or "").parent for module in (files, sheets)]
    paths = [*folders[0].glob("*.py"), *folders[1].glob("*.py"), Path(reading.__file__)]
    told = {
        node.value
        for path in paths
        if path.name not in ("words.py", "columns.py", "tracking.py")  # those are words of the platform
        for node in ast.walk(_without_docstrings(ast.parse(path.read_text())))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_sentence(node.value)
    }
    assert told - set(SENTENCES) == set()


def _is_sentence(text: str) -> bool:
    return (
        len(text.split()) > 3 and text[:1] in "“ABCDEFGHIJKLMNOPQRSTUVWXYZ" and (text.endswith(".") or "xport" in text)
    )


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if (
            isinstance(body, list)
            and body
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
        ):
            body.pop(0)
        if isinstance(node, ast.JoinedStr):
            node.values = []
    return tree


def test_the_same_bytes_sent_again_under_one_key_are_taken_once(shop: Shop) -> None:
    client, headers = Client(), {**bearer("clerk"), "Idempotency-Key": "upload-1"}
    content = as_csv(table(HEADERS["US"], [us_order(1)]))

    def send() -> dict[str, object]:
        fields = {"file": SimpleUploadedFile("All order.csv", content), "shop": shop.shop_id}
        told: dict[str, object] = client.post("/api/v1/imports", fields, headers=headers).json()
        return told

    first = send()
    assert first["phase"] == "PREVIEW"
    assert send() == first
    assert len(imports_seen_by(SYSTEM)) == 1
