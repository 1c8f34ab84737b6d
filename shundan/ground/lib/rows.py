"""Many rows at once, in one statement per table: what a batch of news is written with.

Django's own bulk writers build an expression for every value, which costs several times what the database does with
it. Here a table's columns are compiled once. Constraints, defaults of the model and the journal stay as they are:
only the way to the database is shorter. Keyed values only: no expressions, no inheritance, no database defaults.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

import orjson
from django.db import connection, transaction
from django.db.models import ForeignKey, Model
from django.db.models.base import ModelState

from shundan.ground.lib.fields import ToldField

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class _Column:
    attname: str
    quoted: str
    cast: str
    prepare: Callable[[Any], Any] | None  # None: the database takes the value as it is


def new_row(model: type[M], **values: Any) -> M:
    """Return an unsaved row with the model's defaults: what `model(**values)` would be, at a third of its price.

    Values go by column (`shop_id`); where only the object is there yet, set it afterwards (`line.order = order`).
    """
    row = model.__new__(model)
    held = row.__dict__
    held["_state"] = ModelState()
    plain, made = _defaults(model)
    held.update(plain)
    for name, make in made:
        held[name] = make()
    held.update(values)
    return row


@lru_cache(maxsize=256)
def _defaults(model: type[Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """Return the defaults that can be shared, and how the others are made."""
    fields = model._meta.concrete_fields
    made = {field.attname: field.default for field in fields if field.has_default() and callable(field.default)}
    return {field.attname: field.get_default() for field in fields if field.attname not in made}, list(made.items())


def insert_rows(rows: Sequence[M], *, ignore_conflicts: bool = False) -> bool:
    """Insert rows of one model and give them their keys; return whether every one went in.

    With `ignore_conflicts` a row that is there already is left alone; then none of the batch is given a key and the
    caller reads them again. Foreign keys may be set by object before that object has its key.
    """
    if not rows:
        return True
    model = type(rows[0])
    columns = _columns(model, connection.vendor)
    for row in rows:
        _take_keys(row, columns)
    told = [_told(row, columns) for row in rows]
    with transaction.atomic(savepoint=False):
        keys = _insert(model, columns, told, ignore_conflicts=ignore_conflicts, keyed=True)
    if len(keys) != len(rows):
        return False
    for row, key in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding = False
        row._state.db = connection.alias
    return True


def insert_values(
    model: type[Model], fields: Sequence[str], values: Iterable[Sequence[Any]], *, ignore_conflicts: bool = False
) -> None:
    """Insert rows given as values in the order of `fields` (a foreign key by its key), whose own keys nobody needs.

    Every field without a default in the database has to be told; the values are of the types the model reads back.
    With `ignore_conflicts` a row that is there already is left alone.
    """
    by_name = {column.attname: column for column in _columns(model, connection.vendor)}
    columns = [by_name[name] for name in fields]
    told = [
        [
            value if value is None or column.prepare is None else column.prepare(value)
            for value, column in zip(row, columns, strict=True)
        ]
        for row in values
    ]
    if told:
        _insert(model, columns, told, ignore_conflicts=ignore_conflicts)


def update_rows(rows: Sequence[M], fields: Sequence[str]) -> None:
    """Write these fields of stored rows, found by their keys. Lock and compare them first where others may write."""
    if not rows:
        return
    model = type(rows[0])
    by_name = {column.attname: column for column in _columns(model, connection.vendor)}
    columns = [by_name[model._meta.get_field(name).attname] for name in fields]  # type: ignore[union-attr]
    for row in rows:
        _take_keys(row, columns)
    table, key = _names(model)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sets = ", ".join(f"{column.quoted} = told.{column.quoted}" for column in columns)
            source = _recordset([(key, "bigint"), *((column.quoted, column.cast) for column in columns)])
            told = [(row.pk, *_told(row, columns)) for row in rows]
            cursor.execute(
                f"UPDATE {table} SET {sets} FROM {source} WHERE {table}.{key} = told.{key}",
                [_records([key, *(column.quoted for column in columns)], told)],
            )
        else:
            sets = ", ".join(f"{column.quoted} = %s" for column in columns)
            cursor.executemany(
                f"UPDATE {table} SET {sets} WHERE {key} = %s", [(*_told(row, columns), row.pk) for row in rows]
            )


def add_to_rows(
    model: type[Model], sums: Mapping[int, Sequence[int]], fields: Sequence[str], *, floored: Sequence[str] = (),
    stamp: tuple[str, datetime],
) -> None:  # fmt: skip
    """Add to counting columns of rows, given as key -> one sum per field, and stamp them with a moment.

    The columns in `floored` stay at 0 where they would fall below it.
    """
    if not sums:
        return
    postgres = connection.vendor == "postgresql"
    quote = connection.ops.quote_name
    (table, key), stamped = _names(model), quote(stamp[0])
    sets = []
    for number, name in enumerate(fields):
        new = f"{table}.{quote(name)} + " + (f"told.n{number}" if postgres else "%s")
        floor = "GREATEST" if postgres else "MAX"
        sets.append(f"{quote(name)} = {floor}({new}, 0)" if name in floored else f"{quote(name)} = {new}")
    update = f"UPDATE {table} SET {', '.join(sets)}, {stamped} = %s"
    with connection.cursor() as cursor:
        if postgres:
            names = [f"n{number}" for number in range(len(fields))]
            source = _recordset([(name, "bigint") for name in ("key", *names)])
            cursor.execute(
                f"{update} FROM {source} WHERE {table}.{key} = told.key",
                [stamp[1], _records(["key", *names], [(one, *added) for one, added in sums.items()])],
            )
        else:
            at = _as_text(stamp[1])
            cursor.executemany(f"{update} WHERE {key} = %s", [(*added, at, one) for one, added in sums.items()])


def _names(model: type[Model]) -> tuple[str, str]:
    """Return the quoted names of a table and its key."""
    quote = connection.ops.quote_name
    return quote(model._meta.db_table), quote(str(model._meta.pk.column))


def _take_keys(row: Model, columns: Sequence[_Column]) -> None:
    """Fill the foreign keys whose object got its key only after it was set."""
    for field in _links(type(row)):
        if row.__dict__.get(field.attname) is None and (linked := field.get_cached_value(row, default=None)):
            setattr(row, field.attname, linked.pk)


def _told(row: Model, columns: Sequence[_Column]) -> list[Any]:
    held = row.__dict__
    return [
        value if (value := held[column.attname]) is None or column.prepare is None else column.prepare(value)
        for column in columns
    ]


@lru_cache(maxsize=256)
def _links(model: type[Model]) -> tuple[Any, ...]:
    return tuple(field for field in model._meta.concrete_fields if isinstance(field, ForeignKey))


@lru_cache(maxsize=256)
def _columns(model: type[Model], vendor: str) -> tuple[_Column, ...]:
    found = []
    for field in model._meta.concrete_fields:
        if field.primary_key and field.get_internal_type().endswith("AutoField"):
            continue
        target = field.target_field if isinstance(field, ForeignKey) else field
        kind = target.get_internal_type()
        cast = field.db_type(connection) or "text"
        # A length would cut off silently in a cast: let the column itself refuse.
        cast = "text" if cast.startswith("varchar") else cast
        found.append(
            _Column(field.attname, connection.ops.quote_name(str(field.column)), cast, _preparer(kind, vendor, field))
        )
    return tuple(found)


def _preparer(kind: str, vendor: str, field: Any) -> Callable[[Any], Any] | None:
    match kind:
        case "CharField" if isinstance(field, ToldField):
            return field.get_prep_value
        case "CharField" | "TextField":
            return str
        case "JSONField":
            return _as_json if vendor == "sqlite" else lambda value: orjson.Fragment(_as_json(value))
        case "DateTimeField":
            return _as_text if vendor == "sqlite" else None
        case "IntegerField" | "BigIntegerField" | "BigAutoField" | "BooleanField" | "SmallIntegerField":
            return None
        case _:
            return lambda value: field.get_db_prep_save(value, connection)


def _as_json(value: Any) -> str:
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:  # half a letter, a number beyond 64 bits: somebody sent it, and it is kept
        return json.dumps(value)


def _as_text(value: datetime) -> str:
    """Write a moment as Django writes it into SQLite: UTC without its zone."""
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return str(value.replace(tzinfo=None))


def _insert(
    model: type[Model], columns: Sequence[_Column], told: Sequence[Sequence[Any]], *, ignore_conflicts: bool = False,
    keyed: bool = False,
) -> list[int]:  # fmt: skip
    """Insert prepared values; return the new keys when asked for them, fewer where a row was there already."""
    table, key = _names(model)
    names = ", ".join(column.quoted for column in columns)
    conflict = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            source = _recordset([(column.quoted, column.cast) for column in columns])
            returning = f" RETURNING {key}" if keyed else ""
            statement = f"INSERT INTO {table} ({names}) SELECT * FROM {source}{conflict}{returning}"
            cursor.execute(statement, [_records([column.quoted for column in columns], told)])
            return [key for (key,) in cursor.fetchall()] if keyed else []
        marks = ", ".join(["%s"] * len(columns))
        if not keyed:
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks}){conflict}", told)
            return []
        # SQLite has one writer at a time: inside its transaction the next keys are known beforehand.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        first = (cursor.fetchone() or (0,))[0] + 1
        keys = list(range(first, first + len(told)))
        rows = [(one, *values) for one, values in zip(keys, told, strict=True)]
        cursor.executemany(f"INSERT INTO {table} ({key}, {names}) VALUES (%s, {marks}){conflict}", rows)
        return keys if cursor.rowcount == len(rows) else []


def _recordset(columns: Sequence[tuple[str, str]]) -> str:
    """Return the source of rows that come as one JSON text: a driver writes arrays letter by letter, and slowly."""
    return f"json_to_recordset(%s) AS told({', '.join(f'{quoted} {cast}' for quoted, cast in columns)})"


def _records(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    plain = [name.strip('"') for name in names]
    records = [dict(zip(plain, row, strict=True)) for row in rows]
    return orjson.dumps(records, default=str).decode()
