"""On which terms a label is asked for: what a person chose, what the platform offers, and what may end a refusal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shundan.edges.channels.tiktok.mapping.offers import cure_of, spell_measures
from shundan.edges.channels.tiktok.shipping import Offers, read_offers
from shundan.stages.packing.queries import lines_of_parcels, units_in
from shundan.stages.shipping.models import LabelTerms

METHOD_WORDS: dict[str, str | Promise] = {
    "DROP_OFF": gettext_lazy("we drop it off"),
    "PICKUP": gettext_lazy("the carrier picks it up"),
}
_CURES: dict[str, str | Promise] = {
    "handover": gettext_lazy("Choose another pick-up slot, or drop the parcel off."),
    "wait": gettext_lazy("The carrier is full. Choose another shipping service, or ask again in a few hours."),
    "address": gettext_lazy("Ask the buyer to correct the address on the platform, then ask again."),
    "size": gettext_lazy(
        "Tell another weight or size if it was wrong. If it is right, the order is too much for one parcel: split it "
        "in Seller Center. Its parcels are planned anew here within minutes, and their labels asked for."
    ),
    "service": gettext_lazy("Choose another shipping service."),
}


@dataclass(frozen=True)
class Terms:
    """On which terms a label is asked for; what is not told is left to the platform."""

    service_id: str = ""
    service_name: str = ""
    handover_method: str = ""  # DROP_OFF | PICKUP
    pickup_at: int = 0  # unix seconds: where the slot begins and ends
    pickup_until: int = 0
    weight_g: int = 0
    size_cm: tuple[int, ...] = ()  # length, width, height

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Terms:
        return cls(**{**kept, "size_cm": tuple(kept.get("size_cm", ()))})

    def __bool__(self) -> bool:
        return self != Terms()

    @property
    def is_bought(self) -> bool:
        """Whether the label has to be bought: the platform takes no way of handing over with that."""
        return bool(self.service_id or self.weight_g or self.size_cm)

    @property
    def kept(self) -> dict[str, Any]:
        """What was told, as it is kept and journaled."""
        return {name: value for name, value in asdict(self).items() if value}

    def said(self, now: datetime) -> dict[str, Any]:
        """Return what the request of the call says; a slot that is over is not asked for again."""
        slot = {"start_time": self.pickup_at, "end_time": self.pickup_until}
        told = {
            "shipping_service_id": self.service_id,
            "handover_method": self.handover_method,
            "pickup_slot": slot if self.pickup_until > now.timestamp() else None,
        }
        return {name: value for name, value in told.items() if value} | spell_measures(self.weight_g, self.size_cm)

    def __str__(self) -> str:
        """Say the terms in the reader's language and zone."""
        slot = ""
        if self.pickup_at:
            begin, end = (
                timezone.localtime(datetime.fromtimestamp(at, UTC)) for at in (self.pickup_at, self.pickup_until)
            )
            slot = f"{begin:%m-%d %H:%M}–{end:%H:%M}"
        told = (
            self.service_name or self.service_id,
            str(METHOD_WORDS.get(self.handover_method, self.handover_method)),
            slot,
            self.weight_g and f"{self.weight_g} g",
            self.size_cm and " × ".join(map(str, self.size_cm)) + " cm",
        )
        return " · ".join(part for part in told if part) or _("as the platform chooses")


def terms_of(parcel_keys: Iterable[int]) -> dict[int, Terms]:
    """Map parcels to the terms a person chose for their labels. One query."""
    rows = LabelTerms.objects.filter(parcel_id__in=list(parcel_keys)).values_list("parcel_id", "terms")
    return {key: Terms.read(kept) for key, kept in rows}


def offers_for(parcel: Any, terms: Terms) -> Offers:
    """Ask the platform what it offers for a parcel at the weight and size told. Reads outside: no transaction."""
    lines = lines_of_parcels([parcel.pk])
    first = lines[0].line.order  # of several orders in one package any will do
    units = [unit for row in lines if row.line.order_id == first.pk for unit in units_in(row, parcel.package_id)]
    return read_offers(
        parcel.shop_id,
        order_id=first.order_id,
        package_id=parcel.package_id,
        pieces=units,
        weight_g=terms.weight_g,
        size_cm=terms.size_cm,
    )


def cure_for(trouble: str) -> str:
    """Say what may end a refusal, in the reader's language."""
    return str(_CURES.get(cure_of(trouble)) or _("Say what is to be different, or ask again as it was."))
