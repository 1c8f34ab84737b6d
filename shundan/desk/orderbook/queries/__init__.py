"""Reads that join stages around orders.

programs.py  orders as programs read them
lists.py     the list of orders
pages.py     one order as its page shows it
words.py     the words of holds, checks, clocks and journal rows
"""

from __future__ import annotations

from shundan.desk.orderbook.queries.lists import ORDERS
from shundan.desk.orderbook.queries.pages import OrderPage, read_order_page
from shundan.desk.orderbook.queries.programs import (
    find_orders,
    journal_of,
    order_detail,
    order_row,
    read_moment,
)
from shundan.desk.orderbook.queries.words import hold_sentence, hold_word

__all__ = [
    "ORDERS", "OrderPage", "find_orders", "hold_sentence", "hold_word", "journal_of", "order_detail", "order_row",
    "read_moment", "read_order_page",
]  # fmt: skip
