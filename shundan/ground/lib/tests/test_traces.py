from __future__ import annotations

import logging

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.db.utils import DataError

from shundan.core.errors import Refused
from shundan.ground.lib.traces import LogLines, say_error, say_trace


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


def test_a_log_line_quotes_no_values_whoever_logs_the_error() -> None:
    try:
        raise_twice()
    except ValueError as error:
        record = logging.LogRecord("django.request", 40, __file__, 1, "%s failed", ("/x",), (type(error), error, None))
    told = LogLines("%(message)s").format(record)
    assert told.splitlines()[:2] == ["/x failed", "ValueError"]
    assert "raise_twice" in told
    assert "Emma" not in told
    assert settings.LOGGING["formatters"]["line"]["class"] == f"{LogLines.__module__}.LogLines"
