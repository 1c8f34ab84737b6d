"""What happened since a person last looked: the sealed journal by position, so that nothing is missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import ngettext_lazy

from shundan.core.actors import Who
from shundan.core.rights import Right as R
from shundan.desk.notices.models import NoticeMark
from shundan.ground.journal.queries import last_position, sealed_since
from shundan.ground.shops.queries import shops_seen_by

FIRST_LOOK = 500  # entries before the end that somebody new is shown
_CAP = 500


@dataclass(frozen=True)
class Notable:
    """How one kind of entry is told: its sentence, who may read it, where to go; `quiet` ones do not ring."""

    sentence: str | Promise
    right: R
    url: str
    tone: str = ""
    quiet: bool = False


# (subject kind, verb) of the journal
NOTABLE: dict[tuple[str, str], Notable] = {
    ("order", "HOLD"): Notable(
        ngettext_lazy("%(n)s order was held", "%(n)s orders were held", "n"), R.SEE_ORDER, "/holds/", "warn"
    ),
    ("order", "open_stop"): Notable(
        ngettext_lazy("%(n)s order was stopped", "%(n)s orders were stopped", "n"),
        R.SEE_ORDER,
        "/orders/?state=FULFILLING",
        "bad",
    ),
    ("order", "CANCEL"): Notable(
        ngettext_lazy("%(n)s order was cancelled", "%(n)s orders were cancelled", "n"),
        R.SEE_ORDER,
        "/orders/?state=CANCELLED",
        "warn",
    ),
    ("order", "SHIP"): Notable(
        ngettext_lazy("%(n)s order was shipped", "%(n)s orders were shipped", "n"),
        R.SEE_ORDER,
        "/orders/?state=SHIPPED",
        "ok",
        quiet=True,
    ),
    ("parcel", "REJECT"): Notable(
        ngettext_lazy("%(n)s label was refused", "%(n)s labels were refused", "n"),
        R.SEE_PARCEL,
        "/shipping/",
        "bad",
    ),
    ("parcel", "FAIL"): Notable(
        ngettext_lazy("%(n)s delivery failed", "%(n)s deliveries failed", "n"),
        R.SEE_PARCEL,
        "/tracking/",
        "warn",
    ),
    ("parcel", "LOSE"): Notable(
        ngettext_lazy("%(n)s parcel was lost", "%(n)s parcels were lost", "n"),
        R.SEE_PARCEL,
        "/tracking/",
        "bad",
    ),
    ("parcel", "RETURN"): Notable(
        ngettext_lazy("%(n)s parcel came back", "%(n)s parcels came back", "n"),
        R.SEE_PARCEL,
        "/tracking/",
        "warn",
    ),
    ("parcel", "open_trouble"): Notable(
        ngettext_lazy("%(n)s parcel is in trouble", "%(n)s parcels are in trouble", "n"),
        R.SEE_PARCEL,
        "/tracking/",
        "warn",
    ),
    ("case", "open_case"): Notable(
        ngettext_lazy("%(n)s case was opened", "%(n)s cases were opened", "n"), R.SEE_CASE, "/cases/", "warn"
    ),
    ("case", "ESCALATE"): Notable(
        ngettext_lazy("%(n)s case was escalated", "%(n)s cases were escalated", "n"),
        R.SEE_CASE,
        "/cases/?state=ESCALATED",
        "bad",
    ),
    ("case", "answer_refused"): Notable(
        ngettext_lazy("The platform refused %(n)s answer", "The platform refused %(n)s answers", "n"),
        R.SEE_CASE,
        "/cases/",
        "bad",
    ),
    ("listing", "stock_refused"): Notable(
        ngettext_lazy(
            "A shop did not take the stock of %(n)s listing", "Shops did not take the stock of %(n)s listings", "n"
        ),
        R.SEE_STOCK,
        "/stock/listings/?refused=1",
        "bad",
    ),
    ("problem", "note_problem"): Notable(
        ngettext_lazy("%(n)s problem was noted", "%(n)s problems were noted", "n"),
        R.RATE,
        "/feedback/",
        "warn",
    ),
    ("shop", "CONNECT"): Notable(
        ngettext_lazy("%(n)s shop was connected", "%(n)s shops were connected", "n"),
        R.SETTINGS,
        "/settings/shops/",
        "ok",
        quiet=True,
    ),
    ("shop", "pause_shop"): Notable(
        ngettext_lazy("%(n)s shop was paused", "%(n)s shops were paused", "n"),
        R.SEE_DESK,
        "/",
        "warn",
    ),
    ("shop", "fall_behind"): Notable(
        ngettext_lazy("%(n)s shop has fallen behind", "%(n)s shops have fallen behind", "n"), R.SEE_DESK, "/", "bad"
    ),
    ("shop", "catch_up"): Notable(
        ngettext_lazy("%(n)s shop has caught up", "%(n)s shops have caught up", "n"),
        R.SEE_DESK,
        "/",
        "ok",
        quiet=True,
    ),
    ("shop", "heal_gap"): Notable(
        ngettext_lazy("%(n)s gap in an hour's orders has healed", "%(n)s gaps in an hour's orders have healed", "n"),
        R.SYSTEM,
        "/system/hours/?gap=1",
        "ok",
    ),
    ("staff", "lock_out"): Notable(
        ngettext_lazy(
            "%(n)s name was locked after wrong passwords",
            "%(n)s names were locked after wrong passwords",
            "n",
        ),
        R.STAFF,
        "/settings/staff/",
        "bad",
    ),
    ("token", "issue_token"): Notable(
        ngettext_lazy("%(n)s API token was issued", "%(n)s API tokens were issued", "n"),
        R.STAFF,
        "/settings/tokens/",
        "warn",
        quiet=True,
    ),
}


@dataclass
class Notice:
    """One kind of happening in one shop since the last look."""

    notable: Notable
    shop_name: str
    count: int
    at: datetime
    names: list[str]

    @property
    def sentence(self) -> str:
        return str(self.notable.sentence % {"n": self.count})


def read_notices(who: Who, *, person_key: int) -> list[Notice]:
    """Return what happened since the person's marks, the newest kind first. Their own doings are left out."""
    names = {shop.pk: shop.name for shop in shops_seen_by(who)}
    rung: dict[tuple[int | None, str, str], Notice] = {}
    kinds = _kinds(who)
    for entry in sealed_since(_marks(who, person_key), verbs={verb for _kind, verb in kinds}, limit=_CAP):
        notable = kinds.get((entry.subject_kind, entry.verb))
        if notable is None or (entry.by_kind, entry.by_key) == (who.kind, who.key):
            continue
        key = (entry.shop_id, entry.subject_kind, entry.verb)
        notice = rung.setdefault(key, Notice(notable, names.get(entry.shop_id or 0, ""), 0, entry.at, []))
        notice.count += 1
        if len(notice.names) < 4 and entry.subject_name not in notice.names:
            notice.names.append(entry.subject_name)
    return list(rung.values())


def count_notices(who: Who, *, person_key: int) -> int:
    """Return how many things rang since the last look, at most 500 are read."""
    notices = read_notices(who, person_key=person_key)
    return sum(notice.count for notice in notices if not notice.notable.quiet)


def _kinds(who: Who) -> dict[tuple[str, str], Notable]:
    return {key: notable for key, notable in NOTABLE.items() if who.may(notable.right)}


def _marks(who: Who, person_key: int) -> dict[int | None, int]:
    """Return shop key -> position read up to, for every journal in scope."""
    read = dict(NoticeMark.objects.filter(person_id=person_key).values_list("shop_key", "position"))
    return {
        key: read[key or 0] if (key or 0) in read else max(last_position(key) - FIRST_LOOK, 0)
        for key in journals_of(who)
    }


def journals_of(who: Who) -> list[int | None]:
    """Return the shops whose journal a person may read; None is the journal of what belongs to no shop."""
    keys: list[int | None] = [shop.pk for shop in shops_seen_by(who)]
    return [*keys, None] if who.shop_keys is None else keys
