from __future__ import annotations

import json

import pytest

from shundan.ground.lib.http import Answer
from shundan.ground.lib.letters import keepable, read_json


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (rb'{"a": "x\u0000y"}', {"a": "x\ufffdy"}),
        (rb'{"a\u0000": ["\ud83d", {"b": "\udc00z"}]}', {"a\ufffd": ["\ufffd", {"b": "\ufffdz"}]}),
        (rb'{"a": "\ud83d\ude00", "n": 1.5, "t": true, "z": null}', {"a": "😀", "n": 1.5, "t": True, "z": None}),
        ('{"a": "寄到上海"}'.encode(), {"a": "寄到上海"}),
    ],
)
def test_letters_that_cannot_be_kept_become_the_sign_of_a_lost_one(raw: bytes, told: object) -> None:
    assert read_json(raw) == told
    assert Answer(200, {}, raw).json() == told
    json.dumps(told, ensure_ascii=False).encode()  # nothing is left that cannot be written


def test_what_can_be_kept_is_kept_as_it_is() -> None:
    assert keepable({"a": ["b", 1, None]}) == {"a": ["b", 1, None]}
    with pytest.raises(ValueError, match="Expecting"):
        read_json(b"<html>")
