"""Pages of cases: the list, one case with its evidence and decisions, and the return bench."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shundan.core.errors import Refused, ShundanError
from shundan.core.rights import Right
from shundan.core.states import CaseKind, CaseState, GoodsState
from shundan.ground.lib import clock
from shundan.ground.look.queries import Column, Filter, ListPage, Preset, Sort
from shundan.ground.look.queries.states import state_choices
from shundan.ground.look.views import render_list
from shundan.ground.staff.actions import do_once
from shundan.ground.staff.logins import needs
from shundan.stages.aftersales import actions, queries
from shundan.stages.aftersales.forms import read_amount, read_grades
from shundan.stages.aftersales.models import Case
from shundan.stages.orders.queries import causes, order_by_id
from shundan.stages.stock.queries import warehouses

KIND_LABELS = {
    CaseKind.CANCELLATION: gettext_lazy("Cancellation"), CaseKind.REFUND: gettext_lazy("Refund"),
    CaseKind.RETURN: gettext_lazy("Return"), CaseKind.EXCHANGE: gettext_lazy("Exchange"),
    CaseKind.REPAIR: gettext_lazy("Repair"), CaseKind.CLAIM: gettext_lazy("Claim"),
}  # fmt: skip
CASES = ListPage(
    key="cases", title=gettext_lazy("After-sales"),
    columns=(
        Column("case_id", gettext_lazy("Case"), kind="order_tail"),
        Column("shop", gettext_lazy("Shop"), value="shop.name", kind="tag", wide=True),
        Column("kind", gettext_lazy("Kind"), value=lambda row: KIND_LABELS.get(row.kind, row.kind)),
        Column("order", gettext_lazy("Order"), value="order.order_id", kind="order_tail"),
        Column("case_state", gettext_lazy("State"), kind="state", state_kind="case"),
        Column("goods_state", gettext_lazy("Goods"), kind="state", state_kind="goods", wide=True),
        Column("answer_by", gettext_lazy("Time left"), kind="deadline", sort="due",
               deadline_kind=lambda row: "answer_return_by"),
        Column("asked_minor", gettext_lazy("Asked for"), kind="money",
               shown=lambda request: request.who.may(Right.SEE_MONEY) or request.who.may(Right.REFUND)),
        Column("opened_at", gettext_lazy("Opened"), kind="when", sort="opened", right=True),
    ),
    filters=(
        Filter("state", gettext_lazy("State"), "multi", field="case_state",
               choices=state_choices(CaseState, kind="case")),
        Filter("kind", gettext_lazy("Kind"), "choice", choices=[(k.value, label) for k, label in KIND_LABELS.items()]),
        Filter("goods", gettext_lazy("Goods"), "choice", field="goods_state",
               choices=state_choices(GoodsState, kind="goods")),
        Filter("opened", gettext_lazy("Opened"), "dates", field="opened_at"),
    ),
    sorts=(Sort("opened", gettext_lazy("Opened"), "opened_at", descending=True),
           Sort("due", gettext_lazy("Time left"), "answer_by")),
    default_sort="opened", row_url=lambda row: reverse("aftersales:case", args=[row.shop.shop_id, row.case_id]),
    search_fields=("case_id__endswith", "order__order_id__endswith", "tracking_number"), shop_field="shop_id",
    presets=(
        Preset("answer", gettext_lazy("To answer"), "state=OPENED", counted=True, alarming=True),
        Preset("goods", gettext_lazy("Goods expected"), "goods=EXPECTED", counted=True),
        Preset("inspect", gettext_lazy("To inspect"), "goods=RECEIVED", counted=True),
        Preset("all", gettext_lazy("All"), ""),
    ),
    drawer=False, empty=gettext_lazy("No case: nobody asked for anything."),
)  # fmt: skip


@needs(Right.SEE_CASE)
def cases(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """List the cases of the shops in scope."""
    return render_list(request, CASES, queries.cases_seen_by(request.who))


@needs(Right.SEE_CASE)
def case(request: HttpRequest, shop: str, case_id: str) -> HttpResponse:
    """Show one case: what the buyer says, what we have, what can be decided."""
    return _case(request, queries.case_by_id(shop, case_id, who=request.who))


def _case(request: HttpRequest, found: Case, refusal: ShundanError | None = None) -> HttpResponse:
    context = queries.case_page(found) | _choices(found, request) | {
        "case": found, "refusal": refusal, "now": clock.now(), "kind_label": KIND_LABELS.get(CaseKind(found.kind)),
        "queue": queries.case_queue(request.who), "causes": causes(), "warehouses": warehouses(),
        "grades": actions.GRADES, "posted": request.POST,
    }  # fmt: skip
    return render(request, "aftersales/case.html", context, status=refusal.status if refusal else 200)


def _choices(found: Case, request: HttpRequest) -> dict[str, Any]:
    """Ask the platform for its reasons only while there is something to answer."""
    if found.case_state != CaseState.OPENED or not request.who.may(Right.CASE) or found.opened_by == "US":
        return {"reasons": [], "decisions": (), "unreachable": ""}
    try:
        reasons, unreachable = queries.reject_reasons(found, locale=_locale(request)), ""
    except ShundanError as error:
        reasons, unreachable = [], error.message
    return {"reasons": reasons, "decisions": queries.approval_decisions(found), "unreachable": unreachable}


def _locale(request: HttpRequest) -> str:
    return "zh-CN" if getattr(request, "LANGUAGE_CODE", "").startswith("zh") else "en-US"


@require_POST
@needs(Right.CASE)
def answer(request: HttpRequest, shop: str, case_id: str) -> HttpResponse:
    """Answer a case: approve with a decision, offer a part, or reject with the platform's reason."""
    who, now, told = request.who, clock.now(), request.POST

    def act(found: Case) -> None:
        match told.get("answer", ""):
            case "reject":
                reason, comment = told.get("reason", ""), told.get("comment", "")
                actions.reject_case(found.pk, reason, by=who, now=now, comment=comment)
            case "offer":
                amount = read_amount(told.get("amount", ""), found.currency)
                actions.offer_refund(found.pk, amount, by=who, now=now)
            case _:
                actions.approve_case(found.pk, by=who, now=now, decision=told.get("decision", ""))

    return _do(request, shop, case_id, act, _("The answer is on its way to the platform."))


