"""Signatures of TikTok Shop: of our requests and of its webhooks. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

_UNSIGNED = frozenset({"sign", "access_token"})


def sign(
    secret: str, path: str, query: Iterable[tuple[str, str]], body: bytes = b"", *, multipart: bool = False
) -> str:
    """Return the lower-case hex `sign` of a request.

    `query` holds decoded values; `body` is the raw bytes as sent. A multipart body is not part of the signature.
    """
    pairs = "".join(key + value for key, value in sorted(query) if key not in _UNSIGNED)
    message = secret.encode() + path.encode() + pairs.encode() + (b"" if multipart else body) + secret.encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def sign_webhook(app_key: str, secret: str, body: bytes) -> str:
    """Return the hex signature that the platform puts into the Authorization header of a webhook."""
    return hmac.new(secret.encode(), app_key.encode() + body, hashlib.sha256).hexdigest()


def is_signed(app_key: str, secret: str, body: bytes, given: str) -> bool:
    """Return whether `given` is the signature of the raw body, compared in constant time."""
    expected = sign_webhook(app_key, secret, body).encode()
    return hmac.compare_digest(expected, given.strip().lower().encode("utf-8", "replace"))
