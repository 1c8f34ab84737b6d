"""Writes of shipping.

requests.py   labels asked for, answered, refused
fetching.py   label files brought in
printing.py   labels printed, with a log
manifests.py  parcels scanned out and handed over
terms.py      refused labels asked for again on other terms
own.py        parcels that go with the seller's own carrier
numbers.py    another number for such a parcel
"""

from shundan.stages.shipping.actions.fetching import adopt_requests, erase_labels, fetch_labels, postpone_label
from shundan.stages.shipping.actions.manifests import (
    close_manifest,
    open_manifest,
    scan_out,
    take_back,
    take_out,
)
from shundan.stages.shipping.actions.numbers import apply_edit, edit_tracking
from shundan.stages.shipping.actions.own import learn_carriers, ship_by_seller
from shundan.stages.shipping.actions.printing import print_labels
from shundan.stages.shipping.actions.requests import (
    apply_answer,
    end_idle_labels,
    request_labels,
    retry_labels,
)
from shundan.stages.shipping.actions.terms import change_label, check_refused

__all__ = [
    "adopt_requests",
    "apply_answer",
    "apply_edit",
    "change_label",
    "check_refused",
    "close_manifest",
    "edit_tracking",
    "end_idle_labels",
    "erase_labels",
    "fetch_labels",
    "learn_carriers",
    "open_manifest",
    "postpone_label",
    "print_labels",
    "request_labels",
    "retry_labels",
    "scan_out",
    "ship_by_seller",
    "take_back",
    "take_out",
]
