"""The system administrator's desk: units, departments, posts, log-ins. No business data is seen here."""

from dukao.web.pages.admin import departments, logins, posts, units

urlpatterns = [*units.urlpatterns, *departments.urlpatterns, *posts.urlpatterns, *logins.urlpatterns]
