"""The webhooks' own little client, against servers that answer in every way a server may."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.wire import TROUBLES, Wire

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
ANSWERS = {
    "plain": (PLAIN, 200),
    "empty": (b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", 200),
    "nothing": (b"HTTP/1.1 204 No Content\r\n\r\n", 204),
    "chunked": (b"HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc\r\n0\r\nX: y\r\n\r\n", 401),
    "closing": (b"HTTP/1.1 500 Oh\r\nConnection: close\r\n\r\nuntil the end", 500),
    "old": (b"HTTP/1.0 200 OK\r\n\r\nhello", 200),
}


class Server:
    """Answers each request with the next of its answers, on as many connections as the client likes to open."""

    def __init__(self, *answers: bytes, drops: int = 0) -> None:
        self.answers, self.drops = list(answers), drops
        self.opened, self.requests = 0, []

    async def handle(self, reader, writer) -> None:
        self.opened += 1
        try:
            while self.answers:
                head = await reader.readuntil(b"\r\n\r\n")
                size = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                self.requests.append((head, await reader.readexactly(size)))
                answer = self.answers.pop(0)
                writer.write(answer)
                await writer.drain()
                if b"close" in answer or b"HTTP/1.0" in answer or self.drops:
                    self.drops = max(0, self.drops - 1)
                    break
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


def talk(server: Server, times: int, *, path: str = "/hook?a=1", pause: float = 0.0) -> list[int]:
    async def run() -> list[int]:
        listening = await asyncio.start_server(server.handle, "127.0.0.1", 0)
        port, wire, seen = listening.sockets[0].getsockname()[1], Wire(), []
        url, heads = f"http://127.0.0.1:{port}{path}", {"authorization": "s"}
        try:
            for _ in range(times):
                seen.append((await wire.post(url, content=b"{}", headers=heads)).status_code)
                await asyncio.sleep(pause)
        finally:
            await wire.aclose()
            listening.close()
            await listening.wait_closed()
            await asyncio.sleep(0.02)
        return seen

    return asyncio.run(asyncio.wait_for(run(), 10))


@pytest.mark.parametrize("kind", ANSWERS)
def test_every_kind_of_answer_is_read_to_its_end(kind):
    answer, status = ANSWERS[kind]
    server = Server(answer, answer, PLAIN)
    assert talk(server, 3) == [status, status, 200]
    assert server.opened == (3 if kind in ("closing", "old") else 1)


def test_the_request_names_path_host_and_headers():
    server = Server(PLAIN)
    talk(server, 1)
    ((head, body),) = server.requests
    assert head.startswith(b"POST /hook?a=1 HTTP/1.1\r\nhost: 127.0.0.1:") and b"authorization: s\r\n" in head
    assert body == b"{}"


def test_a_kept_connection_that_was_closed_meanwhile_is_opened_again():
    server = Server(PLAIN, PLAIN, drops=1)
    assert talk(server, 2, pause=0.05) == [200, 200] and server.opened == 2


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort"])
def test_no_whole_answer_is_a_trouble(answer):
    with pytest.raises(TROUBLES):
        talk(Server(answer, drops=1), 1)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/hook", "http://[/hook", "http://127.0.0.1:99999/", "ftp://x/"])
def test_an_address_nobody_answers_at_is_a_trouble(url):
    async def run() -> None:
        wire = Wire()
        try:
            await wire.post(url, content=b"{}", headers={})
        finally:
            await wire.aclose()

    with pytest.raises(TROUBLES):
        asyncio.run(run())
