"""The pages, for any WSGI server."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dukao.settings")
application = get_wsgi_application()
# Every page's code is read now, not while the first visitor waits.
get_resolver().url_patterns  # noqa: B018
# What was read stays: without this every collection walks all of it again, 50 ms in the middle of some visitor's page.
gc.collect()
gc.freeze()
