"""Columns of our own kinds: JSON that is read by the thousand, and texts that somebody else tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from django.db import models

if TYPE_CHECKING:
    _CharField = models.CharField[str, str]
else:  # it takes no parameters at run time
    _CharField = models.CharField


class QuickJSONField(models.JSONField):
    """Django's JSON field, read by a parser twice as fast; what that one refuses (NaN, say) Django reads as before.

    Whole numbers beyond 64 bits lose digits, as JSON allows; the platform sends none.
    """

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if type(value) is str and isinstance(expression, models.expressions.Col):
            try:
                return orjson.loads(value)
            except orjson.JSONDecodeError:
                pass
        return super().from_db_value(value, expression, connection)

    def deconstruct(self) -> Any:
        """To migrations it is a JSON field: nothing of the column differs."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs


class ToldField(_CharField):
    """A text that somebody else tells, in words we do not choose: what is longer than its column is cut.

    PostgreSQL refuses the whole row otherwise, and one new word of the platform would keep a case or an order out of
    the desk; SQLite takes it. It is cut where it is written and where it is looked for alike.
    """

    def get_prep_value(self, value: Any) -> Any:
        told = super().get_prep_value(value)
        return told[: self.max_length] if isinstance(told, str) else told

    def deconstruct(self) -> Any:
        """To migrations it is a CharField: nothing of the column differs."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
