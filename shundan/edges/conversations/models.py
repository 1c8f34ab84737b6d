from __future__ import annotations

from django.db import models
from django.db.models import Q

from shundan.ground.lib.fields import ToldField


class Thread(models.Model):
    """One conversation with a buyer (or, of kind carrier, about a parcel)."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    kind = models.CharField(max_length=8, default="buyer")
    channel_conversation_id = ToldField(max_length=80, blank=True)  # empty until the platform opened it
    channel_buyer_id = ToldField(max_length=64, blank=True)
    buyer_name = ToldField(max_length=120, blank=True)
    order_id = ToldField(max_length=32, blank=True)  # the order it is about, as the channel names it
    opened_at = models.DateTimeField()
    last_message_at = models.DateTimeField()
    last_sender = ToldField(max_length=8, blank=True)
    last_text = ToldField(max_length=200, blank=True)
    unread = models.IntegerField(default=0)
    answer_by = models.DateTimeField(null=True)  # while the buyer waits for us
    done_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)  # its words and the buyer's name left; null again with new words

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "channel_conversation_id"],
                condition=~Q(channel_conversation_id=""),
                name="one_thread_per_conversation",
            )
        ]
        indexes = [
            models.Index(fields=["-last_message_at", "-id"], name="threads_newest"),
            models.Index(fields=["shop", "channel_buyer_id"], name="threads_by_buyer"),
            models.Index(fields=["shop", "order_id"], name="threads_by_order"),
        ]


class Message(models.Model):
    """One message of a thread. Ours has no channel id until the platform took it."""

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="messages")
    channel_message_id = ToldField(max_length=80, blank=True)
    sender = ToldField(max_length=8)  # BUYER | SHOP | SYSTEM
    kind = ToldField(max_length=24, default="TEXT")
    text = models.TextField()
    at = models.DateTimeField()
    by = models.CharField(max_length=96, blank=True)  # which of us wrote it
    call_key = models.BigIntegerField(null=True)  # the outbox row that carries it
    failed = ToldField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "channel_message_id"],
                condition=~Q(channel_message_id=""),
                name="one_message_per_id",
            )
        ]


class Template(models.Model):
    """A text ready to be sent, by reason and language. {order_id}, {buyer}, {item}, {tracking} are filled in."""

    reason = models.CharField(max_length=32)
    language = models.CharField(max_length=8)
    title = models.CharField(max_length=80)
    text = models.TextField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reason", "language", "title"], name="one_template_per_title")]
