"""What a stop says to the person who holds the parcel."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from shundan.core.errors import Refused

SHELF = "R-1"


class Stopped(Refused):
    """The parcel must not leave: an order in it has an open stop."""

    code = "stopped"
    status = 409

    def __init__(self, message: str, *, parcel_key: int = 0, stop: Any = None) -> None:
        shelf = getattr(stop, "shelf", "") or SHELF
        super().__init__(message, remedy=_("Put it on shelf %(shelf)s.") % {"shelf": shelf})
        self.parcel_key, self.stop, self.shelf = parcel_key, stop, shelf


def stopped_message(kind: str, order_id: str) -> str:
    """Say in one sentence why an order must not leave."""
    why = {
        "cancel_request": _("The buyer asked to cancel order %(order)s."),
        "cancelled": _("Order %(order)s is cancelled."),
        "address_changed": _("The address of order %(order)s has changed."),
        "lines_changed": _("The lines of order %(order)s have changed."),
        "missing_goods": _("Goods are missing for order %(order)s."),
        "by_hand": _("Somebody stopped order %(order)s."),
    }.get(kind, _("Order %(order)s is stopped: %(kind)s."))
    return why % {"order": order_id, "kind": kind}