@require_POST
@needs(Right.CASE)
def receive(request: HttpRequest, shop: str, case_id: str) -> HttpResponse:
    """Note that the returned parcel is here."""

    def act(found: Case) -> None:
        actions.receive_goods(found.pk, by=request.who, now=clock.now())

    return _do(request, shop, case_id, act, _("The goods are on the bench: grade them."))


@require_POST
@needs(Right.CASE)
def inspect(request: HttpRequest, shop: str, case_id: str) -> HttpResponse:
    """Grade what came back; sellable units go on the shelf."""

    def act(found: Case) -> None:
        grades, warehouse = read_grades(request.POST), request.POST.get("warehouse", "")
        actions.inspect_goods(found.pk, grades, warehouse=warehouse, by=request.who, now=clock.now())

    return _do(request, shop, case_id, act, _("Graded; sellable units are back on the shelf."))


@require_POST
@needs(Right.CASE)
def close(request: HttpRequest, shop: str, case_id: str) -> HttpResponse:
    """Close a case with its cause."""

    def act(found: Case) -> None:
        actions.close_case(found.pk, request.POST.get("cause", ""), by=request.who, now=clock.now())

    return _do(request, shop, case_id, act, _("The case is closed, with its cause."))


def _do(request: HttpRequest, shop: str, case_id: str, act: Callable[[Case], None], done: str) -> HttpResponse:
    """Do one act at a case and come back to it; a refusal shows the case again with the sentence."""
    found = queries.case_by_id(shop, case_id, who=request.who)
    try:
        act(found)
    except ShundanError as error:
        return _case(request, found, error)
    messages.success(request, done)
    return redirect("aftersales:case", shop, case_id)


@needs(Right.CASE)
def bench(request: HttpRequest) -> HttpResponse:
    """The return bench: scan a returned parcel's tracking number, an order or a case, and come to its case."""
    code = request.GET.get("code", "").strip()
    found = queries.cases_by_code(code, who=request.who) if code else []
    if len(found) == 1:
        return redirect("aftersales:case", found[0].shop.shop_id, found[0].case_id)
    waiting = queries.cases_seen_by(request.who).filter(goods_state__in=["EXPECTED", "RECEIVED"]).order_by("opened_at")
    return render(request, "aftersales/bench.html", {"code": code, "found": found, "waiting": waiting[:50]})


@require_POST
@needs(Right.CASE)
def open_local(request: HttpRequest) -> HttpResponse:
    """Open a repair or a claim for an order, once however often the form is sent."""
    by, told = request.who, request.POST
    order = order_by_id(told.get("shop", ""), told.get("order_id", ""), who=by)
    kind, note = told.get("kind", ""), told.get("note", "")
    try:
        made = do_once(by, told.get("once", ""),
                       lambda: actions.open_local_case(order.pk, kind, note, by=by, now=clock.now()))  # fmt: skip
    except Refused as refusal:
        messages.error(request, f"{refusal.message} {refusal.remedy}".strip())
        return redirect("orderbook:order", order.shop.shop_id, order.order_id)
    return redirect("aftersales:case", order.shop.shop_id, made.case_id)
