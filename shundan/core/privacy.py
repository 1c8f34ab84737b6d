"""Masking, and the one list of every column and file kind that may hold personal data.

`PERSONAL`: "app.Model.column" -> the event its erase clock starts from and the days after it. A test fails for a
text column that looks personal and is not listed.
"""

from __future__ import annotations

PERSONAL: dict[str, tuple[str, int]] = {
    "orders.Buyer.nickname": ("order_closed", 180),
    "orders.Buyer.email": ("order_closed", 180),
    "orders.Address.name": ("order_closed", 90),
    "orders.Address.phone": ("order_closed", 90),
    "orders.Address.postal_code": ("order_closed", 90),
    "orders.Address.state": ("order_closed", 90),
    "orders.Address.city": ("order_closed", 90),
    "orders.Address.district": ("order_closed", 90),
    "orders.Address.lines": ("order_closed", 90),
    "orders.Address.full": ("order_closed", 90),
    "orders.Order.buyer_note": ("order_closed", 90),
    "orders.Order.seller_note": ("order_closed", 90),
    "orders.Note.text": ("order_closed", 180),
    "orders.Waiver.why": ("order_closed", 180),
    "journal.Erasable.values": ("order_closed", 90),
    "inbox.Snapshot.payload": ("order_closed", 90),
    "inbox.Arrival.body": ("arrived", 30),
    "conversations.Message.text": ("order_closed", 180),
    "conversations.Thread.buyer_name": ("order_closed", 180),
    "conversations.Thread.last_text": ("order_closed", 180),
    "aftersales.Case.buyer_note": ("order_closed", 180),
    "feedback.Rating.text": ("order_closed", 365),
    "feedback.Rating.buyer_name": ("order_closed", 365),
    "outbox.Call.request": ("call_ended", 90),
    "outbox.Call.answer": ("call_ended", 90),
    "blobs.label": ("made", 90),  # label, slip and invoice files
    "blobs.import": ("made", 30),
    "blobs.export": ("made", 7),
    "imports.KeptRow.personal": ("stored", 90),
    "imports.KeptRow.before": ("stored", 90),
}


def is_masked(text: str) -> bool:
    """Return whether the platform has masked any part of `text` with asterisks."""
    return "*" in text


def mask_name(text: str) -> str:
    """Show the first letter of each word: "Emma Stone" -> "E*** S***"."""
    return " ".join(word[0] + "***" for word in text.split()) if text else ""


def mask_phone(text: str) -> str:
    """Show the last two digits: "+15550102" -> "*******02"."""
    return "*" * max(len(text) - 2, 0) + text[-2:] if text else ""


def mask_line(text: str) -> str:
    """Hide a street line wholly, keeping only that there is one."""
    return "***" if text else ""


def keep_better(old: str, new: str) -> str:
    """Return `new` unless it is empty or masked while `old` is full: a masked value never replaces a full one."""
    if not new or (is_masked(new) and old and not is_masked(old)):
        return old
    return new
