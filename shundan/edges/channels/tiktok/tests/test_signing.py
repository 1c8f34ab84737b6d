from __future__ import annotations

import pytest

from shundan.edges.channels.tiktok.signing import is_signed, sign, sign_webhook

SECRET = "fake_secret_0123456789abcdef"
COMMON = [("app_key", "fakekey123"), ("timestamp", "1700000000"), ("shop_cipher", "ROW_fakeCipherAAAA")]
IDS = ("ids", "576461413038785752,576461413038785753")
VECTORS = {
    "a GET without a body": (
        "/order/202309/orders", [*COMMON, IDS], b"", False,
        "f0f35f71397c50986b2aed2908dc1cc251a720b6baa25c9dd4e3180c9fa34d9c",
    ),
    "a POST of JSON": (
        "/order/202309/orders/search",
        [*COMMON, ("page_size", "20"), ("sort_field", "create_time"), ("sort_order", "DESC")],
        b'{"order_status":"AWAITING_SHIPMENT","create_time_ge":1699900000}', False,
        "09e2cee0ef2e94dd8bbfae96a38dd3d959fdabbd62f0226996b5fc74b5e96472",
    ),
    "a multipart body, which is left out": (
        "/fulfillment/202309/images/upload", COMMON, b"(multipart bytes, ignored)", True,
        "d35b1569b3f2af56f47a4facfe5fa7eff07516570238243b67a2cab6353e7aba",
    ),
    "a body beyond ASCII": (
        "/event/202309/webhooks", COMMON,
        '{"address":"https://exämple.test/h","event_type":"ORDER_STATUS_CHANGE"}'.encode(), False,
        "7b8c2ebd17747dc33514d299b8a81952c59278e478dc18e74478eb331adf0307",
    ),
    "an empty object": (
        "/fulfillment/202309/packages/1152321127278713123/ship", COMMON, b"{}", False,
        "f9b2276e8604a449fba60b081b022e0e39681eb56962d0fb9e909244a13eca04",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", VECTORS)
def test_the_signature_of_a_request_is_the_platforms(name: str) -> None:
    path, query, body, multipart, expected = VECTORS[name]
    assert sign(SECRET, path, query, body, multipart=multipart) == expected


def test_the_published_example_is_reproduced() -> None:
    query = [("app_key", "29a39d"), ("timestamp", "1623812664")]
    expected = "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8"
    assert sign("e59af819cc", "/authorization/202309/shops", query) == expected


def test_sign_and_access_token_are_never_part_of_the_signature() -> None:
    path, query, body, _, expected = VECTORS["a POST of JSON"]
    assert sign(SECRET, path, [*query, ("sign", "x"), ("access_token", "y")], body) == expected


def test_the_order_of_the_query_does_not_matter() -> None:
    path, query, body, _, expected = VECTORS["a POST of JSON"]
    assert sign(SECRET, path, reversed(query), body) == expected


BODY = (
    b'{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507","timestamp":1718305585,'
    b'"data":{"is_on_hold_order":true,"order_id":"576653688135258178","order_status":"UNPAID","update_time":1718305585}}'
)
SIGNED = "5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05"


def test_the_published_webhook_is_verified() -> None:
    assert sign_webhook("abcdef", "123", BODY) == SIGNED
    assert is_signed("abcdef", "123", BODY, SIGNED)
    assert is_signed("abcdef", "123", BODY, f" {SIGNED.upper()} ")


@pytest.mark.parametrize("given", ["", "0" * 64, SIGNED[:-1], f"Bearer {SIGNED}", "sïgned"])
def test_any_other_signature_of_a_webhook_is_refused(given: str) -> None:
    assert not is_signed("abcdef", "123", BODY, given)


def test_one_changed_byte_of_a_webhook_is_seen() -> None:
    assert not is_signed("abcdef", "123", BODY.replace(b"UNPAID", b"UNPAIE"), SIGNED)
