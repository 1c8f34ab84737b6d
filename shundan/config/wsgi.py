"""The WSGI application that `shundan web` serves."""

import os

from django.core.wsgi import get_wsgi_application

from shundan.ground.lib.points import watched

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shundan.config.settings")
application = watched(get_wsgi_application())
