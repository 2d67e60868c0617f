"""The shell's routes: the front door, sign-in, search, parts, the administrator's and the auditor's desks."""

from routes import EVERYBODY, Route, Takes

ADMIN, AUDITOR = frozenset({"adam"}), frozenset({"otto"})
WORKERS = frozenset({"alice", "wang"})
ROUTES = [
    # Charlie has no post, so the front door keeps him and says so.
    Route("home", "/", EVERYBODY, public=True, leads=303, but={"charlie": 200}),
    Route("change_desk", "/-/desk/", form_on="/", takes=Takes(WORKERS, {"desk": "worker"})),
    Route("choose_language", "/-/language/", public=True, form_on="/", takes=Takes(EVERYBODY, {"language": "en"})),
    Route("choose_type", "/-/type/", public=True, form_on="/", takes=Takes(EVERYBODY, {"type": "large"})),
    Route("parts", "/-/parts/", EVERYBODY, public=True),
    Route("search", "/search/", EVERYBODY),
    Route("sign_in", "/sign-in/", EVERYBODY, public=True, leads=303,
          takes=Takes(EVERYBODY, {"name": "alice", "password": "not-her-password"}, done=422)),
    Route("sign_out", "/sign-out/", public=True, form_on="/", takes=Takes(EVERYBODY)),
    Route("password", "/my/password/", EVERYBODY,
          takes=Takes(EVERYBODY, {"old": "x", "new": "a-good-long-one", "again": "a-good-long-one"}, done=422)),
    Route("org-units", "/admin/units/", ADMIN),
    Route("org-units.below", "/admin/units/{甲镇}/", ADMIN, missing="/admin/units/999999999999/"),
    Route("org-units.options", "/admin/units/options/?unit=甲", ADMIN),
    Route("org-departments", "/admin/departments/", ADMIN,
          takes=Takes(ADMIN, {"code": "health", "name": "卫健委", "unit": "{富水市}"}, others=403)),
    Route("org-posts", "/admin/posts/", ADMIN,
          takes=Takes(ADMIN, {"code": "p", "title": "填报", "role": "worker", "unit": "{三村}"}, others=403)),
    Route("org-posts.options", "/admin/posts/options/?post=alice", ADMIN),
    Route("org-logins", "/admin/logins/", ADMIN,
          takes=Takes(ADMIN, {"name": "n", "display_name": "某", "password": "a-good-long-password"}, others=403)),
    Route("org-logins.one", "/admin/logins/alice/", ADMIN, missing="/admin/logins/nobody/",
          takes=Takes(ADMIN, {"do": "disable"}, others=403)),
    Route("trail", "/trail/", AUDITOR),
    Route("seals", "/trail/seals/", AUDITOR, takes=Takes(AUDITOR, done=200, others=403)),
]  # fmt: skip
