"""The pages of money: statements, what they say, and rates."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from shundan.core.errors import Refused
from shundan.core.rights import Right
from shundan.ground.lib import clock
from shundan.ground.look.queries import Column, Filter, ListPage, Preset, Sort
from shundan.ground.look.views import render_list
from shundan.ground.staff.logins import needs
from shundan.stages.money import actions, queries

STATEMENTS = ListPage(
    key="statements", title=gettext_lazy("Money"),
    columns=(
        Column("statement_id", gettext_lazy("Statement"), kind="code"),
        Column("shop", gettext_lazy("Shop"), value="shop.name", kind="tag"),
        Column("at", gettext_lazy("Date"), kind="when", sort="at"),
        Column("payment_status", gettext_lazy("Paid out"), kind="text"),
        Column("revenue_minor", gettext_lazy("Revenue"), kind="money", wide=True),
        Column("fee_minor", gettext_lazy("Fees"), kind="money", wide=True),
        Column("adjustment_minor", gettext_lazy("Adjustments"), kind="money", wide=True),
        Column("settled_minor", gettext_lazy("Settled"), kind="money", sort="settled"),
    ),
    filters=(
        Filter("at", gettext_lazy("Date"), "dates", field="at"),
        Filter("status", gettext_lazy("Paid out"), "choice", field="payment_status",
               choices=[(s, s) for s in ("PAID", "PROCESSING", "FAILED", "SETTLED")]),
    ),
    sorts=(Sort("at", gettext_lazy("Date"), "at", descending=True),
           Sort("settled", gettext_lazy("Settled"), "settled_minor", descending=True)),
    default_sort="at", row_url=lambda row: reverse("money:statement", args=[row.shop.shop_id, row.statement_id]),
    search_fields=("statement_id",), shop_field="shop_id", drawer=False,
    presets=(Preset("all", gettext_lazy("All"), ""), Preset("failed", gettext_lazy("Failed"), "status=FAILED")),
    empty=gettext_lazy("No statement yet: the platform settles some days after delivery."),
)  # fmt: skip
TRANSACTIONS = ListPage(
    key="transactions", title=gettext_lazy("Transactions"),
    columns=(
        Column("order_id", gettext_lazy("Order"), kind="order_tail"),
        Column("kind", gettext_lazy("Kind")),
        Column("at", gettext_lazy("Date"), kind="when", sort="at"),
        Column("revenue_minor", gettext_lazy("Revenue"), kind="money"),
        Column("fee_minor", gettext_lazy("Fees"), kind="money"),
        Column("shipping_minor", gettext_lazy("Freight"), kind="money"),
        Column("adjustment_minor", gettext_lazy("Adjustments"), kind="money", wide=True),
        Column("settled_minor", gettext_lazy("Settled"), kind="money", sort="settled"),
    ),
    sorts=(Sort("at", gettext_lazy("Date"), "at", descending=True),
           Sort("settled", gettext_lazy("Settled"), "settled_minor")),
    default_sort="at", search_fields=("order_id__endswith",), drawer=False,
)  # fmt: skip


@needs(Right.SEE_MONEY)
def statements(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """List the statements of the shops in scope."""
    return render_list(request, STATEMENTS, queries.statements_seen_by(request.who), template="money/statements.html")


@needs(Right.SEE_MONEY)
def statement(request: HttpRequest, shop: str, statement_id: str) -> HttpResponse | StreamingHttpResponse:
    """Show one statement, its transactions, and what they leave unexplained."""
    row = get_object_or_404(queries.statements_seen_by(request.who), shop__shop_id=shop, statement_id=statement_id)
    extra = {"statement": row, "unexplained": queries.unexplained_minor(row), "list_heading": "h2"}
    rows = queries.transactions_of(row)
    return render_list(request, TRANSACTIONS, rows, template="money/statement.html", extra=extra)


@needs(Right.SEE_MONEY)
def rates(request: HttpRequest) -> HttpResponse:
    """List the rates to the home currency, with the forms that set them."""
    return _rates(request)


@require_POST
@needs(Right.MONEY)
def set_rate(request: HttpRequest) -> HttpResponse:
    """Set one rate by hand."""
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
        actions.set_rate(day, request.POST.get("currency", ""), request.POST.get("rate", ""), by=request.who,
                         now=clock.now())  # fmt: skip
    except ValueError:
        return _rates(request, Refused(_("The day is missing."), field="day", remedy=_("Write it as 2026-11-23.")))
    except Refused as refusal:
        return _rates(request, refusal)
    messages.success(request, _("The rate is kept; the figures use it from now on."))
    return redirect("money:rates")


@require_POST
@needs(Right.MONEY)
def import_rates(request: HttpRequest) -> HttpResponse:
    """Take rates from a file: all of its rows or none."""
    upload = request.FILES.get("file")
    try:
        if upload is None:
            raise Refused(_("No file was chosen."), field="file", remedy=_("Choose a CSV or XLSX file."))
        done = actions.import_rates(upload.read(), by=request.who, now=clock.now())
    except Refused as refusal:
        return _rates(request, refusal)
    messages.success(request, _("%(n)d rates are kept.") % {"n": done})
    return redirect("money:rates")


def _rates(request: HttpRequest, refusal: Refused | None = None) -> HttpResponse:
    context = {
        "rates": queries.rates()[:200], "refusal": refusal, "today": clock.now().date(), "home": queries.Rates().home,
        "missing": queries.missing_rates(request.who), "posted": request.POST, "may_set": request.who.may(Right.MONEY),
    }  # fmt: skip
    return render(request, "money/rates.html", context, status=refusal.status if refusal else 200)
