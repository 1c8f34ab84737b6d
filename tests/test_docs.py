"""What the documents must tell, held against the code."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shundan.config.cli import build_parser
from shundan.config.steps import STEPS
from shundan.core import case_moves, errors, moves, parcel_moves, states
from shundan.core.errors import ShundanError

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
OPERATE = {"en": (DOCS / "operate.md").read_text(), "zh": (DOCS / "zh" / "operate.md").read_text()}
LIFE_CYCLES = {
    "en": (DOCS / "life-cycles.md").read_text(),
    "zh": (DOCS / "zh" / "life-cycles.md").read_text(),
}


def words(module: object, ending: str) -> list[str]:
    """The members of the enumerations in `module` whose names end with `ending`."""
    enums = [e for name, e in vars(module).items() if name.endswith(ending) and isinstance(e, type)]
    return sorted({member.value for enum in enums for member in getattr(enum, "__members__", {}).values()})


def commands() -> dict[str, argparse.ArgumentParser]:
    (group,) = [a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(group.choices)


def error_classes(root: type[ShundanError] = ShundanError) -> Iterator[type[ShundanError]]:
    for kind in root.__subclasses__():
        if kind.__module__ == errors.__name__:
            yield kind
        yield from error_classes(kind)


def settings_read() -> set[str]:
    sources = [p for p in (ROOT / "shundan").rglob("*.py") if "tests" not in p.parts]
    found = {name for p in sources for name in re.findall(r"\bSHUNDAN_[A-Z_]*[A-Z]\b", p.read_text())}
    return found | {"DATABASE_URL"}


@pytest.mark.parametrize("state", words(states, "State"))
@pytest.mark.parametrize("language", LIFE_CYCLES)
def test_every_state_is_explained(state: str, language: str) -> None:
    assert re.search(rf"\b{state}\b", LIFE_CYCLES[language])


@pytest.mark.parametrize("move", sorted({word for m in (moves, parcel_moves, case_moves) for word in words(m, "Move")}))
@pytest.mark.parametrize("language", LIFE_CYCLES)
def test_every_move_is_explained(move: str, language: str) -> None:
    assert re.search(rf"\b{move}\b", LIFE_CYCLES[language])


@pytest.mark.parametrize("language", OPERATE)
@pytest.mark.parametrize("step", [step.name for step in STEPS])
def test_every_step_is_explained(step: str, language: str) -> None:
    assert f"`{step}`" in OPERATE[language]


@pytest.mark.parametrize("language", OPERATE)
@pytest.mark.parametrize("setting", sorted(settings_read()))
def test_every_setting_is_explained(setting: str, language: str) -> None:
    assert f"`{setting}`" in OPERATE[language]


@pytest.mark.parametrize("language", OPERATE)
@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_and_option_is_explained(name: str, language: str) -> None:
    assert re.search(rf"^\| `{name}\b", OPERATE[language], re.MULTILINE)
    options = {o for a in commands()[name]._actions for o in a.option_strings if o.startswith("--")} - {"--help"}
    assert sorted(o for o in options if not re.search(rf"{o}\b", OPERATE[language])) == []


@pytest.mark.parametrize("language", OPERATE)
@pytest.mark.parametrize("kind", sorted(set(error_classes()), key=lambda kind: kind.code))
def test_every_kind_of_error_is_explained(kind: type[ShundanError], language: str) -> None:
    assert f"`{kind.code}`" in OPERATE[language]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text())
    local = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in local if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", sorted((DOCS / "zh").glob("*.md")), ids=lambda page: page.name)
def test_a_page_says_the_same_in_both_languages(page: Path) -> None:
    def shape(path: Path) -> list[int]:
        return [len(found) for found in re.findall(r"^(#+) ", path.read_text(), re.MULTILINE)]

    assert shape(page) == shape(DOCS / page.name)
