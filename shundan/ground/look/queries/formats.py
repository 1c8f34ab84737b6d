"""Money, moments, time left and order ids as safe HTML in the viewer's language and zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from shundan.core import clocks
from shundan.core.money import exponent
from shundan.ground.lib import clock
from shundan.ground.look.queries.icons import icon
from shundan.ground.look.queries.states import state_word

# ¥ means two currencies and $ several, so each market's sign is fixed in both languages.
_SIGNS = {
    "USD": "$",
    "GBP": "£",
    "EUR": "€",
    "CNY": "CN¥",
    "JPY": "JP¥",
    "IDR": "Rp ",
    "MYR": "RM ",
    "PHP": "₱",
    "SGD": "S$",
    "THB": "฿",
    "VND": "₫",
    "MXN": "MX$",
    "BRL": "R$",
    "KRW": "₩",
    "HKD": "HK$",
    "TWD": "NT$",
}
_WHOLE_IN_DAILY_USE = {"IDR"}
MINUS = "−"
_FULL_BAR = timedelta(hours=48)


def babel_locale() -> str:
    """Return the name babel uses for the language of the page."""
    return "zh_Hans_CN" if (get_language() or "en").startswith("zh") else "en_US"


def number_text(value: float | int | Decimal | None, places: int = 0) -> str:
    """Write a number with the language's separators; None is a dash."""
    if value is None:
        return "—"
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(value, format=pattern, locale=babel_locale()).replace("-", MINUS)


def percent_text(value: float | Decimal | None, places: int = 1) -> str:
    """Write a percentage given as 9.1 with a narrow no-break space before the sign."""
    return "—" if value is None else f"{number_text(value, places)}\u202f%"


def money_text(minor: int | None, currency: str) -> str:
    """Write minor units with the currency's sign: money_text(1990, "USD") == "$19.90"."""
    if minor is None:
        return "—"
    code = (currency or "").upper()
    places = exponent(code)
    amount = abs(Decimal(minor).scaleb(-places))
    shown = 0 if code in _WHOLE_IN_DAILY_USE and amount == amount.to_integral_value() else places
    sign = MINUS if minor < 0 else ""
    return f"{sign}{_SIGNS.get(code, code + ' ')}{number_text(amount, shown)}"


def money(minor: int | None, currency: str) -> SafeString:
    """Draw an amount, tabular and unbreakable, with its currency code as title."""
    return format_html(
        '<span class="money" title="{}">{}</span>', (currency or "").upper(), money_text(minor, currency)
    )


def moment_text(moment: datetime | None, *, year: bool | None = None, seconds: bool = False) -> str:
    """Write a moment in the current zone: "11-23 09:53" in Chinese, "Nov 23 09:53" in English."""
    if moment is None:
        return "—"
    local = timezone.localtime(moment)
    chinese = babel_locale().startswith("zh")
    day = f"{local:%m-%d}" if chinese else f"{_MONTHS[local.month - 1]} {local.day}"
    if year or (year is None and abs((clock.now() - moment).days) > 330):
        day = f"{local:%Y}-{day}" if chinese else f"{day}, {local:%Y}"
    return f"{day} {local:%H:%M:%S}" if seconds else f"{day} {local:%H:%M}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def when(moment: datetime | None) -> SafeString:
    """Draw a moment as a time element with its full value as title."""
    if moment is None:
        return mark_safe('<span class="none">—</span>')
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S %Z}",
        moment_text(moment),
    )


def wall_when(moment: datetime | None) -> SafeString:
    """Draw a moment of the wall clock; while the desk follows a story clock it is marked as this computer's time."""
    drawn = when(moment)
    if moment is None or not clock.follows():
        return drawn
    return format_html('<span class="wall">{} {}</span>', drawn, icon("monitor", 12, _("this computer's time")))


def duration_text(length: timedelta) -> str:
    """Write a length of time: seconds, minutes up to 6 h, hours up to 48 h, then days."""
    seconds = abs(int(length.total_seconds()))
    if seconds < 60:
        return ngettext("%(n)s s", "%(n)s s", seconds) % {"n": seconds}
    if seconds < 6 * 3600:
        return ngettext("%(n)s min", "%(n)s min", seconds // 60) % {"n": seconds // 60}
    if seconds < 48 * 3600:
        return ngettext("%(n)s h", "%(n)s h", seconds // 3600) % {"n": seconds // 3600}
    return ngettext("%(n)s d", "%(n)s d", seconds // 86400) % {"n": seconds // 86400}


def time_left_text(due_at: datetime, now: datetime) -> str:
    """Write the time left: "207 min", "17 h", "6 d", and "+40 min" when overdue."""
    if due_at < now:
        return _("+%(length)s") % {"length": duration_text(now - due_at)}
    return duration_text(due_at - now)


def deadline_tone(due_at: datetime, now: datetime, kind: str = "") -> str:
    """Return bad, warn or calm; a clock of no kind is taken as one whose missing does harm."""
    return clocks.tone(str(kind or clocks.DeadlineKind.SHIP_BY).lower(), due_at=due_at, now=now)


def deadline(due_at: datetime | None, now: datetime | None = None, kind: str = "") -> SafeString:
    """Draw the 34 by 4 bar and the words of the time left; None is a dash."""
    if due_at is None:
        return mark_safe('<span class="none">—</span>')
    now = now or clock.now()
    left = max(due_at - now, timedelta())
    width = 34 if due_at < now else max(3, round(34 * (1 - min(left / _FULL_BAR, 1))))
    return format_html(
        '<span class="deadline tone-{}" title="{}"><svg class="bar" width="34" height="4" aria-hidden="true">'
        '<rect class="rest" width="34" height="4" rx="2"/><rect class="spent" width="{}" height="4" rx="2"/>'
        "</svg>"
        '<time datetime="{}">{}</time></span>',
        deadline_tone(due_at, now, kind),
        moment_text(due_at),
        width,
        due_at.isoformat(),
        time_left_text(due_at, now),
    )


def order_id(number: object, *, short: bool = False, spaced: bool = False) -> SafeString:
    """Draw an order id with its last six bold; short: only the tail as "…486 123"; spaced: "486 123"."""
    text = str(number or "")
    head, tail = text[:-6], text[-6:]
    if short:
        shown = f"…{tail[:3]} {tail[3:]}" if len(text) > 6 else text
        return format_html('<span class="order-id" title="{}"><b>{}</b></span>', text, shown)
    shown = f"{tail[:3]} {tail[3:]}" if spaced else tail
    return format_html('<span class="order-id"><span class="head">{}</span><b>{}</b></span>', head, shown)


def tail(number: object) -> str:
    """Return the last six digits as plain text, for titles: "…486 123"."""
    text = str(number or "")
    return f"…{text[-6:-3]} {text[-3:]}" if len(text) > 6 else text


def chip(text: object, tone: str = "neutral") -> SafeString:
    """Draw a status pill: a dot and its words, never colour alone."""
    return format_html('<span class="chip tone-{}">{}</span>', tone, text)


def state_chip(state: object, kind: str = "") -> SafeString:
    """Draw the pill of an order, parcel or case state."""
    word = state_word(state, kind=kind)
    return chip(word.label, word.tone)
