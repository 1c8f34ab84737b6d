"""Words an API call carries and nobody reads: refused, because a mistyped filter would answer another question."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.operation import Operation
from pydantic import BaseModel

from shundan.core.errors import Refused


def refuse_unknown(request: HttpRequest, operation: Operation) -> None:
    """Raise Refused (422) for the first query parameter, or field of a JSON body, that the operation does not know."""
    known: set[str] = set()
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            known |= set(model.__ninja_flatten_map__)
        elif model.__ninja_param_source__ == "body" and request.content_type == "application/json":
            _refuse(_keys_of(request.body), _fields_of(model), "field")
    _refuse(request.GET, known, "parameter")


def _refuse(given: Iterable[str], known: set[str] | None, word: str) -> None:
    for name in given:
        if known is not None and name not in known:
            told = ", ".join(sorted(known)) or "none"
            remedy = f"{word.capitalize()}s of this address: {told}."
            raise Refused(
                _("There is no %(word)s %(name)s.") % {"word": word, "name": name},
                code=f"unknown_{word}",
                field=name,
                remedy=remedy,
            )


def _keys_of(body: bytes) -> Iterable[str]:
    try:
        told = json.loads(body or b"{}")
    except ValueError:
        return ()  # the operation itself says what is wrong with it
    return told if isinstance(told, dict) else ()


def _fields_of(model: Any) -> set[str] | None:
    """Return the names the body may have; None where it may have any."""
    single = getattr(model, "__read_from_single_attr__", None)
    schema = model.model_fields[single].annotation if single else model
    if not (isinstance(schema, type) and issubclass(schema, BaseModel)):
        return None
    if schema.model_config.get("extra") == "allow":
        return None
    return {name for key, field in schema.model_fields.items() for name in (key, field.alias) if name}
