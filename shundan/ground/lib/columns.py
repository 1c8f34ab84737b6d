"""Columns of our own kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    _CharField = models.CharField[str, str]
else:  # it takes no parameters at run time
    _CharField = models.CharField


class ToldField(_CharField):
    """A text that somebody else tells, in words we do not choose: what is longer than its column is cut.

    PostgreSQL refuses the whole row otherwise, and one new word of the platform would keep a case or an order out of
    the desk; SQLite takes it. It is cut where it is written and where it is looked for alike. In migrations it is a
    plain CharField: the column is no different.
    """

    def get_prep_value(self, value: Any) -> Any:
        told = super().get_prep_value(value)
        return told[: self.max_length] if isinstance(told, str) else told

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
