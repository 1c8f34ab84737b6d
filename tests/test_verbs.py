"""Whatever the journal records can be read in words, in both languages."""

from __future__ import annotations

import ast
from pathlib import Path

import shundan
from shundan.ground.look.queries.verbs import VERBS

HOUSE = Path(shundan.__file__).parent


def test_every_verb_that_is_written_down_has_words() -> None:
    told = {
        verb.value
        for path in HOUSE.rglob("*.py")
        if "tests" not in path.parts
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Draft" and len(call.args) > 2
        for verb in call.args[2:3]
        if isinstance(verb, ast.Constant)
    }
    assert len(told) > 20
    assert told - set(VERBS) == set()
