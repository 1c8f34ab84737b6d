"""The WSGI application that `shundan web` serves: the door for webhooks, and Django behind it."""

import os

from django.core.wsgi import get_wsgi_application

from shundan.config.serve import THREADS
from shundan.ground.lib.points import watched

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shundan.config.settings")
_pages = get_wsgi_application()

from shundan.edges.inbox.views import webhook_door  # noqa: E402 (its models need what Django has just loaded)

application = watched(webhook_door(_pages, readers=THREADS - 1))
