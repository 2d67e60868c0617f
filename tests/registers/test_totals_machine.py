"""Random histories of facts: totals always equal a recomputation, pages of the past equal a replay."""

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from dukao.org.rules import SYSTEM
from dukao.registers import actions, queries
from dukao.registers.models import Dataset, Delivery, Element, Fact, Total
from tests.registers.facts_twin import Twin, batch, moment

PERIODS = (2026207, 2026208)
VILLAGES = ("一村", "二村", "三村", "四村", "五村", "六村")
COUNTIES = ("东县", "西区")
# Element 1 is kept for villages, element 2 for counties, element 3 (a text) for villages.
PLACES = {1: VILLAGES, 2: COUNTIES, 3: VILLAGES}

cells = st.sampled_from([(e, p, place) for e, places in PLACES.items() for p in PERIODS for place in places])
values = st.integers(-3, 3) | st.just(10**17)
chance = st.randoms(use_true_random=False)


class Histories(RuleBasedStateMachine):
    """Each filing belongs to one unit; each delivery states some cells and may correct an earlier one."""

    def __init__(self, city) -> None:
        super().__init__()
        self.city = city
        self.own = transaction.atomic()
        self.own.__enter__()
        self.twin = Twin({city.unit[place]: city.path[place] for place in city.unit})
        self.tick = 0
        self.filings: dict[str, int] = {}
        self.typed: dict[tuple[int, int, int], tuple[int | None, str]] = {}
        self.correctable: list[int] = []
        self.deliveries = 0

    def teardown(self) -> None:
        self.check_the_past()
        self.check_rebuilding()
        transaction.set_rollback(True)
        self.own.__exit__(None, None, None)

    @initialize()
    def define(self) -> None:
        for pk, level, kind in ((1, 5, "number"), (2, 3, "number"), (3, 5, "text")):
            Element.objects.create(
                pk=pk, code=f"e{pk}", title=f"e{pk}", kind=kind, period_type="month", level=level, fresh_days=1
            )
        Dataset.objects.create(pk=1, code="d", title="d", provider_id=self.city.department["tax"], definition={})

    @rule()
    def time_passes(self) -> None:
        self.tick += 1

    def filing(self, place: str) -> int:
        return self.filings.setdefault(place, len(self.filings) + 1)

    def content(self, element: int, value: int) -> tuple[int | None, str]:
        return (None, f"文{value}") if element == 3 else (value, "")

    @rule(cell=cells, value=values, other_filing=st.booleans())
    def type_value(self, cell, value, other_filing) -> None:
        element, period, place = cell
        filing = self.filing(place) + 100 * other_filing
        number, text = self.content(element, value)
        key = (element, period, self.city.unit[place])
        answered = actions.type_fact(
            element_id=element, period=period, unit_id=self.city.unit[place], unit_path=self.city.path[place],
            value=number, text=text, filing_id=filing, at=moment(self.tick),
        )
        current = self.twin.current(key)
        if current and current.accepted is not None:
            assert answered is None
        elif not current or (current.value, current.text, current.source) != (number, text, ("filing", filing)):
            self.twin.put(key, number, text, ("filing", filing), self.tick, None)

    @rule(cell=cells)
    def empty_cell(self, cell) -> None:
        element, period, place = cell
        key, filing = (element, period, self.city.unit[place]), self.filing(place)
        done = actions.untype_fact(
            element_id=element, period=period, unit_id=key[2], unit_path=self.city.path[place], filing_id=filing,
            at=moment(self.tick),
        )
        current = self.twin.current(key)
        mine = current is not None and current.accepted is None and current.source == ("filing", filing)
        assert done == mine
        if mine:
            self.twin.end(current, self.tick)

    @rule(place=st.sampled_from(VILLAGES + COUNTIES), chance=chance, sees=st.booleans())
    def accept_filing(self, place, chance, sees) -> None:
        """Accept what is typed and some more; where an accepted fact stands, in sight of it or not."""
        unit, filing, answers = self.city.unit[place], self.filing(place), []
        for element, places in PLACES.items():
            for period in PERIODS if place in places else ():
                current = self.twin.current((element, period, unit))
                typed = current is not None and current.accepted is None
                if not typed and chance.random() < 0.5:
                    continue
                number, text = (current.value, current.text) if typed else self.content(element, chance.randint(-3, 3))
                seen = queries.known(unit_id=unit, element_ids=[element], periods=[period]).get((element, period))
                answers.append(actions.AnsweredCell(element, period, number, text, seen.id if seen and sees else None))
        done = actions.accept_facts(
            filing_id=filing, unit_id=unit, unit_path=self.city.path[place], cells=answers, at=moment(self.tick)
        )
        for answer in answers:
            self.accept_in_twin(answer, unit, filing, sees, done)

    def accept_in_twin(self, answer, unit, filing, sees, done) -> None:
        key, source = (answer.element_id, answer.period, unit), ("filing", filing)
        current = self.twin.current(key)
        same = current is not None and (current.value, current.text, current.source) == (
            answer.value, answer.text, source
        )
        if current and current.accepted is not None and not sees:
            assert ((answer.element_id, answer.period) in done.overtaken) == (not same)
        elif same and current.accepted is None:
            self.twin.accept(current, self.tick)
        elif not same:
            self.twin.put(key, answer.value, answer.text, source, self.tick, self.tick)

    @rule(place=st.sampled_from(VILLAGES + COUNTIES))
    def withdraw_filing(self, place) -> None:
        source = ("filing", self.filing(place))
        count = actions.retract_facts(filings={source[1]: self.city.path[place]}, at=moment(self.tick))
        mine = [f for f in self.twin.facts if f.source == source and f.superseded is None and f.accepted is None]
        assert count == len(mine)
        for fact in mine:
            self.twin.end(fact, self.tick)

    @rule(stated=st.dictionaries(cells, values, max_size=8), corrects=st.booleans(), chance=chance)
    def land(self, stated, corrects, chance) -> None:
        self.deliveries += 1
        pk = self.deliveries
        before = chance.choice(self.correctable) if corrects and self.correctable else None
        Delivery.objects.create(
            pk=pk, number=f"d-{pk}", dataset_id=1, dataset_version=1, scope_unit_id=self.city.unit["富水市"],
            period=2026207, file_name="a.csv", file_digest=str(pk), size_bytes=1, supersedes_id=before, by_name="tara",
            received_at=moment(0),
        )
        rows = [
            (e, p, self.city.unit[place], *self.content(e, value)) for (e, p, place), value in sorted(stated.items())
        ]
        halves = [batch(rows[: len(rows) // 2]), batch(rows[len(rows) // 2 :])]
        landed = actions.land_facts(delivery_id=pk, batches=halves, at=moment(self.tick))
        assert landed.facts == len(rows)
        cells_stated = {row[:3] for row in rows}
        for fact in [f for f in self.twin.facts if f.source == ("delivery", before) and f.superseded is None]:
            if fact.cell not in cells_stated:
                self.twin.end(fact, self.tick)
        for *cell, number, text in rows:
            self.twin.put(tuple(cell), number, text, ("delivery", pk), self.tick, self.tick)
        self.correctable = [one for one in self.correctable if one != before] + [pk]

    def asked(self, **more):
        units = list(self.city.unit.values())
        return {"element_ids": [1, 2, 3], "periods": PERIODS, "unit_ids": units, **more}

    @invariant()
    def figures_equal_the_sum_of_all_facts(self) -> None:
        assert queries.figures(**self.asked()) == self.twin.figures(self.tick)
        assert queries.totals_that_differ() == ()

    def check_the_past(self) -> None:
        scope = self.city.path["富水市"]
        for tick in range(self.tick + 1):
            held = queries.figures_as_of(**self.asked(scope_path=scope, as_of=moment(tick)))
            assert held == self.twin.figures(tick)
        assert Fact.objects.count() == len(self.twin.facts)

    def check_rebuilding(self) -> None:
        columns = ("element", "period", "unit", "sum", "n", "pending_sum", "pending_n")
        kept = sorted(Total.objects.values_list(*columns))
        actions.rebuild_totals(by=SYSTEM, at=moment(self.tick))
        assert sorted(Total.objects.values_list(*columns)) == kept


def test_random_histories_keep_totals_exact(city):
    run_state_machine_as_test(
        lambda: Histories(city),
        settings=settings(
            max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
