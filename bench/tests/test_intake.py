"""The pure parts of the intake measures: clones, replayed rows, the generator, the judgement of memory."""

from __future__ import annotations

import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.intake.clones import FIRST, clone_payload
from bench.intake.feeder import quantities
from bench.intake.generator import percentile, send_all
from bench.intake.memory import judge
from bench.intake.rows import Raw, find_replay, write_again
from bench.places import Database


def made(folder, *statements):
    folder.mkdir()
    database = Database("sqlite", folder)
    with sqlite3.connect(database.file) as to:
        to.executescript(
            "CREATE TABLE line (id INTEGER PRIMARY KEY, parent INT REFERENCES box(id), n INT);"
            "CREATE TABLE box (id INTEGER PRIMARY KEY, state TEXT, at TEXT);"
            "INSERT INTO box VALUES (1, 'NEW', 'x');" + "".join(statements)
        )
    to.close()
    return database


WRITTEN = (
    "UPDATE box SET state = 'DONE' WHERE id = 1;",
    "INSERT INTO box VALUES (2, 'NEW', 'y'), (3, 'NEW', 'z');",
    "INSERT INTO line VALUES (1, 2, 5), (2, 2, 6), (3, 3, 7);",
)


def test_a_run_is_written_again_row_for_row_in_the_turns_it_was_written_in(tmp_path):
    before, after = made(tmp_path / "before"), made(tmp_path / "after", *WRITTEN)
    turns = [{"box": 1, "line": 0}, {"box": 2, "line": 2}, {"box": 3, "line": 3}]
    replay = find_replay(before, after, turns)
    assert (replay.inserted, replay.changed) == ({"box": 2, "line": 3}, {"box": 1})
    assert [sum(len(rows) for _, rows in turn.writes) for turn in replay.turns] == [3, 3]
    assert replay.turns[0].writes[0][0].startswith('INSERT INTO "box"'), "parents come first"
    target = made(tmp_path / "target")
    assert min(write_again(replay, target)) > 0
    with Raw(target) as raw, Raw(after) as wanted:
        assert {name: raw.rows(name) for name in raw.parents_first()} == {
            name: wanted.rows(name) for name in wanted.parents_first()
        }


def test_a_row_no_turn_tells_of_is_an_error(tmp_path):
    before, after = made(tmp_path / "before"), made(tmp_path / "after", *WRITTEN)
    with pytest.raises(AssertionError, match="rows that no turn wrote"):
        find_replay(before, after, [{"box": 1, "line": 0}, {"box": 2, "line": 2}])


def test_a_clone_has_ids_of_its_own_and_the_same_goods():
    order = {
        "id": "576000000000000001", "user_id": "749000000000000002", "status": "AWAITING_SHIPMENT",
        "line_items": [{"id": "577000000000000003", "sku_id": "172900000000000004", "package_id": ""}],
        "packages": [{"id": "115000000000000005"}],
    }  # fmt: skip
    one, two = clone_payload(order, 0), clone_payload(order, 1)
    assert one["line_items"][0]["sku_id"] == two["line_items"][0]["sku_id"] == "172900000000000004"
    own = [{row["id"], row["user_id"], row["line_items"][0]["id"], row["packages"][0]["id"]} for row in (one, two)]
    assert len(own[0]) == len(own[1]) == 4 and not own[0] & own[1]
    assert min(own[0]) == str(FIRST)


def test_units_are_counted_by_sku():
    assert quantities({"line_items": [{"sku_id": "a"}, {"sku_id": "b"}, {"sku_id": "a"}]}) == {"a": 2, "b": 1}


@pytest.mark.parametrize("share, value", [(50, 2), (99, 4), (1, 1), (75, 3)])
def test_a_percentile_is_a_value_that_was_measured(share, value):
    assert percentile([1, 2, 3, 4], share) == value


def test_memory_is_flat_when_the_end_holds_what_the_middle_held():
    filling = [100.0, 150.0, *[180.0] * 8]
    assert judge(filling, count=10_000, seconds=50, states={}).passed
    assert not judge([100.0 + 10 * n for n in range(10)], count=10_000, seconds=50, states={}).passed


class Turns(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: list[bytes] = []

    def do_POST(self):
        self.seen.append(self.rfile.read(int(self.headers["Content-Length"])))
        chunked = len(self.seen) % 2
        self.send_response(200 if chunked else 401)
        self.send_header(*(("Transfer-Encoding", "chunked") if chunked else ("Content-Length", "2")))
        self.end_headers()
        self.wfile.write(b"0\r\n\r\n" if chunked else b"no")

    def log_message(self, *_):
        pass


def test_the_generator_sends_every_request_once_and_counts_the_answers():
    Turns.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Turns)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        requests = [
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n%02d" % number for number in range(20)
        ]  # fmt: skip
        seen = send_all(requests, port=server.server_port, connections=1)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert seen["statuses"] == {200: 10, 401: 10}
    assert sorted(Turns.seen) == [b"%02d" % number for number in range(20)]
