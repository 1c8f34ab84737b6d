"""Catalogues, on a small house of the tests' own."""

import ast
import gettext
from collections.abc import Iterator
from pathlib import Path

import pytest

from shundan.config.catalogues import ROOT, compile_all, find_faults, uses_by_app

HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
PAGE = """
{% load i18n %}<p>{% translate "Orders" %}</p>
    {% blocktranslate count n=n %}One parcel{% plural %}{{ n }} parcels{% endblocktranslate %}
{{ title|default:_("No title") }}
"""
VIEWS = 'from x import gettext as _\n\ndef view(n):\n    return _("Hello %(name)s") % {"name": n}\n'
COMPLETE = """msgid "Orders"
msgstr "订单"

msgid "One parcel"
msgid_plural "%(n)s parcels"
msgstr[0] "%(n)s 个包裹"

msgid "No title"
msgstr "无标题"

msgid "Hello %(name)s"
msgstr "%(name)s，你好"
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    app = tmp_path / "house" / "stages" / "packing"
    (app / "templates" / "packing").mkdir(parents=True)
    (app / "apps.py").touch()
    (app / "templates" / "packing" / "page.html").write_text(PAGE)
    (app / "views.py").write_text(VIEWS)
    return tmp_path / "house"


def write_catalogue(house: Path, entries: str) -> Path:
    path = house / "stages/packing/locale/zh_Hans/LC_MESSAGES/django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER + entries)
    return path


def test_every_way_of_saying_something_is_found_in_pages_and_code(house: Path) -> None:
    (uses,) = uses_by_app(house).values()
    assert sorted(use.message for use in uses) == [
        (None, "Hello %(name)s", ""),
        (None, "No title", ""),
        (None, "One parcel", "%(n)s parcels"),
        (None, "Orders", ""),
    ]


def test_a_complete_catalogue_has_no_faults(house: Path) -> None:
    write_catalogue(house, COMPLETE)
    assert find_faults(house) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('msgid "Orders"\nmsgstr "订单"\n', "", "not in house/stages/packing/locale"),
        ('msgstr "订单"', 'msgstr ""', "not translated: 'Orders'"),
        ('msgid "Orders"', '#, fuzzy\nmsgid "Orders"', "marked fuzzy: 'Orders'"),
        ("%(name)s，你好", "你好", "placeholders differ (wanted %(name)s): 'Hello %(name)s'"),
        ("%(n)s 个包裹", "%(m)s 个包裹", "placeholders differ (wanted %(n)s): 'One parcel'"),
    ],
)
def test_what_is_missing_open_or_wrong_is_said(house: Path, old: str, new: str, fault: str) -> None:
    assert old in COMPLETE
    write_catalogue(house, COMPLETE.replace(old, new))
    (line,) = find_faults(house)
    assert fault in line


def test_compiling_makes_a_catalogue_that_programs_read(house: Path, tmp_path: Path) -> None:
    path = write_catalogue(house, COMPLETE)
    assert compile_all(house, tmp_path / "seen.json") == 1
    with path.with_suffix(".mo").open("rb") as file:
        known = gettext.GNUTranslations(file)
    assert known.gettext("Orders") == "订单"
    assert known.ngettext("One parcel", "%(n)s parcels", 3) == "%(n)s 个包裹"


def test_an_unchanged_catalogue_is_not_compiled_again_and_a_changed_one_is(house: Path, tmp_path: Path) -> None:
    write_catalogue(house, COMPLETE)
    seen = tmp_path / "seen.json"
    assert [compile_all(house, seen), compile_all(house, seen)] == [1, 0]
    write_catalogue(house, COMPLETE.replace("订单", "定单"))
    assert compile_all(house, seen) == 1


REFUSALS = {"Refused", "NotAllowed", "NotFound", "Conflict", "BadFile", "Unavailable"}
# The core and the tools know no language; what reads files is told in Chinese by desk/imports/views/sentences.py, which
# has a test of its own; the command line speaks English.
PLAIN = ("core", "ground/lib", "edges/channels/files", "desk/imports", "config")


def said_plainly(path: Path) -> Iterator[str]:
    """Yield each message and remedy of a refusal that is raised as a string nobody can translate."""
    for call in ast.walk(ast.parse(path.read_text())):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in REFUSALS:
            told = [*call.args[:1], *(one.value for one in call.keywords if one.arg == "remedy")]
            for one in told:
                for part in (one.body, one.orelse) if isinstance(one, ast.IfExp) else (one,):
                    if isinstance(part, ast.JoinedStr) or isinstance(part, ast.Constant) and part.value:
                        yield f"{path.relative_to(ROOT)}:{part.lineno} {ast.unparse(part)}"


def test_every_refusal_can_be_told_in_both_languages() -> None:
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        where = path.relative_to(ROOT)
        if not {"tests", "migrations"} & set(where.parts) and not where.as_posix().startswith(PLAIN):
            found += said_plainly(path)
    assert found == []


def test_a_refusal_said_plainly_is_found(tmp_path: Path) -> None:
    source = tmp_path / "one.py"
    source.write_text('raise Refused(_("Yes."), remedy=f"No {1}.")\nraise NotFound("No." if x else _("Yes."))')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{__name__}.ROOT", tmp_path)
        assert list(said_plainly(source)) == ["one.py:1 f'No {1}.'", "one.py:2 'No.'"]
