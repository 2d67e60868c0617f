"""The shape of the code: rooms, doors between them, sizes. import-linter holds the stairs; this holds the rest."""

import ast
import re

import pytest

from tests.house.reading import DOORS, ROOMS, ROOT, functions, imports, sources, tree

# What a room shows to the others; everything else is its own affair.
_DOORS_OF_A_ROOM = {"actions", "queries", "rules", "published"}
# base and law are ground floor: their modules are their doors.
_GROUND = {"base", "law"}
_FUNCTION_LINES, _FILE_LINES = 80, 500


@pytest.mark.parametrize("room", ROOMS[1:])
def test_rooms_are_entered_through_their_doors(room):
    """From outside, only `actions`, `queries`, `rules`, `published` (and what is inside them by name)."""
    if room in _GROUND:
        return
    sneaking = []
    for path in sources("dukao"):
        if path.is_relative_to(ROOT / "dukao" / room):
            continue
        for one in imports(path):
            parts = one.module.split(".")
            if parts[:2] != ["dukao", room]:
                continue
            taken = {parts[2]} if len(parts) > 2 else set(one.names)
            if not taken <= _DOORS_OF_A_ROOM:
                sneaking.append(str(one))
    assert sneaking == []


def test_every_room_has_its_card():
    for room in (*ROOMS, "web"):
        card = ROOT / "dukao" / room / "README.md"
        assert card.exists(), f"{room} has no README.md"
        lines = card.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith("# "), f"{card} has no title"
        assert len(lines) <= 60, f"{card} is longer than a card"


def test_every_module_says_what_it_is_for():
    silent = [
        str(path.relative_to(ROOT))
        for path in sources("dukao", "tools", "bench")
        if path.name not in {"apps.py", "__init__.py"} and not ast.get_docstring(tree(path))
    ]
    assert silent == []


def test_the_tail_of_long_functions_and_files_stays_short():
    long = [
        f"{path.relative_to(ROOT)}:{name} {lines} lines"
        for path in sources("dukao", "tools", "bench")
        for name, lines in functions(path)
        if lines > _FUNCTION_LINES
    ]
    long += [
        f"{path.relative_to(ROOT)} {lines} lines"
        for path in sources("dukao", "tools", "bench", "tests")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > _FILE_LINES
    ]
    assert long == []


def test_only_doors_read_the_clock():
    """Rooms are told the time; `datetime.now()` and the like belong to the doors."""
    clocks = re.compile(r"\b(datetime\.now|date\.today|timezone\.now|localdate\(\)|time\.time)\(?")
    looking = [
        str(path.relative_to(ROOT))
        for path in sources("dukao")
        if path.relative_to(ROOT).parts[1] in ROOMS and clocks.search(path.read_text(encoding="utf-8"))
    ]
    assert looking == []


