"""The least a signed gateway can do: check the signature, answer a constant. `python -m bench.sandbox.bare PORT`."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

SECRET = os.environ.get("BARE_SECRET", "").encode()
SIZES: dict[str, int] = json.loads(os.environ.get("BARE_SIZES", "{}"))
HEAD, TAIL = '{"code":0,"message":"Success","request_id":"0","data":"', '"}'


def constant(size: int) -> bytes:
    return (HEAD + "x" * max(0, size - len(HEAD) - len(TAIL)) + TAIL).encode()


async def answer(request: Request) -> Response:
    """Check the signature over path, sorted query and raw body; answer what the route always answers."""
    body = await request.body()
    pairs = sorted((key, value) for key, value in request.query_params.multi_items() if key != "sign")
    text = request.url.path + "".join(key + value for key, value in pairs)
    expected = hmac.new(SECRET, SECRET + text.encode() + body + SECRET, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, request.query_params.get("sign", "")):
        return Response(status_code=401)
    return Response(ANSWERS[request.scope["path"].split("/")[-1]], media_type="application/json")


class Answers(dict[str, bytes]):
    """Answers by the last part of the path; what is an id is a package."""

    def __missing__(self, key: str) -> bytes:
        return self["package"]


ANSWERS = Answers(
    orders=constant(SIZES.get("detail", 0)),
    search=constant(SIZES.get("search", 0)),
    package=constant(SIZES.get("package", 0)),
)
application = Starlette(routes=[Route("/{rest:path}", answer, methods=["GET", "POST"])])

if __name__ == "__main__":
    uvicorn.run(
        application, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False, lifespan="off",
        timeout_keep_alive=30, server_header=False, date_header=False,
    )  # fmt: skip
