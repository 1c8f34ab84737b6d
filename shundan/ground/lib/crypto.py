"""Encryption at rest, keyed hashes, and the key that lives outside the database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from shundan.core.errors import BadConfiguration


def read_key(data: Path) -> bytes:
    """Return the 32-byte key from SHUNDAN_KEY (base64url) or DIR/secret.key; make the file on first use (0600)."""
    text = os.environ.get("SHUNDAN_KEY", "")
    path = data / "secret.key"
    if not text:
        if not path.exists():
            data.mkdir(parents=True, exist_ok=True)
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "wb") as file:
                    file.write(base64.urlsafe_b64encode(secrets.token_bytes(32)))
            except FileExistsError:
                pass  # another process of this desk was first; its key counts
        text = path.read_text().strip()
    try:
        key = base64.urlsafe_b64decode(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise BadConfiguration("The key in SHUNDAN_KEY or secret.key is not 32 bytes of base64url.")
    return key


def derive_key(master: bytes, purpose: str) -> bytes:
    """Return a 32-byte key for one purpose."""
    return hmac.new(master, purpose.encode(), hashlib.sha256).digest()


def _master() -> bytes:
    from django.conf import settings  # settings themselves read the key with this module

    return bytes(settings.MASTER_KEY)


def encrypt(text: str) -> str:
    """Encrypt a secret for storage; empty stays empty."""
    if not text:
        return ""
    key = base64.urlsafe_b64encode(derive_key(_master(), "at-rest"))
    return Fernet(key).encrypt(text.encode()).decode()


def decrypt(stored: str) -> str:
    """Return the secret; raise BadConfiguration when the key does not fit."""
    if not stored:
        return ""
    key = base64.urlsafe_b64encode(derive_key(_master(), "at-rest"))
    try:
        return Fernet(key).decrypt(stored.encode()).decode()
    except InvalidToken:
        raise BadConfiguration("A stored secret does not fit the key: restore secret.key of this desk.") from None


def keyed_hash(text: str, *, purpose: str) -> str:
    """Return a hex HMAC of `text`: equal texts can be found again, the text itself cannot be read back."""
    return hmac.new(derive_key(_master(), purpose), text.encode(), hashlib.sha256).hexdigest()


def hash_token(raw: str) -> str:
    """Return the stored form of a random token."""
    return hashlib.sha256(raw.encode()).hexdigest()
