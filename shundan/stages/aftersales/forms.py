"""What people write into a case's forms."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext as _

from shundan.core.errors import Refused
from shundan.core.money import to_minor
from shundan.stages.aftersales.actions.goods import Grade


def read_amount(text: str, currency: str) -> int:
    """Read an amount such as 12.34 in minor units; refuse what is none."""
    amount = to_minor(text.strip().replace(",", ""), currency)
    if amount <= 0:
        raise Refused(_("The offer is empty."), field="amount", remedy=_("Write how much, such as 5.00."))
    return amount


def read_grades(posted: QueryDict) -> list[Grade]:
    """Read one grade per case line: grade_7=sellable, received_7=2, note_7=…"""
    grades = []
    for name in posted:
        if not name.startswith("grade_") or not name[6:].isdecimal():
            continue
        key = name[6:]
        received = posted.get(f"received_{key}", "")
        if not received.isdecimal():
            raise Refused(
                _("The number that came back is missing."), field=f"received_{key}", remedy=_("Write 0 or more.")
            )
        grades.append(Grade(int(key), int(received), str(posted[name]), posted.get(f"note_{key}", "")))
    if not grades:
        raise Refused(_("Nothing was graded."), field="grade", remedy=_("Choose a grade for each line."))
    return grades
