"""Whatever refuses a call says it in the platform's own words: code and message belong together."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sandbox
from sandbox.tests.judges import contract

ROOT = Path(sandbox.__file__).parent
GATEWAY = {"errors.py", "gateway.py", "oauth.py", "grants.py"}
# What only texts and examples of the documentation name: the hold, a bundle's example, a parameter's name filled in,
# the two of uploads that are the gateway's own.
ELSEWHERE = {"21011044", "10007014", "98001004", "36009023", "36009021"}


def spoken(path: Path) -> Iterator[tuple[str, str]]:
    """Yield every code with its message that a file writes down together."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        pair: tuple[Any, Any] | None = None
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal" and len(node.args) > 1:
            pair = node.args[0], node.args[1]
        elif isinstance(node, ast.Tuple) and len(node.elts) == 2:
            pair = node.elts[0], node.elts[1]
        elif isinstance(node, ast.Dict):
            named = {getattr(key, "value", None): value for key, value in zip(node.keys, node.values, strict=True)}
            pair = named.get("code"), named.get("message")
        if pair and all(isinstance(part, ast.Constant) for part in pair):
            code, message = str(pair[0].value), pair[1].value
            if code.isdigit() and len(code) >= 8 and isinstance(message, str) and not message.isdigit():
                yield code, message


def test_every_refusal_has_the_words_of_its_code():
    known, found, wrong = contract()["codes"], 0, []
    for path in ROOT.rglob("*.py"):
        if "tests" in path.parts or path.name in GATEWAY:
            continue
        for code, message in spoken(path):
            found += 1
            if code not in ELSEWHERE and message not in known.get(code, ()):
                wrong.append(f"{path.relative_to(ROOT)}: {code} {message!r}, not {known.get(code)}")
    assert wrong == [] and found > 100
