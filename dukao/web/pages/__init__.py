"""The pages, one module per desk or subject; each has its `urlpatterns`."""
