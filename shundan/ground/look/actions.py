"""Saving and deleting a person's views of a list."""

from __future__ import annotations

from django.utils.translation import gettext as _

from shundan.core.errors import Refused
from shundan.ground.look.models import SavedView

_MOST_VIEWS = 20


def save_view(person_id: int, *, page_key: str, name: str, query: str) -> SavedView:
    """Keep a list's query under a name; the same name again replaces it. Raises Refused."""
    name = " ".join(name.split())[:40]
    if not name:
        raise Refused(_("A view needs a name."), code="name_missing", field="name")
    kept = SavedView.objects.filter(person_id=person_id, page_key=page_key)
    position = kept.count()
    if position >= _MOST_VIEWS and not kept.filter(name=name).exists():
        raise Refused(_("Twenty views are enough: delete one first."), code="too_many_views")
    view, _made = SavedView.objects.update_or_create(
        person_id=person_id,
        page_key=page_key,
        name=name,
        defaults={"query": query[:1000]},
        create_defaults={"query": query[:1000], "position": position},
    )
    return view


def delete_view(person_id: int, *, view_id: int) -> None:
    """Forget one of the person's own views; somebody else's or an unknown one is left alone."""
    SavedView.objects.filter(person_id=person_id, pk=view_id).delete()
