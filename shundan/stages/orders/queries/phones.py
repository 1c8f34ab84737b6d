"""Phones are searched by a keyed hash of their last digits, never in plain."""

from __future__ import annotations

from shundan.ground.lib.crypto import keyed_hash


def hash_phone(text: str) -> str:
    """Return the searchable hash of a phone: its last nine digits, so that country codes and zeros do not matter."""
    digits = "".join(letter for letter in text if letter.isdigit())
    return keyed_hash(digits[-9:], purpose="phone") if len(digits) >= 6 else ""
