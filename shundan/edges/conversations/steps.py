"""What a worker runs for conversations."""

from __future__ import annotations

from shundan.core.calls import CallKind
from shundan.edges.channels.tiktok.mapping import map_conversation
from shundan.edges.conversations.actions import settle_message, take_messages
from shundan.edges.inbox.actions import settle_snapshots
from shundan.edges.inbox.queries import Snapshot, unapplied
from shundan.edges.outbox.actions import apply_call
from shundan.edges.outbox.queries import Call, answered
from shundan.ground.jobs.actions import work_batch


def apply_next_conversations(*, limit: int = 50) -> int:
    """Store the messages of the next conversation snapshots."""

    def work(rows: list[Snapshot]) -> None:
        for row in rows:
            take_messages(row.shop_id, row.shop.region, map_conversation(row.payload))
        settle_snapshots([(row.pk, "applied") for row in rows])

    return work_batch("apply_next_conversations", unapplied("conversation"), work, limit=limit)


def apply_message_answers(*, limit: int = 50) -> int:
    """Mark our messages as taken, or as refused with the platform's reason."""

    def work(rows: list[Call]) -> None:
        for row in rows:
            answer = row.answer or {}
            settle_message(
                row.subject_key, conversation_id=str(answer.get("conversation_id", "")),
                message_id=str(answer.get("message_id", "")), failed=row.error if row.call_state == "FAILED" else "",
            )  # fmt: skip
            apply_call(row.pk)

    return work_batch("apply_message_answers", answered(CallKind.SEND_MESSAGE), work, limit=limit)
