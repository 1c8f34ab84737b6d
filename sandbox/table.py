"""The endpoint table and the functions behind it. What has no function says so plainly."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import orjson

Handler = Callable[["Any"], Any]
HANDLERS: dict[tuple[str, str], Handler] = {}


@dataclass(frozen=True, slots=True)
class Endpoint:
    method: str
    path: str
    name: str
    version: str
    takes_cipher: bool
    scopes: list[str]
    multipart: bool
    query: dict[str, Any]
    body: dict[str, Any]
    names: list[str] = field(default_factory=list)

    def is_among(self, retired: Collection[str]) -> bool:
        """Tell whether this path, or all of its version, is on a list of what is no longer served."""
        return self.version in retired or self.path in retired


def answers(method: str, path: str, *, versions: tuple[str, ...] = ("202309",)) -> Callable[[Handler], Handler]:
    """Put a function behind a path; `{v}` in it stands for each of the versions."""

    def keep(function: Handler) -> Handler:
        for version in versions:
            HANDLERS[method, path.replace("{v}", version)] = function
        return function

    return keep


class Table:
    """Finds the endpoint of a path: exact ones by dictionary, those with ids by their shape."""

    def __init__(self) -> None:
        self.exact: dict[str, dict[str, Endpoint]] = {}
        self.shaped: dict[tuple[str, ...], list[tuple[re.Pattern[str], dict[str, Endpoint]]]] = {}
        self.all: list[Endpoint] = []
        self.outlines: dict[int, list[tuple[re.Pattern[str], Endpoint]]] = {}
        for row in read_rows():
            self.keep(row)

    def keep(self, row: dict[str, Any]) -> None:
        path = row["p"]
        names = re.findall(r"\{(\w+)\}", path)
        endpoint = Endpoint(
            method=row["m"],
            path=path,
            name=row["name"],
            version=path.split("/")[2],
            takes_cipher=row["cipher"],
            scopes=row.get("scopes", []),
            multipart=row.get("multipart", False),
            query=row.get("query", {}),
            body=row.get("body", {}),
            names=names,
        )
        self.all.append(endpoint)
        outline = re.sub(r"\{\w+\}", "[^/]+", path).replace(f"/{endpoint.version}/", r"/\d{6}/", 1)
        self.outlines.setdefault(path.count("/"), []).append((re.compile(outline), endpoint))
        if not names:
            self.exact.setdefault(path, {})[endpoint.method] = endpoint
            return
        shape = (path.split("/")[1], path.split("/")[2], str(path.count("/")))
        pattern = re.compile("^" + re.sub(r"\{(\w+)\}", r"([^/]+)", path) + "$")
        for known, methods in self.shaped.setdefault(shape, []):
            if known.pattern == pattern.pattern:
                methods[endpoint.method] = endpoint
                return
        self.shaped[shape].append((pattern, {endpoint.method: endpoint}))

    def find(self, path: str) -> tuple[dict[str, Endpoint], tuple[str, ...]] | None:
        """Return the endpoints by method at this path and its path parameters, or nothing."""
        methods = self.exact.get(path)
        if methods is not None:
            return methods, ()
        parts = path.split("/")
        if len(parts) < 4:
            return None
        for pattern, found in self.shaped.get((parts[1], parts[2], str(path.count("/"))), ()):
            match = pattern.match(path)
            if match:
                return found, match.groups()
        return None

    def other_version(self, path: str, *, retired: Collection[str] = ()) -> bool:
        """Tell whether this path would be known if only its version were another one that is not retired."""
        return any(
            outline.fullmatch(path) and not endpoint.is_among(retired)
            for outline, endpoint in self.outlines.get(path.count("/"), ())
        )


def read_rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = orjson.loads((Path(__file__).parent / "endpoints.json").read_bytes())
    return rows


@cache
def served() -> frozenset[str]:
    """Return every path of the table and every version in it."""
    paths = {str(row["p"]) for row in read_rows()}
    return frozenset(paths | {path.split("/")[2] for path in paths})
