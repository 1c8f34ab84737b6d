"""Invented values for the gallery of components."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, QueryDict

from shundan.core.states import CaseState, OrderState, ParcelState
from shundan.ground.look.queries.columns import Cell, Column, Row, draw
from shundan.ground.look.queries.filters import Filter, read_filter
from shundan.ground.look.queries.lists import BulkAction, Head, ListPage, PageOfRows, Tab
from shundan.ground.look.queries.states import state_choices


@dataclass(frozen=True)
class _Order:
    pk: int
    order_id: str
    shop: str
    item: str
    state: str
    due_at: datetime | None
    warehouse: str
    total_minor: int
    currency: str
    placed_at: datetime


_LIST = ListPage(
    key="gallery",
    title="Gallery",
    columns=(
        Column("order_id", "Order", kind="order_tail"),
        Column("shop", "Shop", kind="tag"),
        Column("item", "Item"),
        Column("state", "State", kind="state"),
        Column("due_at", "Time left", kind="deadline", sort="due"),
        Column("warehouse", "Warehouse", kind="code", wide=True),
        Column("total_minor", "Total", kind="money"),
        Column("placed_at", "Placed", kind="when", right=True, wide=True),
    ),
    filters=(
        Filter("state", "State", "multi", choices=state_choices(OrderState), icon="circle-dot"),
        Filter("placed", "Placed", "dates", icon="calendar"),
        Filter("cod", "COD", "boolean"),
        Filter("warehouse", "Warehouse", choices=(("DG-1", "DG-1"), ("LAX-3", "LAX-3"))),
    ),
    bulk=(
        BulkAction("approve", "Approve", "/look/gallery/", "circle-check"),
        BulkAction("print", "Print", "/look/gallery/", "printer"),
    ),
    row_url=lambda order: f"/look/gallery/?row={order.pk}",
    search_fields=("order_id",),
)


def rows(request: HttpRequest, now: datetime) -> PageOfRows:
    """Return a page of invented orders as a list would show them."""
    states = [str(state) for state in OrderState]
    orders = [
        _Order(
            pk,
            f"5771048629134{86100 + pk * 7:05d}",
            ("US", "GB", "ID")[pk % 3],
            ("保温杯 500ml", "Bedside lamp")[pk % 2],
            states[pk % len(states)],
            now + timedelta(minutes=[-40, 86, 107, 207, 1020, 3000, 9000][pk % 7]),
            ("DG-1", "LAX-3")[pk % 2],
            (5670, 2499, 8900000)[pk % 3],
            ("USD", "GBP", "IDR")[pk % 3],
            now - timedelta(hours=pk),
        )
        for pk in range(1, 15)
    ]
    asked = HttpRequest()
    asked.GET = QueryDict("state=HELD&state=RESERVED")
    drawn = tuple(
        Row(
            one,
            one.pk,
            f"/look/gallery/?row={one.pk}",
            tuple(Cell(c, draw(c, one, now=now)) for c in _LIST.columns),
        )
        for one in orders
    )
    tabs = (
        Tab("All", "", True, "500+"),
        Tab("To pack", "state=RESERVED", False, "64"),
        Tab("Held", "state=HELD", False, "17", True),
    )
    return PageOfRows(
        _LIST,
        drawn,
        tuple(Head(c, "sort=due" if c.sort else "", "ascending" if c.sort else "none") for c in _LIST.columns),
        tuple(read_filter(one, asked) for one in _LIST.filters),
        "next",
        None,
        tabs,
        "500+",
        "state=HELD",
        "",
        tuple(_LIST.bulk),
        True,
    )


def components(now: datetime) -> dict[str, Any]:
    """Return values for every other component."""
    return {
        "order_states": list(OrderState),
        "parcel_states": list(ParcelState),
        "case_states": list(CaseState),
        "due": [now + timedelta(minutes=m) for m in (-40, 18, 107, 207, 1020, 4000, 9000)],
        "trend": _TREND,
        "before": [max(20, value * 0.8 - 3) for value in _TREND],
        "days": [f"{now - timedelta(days=29 - i):%m-%d}" for i in range(30)],
        "week": [f"{now - timedelta(days=13 - i):%m-%d}" for i in range(14)],
        "series": _SERIES,
        "ranked": _RANKED,
        "heat": _HEAT,
        "stops": _STOPS,
        "events": [
            {"title": "Paid", "note": "COD no", "at": now - timedelta(hours=9), "tone": "ok"},
            {"title": "14 checks passed", "at": now - timedelta(hours=9), "tone": "ok"},
            {"title": "Held: short pick", "note": "A-03-2", "at": now - timedelta(hours=3), "tone": "warn"},
        ],
    }


# fmt: off
_TREND = [26, 35, 40, 39, 39, 44, 46, 47, 39, 37, 39, 37, 38, 35, 32, 32, 41, 48, 63, 53, 49, 53, 55, 58,
          61, 63, 64, 60, 53, 57]
_SERIES = [
    {"label": "US", "values": [240, 205, 240, 238, 185, 208, 280, 232, 262, 180, 215, 235, 265, 190]},
    {"label": "GB", "values": [165, 155, 165, 165, 190, 130, 160, 160, 165, 150, 130, 150, 125, 145]},
    {"label": "ID", "values": [95, 120, 110, 115, 140, 120, 115, 145, 120, 155, 95, 105, 115, 145]},
]
_RANKED = [
    {"label": "Short pick", "value": 132, "delta": "+24 %", "good": False},
    {"label": "Address", "value": 61, "delta": "−12 %", "good": True},
    {"label": "Unmapped SKU", "value": 29, "delta": "+3 %", "good": False},
]
_HEAT: list[dict[str, Any]] = [
    {"label": "DG-1", "values": [97.3, 91.8, 91.6, 89.4, 91.7, 88.6, None]},
    {"label": "LAX-3", "values": [95.5, 93.6, 99.1, 99.6, 96.5, 96.9, 95.3]},
]
_STOPS = [
    {"label": "Waiting", "note": "1 h", "status": "done"},
    {"label": "Received", "note": "4 s", "status": "done"},
    {"label": "Held", "note": "3 h 13 min", "status": "trouble"}, {"label": "Reserved", "status": "ahead"},
    {"label": "Shipped", "status": "ahead"}, {"label": "Delivered", "note": "11-29", "status": "ahead"},
]
# fmt: on
