"""Writes of staff: people and their scope; tokens; login links; answers kept for repeated API calls."""

from shundan.ground.staff.actions.answers import do_once, keep_answer, open_answer, release_answer
from shundan.ground.staff.actions.links import issue_login_link, use_login_link
from shundan.ground.staff.actions.people import (
    change_person,
    choose_preferences,
    create_person,
    deactivate_person,
    note_password,
    reactivate_person,
    remove_second_factor,
    set_role,
    set_scope,
)
from shundan.ground.staff.actions.tokens import issue_token, note_token_use, revoke_token

__all__ = [
    "change_person",
    "choose_preferences",
    "create_person",
    "deactivate_person",
    "do_once",
    "issue_login_link",
    "issue_token",
    "keep_answer",
    "note_password",
    "note_token_use",
    "open_answer",
    "reactivate_person",
    "release_answer",
    "remove_second_factor",
    "revoke_token",
    "set_role",
    "set_scope",
    "use_login_link",
]
