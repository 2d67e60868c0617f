"""The routes of the joint plan."""

from routes import Route, Takes

DEPARTMENTS, OFFICE = frozenset({"dora", "tara"}), frozenset({"sam"})
_NOTHING_YET = {"year": "2031", "unit": "{富水市}"}

ROUTES = [
    Route("joint", "/joint/", DEPARTMENTS | OFFICE),
    Route("joint.propose", "/joint/proposal/", form_on="/joint/", takes=Takes(OFFICE, _NOTHING_YET, done=409)),
    Route("joint.adopt", "/joint/adoption/", form_on="/joint/",
          takes=Takes(OFFICE, _NOTHING_YET | {"proposal": "99999"}, done=404)),
]  # fmt: skip
