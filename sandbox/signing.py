"""Both signatures of the platform: of a request to it, and of a webhook from it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

UNSIGNED = ("sign", "access_token")


def request_signature(secret: str, *, path: str, query: Iterable[tuple[str, str]], body: bytes) -> str:
    """Return the lower-case hex HMAC over path, sorted decoded query and raw body, wrapped in the secret."""
    pairs = sorted((pair for pair in query if pair[0] not in UNSIGNED), key=lambda pair: pair[0].encode())
    text = path + "".join(key + value for key, value in pairs)
    key = secret.encode()
    return hmac.new(key, key + text.encode() + body + key, hashlib.sha256).hexdigest()


def accepts(sign: str, secret: str, *, path: str, query: list[tuple[str, str]], body: bytes, multipart: bool) -> bool:
    """Tell whether `sign` fits; a body of `{}` may be signed with or without it, multipart always without."""
    signed = b"" if multipart else body
    if hmac.compare_digest(sign, request_signature(secret, path=path, query=query, body=signed)):
        return True
    if signed.strip() == b"{}":
        return hmac.compare_digest(sign, request_signature(secret, path=path, query=query, body=b""))
    return False


def webhook_signature(app_key: str, app_secret: str, body: bytes) -> str:
    return hmac.new(app_secret.encode(), app_key.encode() + body, hashlib.sha256).hexdigest()
