"""Template tags of the design system; a builtin library, so templates need not load it."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from shundan.ground.look.queries import axis, charts, formats, icons, verbs
from shundan.ground.look.queries.states import state_word

register = template.Library()

register.simple_tag(charts.sparkline)
register.simple_tag(charts.bar_chart)
register.simple_tag(charts.area_chart)
register.simple_tag(charts.stacked_bars)
register.simple_tag(charts.ranked_bars)
register.simple_tag(charts.heat_table)
register.simple_tag(charts.meter)
register.simple_tag(axis.lane_axis)
register.simple_tag(axis.axis_head)
register.simple_tag(formats.deadline)
register.simple_tag(formats.money)
register.simple_tag(formats.money_text)
register.simple_tag(formats.state_chip)
register.simple_tag(formats.chip)
register.simple_tag(formats.when)
register.filter("when", formats.when)
register.filter("wall_when", formats.wall_when)
register.filter("moment", formats.moment_text)
register.filter("number", formats.number_text)
register.filter("percent", formats.percent_text)
register.simple_tag(formats.order_id)
register.filter("verb", verbs.verb_text)
register.filter("actor", verbs.actor_text)
register.filter("tail", formats.tail)
register.filter("order_tail", lambda number: formats.order_id(number, short=True))


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """Draw an icon: {% icon "truck" %}, {% icon "truck" 20 %}."""
    return icons.icon(str(name), size, str(label))


@register.simple_tag
def once() -> SafeString:
    """Mark a form, so that `staff.actions.do_once` does what it asks for only once, however often it is sent."""
    return format_html('<input type="hidden" name="once" value="{}">', secrets.token_urlsafe(12))


@register.filter
def undo_url(tags: str | None) -> str:
    """Return the address in a message's extra tag "undo:/…/", or ""."""
    return next((tag[5:] for tag in (tags or "").split() if tag.startswith("undo:/")), "")


@register.filter
def state_label(state: object) -> Any:
    """Return the word of a state without its pill."""
    return state_word(state).label


@register.filter
def duration(length: timedelta | float | None) -> str:
    """Write a length of time, a timedelta or seconds."""
    if length is None:
        return "—"
    return formats.duration_text(length if isinstance(length, timedelta) else timedelta(seconds=length))


@register.simple_tag
def time_left(due_at: datetime | None, now: datetime | None = None) -> str:
    """Write the time left without the bar."""
    return formats.time_left_text(due_at, now or formats.clock.now()) if due_at else "—"


@register.simple_tag
def tone(due_at: datetime | None, now: datetime | None = None, kind: str = "") -> str:
    """Return the tone of a clock: bad, warn or calm."""
    return formats.deadline_tone(due_at, now or formats.clock.now(), kind) if due_at else "calm"


@register.inclusion_tag("look/_kpi.html")
def kpi(label: str, value: object, **more: Any) -> dict[str, Any]:
    """Draw a key figure: {% kpi label value delta="+8.2 %" good=True note="…" values=points href="…" %}."""
    return {"label": label, "value": value, **more}


@register.inclusion_tag("look/_empty.html")
def empty(sentence: str, href: str = "", action: str = "") -> dict[str, str]:
    """Draw an empty region: one sentence and the next useful step."""
    return {"sentence": sentence, "href": href, "action": action}


@register.inclusion_tag("look/_nav_item.html")
def nav_item(entry: Any) -> dict[str, Any]:
    """Draw one line of the navigation."""
    return {"entry": entry}


@register.inclusion_tag("look/_rail.html")
def rail(stops: Any) -> dict[str, Any]:
    """Draw a state rail; a stop has label, note and status (done, now, trouble, ahead)."""
    return {"stops": stops}


@register.inclusion_tag("look/_timeline.html")
def timeline(events: Any) -> dict[str, Any]:
    """Draw a timeline; an event has title, note, at and tone."""
    return {"events": events}
