"""List pages: a declaration (columns, filters, sorts) and one page of rows read from a queryset.

A stage declares its list once and shows it in a few lines:

    # stages/orders/queries.py
    ORDERS = ListPage(
        key="orders", title=_("Orders"),
        columns=(
            Column("order_id", _("Order"), kind="order_tail"),
            Column("shop", _("Shop"), value="shop.name", kind="tag", wide=True),
            Column("order_state", _("State"), kind="state"),
            Column("ship_by_at", _("Time left"), kind="deadline", sort="due"),
            Column("total_minor", _("Total"), kind="money",
                   shown=lambda request: request.who.may(Right.SEE_MONEY)),
            Column("placed_at", _("Placed"), kind="when", sort="placed", right=True, wide=True),
        ),
        filters=(
            Filter("state", _("State"), "multi", field="order_state", choices=state_choices(OrderState)),
            Filter("placed", _("Placed"), "dates", field="placed_at"),
        ),
        sorts=(
            Sort("due", _("Time left"), "ship_by_at"),
            Sort("placed", _("Placed"), "placed_at", descending=True),
        ),
        default_sort="due",
        row_url=lambda order: reverse("orders:order", args=[order.shop.shop_id, order.order_id]),
        search_fields=("order_id__endswith", "buyer_name"), shop_field="shop_id",
        presets=(Preset("held", _("Held"), "state=HELD", counted=True),),
        bulk=(BulkAction("approve", _("Approve"), reverse_lazy("orders:bulk_approve"), icon="circle-check"),),
    )

    # stages/orders/views.py
    @needs(Right.SEE_ORDER)
    def orders(request):
        return render_list(request, ORDERS, orders_seen_by(request.who))

That view answers the full page, the table alone for htmx, and ?export=csv|xlsx of the whole filtered list.
A bulk action's view gets its rows with `ORDERS.selected(request, queryset)`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.functional import Promise

from shundan.ground.lib import clock
from shundan.ground.look.queries import filters as narrowing
from shundan.ground.look.queries import keyset, saved
from shundan.ground.look.queries.columns import Cell, Column, Row, draw, read
from shundan.ground.look.queries.filters import ActiveFilter, Filter
from shundan.ground.look.queries.keyset import Sort
from shundan.ground.look.queries.shell import chosen_shop_id

LIMIT = 50
COUNT_CAP = 500


@dataclass(frozen=True)
class Preset:
    """A tab every person sees: a name and the query it stands for; a counted one costs one bounded count."""

    key: str
    label: str | Promise
    query: str
    counted: bool = False
    alarming: bool = False


@dataclass(frozen=True)
class BulkAction:
    """A button of the bulk bar: posts the chosen keys (`row`, or `everything`=1 with the query) to url."""

    key: str
    label: str | Promise
    url: str | Promise
    icon: str = ""
    shown: Callable[[HttpRequest], bool] | None = None


@dataclass(frozen=True)
class Tab:
    """A preset or saved view as the page shows it."""

    label: str | Promise
    query: str
    active: bool
    count: str = ""
    alarming: bool = False
    saved_pk: int | None = None


@dataclass(frozen=True)
class Head:
    """A column's head: where a click leads, and how it is sorted now (ascending, descending or none)."""

    column: Column
    query: str = ""
    sorted: str = "none"


