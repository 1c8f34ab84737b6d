"""Where every page and every API router hangs."""

from __future__ import annotations

from django.urls import include, path

from shundan.ground.staff.api import make_api

# app path below shundan -> where its pages hang. A stage's own urls name what follows.
PAGES: tuple[tuple[str, str], ...] = (
    ("desk.system", ""),  # healthz, readyz, metrics, system/
    ("edges.inbox", ""),  # webhooks/tiktok
    ("edges.channels", ""),
    ("ground.staff", ""),
    ("ground.look", ""),
    ("desk.today", ""),
    ("desk.orderbook", ""),
    ("desk.holds", ""),
    ("desk.threads", ""),
    ("desk.search", ""),
    ("desk.imports", ""),
    ("desk.settings", ""),
    ("desk.notices", ""),
    ("stages.stock", ""),
    ("stages.review", ""),
    ("stages.packing", ""),
    ("stages.shipping", ""),
    ("stages.tracking", ""),
    ("stages.aftersales", ""),
    ("stages.feedback", ""),
    ("stages.money", ""),
    ("stages.insight", ""),
)
ROUTERS: tuple[tuple[str, str], ...] = (
    ("orders", "shundan.desk.orderbook.api.router"),
    ("holds", "shundan.desk.holds.api.router"),
    ("stock", "shundan.stages.stock.api.router"),
    ("packing", "shundan.stages.packing.api.router"),
    ("shipping", "shundan.stages.shipping.api.router"),
    ("tracking", "shundan.stages.tracking.api.router"),
    ("cases", "shundan.stages.aftersales.api.router"),
    ("feedback", "shundan.stages.feedback.api.router"),
    ("conversations", "shundan.desk.threads.api.router"),
    ("money", "shundan.stages.money.api.router"),
    ("insight", "shundan.stages.insight.api.router"),
    ("imports", "shundan.desk.imports.api.router"),
    ("exports", "shundan.desk.imports.api.exports_router"),
    ("today", "shundan.desk.today.api.router"),
    ("search", "shundan.desk.search.api.router"),
    ("settings", "shundan.desk.settings.api.router"),
    ("system", "shundan.desk.system.api.router"),
)

api = make_api()
for prefix, router in ROUTERS:
    api.add_router(f"/{prefix}", router)

urlpatterns = [
    *(path(prefix, include(f"shundan.{app}.urls")) for app, prefix in PAGES),
    path("api/v1/", api.urls),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
handler400 = "shundan.ground.look.views.error_400"
handler403 = "shundan.ground.look.views.error_403"
handler404 = "shundan.ground.look.views.error_404"
handler500 = "shundan.ground.look.views.error_500"
