"""Errors, typed by what the caller must do.

ShundanError
├── Refused            tell the person: code, message, field, remedy. Nothing was changed.
│   ├── NotAllowed     the role or scope does not permit it
│   ├── Conflict       somebody or something else was first; look again
│   └── BadFile        a file cannot be taken: row, column, remedy
├── Unavailable        try again later (retry_after seconds, when known)
│   └── OutsideUnavailable   … an outside service: service, status, code, request_id
└── Broken             stop and say so
    ├── Unreadable          an outside answer lacks what its kind cannot do without
    ├── OutsideRefused       an outside service refuses for good: service, status, code, request_id
    │   └── Unauthorised     its token or authorisation is dead: reconnect
    └── BadConfiguration     a setting is missing or wrong
"""

from __future__ import annotations


class ShundanError(Exception):
    """The root. `code` is stable and documented; `message` is one English sentence."""

    code = "error"
    status = 500

    def __init__(self, message: str, *, code: str | None = None, field: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.field = field
        self.remedy = remedy


class Refused(ShundanError):
    """The rules say no: tell the person what to do next. Nothing was changed."""

    code = "refused"
    status = 422


class NotAllowed(Refused):
    """The person's role, shop or warehouse scope does not permit it."""

    code = "not_allowed"
    status = 403


class NotFound(Refused):
    """There is no such thing in the person's scope."""

    code = "not_found"
    status = 404


class Conflict(Refused):
    """Another person, tool or event was first; look again and decide anew."""

    code = "conflict"
    status = 409


class BadFile(Refused):
    """A file, or one row of it, cannot be taken."""

    code = "bad_file"

    def __init__(self, message: str, *, row: int = 0, column: str = "", remedy: str = "") -> None:
        super().__init__(message, field=column, remedy=remedy)
        self.row = row
        self.column = column


class Unavailable(ShundanError):
    """Not now: try again later."""

    code = "unavailable"
    status = 503

    def __init__(self, message: str, *, retry_after: float | None = None, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class OutsideUnavailable(Unavailable):
    """An outside service is busy, slow, limited or unreachable."""

    code = "outside_unavailable"

    def __init__(
        self,
        message: str,
        *,
        service: str,
        status: int = 0,
        outside_code: int = 0,
        request_id: str = "",
        retry_after: float | None = None,
        unsure: bool = False,
    ) -> None:
        super().__init__(message, retry_after=retry_after)
        self.service, self.http_status = service, status
        self.outside_code, self.request_id = outside_code, request_id
        # True when the request may have taken effect: ask before repeating it.
        self.unsure = unsure


class Broken(ShundanError):
    """Stop and say so: repeating will not help."""

    code = "broken"


class OutsideRefused(Broken):
    """An outside service refuses this call for good."""

    code = "outside_refused"
    status = 502

    def __init__(
        self, message: str, *, service: str, status: int = 0, outside_code: int = 0, request_id: str = ""
    ) -> None:
        super().__init__(message)
        self.service, self.http_status = service, status
        self.outside_code, self.request_id = outside_code, request_id


class Unauthorised(OutsideRefused):
    """The token or the whole authorisation is dead: refresh it, or connect the shop again."""

    code = "unauthorised"


class Unreadable(Broken, LookupError):
    """An outside answer lacks what a thing of its kind cannot do without, such as its id."""

    code = "unreadable"
    status = 502


class BadConfiguration(Broken):
    """A setting is missing or wrong; the message names it."""

    code = "bad_configuration"
