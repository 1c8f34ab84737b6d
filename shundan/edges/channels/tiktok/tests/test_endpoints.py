"""Our table of paths against the platform's published definitions, as an independent client library carries them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import tiktok_shop_api

from shundan.edges.channels.tiktok.endpoints import ENDPOINTS


@cache
def published() -> dict[tuple[str, str], bool]:
    """(method, path with its parameters blanked) -> whether the definition takes a shop_cipher."""
    found = {}
    for path in (Path(tiktok_shop_api.__file__).parent / "generated" / "api").rglob("*.py"):
        text = path.read_text()
        method, url = re.search(r'"method": "(\w+)"', text), re.search(r'"url": "([^"]+)"', text)
        if method and url:
            found[method[1].upper(), blank(url[1])] = "shop_cipher" in text
    return found


def blank(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


def test_the_published_definitions_are_read() -> None:
    assert ("GET", "/order/202507/orders") in published()
    assert len(published()) > 100


# The library carries the newest version of each; what only other sources have stands here.
NOT_IN_THE_LIBRARY = {"shop.deauthorise"}


@pytest.mark.parametrize("name", sorted(set(ENDPOINTS) - NOT_IN_THE_LIBRARY))
def test_every_endpoint_we_use_is_published(name: str) -> None:
    endpoint = ENDPOINTS[name]
    path = blank(endpoint.path.replace("{version}", endpoint.versions[0]))
    assert (endpoint.method, path) in published()


@pytest.mark.parametrize("name", ENDPOINTS)
def test_versions_stand_newest_first(name: str) -> None:
    versions = ENDPOINTS[name].versions
    assert list(versions) == sorted(versions, reverse=True)


@pytest.mark.parametrize("name", ENDPOINTS)
def test_what_changes_something_is_never_a_get(name: str) -> None:
    assert not (ENDPOINTS[name].changes and ENDPOINTS[name].method == "GET")
