"""The shell's routes: the front door, sign-in, search, parts, the administrator's and the auditor's desks."""

from routes import EVERYBODY, Route

ADMIN, AUDITOR = frozenset({"adam"}), frozenset({"otto"})
ROUTES = [
    # Charlie has no post, so the front door keeps him and says so.
    Route("home", "/", EVERYBODY, public=True, leads=303, but={"charlie": 200}),
    Route("change_desk", "/-/desk/", post=True),
    Route("choose_language", "/-/language/", public=True, post=True),
    Route("choose_type", "/-/type/", public=True, post=True),
    Route("parts", "/-/parts/", EVERYBODY, public=True),
    Route("search", "/search/", EVERYBODY),
    Route("sign_in", "/sign-in/", EVERYBODY, public=True, leads=303),
    Route("sign_out", "/sign-out/", public=True, post=True),
    Route("password", "/my/password/", EVERYBODY),
    Route("org-units", "/admin/units/", ADMIN),
    Route("org-units.below", "/admin/units/{甲镇}/", ADMIN),
    Route("org-units.options", "/admin/units/options/?unit=甲", ADMIN),
    Route("org-departments", "/admin/departments/", ADMIN),
    Route("org-posts", "/admin/posts/", ADMIN),
    Route("org-posts.options", "/admin/posts/options/?post=alice", ADMIN),
    Route("org-logins", "/admin/logins/", ADMIN),
    Route("org-logins.one", "/admin/logins/alice/", ADMIN),
    Route("trail", "/trail/", AUDITOR),
    Route("seals", "/trail/seals/", AUDITOR),
]
