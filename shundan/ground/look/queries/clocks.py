"""Words of the kinds of clocks."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shundan.core.clocks import DeadlineKind as K

CLOCK_WORDS: dict[str, str | Promise] = {
    K.CANCEL_WINDOW: _("Cancel window"),
    K.SHIP_BY: _("Ship by"),
    K.FIRST_SCAN_BY: _("First scan"),
    K.AUTO_CANCEL: _("Auto-cancel"),
    K.DELIVER_BY: _("Deliver by"),
    K.ANSWER_CANCEL_BY: _("Answer cancel"),
    K.ANSWER_RETURN_BY: _("Answer return"),
    K.INSPECT_BY: _("Inspect"),
    K.APPEAL_BY: _("Appeal"),
    K.ANSWER_CHAT_BY: _("Answer chat"),
    K.INVOICE_BY: _("Invoice"),
    K.SETTLEMENT_EXPECTED: _("Settlement"),
    K.MASKED_AT: _("Data masked"),
}
