"""What the gateway's answers mean: HTTP status and code -> the error whose type says what to do. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from shundan.core.errors import OutsideRefused, OutsideUnavailable, Unauthorised

SERVICE = "TikTok Shop"
MALFORMED = (LookupError, TypeError, ValueError, AttributeError)  # what reading an odd answer raises
DAY_QUOTA = 45101004  # customer service: 10,000 calls a day
LIMITED = frozenset({36009002, 36009037, 12052109, DAY_QUOTA})
# Internal trouble of the platform: the call may or may not have been carried out.
TROUBLE = frozenset(
    {
        36009003,
        36009007,
        11001027,
        11001031,
        11006005,
        11006010,
        11006026,
        11034023,
        11034025,
        21001003,
        21001008,
        21001011,
        21001029,
        21001043,
        21001055,
        21008300,
        21022026,
        21022029,
        21022030,
        21023022,
        21023034,
        10002014,
        10002015,
        10037002,
        10037003,
        10037004,
        10006402,
        21042001,
        21042076,
        25001028,
        25001042,
        25001058,
        25007002,
        25020008,
        45101001,
        45101008,
    }
)
NOT_YET = frozenset({11034037, 21030005})  # the label is still being made, or bought: nothing was changed
# An instant order's driver cannot be called at this hour: nothing was changed, he can in the morning.
NO_DRIVER = 21004017
SHARED = 36009004  # of many refusals before the call is looked at: its words tell them apart
OLD_VERSION = frozenset({36009009, 36009014})
EXPIRED = frozenset({105002})
NO_SCOPE = 105005
NO_MATCH = 101000  # the token does not fit: this shop any more, or this one endpoint
REVOKED = frozenset({NO_MATCH, 36009043, 36009044})  # this shop is no longer ours to reach
DEAD = frozenset({NO_MATCH, NO_SCOPE, 106001, 36009033, 36009043, 36009044})
_HELP_LINK = re.compile(r"\s*For more details:? https?://\S+\s*$")


def is_limited(status: int, code: int) -> bool:
    """Return whether the platform asks us to slow down."""
    return status == 429 or code in LIMITED


def is_old_version(code: int, message: str) -> bool:
    """Return whether the gateway does not serve the path in this version."""
    return code in OLD_VERSION or (code == SHARED and "invalid api version" in message.lower())


def is_expired(code: int, message: str) -> bool:
    """Return whether a new access token may heal this refusal."""
    return code in EXPIRED or (code == SHARED and "access-token" in message.lower().replace("_", "-"))


def is_wrong_time(code: int, message: str) -> bool:
    return code == SHARED and "timestamp" in message.lower()


def refusal(
    status: int, code: int, message: str, *, request_id: str, headers: Mapping[str, str], now: datetime
) -> Exception:
    """Return the error to raise for an answer whose code is not 0."""
    text = _HELP_LINK.sub("", message) or "no reason given"
    told = {"service": SERVICE, "status": status, "outside_code": code, "request_id": request_id}
    if is_limited(status, code):
        rest = retry_after(headers, now=now) or (900.0 if code == DAY_QUOTA else 2.0)
        return OutsideUnavailable(f"{SERVICE}: {text}", retry_after=rest, **told)  # type: ignore[arg-type]
    if code == NO_DRIVER:
        return OutsideUnavailable(f"{SERVICE}: {text}", retry_after=300.0, **told)  # type: ignore[arg-type]
    if code in NOT_YET:
        return OutsideUnavailable(f"{SERVICE}: {text}", retry_after=10.0, **told)  # type: ignore[arg-type]
    if status >= 500 or status == 408 or code in TROUBLE:
        return OutsideUnavailable(f"{SERVICE}: {text}", unsure=True, retry_after=retry_after(headers, now=now), **told)  # type: ignore[arg-type]
    if code in DEAD or is_expired(code, message):
        return Unauthorised(f"{SERVICE}: {text}", **told)  # type: ignore[arg-type]
    return OutsideRefused(f"{SERVICE}: {text}", **told)  # type: ignore[arg-type]


def retry_after(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Return the seconds of a Retry-After header, written as a number or as an HTTP date; None without one."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isdigit():
        return float(text)
    try:
        return max((parsedate_to_datetime(text) - now).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None
