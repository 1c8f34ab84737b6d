"""What stands around every page: navigation, the shops to choose from, theme, language, the story clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from shundan.core.actors import Who
from shundan.core.rights import Right, may
from shundan.core.rights import Right as R
from shundan.ground.lib import clock
from shundan.ground.shops.queries import shops_seen_by

THEME_COOKIE = "shundan_theme"
SHOP_COOKIE = "shundan_shop"
_COUNTS_KEPT_FOR = 15  # seconds: a page more or less must not count the tables again
DENSITY_COOKIE = "shundan_density"
THEMES = ("auto", "light", "dark")
DENSITIES = ("36", "32", "44")

ROLE_LABELS: dict[str, str | Promise] = {
    "owner": _("Owner"),
    "clerk": _("Clerk"),
    "packer": _("Packer"),
    "service": _("Service"),
    "accountant": _("Accountant"),
    "viewer": _("Viewer"),
}


@dataclass(frozen=True)
class NavEntry:
    """One line of the navigation; letter is its key after g; an alarming count is drawn red."""

    key: str
    label: str | Promise
    url: str
    icon: str
    letter: str
    right: Right = Right.SEE_DESK
    count: str = ""
    alarming: bool = False
    active: bool = False


@dataclass(frozen=True)
class NavGroup:
    """Lines under one title; the first group has none."""

    label: str | Promise
    entries: tuple[NavEntry, ...]


_NAV = (
    NavGroup(
        "",
        (
            NavEntry("today", _("Today"), "/", "sun", "t", R.SEE_DESK),
            NavEntry("orders", _("Orders"), "/orders/", "shopping-bag", "o", R.SEE_ORDER),
            NavEntry("holds", _("Holds"), "/holds/", "circle-pause", "h", R.SEE_ORDER),
        ),
    ),
    NavGroup(
        _("Fulfil"),
        (
            NavEntry("packing", _("Packing"), "/packing/", "package-open", "p", R.SEE_PARCEL),
            NavEntry("shipping", _("Shipping"), "/shipping/", "printer", "s", R.SEE_PARCEL),
            NavEntry("tracking", _("Tracking"), "/tracking/", "truck", "k", R.SEE_PARCEL),
        ),
    ),
    NavGroup(
        _("Buyers"),
        (
            NavEntry("aftersales", _("After-sales"), "/cases/", "undo-2", "a", R.SEE_CASE),
            NavEntry(
                "conversations",
                _("Conversations"),
                "/conversations/",
                "message-square",
                "c",
                R.SEE_CONVERSATION,
            ),
            NavEntry("feedback", _("Feedback"), "/feedback/", "star", "f", R.RATE),
        ),
    ),
    NavGroup(_("Supply"), (NavEntry("stock", _("Stock"), "/stock/", "boxes", "i", R.SEE_STOCK),)),
    NavGroup(
        pgettext_lazy("navigation group", "Insight"),
        (
            NavEntry("money", _("Money"), "/money/", "wallet", "m", R.SEE_MONEY),
            NavEntry("insight", pgettext_lazy("page", "Insight"), "/insight/", "chart-column", "n", R.SEE_INSIGHT),
        ),
    ),
)
# Pages without a line of their own, by the line that leads to them.
_ALSO_UNDER = {"packing": ("/parcels/",), "orders": ("/imports/", "/exports/"), "settings": ("/profile/",)}
_FOOT = (
    NavEntry("settings", _("Settings"), "/settings/", "settings", "e", R.SETTINGS),
    NavEntry("system", _("System"), "/system/", "server", "y", R.SYSTEM),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return what every page's frame needs: nav, theme, language, shops, the chosen shop, the story clock.

    A template context processor. Counts come from the callables settings.LOOK_NAV_COUNTS names: each takes
    the request and returns {entry key: (count, alarming)}.
    """
    return {"shell": Shell(request)}