def test_there_are_no_signals_and_no_print_in_rooms():
    for path in sources("dukao"):
        if path.relative_to(ROOT).parts[1] not in ROOMS:
            continue
        assert not any(
            one.module.startswith("django.dispatch") or one.module.endswith(".signals") for one in imports(path)
        ), path
        calls = (node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
        assert not any(isinstance(func, ast.Name) and func.id == "print" for func in calls), path


def test_only_a_dispatch_through_the_gate_reaches_anybody():
    """One place makes demands, one makes dispatches and filings, and the second asks the first."""
    makers = {"Demand": "dukao/gate/actions/demands.py", "Dispatch": "dukao/sheets/actions/dispatching.py",
              "Filing": "dukao/sheets/actions/dispatching.py"}  # fmt: skip
    making = [
        (name, str(path.relative_to(ROOT)))
        for path in sources("dukao")
        for node in ast.walk(tree(path))
        for name in _made_by(node)
        if name in makers
    ]
    assert set(making) == set(makers.items())
    assert _functions_making("dukao/gate/actions/demands.py", "Demand") == {"issue_demand"}
    assert _functions_making("dukao/sheets/actions/dispatching.py", "Dispatch", "Filing") == {"_write"}


_CREATING = {"create", "bulk_create", "get_or_create", "update_or_create", "acreate", "abulk_create"}


def _made_by(node: ast.AST) -> set[str]:
    """Names of the models whose rows a call makes: `Filing(…)`, `Filing.objects.create(…)`."""
    if not isinstance(node, ast.Call):
        return set()
    match node.func:
        case ast.Name(id=name):
            return {name}
        case ast.Attribute(attr=verb, value=ast.Attribute(attr=name)) if verb in _CREATING and name != "objects":
            return {name.removesuffix("s").capitalize()}  # dispatch.filings.create
        case ast.Attribute(attr=verb, value=value) if verb in _CREATING:
            return {one.id for one in ast.walk(value) if isinstance(one, ast.Name)}
        case ast.Attribute(value=ast.Name(id="models"), attr=name):
            return {name}
    return set()


def _functions_making(file: str, *names: str) -> set[str]:
    return {
        function.name
        for function in tree(ROOT / file).body
        if isinstance(function, ast.FunctionDef)
        if any(_made_by(node) & set(names) for node in ast.walk(function))
    }


def test_actions_say_who_and_when():
    """A public function of a room's actions takes keywords only, `at`, and `by` unless the house itself acts."""
    # The work process lands deliveries and sweeps sittings; a sitting is touched by a page before anybody is known.
    # Facts are typed, accepted and landed as steps inside another room's action, which has asked and records.
    house_itself = {
        "land_delivery",
        "land_waiting",
        "sweep_leftovers",
        "end_stale_sittings",
        "touch_sitting",
        "sign_in",
        "type_fact",
        "untype_fact",
        "accept_facts",
        "retract_facts",
        "land_facts",
        # The work process frees bookings, ends what is over, charges the platform and delivers its published tables.
        "expire_holds",
        "end_expired_dispatches",
        "charge_platform",
        "charge_platform_minutes",
        "publish_tables",
        # It fetches ratings, which nobody signs.
        "gather_ratings",
        "release_orders",
        "end_orders",
        # Who says with a slip of paper whether something is fixed is nobody to the house; it hears, and asks the next.
        "answer_with_code",
        "hear_reporters",
        "ask_others",
        # Entries of the ledger are steps of the action that asks, takes back or measures.
        "give_back_entries",
    }
    # An entry carries the day of the work, a cap no day at all; their moment is that of the event of the action around.
    timeless = {"post_entries", "know_minutes", "set_limits"}
    wrong = []
    for path in sources("dukao"):
        parts = path.relative_to(ROOT).parts
        if parts[1] not in ROOMS or "actions" not in (parts[2].removesuffix(".py")):
            continue
        exported = _exported(path)
        for node in tree(path).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or node.name not in exported:
                continue
            if node.name in timeless:
                continue
            keywords = {argument.arg for argument in node.args.kwonlyargs}
            if node.args.args or "at" not in keywords or not ("by" in keywords or node.name in house_itself):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert wrong == []


def _exported(path) -> set[str]:
    """What the package's `__init__` re-exports; every public name where the actions are one file."""
    init = path.with_name("__init__.py")
    if path.name == "actions.py" or not init.exists():
        return {node.name for node in tree(path).body if isinstance(node, ast.FunctionDef)}
    return {name for one in imports(init) for name in one.names}


def test_refusals_are_worded_through_gettext_outside_pure_rules():
    """`raise Something("中文")` in actions, queries and pages would never be translated.

    What rules and readers say without Django, `base.spoken` translates by the shape of its phrases.
    """
    pure = re.compile(r"/(rules|reading|intake)(/|\.py)")
    chinese = re.compile(r"[\u4e00-\u9fff]")
    bare = []
    for path in sources("dukao"):
        part = path.relative_to(ROOT).parts
        if part[1] not in {*ROOMS, "web"} or part[1] == "base" or pure.search(path.as_posix()):
            continue
        for node in ast.walk(tree(path)):
            if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
                continue
            texts = [*node.exc.args, *(keyword.value for keyword in node.exc.keywords)]
            if any(isinstance(t, ast.Constant) and isinstance(t.value, str) and chinese.search(t.value) for t in texts):
                bare.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert bare == []


def test_doors_exist():
    for door in DOORS:
        assert (ROOT / "dukao" / door).is_dir()
