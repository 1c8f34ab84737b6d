"""The control side: what is asked for happens, what is nonsense is refused, strangers are kept out."""

from __future__ import annotations

import asyncio
import csv
import io
from pathlib import Path

import httpx
import pytest

from sandbox.app import App
from sandbox.errors import ControlRefusal
from sandbox.pages import words


def web(tool, calls):
    """Run requests against the whole application, in one event loop."""

    async def run():
        transport = httpx.ASGITransport(app=App(tool.box))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8110") as client:
            return [await client.request(method, path, **how) for method, path, how in calls]

    return asyncio.run(run())


@pytest.mark.parametrize(
    "headers", [{"host": "evil.example"}, {"host": "127.0.0.1.evil.example"}, {"origin": "https://evil.example"}]
)
def test_other_hosts_and_origins_are_kept_out(tool, headers):
    page, change = web(
        tool,
        [
            ("GET", "/sandbox/credentials", {"headers": headers}),
            ("POST", "/sandbox/reset", {"headers": headers, "json": {}}),
        ],
    )
    assert page.status_code == change.status_code == 403 and "app_secret" not in page.text


def test_the_page_is_served_in_both_languages_without_script_or_inline_style(tool):
    tool.place()
    english, chinese, style = web(
        tool, [("GET", "/sandbox/", {}), ("GET", "/sandbox/?lang=zh", {}), ("GET", "/sandbox/style.css", {})]
    )
    for page in (english, chinese):
        assert page.status_code == 200 and "script" not in page.text and "style=" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
    assert (
        "Story clock" in english.text
        and "故事时钟" in chinese.text
        and style.headers["content-type"].startswith("text/css")
    )


def test_the_buttons_of_the_page_act(tool):
    order_id = tool.place(status="AWAITING_COLLECTION")
    form = {"order_id": order_id, "event": "delivered", "lang": "zh"}
    reply = web(tool, [("POST", "/sandbox/act/scan", {"data": form})])[0]
    assert reply.status_code == 303 and reply.headers["location"].startswith("/sandbox/?lang=zh")
    assert tool.truth(order_id) == "DELIVERED"


def test_a_button_that_cannot_act_says_so_apart_from_what_was_done(tool):
    reply = web(tool, [("POST", "/sandbox/act/scan", {"data": {"order_id": "1", "event": "delivered", "lang": "zh"}})])[
        0
    ]
    assert "refused=" in reply.headers["location"] and "said=" not in reply.headers["location"]
    page = web(tool, [("GET", reply.headers["location"], {"headers": {"accept-language": "en"}})])[0].text
    assert 'role="alert"' in page and "故事时钟" in page


def test_a_shop_is_opened_and_a_live_begun_with_the_buttons_of_the_page(tool):
    forms = [
        ("shops", {"region": "FR", "kind": "LOCAL", "lang": "en"}),
        ("traffic", {"orders_per_hour": "12", "lang": "en"}),
        ("live", {"shop": "any", "per_hour": "600", "minutes": "5", "lang": "en"}),
        ("orders", {"shop": "FR", "type": "GIFT", "count": "1", "lang": "en"}),
    ]
    replies = web(tool, [("POST", f"/sandbox/act/{name}", {"data": form}) for name, form in forms])
    assert all(reply.status_code == 303 and "error" not in reply.headers["location"] for reply in replies)
    assert [shop["region"] for shop in tool.box.shops()] == ["US", "GB", "ID", "FR"]
    traffic = tool.box.store.get("meta", "traffic")
    assert traffic["per_hour"] == 12 and traffic["burst"]["per_hour"] == 600
    made = list(tool.box.book.orders.values())[0]
    assert made["payment"]["currency"] == "EUR" and made["line_items"][-1]["is_gift"] is True
    page = web(tool, [("GET", "/sandbox/?lang=zh", {})])[0].text
    assert "开新店" in page and "直播进行中" in page


def test_the_clock_jumps_stands_and_never_goes_back(tool):
    before = tool.control("clock")["now"]
    after = tool.control("clock", advance=100.5)
    assert after["now"] - before == pytest.approx(100.5, abs=0.01) and after["speed"] == 0
    assert tool.control("clock", speed=60)["speed"] == 60
    with pytest.raises(ControlRefusal):
        tool.control("clock", advance=-1)


