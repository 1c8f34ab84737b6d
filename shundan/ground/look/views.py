"""Drawing lists and details, saving views, switches of theme, shop and density, and refusals as sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shundan.core.errors import NotAllowed, Refused, Unavailable
from shundan.core.rights import Right, may
from shundan.ground.lib import clock
from shundan.ground.look import actions
from shundan.ground.look.queries import ListPage, export, sample
from shundan.ground.look.queries.shell import (
    DENSITIES,
    DENSITY_COOKIE,
    SHOP_COOKIE,
    THEME_COOKIE,
    THEMES,
    shell,
)
from shundan.ground.staff.logins import needs, public

__all__ = ["RefusalMiddleware", "render_detail", "render_list", "shell", "show_pdf"]
_YEAR = 365 * 86400


def render_list(
    request: HttpRequest,
    list_page: ListPage,
    queryset: QuerySet[Any],
    *,
    template: str = "look/list.html",
    extra: Mapping[str, Any] | None = None,
) -> HttpResponse | StreamingHttpResponse | FileResponse:
    """Answer a list: the full page, the table alone for htmx, or ?export=csv|xlsx (asks the right export)."""
    if request.GET.get("export") in ("csv", "xlsx"):
        return _export(request, list_page, queryset)
    page = list_page.page(request, queryset)
    context = {
        "page": page,
        "list_page": list_page,
        "may_export": may(_role(request), Right.EXPORT),
        **(extra or {}),
    }
    return render(request, "look/_table.html" if is_partial(request, "list") else template, context)


def render_detail(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer one thing's page: whole, or alone when the drawer asks.

    The template extends the variable look_base and fills the blocks title, back (an address), heading, marks
    (chips), sub, head_actions, rail, detail and detail_foot.
    """
    base = "look/_drawer.html" if is_partial(request, "drawer") else "look/detail.html"
    return render(request, template, {**context, "look_base": base}, status=status)


def is_partial(request: HttpRequest, target: str) -> bool:
    """Tell whether htmx asks for the part of the page with this id."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and htmx.target == target and not htmx.history_restore_request


def show_pdf(content: bytes, name: str) -> HttpResponse:
    """Answer a PDF that the browser opens, and saves under this name."""
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _export(request: HttpRequest, list_page: ListPage, queryset: QuerySet[Any]) -> StreamingHttpResponse | FileResponse:
    if not may(_role(request), Right.EXPORT):
        raise NotAllowed(_("Your role may not export lists."), remedy=_("Ask the owner for a role that may export."))
    rows, columns = list_page.filtered(request, queryset), list_page.columns_for(request)
    name = f"{list_page.key}-{clock.now():%Y%m%d-%H%M}"
    if request.GET["export"] == "xlsx":
        file = export.write_xlsx(columns, rows, title=str(list_page.title))
        return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")
    return StreamingHttpResponse(
        export.stream_csv(columns, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


@needs(Right.SEE_DESK)
@require_POST
def save_view(request: HttpRequest, page_key: str) -> HttpResponse:
    """Keep the list's query under a name and go back to it."""
    query = request.POST.get("query", "")
    actions.save_view(int(request.user.pk or 0), page_key=page_key, name=request.POST.get("name", ""), query=query)
    return _back(request)


@needs(Right.SEE_DESK)
@require_POST
def delete_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Forget a saved view and go back to the list."""
    actions.delete_view(int(request.user.pk or 0), view_id=view_id)
    return _back(request)


@public
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or the system's choice in a cookie."""
    return _remember(request, THEME_COOKIE, request.POST.get("theme", ""), THEMES)


@needs(Right.SEE_DESK)
@require_POST
def choose_density(request: HttpRequest) -> HttpResponse:
    """Remember how tall rows are."""
    return _remember(request, DENSITY_COOKIE, request.POST.get("density", ""), DENSITIES)


@needs(Right.SEE_DESK)
@require_POST
def choose_shop(request: HttpRequest) -> HttpResponse:
    """Remember which shop lists show; an empty value is all shops."""
    shop = request.POST.get("shop", "")
    return _remember(request, SHOP_COOKIE, shop if shop.isdecimal() else "", None)


class RefusalMiddleware:
    """Turn a refusal nobody caught into a page (or, for htmx, a toast) that says what to do next."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer Refused and Unavailable; everything else stays an error."""
        if not isinstance(error, Refused | Unavailable) or request.path.startswith("/api/"):
            return None
        context = {"refusal": error}
        if getattr(request, "htmx", None):
            answer = render(request, "look/_refusal_toast.html", context, status=error.status)
            answer["HX-Retarget"], answer["HX-Reswap"] = "#toasts", "beforeend"
            return answer
        return render(request, "look/refused.html", context, status=error.status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Explain that the form was too old and what to do."""
    return render(request, "403_csrf.html", {"reason": reason}, status=403)


def error_400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an unreadable request."""
    return render(request, "400.html", status=400)


def error_403(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what the role does not permit."""
    return render(request, "403.html", status=403)


def error_404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere."""
    return render(request, "404.html", status=404)


def error_500(request: HttpRequest) -> HttpResponse:
    """Answer a failure without database, session or context processors: they may be what failed."""
    return HttpResponse(render_to_string("500.html"), status=500)


def _remember(request: HttpRequest, cookie: str, value: str, allowed: tuple[str, ...] | None) -> HttpResponse:
    answer = _back(request)
    if allowed is None or value in allowed:
        answer.set_cookie(cookie, value, max_age=_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
    return answer


def _back(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next", "") or request.headers.get("Referer", "")
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if allowed else "/")


def _role(request: HttpRequest) -> str:
    return str(getattr(getattr(request, "who", None), "role", ""))


@needs(Right.SETTINGS)
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component with invented values; for the owner."""
    now = clock.now()
    if request.GET.get("row"):
        item = {"sample": sample.components(now), "number": "577104862913486123"}
        return render_detail(request, "look/gallery_item.html", item)
    return render(
        request,
        "look/gallery.html",
        {"sample": sample.components(now), "page": sample.rows(request, now), "now": now},
    )
