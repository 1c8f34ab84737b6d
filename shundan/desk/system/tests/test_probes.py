"""The probes, as a supervisor and a monitoring program ask them."""

from __future__ import annotations

import pytest
from django.db import DatabaseError

from shundan.core.rights import Role
from shundan.desk.system.queries import health
from shundan.ground.jobs.actions import beat
from shundan.ground.staff.actions import issue_token

pytestmark = pytest.mark.django_db


def test_healthz_answers_without_touching_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_readyz_tells_the_age_of_each_step(client):
    beat("seal_next_entries", 3, 12)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert 0 <= answer.json()["steps"]["seal_next_entries"] < 10
    assert answer.json()["status"] == "ready"


def test_readyz_is_503_while_migrations_are_missing(client, monkeypatch):
    monkeypatch.setattr(health, "_missing_migrations", lambda: 2)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["problems"]) == (503, ["2 migrations are missing"])


def test_readyz_is_503_when_the_database_does_not_answer(client, monkeypatch):
    def fail() -> int:
        raise DatabaseError("gone")

    monkeypatch.setattr(health, "_missing_migrations", fail)
    assert client.get("/readyz").status_code == 503


def test_metrics_are_for_this_machine(client):
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert "shundan_snags 0\n" in answer.content.decode()
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 403
    assert client.get("/metrics", HTTP_X_FORWARDED_FOR="192.0.2.7").status_code == 403


@pytest.mark.parametrize("role, status", [(Role.OWNER, 200), (Role.CLERK, 403)])
def test_metrics_from_elsewhere_need_a_token_that_may_see_system(client, role, status):
    header = {"HTTP_AUTHORIZATION": f"Bearer {issue_token(role.value)}", "REMOTE_ADDR": "192.0.2.7"}
    assert client.get("/metrics", **header).status_code == status
