"""What a log may say of an error: its kind, where it arose, and of its words only what names no person.

An error's text and its causes may quote whole rows (a database), names (a number that is none) or a payload.
"""

from __future__ import annotations

import logging
import re
import traceback
from types import TracebackType

from django.db import DatabaseError

from shundan.core.errors import ShundanError

_QUOTED = re.compile(r"""'[^']*'|"[^"]*"|“[^”]*”""")
_NAME = re.compile(r"""['"][a-z_][a-z0-9_.]*['"]""")  # of a column, a table, a field: ours or the platform's
_DEEPEST = 12
_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class LogLines(logging.Formatter):
    """Log lines whose traces quote no values, whoever logs the error: we, Django or a library."""

    def formatException(self, ei: _Raised) -> str:
        error = ei[1]
        return "" if error is None else f"{say_trace(error)}\n{say_error(error)}"


def say_error(error: BaseException) -> str:
    """Return an error's kind with the first line of its text, quoted values left out; our own sentences stay.

    Of kinds whose text may be anything, only the kind.
    """
    text = str(error).partition("\n")[0]
    if not isinstance(error, ShundanError):
        known = isinstance(error, LookupError | AttributeError | TypeError | DatabaseError | OSError)
        text = _QUOTED.sub(lambda found: _keep(error, text, found), text)[:300] if known else ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _keep(error: BaseException, text: str, found: re.Match[str]) -> str:
    named = isinstance(error, LookupError | AttributeError | TypeError | DatabaseError) and _NAME.fullmatch(found[0])
    told_value = isinstance(error, DatabaseError) and text[: found.start()].endswith(": ")
    return found[0] if named and not told_value else "…"


def say_trace(error: BaseException) -> str:
    """Return where an error and its causes arose, innermost last: files, lines and functions, no values."""
    lines: list[str] = []
    one: BaseException | None = error
    while one is not None and len(lines) < _DEEPEST * 3:
        frames = traceback.extract_tb(one.__traceback__)[-_DEEPEST:]
        lines += [type(one).__name__, *(f"  {row.filename}:{row.lineno} {row.name}" for row in frames)]
        one = one.__cause__ or one.__context__
    return "\n".join(lines)
