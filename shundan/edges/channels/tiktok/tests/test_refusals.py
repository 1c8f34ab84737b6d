from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shundan.core.errors import OutsideRefused, OutsideUnavailable, Unauthorised
from shundan.edges.channels.tiktok.refusals import is_expired, is_old_version, is_wrong_time, refusal, retry_after

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def read(status: int, code: int, message: str = "No.", **headers: str) -> Exception:
    return refusal(status, code, message, request_id="R1", headers=headers, now=NOW)


@pytest.mark.parametrize(
    ("status", "code"), [(429, 36009002), (200, 36009002), (429, 0), (429, 36009037), (200, 12052109)]
)
def test_a_limit_says_later_and_is_sure_that_nothing_was_done(status: int, code: int) -> None:
    error = read(status, code)
    assert isinstance(error, OutsideUnavailable)
    assert not error.unsure
    assert error.retry_after == 2.0


def test_where_the_quota_of_a_day_is_used_up_nobody_asks_again_at_once() -> None:
    error = read(200, 45101004, "The query quota has been reached (10000 request per day).")
    assert isinstance(error, OutsideUnavailable)
    assert (error.unsure, error.retry_after) == (False, 900.0)


SAID_AS_TROUBLE = (21001008, 21022029, 21042001, 25001028, 25007002, 45101001)  # "internal error", "try again later"


@pytest.mark.parametrize(
    ("status", "code"),
    [(500, 36009003), (200, 36009007), (502, 1), (408, 1), *((200, code) for code in SAID_AS_TROUBLE)],
)
def test_trouble_of_the_platform_leaves_open_whether_it_was_done(status: int, code: int) -> None:
    error = read(status, code)
    assert isinstance(error, OutsideUnavailable)
    assert error.unsure


@pytest.mark.parametrize("code", [11034037, 21030005])
def test_a_label_still_in_the_making_is_asked_for_later(code: int) -> None:
    error = read(200, code)
    assert isinstance(error, OutsideUnavailable)
    assert (error.unsure, error.retry_after) == (False, 10.0)


def test_a_driver_who_cannot_be_called_by_night_is_called_again_later() -> None:
    error = read(200, 21004017, "ON DEMAND RTS NOT IN PICKUP TIME.")
    assert isinstance(error, OutsideUnavailable)
    assert (error.unsure, error.retry_after) == (False, 300.0)


@pytest.mark.parametrize("code", [105002, 105005, 106001, 101000, 36009043, 36009044])
def test_a_dead_token_or_shop_wants_to_be_connected_again(code: int) -> None:
    assert isinstance(read(401, code), Unauthorised)


def test_a_shared_code_is_told_apart_by_its_words() -> None:
    token = "The 'x-tts-access-token' header is missing or invalid."
    assert isinstance(read(400, 36009004, token), Unauthorised)
    assert is_expired(36009004, token)
    field = "OrderId is a required field and has not been provided."
    assert type(read(400, 36009004, field)) is OutsideRefused
    assert is_wrong_time(36009004, "The 'timestamp' parameter is outside the window.")
    assert not is_wrong_time(36009004, field)
    assert is_wrong_time(36009004, "Invalid timestamp. The value of the `timestamp` query parameter must not be old.")
    assert is_expired(36009004, "Invalid credentials. The `access_token` header is invalid.")
    assert is_old_version(36009004, "Invalid API version. The `version` value is invalid or unsupported.")
    assert not is_old_version(36009004, field)


def test_a_refusal_carries_code_status_and_request_and_drops_the_help_link() -> None:
    error = read(200, 21011007, "Package item has after-sale request. For more details: https://m.tiktok.shop/s/abc")
    assert isinstance(error, OutsideRefused)
    assert error.message == "TikTok Shop: Package item has after-sale request."
    assert (error.http_status, error.outside_code, error.request_id) == (200, 21011007, "R1")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(header: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": header}, now=NOW) == seconds
