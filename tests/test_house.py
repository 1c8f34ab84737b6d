"""The house rules that import-linter and ruff cannot see."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import CASCADE, Field, Model, UniqueConstraint

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ROOT / "shundan"
ROOMS = {
    "__init__",
    "apps",
    "models",
    "queries",
    "actions",
    "steps",
    "forms",
    "views",
    "urls",
    "api",
    "admin",
}
FURNITURE = {"templates", "static", "migrations", "tests", "locale", "__pycache__"}
EXTRAS = {  # rooms that a decision record names
    "edges/inbox": {"topics"},
    "edges/channels": {"tiktok", "files"},
    "edges/carriers": {"table", "manual"},
    "ground/staff": {"logins"},
    "ground/look": {"templatetags"},
    "ground/rulebook": {"rules"},
    "stages/packing": {"documents"},
    "stages/shipping": {"documents"},
}
WINGS = {"core", "ground", "edges", "stages", "desk", "config"}
SWALLOWERS = {"utils", "helpers", "managers", "common", "services"}
NOTHING_NAMES = {"data", "info", "obj", "manager", "process", "handle"}
CORE_MAY_IMPORT = {
    "__future__",
    "abc",
    "bisect",
    "calendar",
    "collections",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "heapq",
    "hmac",
    "itertools",
    "json",
    "math",
    "operator",
    "re",
    "string",
    "types",
    "typing",
    "unicodedata",
    "zoneinfo",
}
DOORS = {"order_state": "stages/orders", "parcel_state": "stages/packing", "case_state": "stages/aftersales"}


def python_files(*roots: Path, tests: bool = False) -> list[Path]:
    """Every Python file below `roots`, migrations left out; tests only when asked."""
    return sorted(
        p for root in roots for p in root.rglob("*.py")
        if "migrations" not in p.parts and (tests or "tests" not in p.relative_to(ROOT).parts)
    )  # fmt: skip


@lru_cache(maxsize=2000)
def parse(source: str) -> ast.Module:
    return ast.parse(source)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


APPS = sorted(p.parent for p in HOUSE.rglob("apps.py"))
FILES = python_files(HOUSE)
PROGRAMS = python_files(HOUSE, ROOT / "sandbox")
EVERYTHING = python_files(HOUSE, ROOT / "sandbox", ROOT / "tests", tests=True)
TEMPLATES = sorted(HOUSE.rglob("templates/**/*.html"))


def every(paths: list[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """Make one test of a rule for each of `paths`; it names every place that breaks the rule."""

    def rule(check: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            faults = []
            for path in paths:
                try:
                    check(path)
                except AssertionError as fault:
                    faults.append(f"{named(path)}: {fault}")
            assert not faults, "\n".join(faults)

        test.__name__ = check.__name__
        return test

    return rule


def app_of(path: Path) -> Path | None:
    """The app folder a file stands in, or None (core, lib, config)."""
    return next((folder for folder in path.parents if folder in APPS), None)


def imported(path: Path) -> set[str]:
    """Every dotted name that a file imports; `from a import b` counts as a and a.b."""
    names: set[str] = set()
    for node in ast.walk(parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


# Shape


def test_the_house_has_its_six_wings_and_nothing_else() -> None:
    assert {p.name for p in HOUSE.iterdir() if p.is_dir()} - {"__pycache__", "static", "locale"} == WINGS


@every(APPS)
def test_an_app_has_only_known_rooms(app: Path) -> None:
    found = {p.stem for p in app.iterdir() if p.suffix == ".py" or (p.is_dir() and p.name not in FURNITURE)}
    assert found <= ROOMS | EXTRAS.get(str(app.relative_to(HOUSE)), set())


@every(APPS)
def test_an_app_says_in_its_docstring_what_it_is_for(app: Path) -> None:
    assert len(ast.get_docstring(parse((app / "__init__.py").read_text())) or "") > 40


@every(EVERYTHING)
def test_no_room_is_named_after_nothing(path: Path) -> None:
    assert not ({path.stem, *path.relative_to(ROOT).parent.parts} & SWALLOWERS)


@every(PROGRAMS)
def test_a_file_fits_on_a_desk(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


@every(PROGRAMS)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    functions = (n for n in ast.walk(parse(path.read_text())) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    assert [f.name for f in functions if (f.end_lineno or f.lineno) - f.lineno >= 60] == []


@every(PROGRAMS)
def test_functions_and_classes_have_names_that_say_something(path: Path) -> None:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    names = {n.name.lower() for n in ast.walk(parse(path.read_text())) if isinstance(n, kinds)}
    assert not names & NOTHING_NAMES


# Borders

DISTRIBUTIONS = packages_distributions()


@every(FILES)
def test_rows_stay_in_their_own_app(path: Path) -> None:
    own = app_of(path)
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "shundan" and "models" in parts:
            home = HOUSE.joinpath(*parts[1 : parts.index("models")])
            assert home == own, f"{named(path)} reaches into {name}"


@every(FILES)
def test_rows_of_other_apps_are_not_fetched_by_name(path: Path) -> None:
    own = app_of(path)
    for label in re.findall(r"""get_model\(\s*["'](\w+)""", path.read_text()):
        assert own and label == own.name, f"{named(path)} fetches a model of {label}"


@every(python_files(HOUSE / "core"))
def test_the_core_imports_only_what_has_no_clock_no_chance_and_no_disk(path: Path) -> None:
    roots = {n.split(".")[0] for n in imported(path) if not n.startswith("shundan.core")}
    assert roots <= CORE_MAY_IMPORT


@every(PROGRAMS)
def test_what_a_program_imports_is_installed_with_it(path: Path) -> None:
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    outside = {n.split(".")[0] for n in imported(path)} - sys.stdlib_module_names - {"shundan", "sandbox"}
    missing = {n for n in outside if not {d.lower().replace("_", "-") for d in DISTRIBUTIONS[n]} & locked}
    assert missing == set()


@every(FILES)
def test_nothing_happens_by_signal_or_by_an_overridden_save(path: Path) -> None:
    if not named(path).startswith("shundan/ground/staff/logins"):
        assert not {n for n in imported(path) if "signals" in n.split(".") or n.startswith("django.dispatch")}
    for node in ast.walk(parse(path.read_text())):
        if isinstance(node, ast.ClassDef) and path.stem == "models":
            assert not {f.name for f in node.body if isinstance(f, ast.FunctionDef)} & {"save", "delete"}


# Doors


def writes(source: str, field: str) -> list[int]:
    """The lines of `source` that write `field`: assigned, passed to a writing call, or set by SQL text."""
    writing_calls = {
        "update",
        "create",
        "bulk_create",
        "bulk_update",
        "update_or_create",
        "get_or_create",
        "setattr",
    }
    lines = []
    for node in ast.walk(parse(source)):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            flat = [t for target in targets for t in ast.walk(target)]
            if any(isinstance(t, ast.Attribute) and t.attr == field and isinstance(t.ctx, ast.Store) for t in flat):
                lines.append(node.lineno)
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            texts = {n.value for n in ast.walk(node) if isinstance(n, ast.Constant)}
            given = {k.arg for k in node.keywords}
            saved = name in ("save", "asave") and field in texts
            made = name in ("Order", "Parcel", "Case") and field in given
            if saved or made or (name in writing_calls and (field in given or field in texts)):
                lines.append(node.lineno)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            sql = node.value.lower()
            if re.search(rf"\bupdate\b[\s\S]+\bset\b[\s\S]*\b{field}\s*=|\binsert\s+into\b[\s\S]+\b{field}\b", sql):
                lines.append(node.lineno)
    return lines


@every(FILES)
def test_a_state_is_written_behind_its_door_only(path: Path) -> None:
    for field, app in DOORS.items():
        door = HOUSE / app / "actions"
        if path != door.with_suffix(".py") and door not in path.parents:
            assert (field, writes(path.read_text(), field)) == (field, [])


@pytest.mark.parametrize(
    "line",
    [
        "order.order_state = X",
        "order.order_state, b = X, 1",
        "order.order_state += X",
        "rows.update(order_state=X)",
        "rows.update(**{'order_state': X})",
        "Order.objects.bulk_update(rows, ['note', 'order_state'])",
        "order.save(update_fields=['order_state'])",
        "setattr(order, 'order_state', X)",
        "Order(order_state=X)",
        "cursor.execute('UPDATE orders_order SET order_state = %s')",
        "cursor.execute('insert into orders_order (id, order_state) values (1, 2)')",
    ],
)
def test_the_door_test_sees_every_way_of_writing_a_state(line: str) -> None:
    assert writes(line, "order_state") != []


@pytest.mark.parametrize(
    "line",
    [
        "rows.filter(order_state=X)",
        "order_state = models.CharField()",
        "if order.order_state == X: pass",
        "cursor.execute('SELECT order_state FROM orders_order')",
        "'{% if order.order_state %}update{% endif %}'",
    ],
)
def test_the_door_test_lets_readers_in(line: str) -> None:
    assert writes(line, "order_state") == []


# Rows

RANK = {label.split(".")[-1]: rank for rank, label in enumerate(settings.HOUSE)}
MODELS = [m for m in apps.get_models() if m._meta.app_label in RANK]


def model_name(model: type[Model]) -> str:
    return model._meta.label


@pytest.mark.parametrize("model", MODELS, ids=model_name)
def test_foreign_keys_point_to_the_same_or_a_lower_layer(model: type[Model]) -> None:
    for field in model._meta.get_fields():
        if not isinstance(field, Field) or not field.is_relation or field.related_model is None:
            continue
        home, there = model._meta.app_label, field.related_model._meta.app_label
        assert RANK.get(there, -1) <= RANK[home], f"{model_name(model)}.{field.name} points up to {there}"
        if home != there and not field.many_to_many:
            assert getattr(field.remote_field, "on_delete", None) is not CASCADE, (
                f"{model_name(model)}.{field.name} is not protected"
            )


@pytest.mark.parametrize("model", MODELS, ids=model_name)
def test_the_unique_keys_of_a_shops_rows_begin_with_the_shop(model: type[Model]) -> None:
    fields = {f.name: f for f in model._meta.concrete_fields}
    shop = next((name for name in ("shop", "shop_key") if name in fields and not fields[name].null), None)
    if shop is None:
        return
    keys = [c.fields for c in model._meta.constraints if isinstance(c, UniqueConstraint) and c.fields]
    assert [key for key in keys if key[0] not in (shop, f"{shop}_id")] == []
    assert [f.name for f in fields.values() if f.unique and not f.primary_key and not f.is_relation] == []


# Leftovers

LEFTOVERS = {
    "a note to come back": r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b",
    "something not written": r"\braise NotImplemented" r"Error\b",
    "a test that does not run": r"pytest\.mark\.(skip|x" r"fail)\b",
    "a silenced type checker": r"# type: ig" r"nore(?!\[)",
    "a silenced linter": r"# no" r"qa(?!: ?[A-Z])",
    "a swallowed error": r"except (Base)?Exception( as \w+)?:\s*pa" r"ss\b",
}


@every(EVERYTHING)
def test_nothing_was_left_behind(path: Path) -> None:
    text = path.read_text()
    assert [what for what, pattern in LEFTOVERS.items() if re.search(pattern, text)] == []


@every(FILES)
def test_nobody_sleeps(path: Path) -> None:
    assert "time.sleep" not in {*imported(path), *re.findall(r"\btime\.sleep\b", path.read_text())}


@every(TEMPLATES)
def test_a_page_keeps_the_content_policy(path: Path) -> None:
    text = path.read_text()
    assert re.findall(r"""<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*["']|javascript:""", text) == []
    scripts = re.findall(r"<script\b[^>]*>", text)
    assert [s for s in scripts if "src=" not in s and 'type="application/json"' not in s] == []


@every(TEMPLATES)
def test_headings_leave_no_level_out(path: Path) -> None:
    levels = [int(one) for one in re.findall(r"<h([1-6])\b", path.read_text())]
    below = levels if levels[:1] == [1] else [1, *levels]  # what is included stands below a page's h1
    assert [after for one, after in zip(below, below[1:], strict=False) if after > one + 1] == []
