"""The WSGI application that serves the site: `inbaar serve` and `inbaar demo` hand it to granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inbaar.settings")
application = get_wsgi_application()
