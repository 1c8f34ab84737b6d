from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from shundan.core.errors import OutsideRefused, OutsideUnavailable
from shundan.ground.lib import http


class Host(BaseHTTPRequestHandler):
    """Answers by path; /cut takes the request and says nothing."""

    def do_POST(self) -> None:
        told = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path.startswith("/cut"):
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if self.path.startswith("/slow"):
            stop.wait(2)
        status = 302 if self.path.startswith("/away") else 503 if self.path.startswith("/busy") else 200
        self.send_response(status)
        self.send_header("Location", "/elsewhere")
        self.send_header("X-Seen", self.path)
        body = told or self.headers.get("x-mark", "").encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):  # who asked has gone: that is a test
            self.wfile.write(body)

    do_GET = do_POST

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests look at what our own side logs."""


stop = threading.Event()


@pytest.fixture
def url() -> Iterator[str]:
    stop.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    stop.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_bytes_and_query_arrive_as_they_were_given(url: str) -> None:
    request = http.Request("POST", f"{url}/x", (("ids", "1,2"), ("text", "ä b")), {}, '{"a":"ü"}'.encode())
    answer = http.send(request, timeout=5)
    assert answer.body == '{"a":"ü"}'.encode()
    assert answer.headers["x-seen"] == "/x?ids=1%2C2&text=%C3%A4+b"
    assert answer.json() == {"a": "ü"}


def test_errors_of_the_other_side_are_answers_and_redirects_are_not_followed(url: str) -> None:
    assert http.send(http.Request("GET", f"{url}/busy"), timeout=5).status == 503
    answer = http.send(http.Request("GET", f"{url}/away"), timeout=5)
    assert (answer.status, answer.headers["location"]) == (302, "/elsewhere")


def test_a_file_is_followed_to_where_it_was_moved(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert http.fetch(f"{url}/away", service="Shop", timeout=5).headers["x-seen"] == "/elsewhere"
    asked: list[http.Request] = []

    def send(request: http.Request, *, timeout: float) -> http.Answer:
        asked.append(request)
        return http.Answer(302, {"location": f"/{len(asked)}"}, b"")

    monkeypatch.setattr(http, "send", send)
    with pytest.raises(OutsideRefused, match="moved more than 3 times"):
        http.fetch("https://files.example/label", service="Shop", timeout=5)
    assert [request.url.rpartition("/")[2] for request in asked] == ["label", "1", "2", "3"]
    assert not any(request.headers for request in asked)


@pytest.mark.parametrize("there", [
    "http://93.184.215.14/label", "https://127.0.0.1/label", "https://10.0.0.7/x", "https://[::1]/x", "ftp://a.example/",
    "https://169.254.169.254/latest", "https://user@93.184.215.14/x", "https://[::ffff:10.0.0.7]/x", "https://a:b/",
])  # fmt: skip
def test_no_redirect_leads_into_our_own_network_or_off_https(there: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = http.Answer(302, {"location": there}, b"")
    monkeypatch.setattr(http, "send", lambda *_, **__: answer)
    with pytest.raises(OutsideRefused, match="not safe"):
        http.fetch("https://files.example/label", service="Shop", timeout=5)


def test_a_redirect_may_lead_to_another_public_host() -> None:
    assert http.may_follow("https://files.example/label", "https://93.184.215.14/label")
    assert http.may_follow("http://127.0.0.1:8100/a", "http://127.0.0.1:8100/b")
    assert not http.may_follow("http://127.0.0.1:8100/a", "http://127.0.0.1:8000/b")


def test_no_connection_means_that_nothing_was_done() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(OutsideUnavailable) as caught:
        http.send(http.Request("POST", f"http://127.0.0.1:{port}/", service="Nobody"), timeout=2)
    assert not caught.value.unsure
    assert caught.value.message == "Nobody did not answer: ConnectError."


@pytest.mark.parametrize(("path", "timeout"), [("/cut", 5.0), ("/slow", 0.2)])
def test_a_lost_answer_leaves_open_whether_it_was_done(url: str, path: str, timeout: float) -> None:
    with pytest.raises(OutsideUnavailable) as caught:
        http.send(http.Request("POST", f"{url}{path}", body=b"x"), timeout=timeout)
    assert caught.value.unsure


def test_an_endless_answer_is_cut_off(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 10)
    with pytest.raises(OutsideUnavailable):
        http.send(http.Request("POST", f"{url}/x", body=b"y" * 11), timeout=5)


def test_no_address_is_logged_whatever_the_level(url: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        http.send(http.Request("GET", f"{url}/api/v2/token/get?app_secret=hush"), timeout=5)
    assert "hush" not in caplog.text
