"""The views of a list that a person saved."""

from __future__ import annotations

from django.db.models import QuerySet

from shundan.ground.look.models import SavedView


def views_of(person_id: int, *, page_key: str) -> QuerySet[SavedView]:
    """Return one person's saved views of one list in their order."""
    return SavedView.objects.filter(person_id=person_id, page_key=page_key)[:20]
