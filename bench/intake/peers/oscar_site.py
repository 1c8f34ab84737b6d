"""django-oscar with its own API package, as a site that takes orders of guests; run by the peer's own Python.

python oscar_site.py prepare        makes the tables and one product per line of stdin: SKU, a tab, a title
python oscar_site.py serve PORT N   serves it in N processes, with the server the desk uses

Everything is as its documentation sets it up; OSCAR_DB names the PostgreSQL socket folder and database.
"""

from __future__ import annotations

import os
import sys
from decimal import Decimal

from django.conf import settings

HOST, _, NAME = os.environ.get("OSCAR_DB", ":").partition(":")
CURRENCY, PRICE, PLENTY = "USD", Decimal("10.00"), 1_000_000
COUNTRIES = {"US": "United States", "GB": "United Kingdom", "ID": "Indonesia"}

if not settings.configured:
    from oscar.defaults import *  # noqa: F403 (oscar's documented way to its settings)

    OSCAR = {name: value for name, value in globals().items() if name.startswith("OSCAR_")}
    settings.configure(
        **OSCAR | {"OSCAR_ALLOW_ANON_CHECKOUT": True, "OSCAR_DEFAULT_CURRENCY": CURRENCY},
        SECRET_KEY="a bench", ALLOWED_HOSTS=["*"], ROOT_URLCONF="oscar_site", USE_TZ=True, SITE_ID=1,
        STATIC_URL="/static/",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", LOGGING_CONFIG=None, OSCARAPI_BLOCK_ADMIN_API_ACCESS=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": NAME, "USER": "shundan", "HOST": HOST,
                               "CONN_MAX_AGE": None, "ATOMIC_REQUESTS": True}},
        HAYSTACK_CONNECTIONS={"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        MIDDLEWARE=[
            "django.middleware.common.CommonMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware", "oscar.apps.basket.middleware.BasketMiddleware",
        ],
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
            "OPTIONS": {"context_processors": [
                "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "oscar.apps.checkout.context_processors.checkout",
                "oscar.core.context_processors.metadata",
            ]},
        }],
        INSTALLED_APPS=[
            "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
            "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.sites", "django.contrib.flatpages",
            "oscar.config.Shop", "oscar.apps.analytics.apps.AnalyticsConfig",
            "oscar.apps.checkout.apps.CheckoutConfig", "oscar.apps.address.apps.AddressConfig",
            "oscar.apps.shipping.apps.ShippingConfig", "oscar.apps.catalogue.apps.CatalogueConfig",
            "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig",
            "oscar.apps.communication.apps.CommunicationConfig", "oscar.apps.partner.apps.PartnerConfig",
            "oscar.apps.basket.apps.BasketConfig", "oscar.apps.payment.apps.PaymentConfig",
            "oscar.apps.offer.apps.OfferConfig", "oscar.apps.order.apps.OrderConfig",
            "oscar.apps.customer.apps.CustomerConfig", "oscar.apps.search.apps.SearchConfig",
            "oscar.apps.voucher.apps.VoucherConfig", "oscar.apps.wishlists.apps.WishlistsConfig",
            "oscar.apps.dashboard.apps.DashboardConfig", "oscar.apps.dashboard.reports.apps.ReportsDashboardConfig",
            "oscar.apps.dashboard.users.apps.UsersDashboardConfig",
            "oscar.apps.dashboard.orders.apps.OrdersDashboardConfig",
            "oscar.apps.dashboard.catalogue.apps.CatalogueDashboardConfig",
            "oscar.apps.dashboard.offers.apps.OffersDashboardConfig",
            "oscar.apps.dashboard.partners.apps.PartnersDashboardConfig",
            "oscar.apps.dashboard.pages.apps.PagesDashboardConfig",
            "oscar.apps.dashboard.ranges.apps.RangesDashboardConfig",
            "oscar.apps.dashboard.reviews.apps.ReviewsDashboardConfig",
            "oscar.apps.dashboard.vouchers.apps.VouchersDashboardConfig",
            "oscar.apps.dashboard.communications.apps.CommunicationsDashboardConfig",
            "oscar.apps.dashboard.shipping.apps.ShippingDashboardConfig",
            "widget_tweaks", "haystack", "treebeard", "django_tables2", "rest_framework", "oscarapi",
        ],
    )  # fmt: skip

import django  # noqa: E402 (after the settings)
from django.core.wsgi import get_wsgi_application  # noqa: E402

if __name__ != "__main__" or sys.argv[1] != "serve":
    django.setup()
    from django.apps import apps as django_apps
    from django.urls import include, path

    urlpatterns = [
        path("api/", include("oscarapi.urls")),
        path("", include(django_apps.get_app_config("oscar").urls[0])),
    ]
    application = get_wsgi_application()


def prepare() -> None:
    """Make the tables, countries and one product per line of stdin; print the products' keys by SKU as JSON."""
    import json

    from django.core.management import call_command
    from oscar.core.loading import get_model

    call_command("migrate", interactive=False, verbosity=0)
    for code, name in COUNTRIES.items():
        get_model("address", "Country").objects.create(
            iso_3166_1_a2=code, iso_3166_1_a3=f"{code}X", printable_name=name, name=name, is_shipping_country=True
        )
    kind = get_model("catalogue", "ProductClass").objects.create(name="Goods", requires_shipping=True)
    partner = get_model("partner", "Partner").objects.create(name="House")
    made = {}
    for line in sys.stdin:
        sku, _, title = line.strip().partition("\t")
        product = get_model("catalogue", "Product").objects.create(product_class=kind, title=title[:200], upc=sku)
        get_model("partner", "StockRecord").objects.create(
            product=product, partner=partner, partner_sku=sku, price=PRICE, price_currency=CURRENCY, num_in_stock=PLENTY
        )
        get_model("analytics", "ProductRecord").objects.create(product=product)  # two first baskets at once would clash
        made[sku] = product.pk
    print(json.dumps(made))


def serve(port: int, workers: int) -> None:
    """Serve it as the desk is served."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server("oscar_site:application", address="127.0.0.1", port=port, interface=Interfaces.WSGI, workers=workers,
           blocking_threads=4, blocking_threads_idle_timeout=600, backlog=1024, websockets=False,
           log_level=LogLevels.warning).serve()  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare()
    else:
        serve(int(sys.argv[2]), int(sys.argv[3]))
