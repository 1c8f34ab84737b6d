"""Who comes in: the guard of every view, who is asking, and the account package's doors."""

from shundan.ground.staff.logins.accounts import SecondFactorAdapter, StaffAdapter, locked_out
from shundan.ground.staff.logins.asking import WhoMiddleware, person_of
from shundan.ground.staff.logins.guard import needs, public, unguarded

__all__ = [
    "SecondFactorAdapter",
    "StaffAdapter",
    "WhoMiddleware",
    "locked_out",
    "needs",
    "person_of",
    "public",
    "unguarded",
]
