"""Reads of mappings: what people said about the columns of files nobody knew."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from shundan.core.errors import NotFound
from shundan.desk.imports.models import Mapping


def all_mappings() -> QuerySet[Mapping]:
    """Return every mapping, the newest first."""
    return Mapping.objects.order_by("-pk")


def mappings_for(fingerprints: Iterable[str]) -> dict[str, Mapping]:
    """Return fingerprint of a header -> what was said about it."""
    return {row.fingerprint: row for row in Mapping.objects.filter(fingerprint__in=set(fingerprints))}


def mapping_by_key(key: int) -> Mapping:
    """Return one mapping; raise NotFound."""
    row = Mapping.objects.filter(pk=key).first()
    if row is None:
        raise NotFound(f"There is no mapping {key}.", remedy="Choose one from the list of known columns.")
    return row