def test_a_refusal_is_told_in_the_language_of_the_page(tool):
    pages = web(tool, [("GET", f"/sandbox/?lang={lang}&refused=No+such+order.", {}) for lang in ("zh", "en")])
    assert "没有这个订单。" in pages[0].text and "No such order." not in pages[0].text
    assert "No such order." in pages[1].text


def test_every_refusal_that_has_chinese_words_is_one_that_is_said():
    said = "".join(
        path.read_text() for path in Path(words.__file__).parents[1].rglob("*.py") if path.name != "words.py"
    )
    assert [sentence for sentence in words.REFUSALS if f'"{sentence}"' not in said] == []


@pytest.mark.parametrize(
    "given", [{"count": 0}, {"count": "many"}, {"status": "LOST"}, {"shop": "XX"}, {"sku": "NOPE-1"}, {"type": "ODD"}]
)
def test_an_impossible_order_is_refused_and_nothing_is_placed(tool, given):
    with pytest.raises(ControlRefusal):
        tool.control("orders", **given)
    assert tool.box.book.orders == {}


def test_the_same_name_is_the_same_buyer(tool):
    first, second, other = (tool.order(tool.place(buyer=name)) for name in ("ann", "ann", "ben"))
    assert first["user_id"] == second["user_id"] != other["user_id"]
    assert first["recipient_address"] == second["recipient_address"]


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("SAMPLE", {"is_sample_order": True}),
        ("REPLACEMENT", {"is_replacement_order": True}),
        ("EXCHANGE", {"is_exchange_order": True}),
        ("COD", {"is_cod": True}),
        ("PRE_ORDER", {"order_type": "PRE_ORDER"}),
        ("MADE_TO_ORDER", {"order_type": "MADE_TO_ORDER"}),
        ("FBT", {"fulfillment_type": "FULFILLMENT_BY_TIKTOK"}),
    ],
)
def test_each_kind_of_order_says_what_it_is(tool, kind, facts):
    region = "ID" if kind == "COD" else "US"
    order = tool.order(tool.place(type=kind, shop=region), region)
    assert {key: order[key] for key in facts} == facts
    assert (order["payment"]["total_amount"] == "0.00") is (kind in ("SAMPLE", "REPLACEMENT", "EXCHANGE"))


def test_a_pre_order_stays_on_hold_until_its_release(tool):
    order_id = tool.place(type="PRE_ORDER", status="ON_HOLD")
    release = tool.order(order_id)["release_date"]
    assert 2 * 86400 <= release - tool.box.now() <= 14 * 86400
    tool.advance(seconds=release - tool.box.now() - 60)
    assert tool.truth(order_id) == "ON_HOLD"
    tool.advance(seconds=120)
    assert tool.truth(order_id) == "AWAITING_SHIPMENT"


def test_what_the_platform_fulfils_is_shipped_by_it_alone(tool):
    order = tool.order(tool.place(type="FBT"))
    assert (
        tool.refused("POST", f"/fulfillment/202309/packages/{order['packages'][0]['id']}/ship", body={})[1] == 21008025
    )
    tool.advance(hours=7)
    assert tool.truth(order["id"]) == "IN_TRANSIT"


def test_an_approved_replacement_becomes_a_new_free_order(tool):
    order_id = tool.place(status="DELIVERED")
    return_id = tool.control("buyers/return", order_id=order_id, type="REPLACEMENT")["return_id"]
    tool.call("POST", f"/return_refund/202309/returns/{return_id}/approve", body={"decision": "APPROVE_REPLACEMENT"})
    made = [order for order in tool.box.book.orders.values() if order.get("replaced_order_id") == order_id]
    assert len(made) == 1 and made[0]["status"] == "AWAITING_SHIPMENT" and made[0]["payment"]["total_amount"] == "0.00"


def test_faults_replace_each_other_and_unknown_ones_are_refused(tool):
    tool.control("faults", webhooks={"drop": 0.5}, api={"rate_limit": 3})
    assert tool.control("faults", api={"error_rate": 1})["webhooks"]["drop"] == 0.0
    for wrong in ({"api": {"typo": 1}}, {"webhooks": {"drop": 2}}):
        with pytest.raises(ControlRefusal):
            tool.control("faults", **wrong)
    assert tool.box.faults["api"]["error_rate"] == 1.0


def signed(tool, order_id):
    request = tool.request("GET", "/order/202507/orders", query={"ids": order_id})
    return ("GET", request.path, {"params": dict(request.query), "headers": request.headers})


