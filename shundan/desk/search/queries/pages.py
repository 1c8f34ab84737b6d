"""Pages and commands by their names in either language, as far as the role may open them."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from shundan.core.actors import Who
from shundan.core.rights import Right as R
from shundan.desk.search.queries.finding import Hit

# (words, URL name, right)
_PAGES: tuple[tuple[str | Promise, str, R], ...] = (
    (_("Today"), "today:today", R.SEE_DESK),
    (_("Orders"), "orderbook:orders", R.SEE_ORDER),
    (_("Holds"), "holds:board", R.SEE_ORDER),
    (_("Packing"), "packing:parcels", R.SEE_PARCEL),
    (_("Pack station"), "packing:station", R.PACK),
    (_("Shipping"), "shipping:labels", R.SEE_PARCEL),
    (_("Hand-over manifests"), "shipping:manifests", R.SEE_PARCEL),
    (_("Tracking"), "tracking:followed", R.SEE_PARCEL),
    (_("Parcels in trouble"), "tracking:troubles", R.SEE_PARCEL),
    (_("After-sales"), "aftersales:cases", R.SEE_CASE),
    (_("Return bench"), "aftersales:bench", R.CASE),
    (_("Conversations"), "threads:threads", R.SEE_CONVERSATION),
    (_("Feedback"), "feedback:ratings", R.RATE),
    (_("Problems and improvements"), "feedback:problems", R.RATE),
    (_("Stock"), "stock:items", R.SEE_STOCK),
    (_("Listings"), "stock:listings", R.SEE_STOCK),
    (_("Money"), "money:statements", R.SEE_MONEY),
    (_("Exchange rates"), "money:rates", R.SEE_MONEY),
    (_("Insight"), "insight:overview", R.SEE_INSIGHT),
    (_("Import a file"), "imports:list", R.IMPORT),
    (_("Notices"), "notices:notices", R.SEE_DESK),
    (_("Settings: shops"), "settings:shops", R.SETTINGS),
    (_("Connect a shop"), "settings:shops", R.SETTINGS),
    (_("Settings: staff"), "settings:staff", R.STAFF),
    (_("Settings: API tokens"), "settings:tokens", R.STAFF),
    (_("Settings: warehouses"), "settings:warehouses", R.SETTINGS),
    (_("Settings: message templates"), "threads:templates", R.ANSWER),
    (_("System"), "system:overview", R.SYSTEM),
    (_("Calls"), "system:calls", R.SYSTEM),
    (_("Snags"), "system:snags", R.SYSTEM),
    (_("Arrivals"), "system:arrivals", R.SYSTEM),
    (_("My profile"), "staff:profile", R.SEE_DESK),
    (_("Change the password"), "account_change_password", R.SEE_DESK),
    (_("Second factor"), "mfa_index", R.SEE_DESK),
    (_("What programs can do (API)"), "api:openapi-view", R.SEE_DESK),
)
LANGUAGES = ("zh-hans", "en")


def find_pages(words: str, who: Who, *, limit: int = 6) -> list[Hit]:
    """Return the pages whose name, in Chinese or English, has the words in it."""
    asked = words.strip().casefold()
    if not asked:
        return []
    hits = []
    for label, place, right in _PAGES:
        if who.may(right) and any(asked in name for name in _names(label)):
            url = _url(place)
            if url:
                hits.append(Hit("page", str(label), url=url))
    return hits[:limit]


def _names(label: str | Promise) -> list[str]:
    names = []
    for language in LANGUAGES:
        with override(language):
            names.append(str(label).casefold())
    return names


def _url(place: str) -> str:
    try:
        return reverse(place)
    except NoReverseMatch:
        return ""
