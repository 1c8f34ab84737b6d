"""The start-up check: an installation with an unguarded view does not start."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error
from django.urls import get_resolver

from shundan.ground.staff.logins.guard import unguarded


def every_view_names_a_right(app_configs: Any, **given: Any) -> list[CheckMessage]:
    """Return an error for each address whose view names no right."""
    return [
        Error(
            f"{address} names no right.",
            hint="Put @needs(Right.…) or @public on the view.",
            id="shundan.E001",
        )
        for address in unguarded(get_resolver().url_patterns)
    ]
