"""A newly connected shop: what failed before is tried again, and its events are asked for by a saved call."""

from __future__ import annotations

from django.conf import settings

from shundan.core.actors import step
from shundan.core.calls import CallKind, CallState
from shundan.edges.channels.actions import mark_healed, mark_subscribed
from shundan.edges.channels.queries import unhealed_shops, unsubscribed_shops
from shundan.edges.inbox.actions import retry_shop
from shundan.edges.inbox.topics import SUBSCRIBED
from shundan.edges.outbox.actions.deciding import apply_call
from shundan.edges.outbox.actions.queueing import CallDraft, queue_call
from shundan.edges.outbox.models import Call
from shundan.ground.lib import clock
from shundan.ground.shops.queries import all_shops


def webhook_address() -> str:
    """Return where the platform shall tell us its news."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/webhooks/tiktok"


def heal_next_shops() -> int:
    """Let what failed while a shop could not be reached be tried at once; return how many shops were healed."""
    healed = 0
    for shop_key, since in unhealed_shops():
        now = clock.wall()
        rows = Call.objects.filter(shop_id=shop_key, not_before__gt=now)
        rows.filter(call_state__in=[CallState.QUEUED, CallState.UNSURE]).update(not_before=now)
        retry_shop(shop_key)
        healed += mark_healed(shop_key, since=since)
    return healed


def subscribe_next_shops() -> int:
    """Queue the subscription of every shop connected since it was last subscribed; return how many were queued."""
    waiting = unsubscribed_shops()
    if not waiting:
        return 0
    open_calls = Call.objects.filter(kind=CallKind.SUBSCRIBE_WEBHOOK, shop_id__in=waiting).exclude(
        call_state__in=[CallState.APPLIED, CallState.DROPPED]
    )
    todo = set(waiting) - set(open_calls.values_list("shop_id", flat=True))
    names = {shop.pk: shop for shop in all_shops()}
    for key in sorted(todo):
        shop = names[key]
        since = shop.connected_at.timestamp() if shop.connected_at else 0
        queue_call(
            CallDraft(
                shop_key=key,
                kind=CallKind.SUBSCRIBE_WEBHOOK,
                subject_kind="shop",
                subject_key=key,
                subject_name=shop.shop_id,
                order_keys=[],
                idempotency_key=f"subscribe:{since:.0f}:{clock.wall().timestamp():.0f}",
                request={"address": webhook_address(), "events": list(SUBSCRIBED)},
            ),
            by=step("send_next_calls"),
            now=clock.now(),
        )
    return len(todo)


def end_subscriptions(*, limit: int = 20) -> int:
    """Note shops whose subscription was taken; a refused one is shown with its reason and the sweeps go on."""
    rows = Call.objects.filter(kind=CallKind.SUBSCRIBE_WEBHOOK, call_state__in=[CallState.ANSWERED, CallState.FAILED])
    done = 0
    for call in list(rows.order_by("pk")[:limit]):
        mark_subscribed(call.shop_id, now=clock.now())
        done += apply_call(call.pk)
    return done
