"""The README tells every call, fault and kind of order, and its two languages tell the same."""

from __future__ import annotations

import re
from pathlib import Path

import sandbox
from sandbox.control.api import PATHS
from sandbox.faults import RANGES
from sandbox.orders.kinds import KINDS

ROOT = Path(sandbox.__file__).parent
ENGLISH, CHINESE = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))


def test_every_call_fault_and_kind_is_told() -> None:
    faults = {name for group in RANGES.values() for name in group}
    names = {path for _, path in PATHS} | set(RANGES) | faults | set(KINDS)
    assert sorted(name for name in names if not re.search(rf"\b{name}\b", ENGLISH)) == []


def test_both_languages_name_the_same_things() -> None:
    english, chinese = (set(re.findall(r"`([^`\n]+)`", text)) for text in (ENGLISH, CHINESE))
    assert sorted(english ^ chinese) == []
