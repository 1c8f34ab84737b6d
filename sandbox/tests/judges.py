"""Two judges of an answer: the strict models of another client, and the fields, types and words of the contract."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import orjson
from tiktok_shop_api import Webhooks
from tiktok_shop_api.generated import models
from tiktok_shop_api.generated._meta import OPERATIONS, WEBHOOKS

MODULES = {row.name.replace("_", ""): row.name for row in pkgutil.iter_modules(models.__path__)}
KNOWN = {f"{row['method'].upper()} {row['path']}": row["operationId"] for row in OPERATIONS}
MODELLED = {row["type"] for row in WEBHOOKS}
KINDS: dict[str, tuple[type, ...]] = {"s": (str,), "i": (int,), "n": (int, float), "b": (bool,)}


@cache
def contract() -> dict[str, Any]:
    """Return the answers' shapes: an object by its fields, a list by its one entry, else s, i, n, b or s=A|B."""
    return dict(orjson.loads((Path(__file__).parent / "answers.json").read_bytes()))


def model_of(name: str) -> Any:
    """Return the model class of an endpoint's answer."""
    wanted = KNOWN[name].lower() + "response"
    module = importlib.import_module(f"tiktok_shop_api.generated.models.{MODULES[wanted]}")
    return next(value for key, value in vars(module).items() if key.lower() == wanted)


def strict_wrongs(name: str, answer: dict[str, Any]) -> list[str]:
    """Return what the other client's model of this endpoint has against an answer."""
    try:
        return unknowns(model_of(name).from_dict(answer), name)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [f"{name}: {error!r}"]


def webhook_wrongs(body: bytes, number: int) -> list[str]:
    """Return what the other client has against a webhook, if it has a model for its type at all.

    Its models leave one field of the envelope out that the platform documents for every webhook.
    """
    try:
        found = unknowns(Webhooks.parse(body), "webhook") if number in MODELLED else []
    except ValueError as error:
        return [str(error)]
    return [wrong for wrong in found if wrong != "webhook.tts_notification_id is unknown"]


def unknowns(model: Any, where: str) -> list[str]:
    """Return what a parsed answer holds that its model does not know, or in another type."""
    found = [f"{where}.{key} is unknown" for key in model.additional_properties]
    for part in attrs.fields(type(model)):
        value, kind = getattr(model, part.name), str(part.type)
        for one in value if isinstance(value, list) else [value]:
            if hasattr(type(one), "__attrs_attrs__") and part.name != "additional_properties":
                found += unknowns(one, f"{where}.{part.name}")
            elif not fits(one, kind):
                found.append(f"{where}.{part.name} is {one!r}, not {kind}")
    return found


def fits(value: Any, kind: str) -> bool:
    """Tell whether a plain value is of a field's declared type; the models check words, but no types."""
    if "Literal" in kind:
        return True
    if isinstance(value, bool):
        return "bool" in kind
    if isinstance(value, int):
        return "int" in kind or "float" in kind
    return type(value) is not str or "str" in kind


def contract_wrongs(shape: Any, value: Any, where: str) -> list[str]:
    """Return every field, type and word in a value that the contract does not have there."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"{where} is {value!r}, not an object"]
        found = [f"{where}.{key} is unknown" for key in value if key not in shape]
        for key in value.keys() & shape.keys():
            found += contract_wrongs(shape[key], value[key], f"{where}.{key}")
        return found
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{where} is {value!r}, not a list"]
        return [wrong for entry in value for wrong in contract_wrongs(shape[0], entry, f"{where}[]")]
    kind, _, words = shape.partition("=")
    if not isinstance(value, KINDS[kind]) or (isinstance(value, bool) and kind != "b"):
        return [f"{where} is {value!r}, not {kind}"]
    if words and value not in words.split("|"):
        return [f"{where} is {value!r}, not one of {words}"]
    return []
