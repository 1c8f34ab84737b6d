"""What a worker runs for channels."""

from __future__ import annotations

from shundan.core.actors import step
from shundan.edges.channels import actions


def refresh_next_tokens(*, limit: int = 5) -> int:
    """Refresh tokens that end soon, and finish connections that were cut off half-way."""
    finished = actions.list_missing_shops(by=step("refresh_next_tokens"), limit=limit)
    finished += actions.look_for_revoked_shops(limit=limit)
    return finished + actions.refresh_next_tokens(limit=limit)
