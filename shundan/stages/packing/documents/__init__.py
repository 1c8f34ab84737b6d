"""Paper of the packing stage: packing slips, invoices and pick lists, built purely from facts.

Each builder takes frozen dataclasses and returns the bytes of one PDF; it reads no database and no clock.
"""

from shundan.stages.packing.documents.invoices import (
    InvoiceFacts,
    InvoiceLine,
    Party,
    invoice_sums,
    render_invoices,
)
from shundan.stages.packing.documents.pick_lists import PickLine, PickListFacts, render_pick_list
from shundan.stages.packing.documents.slips import SlipFacts, SlipLine, render_packing_slips

__all__ = [
    "InvoiceFacts",
    "InvoiceLine",
    "Party",
    "PickLine",
    "PickListFacts",
    "SlipFacts",
    "SlipLine",
    "invoice_sums",
    "render_invoices",
    "render_packing_slips",
    "render_pick_list",
]