def test_errors_and_limits_come_with_their_codes(tool):
    order_id = tool.place()
    tool.control("faults", api={"error_rate": 1})
    assert [row.json()["code"] for row in web(tool, [signed(tool, order_id)])] == [36009003]
    tool.control("faults", api={"rate_limit": 1})
    replies = web(tool, [signed(tool, order_id)] * 3)
    assert [row.status_code for row in replies] == [200, 429, 429] and replies[1].headers["retry-after"] == "1"
    assert replies[1].json()["code"] == 36009002


def test_expired_tokens_end_at_once_and_new_ones_are_given(tool):
    old = {"x-tts-access-token": tool.token("US")}
    tool.control("faults", api={"expire_tokens": True})
    assert tool.refused("GET", "/logistics/202309/warehouses", headers=old)[1] == 105002
    assert tool.call("GET", "/logistics/202309/warehouses")


def test_a_reset_keeps_app_and_clock_and_empties_the_rest(tool):
    tool.place()
    secret, now = tool.box.app["app_secret"], tool.box.now()
    made = tool.control("reset", seed=5)
    assert made["seed"] == 5 and len(made["shops"]) == 3 and tool.box.book.orders == {}
    assert tool.box.app["app_secret"] == secret and tool.box.now() >= now


def test_the_same_seed_makes_the_same_world(tool):
    titles = []
    for _ in range(2):
        tool.control("reset", seed=11)
        titles.append(
            [
                [sku["price"], sku["available"].copy()]
                for product in tool.box.store.table("product").values()
                for sku in product["skus"]
            ]
        )
        tool.place()
    assert titles[0] == titles[1]


def test_the_files_a_seller_downloads_hold_every_order_and_rating(tool):
    order_id = tool.place(status="DELIVERED", sku="BDR-01", quantity=3)
    tool.place(shop="ID", status="CANCELLED")
    tool.control("buyers/rate", order_id=order_id, stars=2, text="Meh.")
    us, local, stars = web(
        tool,
        [
            ("GET", "/sandbox/orders.csv?shop=US", {}),
            ("GET", "/sandbox/orders.csv?shop=ID", {}),
            ("GET", "/sandbox/ratings.csv?shop=US", {}),
        ],
    )
    rows = list(csv.DictReader(io.StringIO(us.content.decode("utf-8-sig"))))
    assert len(rows[0]) == 63 and rows[0]["Order ID"] == order_id + "\t" and rows[0]["Quantity"] == "3"
    rows = list(csv.DictReader(io.StringIO(local.content.decode("utf-8-sig"))))
    assert len(rows[0]) == 65 and rows[0]["Order Status"] == "Dibatalkan" and "*" in rows[0]["Recipient"]
    rows = list(csv.DictReader(io.StringIO(stars.content.decode("utf-8-sig"))))
    assert (rows[0]["Rating"], rows[0]["Review"]) == ("2", "Meh.")


def test_the_buyer_answers_a_message_by_himself_in_his_language(tool):
    order_id = tool.place(shop="ID")
    thread = tool.control("buyers/chat", order_id=order_id, text="Halo")["conversation_id"]
    path = f"/customer_service/202309/conversations/{thread}/messages"
    for _ in range(6):
        tool.call("POST", path, region="ID", body={"type": "TEXT", "content": '{"content":"Boleh ganti warna?"}'})
        tool.advance(hours=1)
    said = tool.call("GET", path, region="ID", query={"page_size": 10})["messages"]
    answers = [row["content"] for row in said if row["sender"]["role"] == "BUYER"]
    assert any("setuju" in text or "alamat" in text for text in answers)
    assert tool.refused("POST", path, region="ID", body={"type": "TEXT", "content": "no json"})[1] == 45101002


def test_a_label_is_a_pdf_whose_barcode_reads_back(tool):
    zxingcpp = pytest.importorskip("zxingcpp")
    pypdfium2 = pytest.importorskip("pypdfium2")
    order_id = tool.place(status="AWAITING_COLLECTION")
    package = tool.order(order_id)["packages"][0]["id"]
    where = tool.call(
        "GET", f"/fulfillment/202309/packages/{package}/shipping_documents", query={"document_type": "SHIPPING_LABEL"}
    )
    reply = web(tool, [("GET", where["doc_url"], {})])[0]
    assert reply.headers["content-type"] == "application/pdf"
    document = pypdfium2.PdfDocument(reply.content)
    found = zxingcpp.read_barcodes(document[0].render(scale=3).to_pil())
    document.close()
    assert [code.text for code in found] == [where["tracking_number"]]
