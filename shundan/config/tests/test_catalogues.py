"""Catalogues, on a small house of the tests' own."""

import gettext
from pathlib import Path

import pytest

from shundan.config.catalogues import compile_all, find_faults, uses_by_app

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
