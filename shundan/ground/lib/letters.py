"""JSON as a database can keep it: PostgreSQL stores no NUL, and neither database a half of a surrogate pair.

Such letters become U+FFFD, the sign of a lost letter, which people see where the text is shown.
"""

from __future__ import annotations

import json
import re
from typing import Any

LOST = "\ufffd"
_MAYBE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_LOST = re.compile("[\x00\ud800-\udfff]")


def read_json(raw: bytes) -> Any:
    """Return the value that JSON text tells, fit to be stored; raise ValueError when it is none."""
    value = json.loads(raw)
    return keepable(value) if _MAYBE.search(raw) else value


def keepable(value: Any) -> Any:
    """Return a JSON value without letters that a database cannot keep; the same value where there are none."""
    if isinstance(value, str):
        return _LOST.sub(LOST, value)
    if isinstance(value, dict):
        return {keepable(key): keepable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [keepable(inner) for inner in value]
    return value
