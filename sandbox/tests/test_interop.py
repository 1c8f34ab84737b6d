"""Every endpoint version and every kind of webhook, over HTTP, before two judges. Neither count may fall."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson
import pytest
from tiktok_shop_api import Webhooks

from sandbox.box import Box
from sandbox.tests.interop import PAGE, Verdict, every_version, sums, walk, write_table
from sandbox.tests.judges import KNOWN, MODELLED, contract, contract_wrongs, webhook_wrongs
from sandbox.tests.served import Caller, serving, small_world
from sandbox.tests.tour import CALLS
from sandbox.webhooks.types import BY_TYPE, LEGACY

STRICT, PLAIN, KINDS, MODELS = 105, 136, 45, 44
DESK = {"order", "fulfillment", "logistics", "return_refund", "finance", "customer_service", "event", "authorization"}


@dataclass
class Letterbox:
    """What an app's webhook address received: bodies with their signatures."""

    posts: list[tuple[bytes, str]] = field(default_factory=list)
    came: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, numbers: set[str]) -> None:
        """Wait until each of these notices came."""

        def complete() -> bool:
            return numbers <= {orjson.loads(body)["tts_notification_id"] for body, _ in self.posts}

        with self.came:
            assert self.came.wait_for(complete, timeout=30)


@pytest.fixture(scope="module")
def letters() -> Iterator[tuple[Letterbox, str]]:
    box = Letterbox()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            with box.came:
                box.posts.append((body, self.headers["authorization"]))
                box.came.notify_all()
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield box, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def walked(tmp_path_factory, letters) -> Iterator[tuple[list[Verdict], Caller, Box, Path]]:
    """Walk all endpoint versions once while an app listens to everything, then send one webhook of every kind."""
    box, address = letters
    folder = tmp_path_factory.mktemp("interop")
    with serving(small_world(folder)) as (home, inside), closing(Caller(home)) as tool:
        tool.control("app", webhook_url=address)
        sent = {tool.control("webhooks", type=number, shop="US")["id"] for number in BY_TYPE}
        verdicts = walk(tool)
        box.wait_for(sent)
        yield verdicts, tool, inside, folder


def test_no_answer_is_refused_by_its_judges(walked, capsys):
    verdicts, *_ = walked
    with capsys.disabled():
        print("\n" + sums(verdicts), end=" ")
    assert [wrong for row in verdicts for wrong in row.wrongs] == []
    assert (sum(row.accepted for row in verdicts), sum(row.fitting for row in verdicts)) >= (STRICT, PLAIN)


def test_every_endpoint_version_is_called_and_none_that_the_other_client_has_for_a_desk_is_missing():
    assert set(CALLS) == set(every_version()) == set(contract()["calls"])
    theirs = {name for name in KNOWN if name.split("/")[1] in DESK | {"seller"}}
    assert theirs - set(CALLS) == set()
    assert len(KNOWN.keys() & CALLS.keys()) == STRICT and len(CALLS) == PLAIN


def test_the_page_of_endpoints_is_what_the_walk_found(walked):
    verdicts, *_ = walked
    assert PAGE.read_text(encoding="utf-8") == write_table(verdicts)


def test_every_webhook_is_signed_and_read_by_both_judges(walked, letters, capsys):
    _, tool, *_ = walked
    wrongs, kinds, by_name = [], set(), {number: BY_TYPE[number].event for number in BY_TYPE}
    for body, signature in letters[0].posts:
        assert Webhooks.verify(app_key=tool.key, app_secret=tool.secret, raw_body=body, signature=signature)
        letter = orjson.loads(body)
        number = letter["type"]
        if number == LEGACY:
            continue
        shape = contract()["webhooks"][str(number)]
        found = webhook_wrongs(body, number)
        found += contract_wrongs(shape["data"], letter["data"], f"{number} {by_name[number]}")
        wrongs += found
        kinds |= set() if found else {number}
    with capsys.disabled():
        known = len(kinds & MODELLED)
        print(f"\n{known} kinds of webhook accepted by the strict models, {len(kinds)} fit the contract,", end=" ")
        print(f"of {len(letters[0].posts)} webhooks received", end=" ")
    assert "\n".join(sorted(set(wrongs))) == ""
    assert len(kinds) == KINDS == len(contract()["webhooks"]) and len(kinds & MODELLED) == MODELS


def test_what_is_kept_in_memory_is_what_lies_on_disk(walked):
    _, _, box, folder = walked
    memory = {(kind, key): orjson.dumps(row) for kind, rows in box.store.kinds.items() for key, row in rows.items()}
    with closing(sqlite3.connect(folder / "sandbox.sqlite3")) as db:
        disk = {(kind, key): body for kind, key, body in db.execute("SELECT kind, key, body FROM row")}
    different = {pair for pair in memory.keys() | disk.keys() if memory.get(pair) != disk.get(pair)}
    assert {pair for pair in different if pair != ("meta", "clock")} == set() and len(disk) > 500


@pytest.mark.parametrize(
    ("shape", "value", "wrong"),
    [
        ({"a": "s"}, {"b": "x"}, ".b is unknown"),
        ({"a": "s"}, {"a": 1}, ".a is 1, not s"),
        ({"a": "i"}, {"a": True}, ".a is True, not i"),
        ({"a": ["s=ON|OFF"]}, {"a": ["OFF", "MAYBE"]}, ".a[] is 'MAYBE', not one of ON|OFF"),
        ({"a": ["n"]}, {"a": 4}, ".a is 4, not a list"),
        ({"a": {"b": "b"}}, {"a": None}, ".a is None, not an object"),
    ],
)
def test_the_second_judge_sees_unknown_fields_wrong_types_and_strange_words(shape, value, wrong):
    assert contract_wrongs(shape, value, "") == [wrong]
