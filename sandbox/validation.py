"""Query and body against the endpoint table: required fields, types, ranges, choices."""

from __future__ import annotations

from typing import Any

from sandbox.errors import invalid, required

Spec = dict[str, Any]


def read_query(fields: dict[str, Spec], given: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the typed query; lists may come comma-joined, as JSON, or repeated."""
    raw: dict[str, str] = {}
    for key, value in given:
        raw[key] = f"{raw[key]},{value}" if key in raw and fields.get(key, {}).get("t") == "array" else value
    typed: dict[str, Any] = {}
    for name, spec in fields.items():
        text = raw.get(name, "")
        if text == "":
            if spec.get("req"):
                raise required(name)
            if "def" in spec:
                fill_default(typed, name, spec)
            continue
        typed[name] = check(name, spec, from_text(name, spec, text))
    return typed


def fill_default(typed: dict[str, Any], name: str, spec: Spec) -> None:
    """Put the default in, unless it is a word such as All that stands for no choice."""
    default = spec["def"]
    if spec["t"] in ("int", "number") or "min" in spec:
        typed[name] = int(default)
    elif spec["t"] == "bool":
        typed[name] = str(default).lower() == "true"
    elif "enum" not in spec or default in spec["enum"]:
        typed[name] = default


def from_text(name: str, spec: Spec, text: str) -> Any:
    if spec["t"] in ("int", "number") or "min" in spec:
        return whole(name, text)
    if spec["t"] == "bool":
        return text.lower() in ("true", "1")
    if spec["t"] == "array":
        return [part.strip().strip('"') for part in text.strip("[]").split(",") if part.strip()]
    return text


def read_body(fields: dict[str, Spec], body: Any) -> dict[str, Any]:
    if body in (None, []):
        body = {}
    if not isinstance(body, dict):
        raise invalid("body", "a JSON object is expected")
    return check_fields(fields, body)


def check_fields(fields: dict[str, Spec], row: dict[str, Any]) -> dict[str, Any]:
    typed = dict(row)
    for name, spec in fields.items():
        value = row.get(name)
        if value is None or value == "" or (value == [] and spec["t"] == "array"):
            if spec.get("req"):
                raise required(name)
            typed.pop(name, None)
            continue
        typed[name] = check(name, spec, value)
    return typed


def check(name: str, spec: Spec, value: Any) -> Any:
    """Return the value in its type, or refuse it naming the field."""
    kind = spec["t"]
    if kind == "string":
        if isinstance(value, (dict, list, bool)):
            raise invalid(name, "a string is expected")
        value = str(value)
        if "len" in spec and len(value) > spec["len"]:
            raise invalid(name, f"at most {spec['len']} characters")
    elif kind in ("int", "number"):
        value = whole(name, value)
    elif kind == "bool":
        if str(value).lower() not in ("true", "false"):
            raise invalid(name, "true or false is expected")
        value = str(value).lower() == "true"
    elif kind == "array":
        return check_list(name, spec, value)
    elif kind == "object":
        if value == []:
            value = {}
        if not isinstance(value, dict):
            raise invalid(name, "an object is expected")
        return check_fields(spec.get("of", {}), value)
    if "min" in spec and not spec["min"] <= whole(name, value) <= spec["max"]:
        raise invalid(name, f"the value must be in [{spec['min']}, {spec['max']}]")
    if "enum" in spec and value not in spec["enum"]:
        raise invalid(name, f"must be one of {', '.join(map(str, spec['enum']))}")
    return value


def check_list(name: str, spec: Spec, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise invalid(name, "a list is expected")
    if "count" in spec and len(value) > spec["count"]:
        raise invalid(name, f"at most {spec['count']} entries")
    if "enum" in spec and any(entry not in spec["enum"] for entry in value):
        raise invalid(name, f"must be one of {', '.join(map(str, spec['enum']))}")
    if "of" in spec:
        if not all(isinstance(entry, dict) for entry in value):
            raise invalid(name, "a list of objects is expected")
        return [check_fields(spec["of"], entry) for entry in value]
    if spec.get("each") == "string":
        return [str(entry) for entry in value]
    return value


def whole(name: str, value: Any) -> int:
    try:
        number = int(value)
        if isinstance(value, bool) or abs(number) >= 2**63 or (isinstance(value, float) and value != number):
            raise ValueError
        return number
    except (TypeError, ValueError, OverflowError):
        raise invalid(name, "a whole number is expected") from None