@dataclass(frozen=True)
class PageOfRows:
    """One page of a list, ready to draw."""

    list_page: ListPage
    rows: tuple[Row, ...]
    heads: tuple[Head, ...]
    filters: tuple[ActiveFilter, ...]
    next: str | None
    previous: str | None
    views: tuple[Tab, ...]
    capped_count: str
    query: str
    words: str
    bulk: tuple[BulkAction, ...]
    has_narrowing: bool

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns this viewer sees."""
        return tuple(head.column for head in self.heads)

    @property
    def set_filters(self) -> tuple[ActiveFilter, ...]:
        """The filters that narrow the list now."""
        return tuple(one for one in self.filters if one.is_set)

    @property
    def unset_filters(self) -> tuple[ActiveFilter, ...]:
        """The filters that could narrow it further."""
        return tuple(one for one in self.filters if not one.is_set)


@dataclass(frozen=True)
class ListPage:
    """The declaration of a list; see the module for an example. `key` names its saved views and exports."""

    key: str
    title: str | Promise
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    sorts: Sequence[Sort] = ()
    default_sort: str = ""
    row_url: Callable[[Any], str] | None = None
    search_fields: Sequence[str] = ()
    presets: Sequence[Preset] = ()
    bulk: Sequence[BulkAction] = ()
    shop_field: str = ""
    row_tone: Callable[[Any], str] | None = None
    drawer: bool = True
    empty: str | Promise = ""
    limit: int = field(default=LIMIT)

    def page(self, request: HttpRequest, queryset: QuerySet[Any], *, now: datetime | None = None) -> PageOfRows:
        """Read one page: a constant number of queries whatever the list's length."""
        active = tuple(narrowing.read_filter(one, request) for one in self.filters)
        narrowed = self._narrow(request, queryset, active)
        sort = self._sort(request)
        cursor = keyset.decode(sort, request.GET["after"]) if request.GET.get("after") else None
        items, before, after = keyset.slice_rows(narrowed, sort, cursor, self.limit)
        columns = self.columns_for(request)
        moment = now or clock.now()
        rows = tuple(self._row(item, columns, moment) for item in items)
        words = request.GET.get("q", "").strip()
        return PageOfRows(
            list_page=self,
            rows=rows,
            heads=tuple(self._head(request, one, sort) for one in columns),
            filters=active,
            next=keyset.encode(sort, items[-1], back=False) if items and after else None,
            previous=keyset.encode(sort, items[0], back=True) if items and before else None,
            views=self._tabs(request, queryset),
            capped_count=count_capped(narrowed),
            query=_query(request.GET).urlencode(),
            words=words,
            bulk=tuple(one for one in self.bulk if one.shown is None or one.shown(request)),
            has_narrowing=bool(words) or any(one.is_set for one in active),
        )

    def filtered(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the whole list as the page's query narrows and orders it."""
        active = [narrowing.read_filter(one, request) for one in self.filters]
        sort = self._sort(request)
        order = f"-{sort.field}" if sort.descending else sort.field
        return self._narrow(request, queryset, active).order_by(order, "pk")

    def selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows a bulk action was pressed for: the ticked ones, or the whole filtered list."""
        if request.POST.get("everything") == "1":
            return self.filtered(request, queryset)
        return queryset.filter(pk__in=request.POST.getlist("row")[:1000])

    def columns_for(self, request: HttpRequest) -> list[Column]:
        """Return the columns this viewer may see."""
        return [one for one in self.columns if one.shown is None or one.shown(request)]

    def _narrow(self, request: HttpRequest, queryset: QuerySet[Any], active: Sequence[ActiveFilter]) -> QuerySet[Any]:
        shop_id = chosen_shop_id(request) if self.shop_field else None
        if shop_id is not None:
            queryset = queryset.filter(**{self.shop_field: shop_id})
        queryset = narrowing.narrow(queryset, active)
        return narrowing.search(queryset, self.search_fields, request.GET.get("q", "").strip()[:100])

    def _sort(self, request: HttpRequest) -> Sort:
        """Read ?sort=key or ?sort=-key (the other way round); anything else is the default."""
        asked = request.GET.get("sort", "")
        for sort in self.sorts:
            if asked.lstrip("-") == sort.key:
                turned = asked.startswith("-") != sort.descending
                return Sort(asked, sort.label, sort.field, turned)
        default = next((one for one in self.sorts if one.key == self.default_sort), None)
        return default or (self.sorts[0] if self.sorts else Sort("pk", "", "pk", descending=True))

    def _head(self, request: HttpRequest, column: Column, current: Sort) -> Head:
        sort = next((one for one in self.sorts if one.key == column.sort), None)
        if sort is None:
            return Head(column)
        is_current = current.key.lstrip("-") == sort.key
        turned = sort.key if current.key.startswith("-") else f"-{sort.key}"
        query = _query(request.GET)
        query["sort"] = turned if is_current else sort.key
        state = ("descending" if current.descending else "ascending") if is_current else "none"
        return Head(column, query.urlencode(), state)

    def _row(self, item: Any, columns: Sequence[Column], now: datetime) -> Row:
        from_item = read(item, "pk")
        return Row(
            item=item,
            pk=read(item, "id") if from_item is None else from_item,
            url=self.row_url(item) if self.row_url else "",
            cells=tuple(Cell(column, draw(column, item, now=now)) for column in columns),
            tone=self.row_tone(item) if self.row_tone else "",
        )

    def _tabs(self, request: HttpRequest, queryset: QuerySet[Any]) -> tuple[Tab, ...]:
        current = _comparable(_query(request.GET))
        tabs = [
            Tab(
                one.label,
                one.query,
                _comparable(QueryDict(one.query)) == current,
                self._preset_count(request, queryset, one) if one.counted else "",
                one.alarming,
            )
            for one in self.presets
        ]
        person = getattr(request, "user", None)
        if person is not None and person.is_authenticated:
            tabs += [
                Tab(view.name, view.query, _comparable(QueryDict(view.query)) == current, saved_pk=view.pk)
                for view in saved.views_of(person.pk, page_key=self.key)
            ]
        return tuple(tabs)

    def _preset_count(self, request: HttpRequest, queryset: QuerySet[Any], preset: Preset) -> str:
        asked = HttpRequest()
        asked.GET, asked.COOKIES, asked.user = QueryDict(preset.query), request.COOKIES, request.user
        active = [narrowing.read_filter(one, asked) for one in self.filters]
        return count_capped(self._narrow(asked, queryset, active))


def count_capped(queryset: QuerySet[Any], cap: int = COUNT_CAP) -> str:
    """Count at most `cap` rows: "37", or "500+" when there are more."""
    found = queryset.order_by()[: cap + 1].count()
    return f"{cap}+" if found > cap else str(found)


def _query(asked: QueryDict) -> QueryDict:
    """Copy a query string without the cursor and the export."""
    kept = asked.copy()
    for name in ("after", "export"):
        kept.pop(name, None)
    return kept


def _comparable(query: QueryDict) -> set[tuple[str, str]]:
    return {(key, value) for key, values in query.lists() for value in values if value and key != "sort"}
