"""Every page's address: each module in `pages/` brings its own `urlpatterns`."""

from importlib import import_module
from pkgutil import iter_modules

from django.urls import include, path

from dukao.web import pages

urlpatterns = [
    path("", include(import_module(f"{pages.__name__}.{module.name}")))
    for module in sorted(iter_modules(pages.__path__), key=lambda module: module.name)
]
