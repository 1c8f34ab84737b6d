"""Both signatures against published and independently computed vectors."""

from __future__ import annotations

import pytest

from sandbox.signing import accepts, request_signature, webhook_signature

SECRET = "fake_secret_0123456789abcdef"
COMMON = [("app_key", "fakekey123"), ("timestamp", "1700000000"), ("shop_cipher", "ROW_fakeCipherAAAA")]
VECTORS = [
    (
        "/order/202309/orders",
        [("ids", "576461413038785752,576461413038785753")],
        b"",
        "f0f35f71397c50986b2aed2908dc1cc251a720b6baa25c9dd4e3180c9fa34d9c",
    ),
    (
        "/order/202309/orders/search",
        [("page_size", "20"), ("sort_field", "create_time"), ("sort_order", "DESC")],
        b'{"order_status":"AWAITING_SHIPMENT","create_time_ge":1699900000}',
        "09e2cee0ef2e94dd8bbfae96a38dd3d959fdabbd62f0226996b5fc74b5e96472",
    ),
    (
        "/event/202309/webhooks",
        [],
        '{"address":"https://exämple.test/h","event_type":"ORDER_STATUS_CHANGE"}'.encode(),
        "7b8c2ebd17747dc33514d299b8a81952c59278e478dc18e74478eb331adf0307",
    ),
    (
        "/fulfillment/202309/packages/1152321127278713123/ship",
        [],
        b"{}",
        "f9b2276e8604a449fba60b081b022e0e39681eb56962d0fb9e909244a13eca04",
    ),
]


@pytest.mark.parametrize(("path", "query", "body", "sign"), VECTORS)
def test_a_request_is_signed_as_the_published_vectors_say(path, query, body, sign):
    assert request_signature(SECRET, path=path, query=[*COMMON, *query], body=body) == sign
    assert accepts(sign, SECRET, path=path, query=[*query, *COMMON], body=body, multipart=False)
    assert not accepts(sign, SECRET, path=path, query=[*query, *COMMON], body=body + b" ", multipart=False)


def test_the_official_vector_without_cipher_holds():
    query = [("app_key", "29a39d"), ("timestamp", "1623812664")]
    sign = request_signature("e59af819cc", path="/authorization/202309/shops", query=query, body=b"")
    assert sign == "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8"


def test_a_multipart_body_is_not_signed():
    sign = "d35b1569b3f2af56f47a4facfe5fa7eff07516570238243b67a2cab6353e7aba"
    path = "/fulfillment/202309/images/upload"
    assert accepts(sign, SECRET, path=path, query=COMMON, body=b"any bytes", multipart=True)
    assert not accepts(sign, SECRET, path=path, query=COMMON, body=b"any bytes", multipart=False)


def test_an_empty_object_may_be_signed_with_or_without_its_braces():
    path = "/fulfillment/202309/packages/1/ship"
    for signed in (b"{}", b""):
        sign = request_signature(SECRET, path=path, query=COMMON, body=signed)
        assert accepts(sign, SECRET, path=path, query=COMMON, body=b"{}", multipart=False)


def test_the_token_and_the_signature_itself_are_never_signed():
    plain = request_signature(SECRET, path="/p", query=COMMON, body=b"")
    assert (
        request_signature(SECRET, path="/p", query=[*COMMON, ("access_token", "x"), ("sign", "y")], body=b"") == plain
    )


def test_a_webhook_is_signed_as_the_official_vector_says():
    body = (
        b'{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507","timestamp":1718305585,'
        b'"data":{"is_on_hold_order":true,"order_id":"576653688135258178","order_status":"UNPAID","update_time":1718305585}}'
    )
    assert (
        webhook_signature("abcdef", "123", body) == "5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05"
    )
