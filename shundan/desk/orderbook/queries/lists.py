"""The list of orders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from shundan.core.actors import SYSTEM
from shundan.core.privacy import mask_name
from shundan.core.rights import Right, may
from shundan.core.states import CaseState, FulfilledBy, OrderState
from shundan.desk.orderbook.queries.words import TYPE_WORDS
from shundan.ground.lib import clock
from shundan.ground.look.queries import BulkAction, Column, Filter, ListPage, Preset, Sort
from shundan.ground.look.queries.states import state_choices
from shundan.stages.aftersales.queries import cases_seen_by
from shundan.stages.orders.queries import Order

S = OrderState


def _role(request: HttpRequest) -> str:
    return str(request.who.role)


def _sees_buyer(request: HttpRequest) -> bool:
    return may(_role(request), Right.SEE_BUYER)


def _item(order: Order) -> Any:
    more = format_html(' <span class="more-count">+{}</span>', order.line_count - 1) if order.line_count > 1 else ""
    return format_html("{}{}", order.first_title or "—", more)


def _shop(order: Order) -> Any:
    return format_html('<span class="tag" title="{}">{}</span>', order.shop.name, order.shop.region)


def _due(rows: QuerySet[Order], value: str) -> QuerySet[Order]:
    now = clock.now()
    ends = {"over": now, "2h": now + timedelta(hours=2), "24h": now + timedelta(hours=24)}[value]
    return rows.filter(
        next_due_at__lt=ends, order_state__in=["WAITING", "RECEIVED", "HELD", "APPROVED", "RESERVED", "FULFILLING"]
    )


def _cases(rows: QuerySet[Order], value: bool) -> QuerySet[Order]:
    with_cases = (
        cases_seen_by(SYSTEM).exclude(case_state=CaseState.CLOSED).filter(order__isnull=False).values("order_id")
    )
    return rows.filter(pk__in=with_cases) if value else rows.exclude(pk__in=with_cases)


def _states(*states: S) -> str:
    return "&".join(f"state={state.value}" for state in states)


ORDERS = ListPage(
    key="orders",
    title=_("Orders"),
    columns=(
        Column("order_id", _("Order"), kind="order_tail"),
        Column("shop", _("Shop"), value=_shop, export="shop.name"),
        Column("buyer", _("Buyer"), value="buyer.nickname", wide=True, shown=_sees_buyer),
        Column(
            "buyer_hidden",
            _("Buyer"),
            value=lambda order: mask_name(order.buyer.nickname) if order.buyer else "",
            wide=True,
            export=False,
            shown=lambda request: not _sees_buyer(request),
        ),
        Column("item", _("Item"), value=_item, export="first_title"),
        Column("order_state", _("State"), kind="state"),
        Column("next_due_at", _("Time left"), kind="deadline", deadline_kind="next_due_kind", sort="due"),
        Column("units", _("Units"), kind="number", wide=True),
        Column(
            "order_type",
            _("Type"),
            value=lambda order: TYPE_WORDS.get(order.order_type, order.order_type),
            kind="tag",
            wide=True,
        ),
        Column("total_minor", _("Total"), kind="money", shown=lambda request: may(_role(request), Right.SEE_MONEY)),
        Column("placed_at", _("Placed"), kind="when", sort="placed", right=True, wide=True),
    ),
    filters=(
        Filter("state", _("State"), "multi", field="order_state", choices=state_choices(OrderState), icon="circle-dot"),
        Filter(
            "due",
            _("Time left"),
            choices=(("over", _("Overdue")), ("2h", _("2 h")), ("24h", _("24 h"))),
            apply=_due,
            icon="clock",
        ),
        Filter("type", _("Type"), "multi", field="order_type", choices=tuple(TYPE_WORDS.items())),
        Filter("platform_status", _("Platform status"), "text", field="platform_status"),
        Filter(
            "ships",
            _("Shipped by"),
            field="fulfilled_by",
            choices=(
                (FulfilledBy.US.value, _("us")),
                (FulfilledBy.PLATFORM.value, _("the platform")),
                (FulfilledBy.ELSEWHERE.value, _("others")),
            ),
        ),
        Filter("cases", _("Open case"), "boolean", apply=_cases),
        Filter("placed", _("Placed"), "dates", field="placed_at", icon="calendar"),
    ),
    sorts=(Sort("placed", _("Placed"), "placed_at", descending=True), Sort("due", _("Time left"), "next_due_at")),
    default_sort="placed",
    shop_field="shop_id",
    row_url=lambda order: reverse("orderbook:order", args=[order.shop.shop_id, order.order_id]),
    search_fields=("order_id__endswith", "first_title", "tracking_number__exact"),
    presets=(
        Preset("all", _("All"), ""),
        Preset("confirm", _("To confirm"), _states(S.WAITING, S.RECEIVED), counted=True),
        Preset("held", _("Held"), _states(S.HELD), counted=True, alarming=True),
        Preset("ship", _("To ship"), _states(S.APPROVED, S.RESERVED, S.FULFILLING), counted=True),
        Preset("due", _("Due in 24 h"), "due=24h&sort=due", counted=True),
        Preset("transit", _("In transit"), _states(S.SHIPPED)),
        Preset("cases", _("After-sales"), "cases=1"),
        Preset("done", _("Finished"), _states(S.DELIVERED, S.COMPLETED, S.CANCELLED)),
    ),
    bulk=(
        BulkAction(
            "approve",
            _("Let pass"),
            reverse_lazy("orderbook:bulk", args=["approve"]),
            "circle-check",
            shown=lambda request: may(_role(request), Right.APPROVE),
        ),
        BulkAction(
            "again",
            _("Check again"),
            reverse_lazy("orderbook:bulk", args=["again"]),
            "rotate-ccw",
            shown=lambda request: may(_role(request), Right.APPROVE),
        ),
        BulkAction(
            "hold",
            _("Hold"),
            reverse_lazy("orderbook:bulk", args=["hold"]),
            "circle-pause",
            shown=lambda request: may(_role(request), Right.HOLD),
        ),
    ),
    empty=_("No order yet. Those of connected shops come by themselves, others from files."),
)
