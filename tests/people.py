"""People who are signed in, each with the client of their browser: for the tests of pages."""

from __future__ import annotations

import pytest
from django.test import Client

from shundan.core.actors import SYSTEM
from shundan.ground.lib import clock
from shundan.ground.staff import actions

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def sign_in(name: str, role: str, language: str = "en") -> Client:
    person = actions.create_person(name, role=role, by=SYSTEM, now=clock.now())
    person.set_password("Kranich-7-Boot")
    person.save()
    client = Client(headers={"Accept-Language": language})
    client.force_login(person, backend=BACKEND)
    return client


@pytest.fixture
def owner(db) -> Client:
    return sign_in("mei", "owner")


@pytest.fixture
def clerk(db) -> Client:
    return sign_in("lin", "clerk")


@pytest.fixture
def packer(db) -> Client:
    return sign_in("bao", "packer")


@pytest.fixture
def viewer(db) -> Client:
    return sign_in("wei", "viewer")
