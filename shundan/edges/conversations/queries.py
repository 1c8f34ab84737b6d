"""Reads of threads, messages and templates."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from shundan.core.actors import Who
from shundan.core.errors import NotFound
from shundan.edges.conversations.models import Message, Template, Thread

LANGUAGE_OF_REGION = {"ID": "id", "TH": "th", "VN": "vi", "JP": "ja", "MX": "es", "BR": "pt", "DE": "de", "FR": "fr"}


def threads_seen_by(who: Who) -> QuerySet[Thread]:
    """Return the threads of the shops in somebody's scope."""
    threads = Thread.objects.select_related("shop")
    return threads if who.shop_keys is None else threads.filter(shop_id__in=who.shop_keys)


def thread_by_key(key: int, *, who: Who) -> Thread:
    """Return a thread in somebody's scope; raise NotFound otherwise."""
    thread = threads_seen_by(who).filter(pk=key).first()
    if thread is None:
        raise NotFound(
            _("There is no conversation %(key)s.") % {"key": key},
            field="thread",
            remedy=_("Open it from Conversations."),
        )
    return thread


def threads_of_order(shop_key: int, order_id: str, *, channel_buyer_id: str = "") -> list[Thread]:
    """Return the threads about an order, or with its buyer, newest first."""
    threads = Thread.objects.filter(shop_id=shop_key, order_id=order_id)
    if channel_buyer_id:
        threads |= Thread.objects.filter(shop_id=shop_key, channel_buyer_id=channel_buyer_id)
    return list(threads.order_by("-last_message_at")[:5])


def messages_of(thread_key: int, *, limit: int = 100) -> list[Message]:
    """Return the newest messages of a thread, oldest of them first."""
    return list(Message.objects.filter(thread_id=thread_key).order_by("-at", "-pk")[:limit])[::-1]


def templates_for(reason: str = "", *, language: str = "") -> list[Template]:
    """Return the templates of a reason (all when empty) in a language, English where there is none in it."""
    templates = Template.objects.filter(retired_at=None).order_by("reason", "pk")
    if reason:
        templates = templates.filter(reason=reason)
    if language:
        own = list(templates.filter(language=language))
        return own or list(templates.filter(language="en"))
    return list(templates)


def language_of(region: str) -> str:
    """Return the language buyers of a market are written to in."""
    return LANGUAGE_OF_REGION.get(region, "en")


def resting_threads(*, before: datetime) -> QuerySet[Thread]:
    """Return threads with words in them in which nothing was said since a moment."""
    return Thread.objects.filter(last_message_at__lt=before, erased_at=None)


def count_waiting(who: Who, *, now: datetime, cap: int = 500) -> int:
    """Return how many threads wait for our answer, counted up to `cap`."""
    return len(threads_seen_by(who).exclude(answer_by=None).values_list("pk")[:cap])
