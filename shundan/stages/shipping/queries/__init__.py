"""Reads of shipping.

labels.py     labels of parcels, and what waits to be asked or fetched
terms.py      on which terms a label is asked for, and what the platform offers
numbers.py    whether a parcel can be given another number, and how that stands
manifests.py  manifests and their parcels
lists.py      the list of labels as a page
"""

from shundan.stages.shipping.queries.labels import (
    label_file,
    labels_of,
    labels_to_fetch,
    named_by_labels,
    parcels_to_request,
    prints_of,
    unlabelled_requests,
)
from shundan.stages.shipping.queries.manifests import find_manifest, manifest_facts, open_manifests, scans_of
from shundan.stages.shipping.queries.numbers import NumberEdit, number_edit
from shundan.stages.shipping.queries.terms import Terms, cure_for, offers_for, terms_of

__all__ = [
    "NumberEdit",
    "Terms",
    "cure_for",
    "find_manifest",
    "label_file",
    "labels_of",
    "labels_to_fetch",
    "manifest_facts",
    "named_by_labels",
    "number_edit",
    "offers_for",
    "open_manifests",
    "parcels_to_request",
    "prints_of",
    "scans_of",
    "terms_of",
    "unlabelled_requests",
]
