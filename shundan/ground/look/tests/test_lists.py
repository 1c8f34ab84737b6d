"""List pages: every row once, forwards and backwards, narrowed, exported without formulas."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory

from shundan.core.actors import Who
from shundan.core.errors import NotAllowed, Refused
from shundan.ground.look import actions
from shundan.ground.look.queries import Column, Filter, ListPage, Preset, Sort, saved
from shundan.ground.look.queries.export import safe_cell, stream_csv
from shundan.ground.look.queries.lists import count_capped
from shundan.ground.look.views import render_list

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 1, tzinfo=UTC)
PEOPLE = ListPage(
    key="people",
    title="People",
    columns=(
        Column("username", "Name", sort="name"),
        Column("last_login", "Seen", kind="when", sort="seen"),
        Column("role", "Role", kind="tag"),
        Column("refund_limit_minor", "Limit", kind="money", currency=lambda person: "USD"),
    ),
    filters=(
        Filter("role", "Role", "multi", choices=(("clerk", "Clerk"), ("packer", "Packer"))),
        Filter("seen", "Seen", "dates", field="last_login"),
        Filter("active", "Active", "boolean", field="is_active"),
    ),
    sorts=(Sort("name", "Name", "username"), Sort("seen", "Seen", "last_login", descending=True)),
    default_sort="name",
    row_url=lambda person: f"/people/{person.pk}/",
    search_fields=("username__endswith",),
    presets=(Preset("clerks", "Clerks", "role=clerk", counted=True),),
    limit=4,
)


def asking(query: str = "", role: str = "owner", **headers: str) -> HttpRequest:
    request = RequestFactory().get(f"/people/?{query}", headers=headers)
    request.user = AnonymousUser()
    request.who = Who("person", "1", "page", role=role, name="Wang Qian")  # type: ignore[attr-defined]
    request.htmx = SimpleNamespace(target="")  # type: ignore[attr-defined]
    return request


@pytest.fixture
def people() -> Any:
    model = get_user_model()
    model.objects.all().delete()
    for number in range(11):
        # Two of each moment, so that the key must break ties; every third was never seen.
        seen = None if number % 3 == 0 else START + timedelta(days=number // 2)
        model.objects.create(
            username=f"person-{number:02d}",
            last_login=seen,
            role=("clerk", "packer")[number % 2],
            refund_limit_minor=number * 100,
        )
    return model.objects.all()


def names(page: Any) -> list[str]:
    return [row.item.username[-2:] for row in page.rows]


@pytest.mark.parametrize("sort", ["name", "-name", "seen", "-seen"])
def test_every_row_appears_once_forwards_and_in_the_same_order_backwards(people: Any, sort: str) -> None:
    forwards, backwards, page = [], [], PEOPLE.page(asking(f"sort={sort}"), people)
    forwards += [names(page)]
    while page.next:
        page = PEOPLE.page(asking(f"sort={sort}&after={page.next}"), people)
        forwards += [names(page)]
    assert sorted(sum(forwards, [])) == [f"{number:02d}" for number in range(11)]
    backwards += [names(page)]
    while page.previous:
        page = PEOPLE.page(asking(f"sort={sort}&after={page.previous}"), people)
        backwards.insert(0, names(page))
    assert sum(backwards, []) == sum(forwards, [])


def test_rows_without_a_value_come_last_in_both_directions(people: Any) -> None:
    for sort in ("seen", "-seen"):
        shown = names(PEOPLE.page(asking(f"sort={sort}"), people))
        assert not {"00", "03", "06", "09"} & set(shown)


def test_a_cursor_of_another_order_or_of_nonsense_shows_the_first_page(people: Any) -> None:
    other = PEOPLE.page(asking("sort=seen"), people).next
    for broken in (other, "nonsense", "W10", "%00", "eyJhIjoxfQ"):
        assert names(PEOPLE.page(asking(f"sort=name&after={broken}"), people)) == ["00", "01", "02", "03"]


def test_filters_narrow_and_unknown_values_are_ignored(people: Any) -> None:
    assert names(PEOPLE.page(asking("role=packer"), people)) == ["01", "03", "05", "07"]
    assert names(PEOPLE.page(asking("role=emperor&colour=red"), people)) == ["00", "01", "02", "03"]
    assert names(PEOPLE.page(asking("seen_from=2026-11-05&seen_to=nonsense"), people)) == ["08", "10"]
    assert names(PEOPLE.page(asking("active=0"), people)) == []
    assert names(PEOPLE.page(asking("q=-07"), people)) == ["07"]


def test_a_page_costs_the_same_number_of_queries_however_long_the_list(
    people: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):  # the rows, the capped count, the counted preset
        PEOPLE.page(asking(), people)


def test_a_count_stops_at_its_cap(people: Any) -> None:
    assert (count_capped(people), count_capped(people, cap=10), count_capped(people, cap=11)) == (
        "11",
        "10+",
        "11",
    )


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_cell_that_would_start_a_formula_begins_with_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == "'" + text
    assert safe_cell("plain " + text) == "plain " + text


def test_the_csv_holds_the_whole_filtered_list_and_no_formula(people: Any) -> None:
    people.filter(username="person-01").update(username="=cmd|' /C calc'!A1")
    rows = PEOPLE.filtered(asking("role=packer"), people)
    lines = "".join(stream_csv(PEOPLE.columns, rows)).splitlines()
    assert lines[0] == "\ufeffName,Seen,Role,Limit"
    assert lines[1] == "'=cmd|' /C calc'!A1,2026-11-01 08:00:00,packer,$1.00"
    assert len(lines) == 6


def test_the_workbook_holds_text_not_formulas(people: Any) -> None:
    people.filter(username="person-00").update(username="=1+1")
    answer = render_list(asking("export=xlsx"), PEOPLE, people)
    book = zipfile.ZipFile(BytesIO(b"".join(answer)))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "&#39;=1+1" in sheet.replace("'", "&#39;")
    assert sheet.count("<row ") == 12


def test_a_role_without_the_right_exports_nothing(people: Any) -> None:
    with pytest.raises(NotAllowed):
        render_list(asking("export=csv", role="packer"), PEOPLE, people)


def test_htmx_gets_the_table_alone_and_a_browser_the_whole_page(people: Any) -> None:
    whole = render_list(asking(), PEOPLE, people)
    partial = asking()
    partial.htmx = SimpleNamespace(target="list", history_restore_request=False)  # type: ignore[attr-defined]
    part = render_list(partial, PEOPLE, people)
    assert whole.content.startswith(b"<!doctype html>")
    assert b"<html" not in part.content and b"person-00" in part.content


def test_pages_carry_no_inline_style_and_no_inline_script(people: Any) -> None:
    text = render_list(asking("role=clerk"), PEOPLE, people).content.decode()
    assert " style=" not in text and "<style" not in text and " onclick" not in text
    assert all(" src=" in tag.split(">", 1)[0] for tag in text.split("<script")[1:])


def test_markup_in_a_value_is_shown_not_obeyed(people: Any) -> None:
    people.filter(username="person-00").update(username="<b>00</b>")
    text = render_list(asking("q=%3C/b%3E"), PEOPLE, people).content.decode()
    assert "&lt;b&gt;00&lt;/b&gt;" in text and "<b>00</b>" not in text


def test_a_saved_view_is_a_tab_of_its_person_alone(people: Any) -> None:
    mine, other = people[0], people[1]
    actions.save_view(mine.pk, page_key="people", name="  My   clerks ", query="role=clerk")
    actions.save_view(mine.pk, page_key="people", name="My clerks", query="role=packer")
    request = asking("role=packer")
    request.user = mine
    assert [(tab.label, tab.active) for tab in PEOPLE.page(request, people).views] == [
        ("Clerks", False),
        ("My clerks", True),
    ]
    view = saved.views_of(mine.pk, page_key="people")[0]
    actions.delete_view(other.pk, view_id=view.pk)
    assert saved.views_of(mine.pk, page_key="people").count() == 1
    actions.delete_view(mine.pk, view_id=view.pk)
    assert saved.views_of(mine.pk, page_key="people").count() == 0


def test_a_view_without_a_name_is_refused(people: Any) -> None:
    with pytest.raises(Refused):
        actions.save_view(people[0].pk, page_key="people", name="  ", query="")
    assert saved.views_of(people[0].pk, page_key="people").count() == 0


def test_a_bulk_action_gets_the_ticked_rows_or_the_whole_filtered_list(people: Any) -> None:
    ticked = RequestFactory().post("/people/?role=clerk", {"row": [str(people[0].pk), str(people[3].pk)]})
    everything = RequestFactory().post("/people/?role=clerk", {"everything": "1", "row": [str(people[3].pk)]})
    assert PEOPLE.selected(ticked, people).count() == 2
    assert {person.role for person in PEOPLE.selected(everything, people)} == {"clerk"}
    assert PEOPLE.selected(everything, people).count() == 6
