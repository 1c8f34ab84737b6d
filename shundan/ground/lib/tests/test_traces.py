from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.db.utils import DataError

from shundan.core.errors import Refused
from shundan.ground.lib.traces import say_error, say_trace


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (IntegrityError('null value in column "name" of relation "orders_address"\nDETAIL:  Failing row (Emma)'),
         'IntegrityError: null value in column "name" of relation "orders_address"'),
        (IntegrityError("UNIQUE constraint failed: orders_order.order_id"),
         "IntegrityError: UNIQUE constraint failed: orders_order.order_id"),
        (DataError('invalid input syntax for type integer: "emma"'),
         "DataError: invalid input syntax for type integer: …"),
        (ValueError("invalid literal for int() with base 10: 'Emma Stone'"),
         "ValueError"),
        (KeyError("line_items"), "KeyError: 'line_items'"),
        (KeyError("Emma Stone"), "KeyError: …"),
        (AttributeError("'NoneType' object has no attribute 'get'"),
         "AttributeError: … object has no attribute 'get'"),
        (Refused("There is no cause “late”."), "Refused: There is no cause “late”."),
    ],
)  # fmt: skip
def test_an_error_is_told_without_values(error: Exception, told: str) -> None:
    assert say_error(error) == told


def raise_twice() -> None:
    try:
        raise IntegrityError("DETAIL: Failing row contains (Emma Stone, 12 Rose Street)")
    except IntegrityError as first:
        raise ValueError("Emma Stone") from first


def test_a_trace_names_places_and_never_what_was_there() -> None:
    try:
        raise_twice()
    except ValueError as error:
        told = say_trace(error)
    assert told.splitlines()[0] == "ValueError"
    assert "IntegrityError" in told
    assert told.count("raise_twice") == 2
    assert "Emma" not in told