class Shell:
    """The frame of one page; each part is read only when a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._who: Who | None = getattr(request, "who", None)
        user = getattr(request, "user", None)
        self.theme = _one_of(request.COOKIES.get(THEME_COOKIE) or getattr(user, "theme", ""), THEMES)
        self.density = _one_of(request.COOKIES.get(DENSITY_COOKIE), DENSITIES)

    @cached_property
    def role(self) -> str:
        """The role of the person, "" before sign-in."""
        return self._who.role if self._who else ""

    @cached_property
    def role_label(self) -> str:
        """The role in words."""
        return str(ROLE_LABELS.get(self.role, self.role))

    @cached_property
    def person_name(self) -> str:
        """The name the sidebar shows."""
        return self._who.name if self._who else ""

    @cached_property
    def initials(self) -> str:
        """Two letters for the round mark."""
        words = self.person_name.split()
        return (words[0][:1] + words[1][:1] if len(words) > 1 else self.person_name[-2:]).upper()

    @cached_property
    def nav(self) -> tuple[NavGroup, ...]:
        """The groups of the navigation this role may see."""
        groups = (NavGroup(group.label, self._entries(group.entries)) for group in _NAV)
        return tuple(group for group in groups if group.entries)

    @cached_property
    def foot(self) -> tuple[NavEntry, ...]:
        """Settings and System."""
        return self._entries(_FOOT)

    @cached_property
    def shops(self) -> list[Any]:
        """The shops the person may choose from."""
        return shops_seen_by(self._who) if self._who and self._who.kind != "nobody" else []

    @cached_property
    def shop(self) -> Any:
        """The chosen shop, or None for all."""
        chosen = chosen_shop_id(self._request)
        return next((shop for shop in self.shops if shop.pk == chosen), None)

    @cached_property
    def health(self) -> tuple[str, str] | None:
        """The state of all shops as (tone, words) from the callable settings.LOOK_HEALTH names, or None."""
        path = getattr(settings, "LOOK_HEALTH", "")
        if not path or not may(self.role, Right.SEE_DESK):
            return None
        place = f"look:health:{self._who.key if self._who else ''}:{get_language()}"
        found: tuple[str, str] | None = cache.get(place)
        if found is None:
            found = import_string(path)(self._request)
            cache.set(place, found, _COUNTS_KEPT_FOR)
        return found

    @cached_property
    def story_now(self) -> datetime | None:
        """Story time while a clock is followed, for the banner; None on wall time."""
        return clock.now() if clock.follows() else None

    @cached_property
    def story_speed(self) -> float:
        """How many times faster than the wall story time runs."""
        return clock.speed()

    @cached_property
    def _counts(self) -> dict[str, tuple[str, bool]]:
        place = f"look:counts:{self._who.kind}:{self._who.key}:{chosen_shop_id(self._request)}" if self._who else ""
        found: dict[str, tuple[str, bool]] | None = cache.get(place)
        if found is None:
            found = {}
            for count in _counters():
                found |= count(self._request)
            cache.set(place, found, _COUNTS_KEPT_FOR)
        return found

    def _entries(self, entries: tuple[NavEntry, ...]) -> tuple[NavEntry, ...]:
        path = self._request.path
        shown = (one for one in entries if may(self.role, one.right))
        return tuple(
            replace(
                one,
                active=_is_here(one, path),
                count=str(self._counts.get(one.key, ("", False))[0] or ""),
                alarming=self._counts.get(one.key, ("", False))[1],
            )
            for one in shown
        )


def chosen_shop_id(request: HttpRequest) -> int | None:
    """Return the key of the shop chosen in the top bar, or None for all shops."""
    text = request.COOKIES.get(SHOP_COOKIE, "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


@lru_cache(maxsize=1)
def _counters() -> tuple[Callable[[HttpRequest], dict[str, tuple[str, bool]]], ...]:
    return tuple(import_string(path) for path in getattr(settings, "LOOK_NAV_COUNTS", ()))


def _is_here(entry: NavEntry, path: str) -> bool:
    if entry.url == "/":
        return path == "/"
    return path.startswith((entry.url, *_ALSO_UNDER.get(entry.key, ())))


def _one_of(asked: str | None, allowed: tuple[str, ...]) -> str:
    return asked if asked in allowed else allowed[0]
