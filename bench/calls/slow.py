"""A platform that thinks for 300 ms before every answer: `python -m bench.calls.slow PORT`."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import uvicorn

THINKS = 0.3


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer every call with the package its path names."""
    if scope["type"] != "http":
        return
    await asyncio.sleep(THINKS)
    package = scope["path"].split("/packages/")[-1].partition("/")[0]
    told = {"package_id": package, "package_status": "PROCESSING", "tracking_number": f"T{package}", "update_time": 1}
    body = json.dumps({"code": 0, "message": "Success", "request_id": "R", "data": told}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False, lifespan="off")
