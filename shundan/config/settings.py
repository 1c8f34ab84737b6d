"""Settings, read once from the environment. Every SHUNDAN_ variable is described in docs/operate.md."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from shundan.ground.lib.crypto import derive_key, read_key

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("SHUNDAN_DATA", "data")).resolve()
BLOBS = Path(os.environ.get("SHUNDAN_BLOBS", DATA / "blobs"))

# The key that encrypts tokens and secrets lives outside the database and outside every backup.
MASTER_KEY = read_key(DATA)
SECRET_KEY = derive_key(MASTER_KEY, "django").hex()

DEBUG = False
ALLOWED_HOSTS = os.environ.get("SHUNDAN_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
PUBLIC_URL = os.environ.get("SHUNDAN_PUBLIC_URL", "http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CLOCK_URL = os.environ.get("SHUNDAN_CLOCK_URL", "")
TIKTOK_URL = os.environ.get("SHUNDAN_TIKTOK_URL", "https://open-api.tiktokglobalshop.com")
TIKTOK_AUTH_URL = os.environ.get("SHUNDAN_TIKTOK_AUTH_URL", "https://auth.tiktok-shops.com")
HOME_CURRENCY = os.environ.get("SHUNDAN_HOME_CURRENCY", "CNY")

HOUSE = [
    "ground.shops", "ground.journal", "ground.staff", "ground.jobs", "ground.look", "ground.rulebook",
    "edges.channels", "edges.carriers", "edges.inbox", "edges.outbox", "edges.conversations",
    "stages.orders", "stages.stock", "stages.review", "stages.packing", "stages.shipping", "stages.tracking",
    "stages.aftersales", "stages.feedback", "stages.money", "stages.insight",
    "desk.today", "desk.orderbook", "desk.holds", "desk.threads", "desk.search", "desk.imports", "desk.settings",
    "desk.system", "desk.notices",
]  # fmt: skip
INSTALLED_APPS = [
    *(f"shundan.{app}" for app in HOUSE),
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
    "django.contrib.staticfiles", "django.contrib.humanize",
    "allauth", "allauth.account", "allauth.mfa", "axes", "csp", "django_htmx", "ninja",
]  # fmt: skip
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "shundan.ground.staff.logins.WhoMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "shundan.ground.look.views.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "shundan.config.urls"
WSGI_APPLICATION = "shundan.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shundan.ground.look.views.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "shundan.ground.look.templatetags.look",
            ],
        },
    }
]


def read_database(url: str) -> dict[str, object]:
    """Return Django's settings for the database URL; an empty one means SQLite in the data folder."""
    if not url:
        return {
            "ENGINE": "shundan.ground.lib.sqlite",
            "NAME": DATA / "shundan.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL: what was acknowledged is on disk, also after a power cut.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-64000;",
            },
            "TEST": {"NAME": DATA / "test.sqlite3"},
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise SystemExit(f"DATABASE_URL: “{parts.scheme}” is not supported: write postgresql://user:password@host/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": read_database(os.environ.get("DATABASE_URL", ""))}
LOOK_NAV_COUNTS = ["shundan.desk.today.queries.count_for_navigation"]
LOOK_HEALTH = "shundan.desk.today.queries.shops_health"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "staff.Person"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_ADAPTER = "shundan.ground.staff.logins.StaffAdapter"
ACCOUNT_FORMS = {"login": "shundan.ground.staff.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = False  # django-axes counts failures, for pages and programs alike
MFA_ADAPTER = "shundan.ground.staff.logins.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "shundan.ground.staff.logins.locked_out"
AXES_ENABLE_ADMIN = False
SILENCED_SYSTEM_CHECKS = ["axes.W003"]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("SHUNDAN_STATIC", DATA / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = False
STATICFILES_DIRS = [ROOT / "static"] if (ROOT / "static").is_dir() else []
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

_SELF = ["'self'"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": _SELF,
        "style-src": _SELF,
        "img-src": ["'self'", "data:"],
        "font-src": _SELF,
        "connect-src": _SELF,
        "form-action": _SELF,
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "frame-src": _SELF,
        "media-src": _SELF,
        "manifest-src": _SELF,
    }  # fmt: skip
}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "shundan.ground.lib.traces.LogLines",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("SHUNDAN_LOG", "WARNING")},
    "loggers": {"shundan": {"level": os.environ.get("SHUNDAN_LOG", "INFO")}},
}
