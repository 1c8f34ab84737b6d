"""Shapes that several operations of Settings answer with."""

from __future__ import annotations

from ninja import Schema


class Done(Schema):
    done: bool = True
