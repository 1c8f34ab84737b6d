"""The guard: every view and API operation names the one right it needs, or that it is public.

Naming a right only marks the function. WhoMiddleware asks the mark before each view, the marked operation asks
it before it runs, and what carries no mark is refused: forgetting the guard closes a door, it never opens one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext as _
from ninja.decorators import decorate_view
from ninja.operation import Operation

from shundan.core.actors import Who
from shundan.core.errors import NotAllowed, Refused
from shundan.core.rights import Right
from shundan.ground.staff.logins.answers import answer_once
from shundan.ground.staff.logins.parameters import refuse_unknown

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
# The account package guards its own pages; the few that a desk has no use for are closed.
ACCOUNT_PAGES = frozenset(
    {
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "account_change_password",
        "account_set_password",
        "account_inactive",
        "mfa_index",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
    }
)
_OPEN_MODULES = (
    "django.views.i18n",
    "django.views.static",
    "django.contrib.staticfiles",
    "django.views.generic.base",
)


def needs(right: Right) -> Callable[[View], View]:
    """Mark a view or API operation with the right it needs; stands directly above `def` or further out."""

    def mark(view: View) -> View:
        view.right = right  # type: ignore[attr-defined]
        return decorate_view(_guard_operation)(view)  # tells API operations; a plain view ignores it

    return mark


def public(view: View) -> View:
    """Mark a view that anybody may open."""
    view.right = PUBLIC  # type: ignore[attr-defined]
    return view


def check_right(who: Who, right: Right) -> None:
    """Raise NotAllowed: with status 401 for a stranger, 403 for somebody whose role lacks the right."""
    if who.kind == "nobody":
        stranger = NotAllowed(
            _("Nobody is signed in."),
            code="not_signed_in",
            remedy=_("Sign in, or send a token: Authorization: Bearer TOKEN. An owner issues one in Settings."),
        )
        stranger.status = 401
        raise stranger
    who.needs(right)


def right_of(view: Callable[..., Any]) -> Right | str | None:
    """Return the right a view names, PUBLIC, or None when it names none (API paths: see operations_of)."""
    if found := getattr(view, "right", None):
        return found
    view = getattr(view, "view_class", view)
    module = getattr(view, "__module__", "") or ""
    if module.startswith(("allauth.", "ninja.", *_OPEN_MODULES)):
        return PUBLIC
    inner = getattr(view, "func", None) or getattr(view, "__wrapped__", None)
    return right_of(inner) if inner else None


def unguarded(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """Yield every address whose view, or API operation, names no right."""
    for pattern in patterns:
        address = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from unguarded(pattern.url_patterns, address)
        elif operations := operations_of(pattern.callback):
            for one in operations:
                if getattr(one.view_func, "right", None) is None:
                    yield f"{'/'.join(one.methods)} {address}"
        elif right_of(pattern.callback) is None:
            yield address


def operations_of(view: Callable[..., Any]) -> list[Operation]:
    """Return the API operations behind a view of an API path; none for an ordinary view."""
    for cell in getattr(view, "__closure__", None) or ():
        try:
            found = getattr(cell.cell_contents, "operations", None)
        except ValueError:
            continue
        if found:
            return list(found)
    return []


def _guard_operation(run: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    operation: Operation = run.__self__  # type: ignore[attr-defined]

    @wraps(run)
    def guarded(request: HttpRequest, **given: Any) -> HttpResponseBase:
        try:
            check_right(request.who, operation.view_func.right)  # type: ignore[attr-defined]
            refuse_unknown(request, operation)
            return answer_once(request, lambda: run(request, **given))
        except Refused as refusal:
            return operation.api.on_exception(request, refusal)

    return guarded
