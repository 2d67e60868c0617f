"""The work loop: steps are due, fail alone, and stop in order."""

from datetime import UTC, datetime

from dukao.cli.work import Step, run_once, steps

AT = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)


def test_a_step_that_did_something_is_due_at_once_and_an_idle_one_later(db, monkeypatch):
    now = [100.0]
    monkeypatch.setattr("dukao.cli.work.monotonic", lambda: now[0])
    left = [3]

    def take(at):
        done = min(left[0], 2)
        left[0] -= done
        return done

    work = [Step("take", take, every=10.0)]
    assert [run_once(work, at=AT) for _ in range(4)] == [{"take": 2}, {"take": 1}, {"take": 0}, {}]
    now[0] += 10
    assert run_once(work, at=AT) == {"take": 0}


def test_a_failing_step_is_told_and_does_not_stop_the_others(db, caplog):
    work = [Step("bad", lambda at: 1 // 0, every=1.0), Step("good", lambda at: 1, every=1.0)]
    assert run_once(work, at=AT) == {"good": 1}
    assert "ZeroDivisionError" in caplog.text
    assert run_once(work, at=AT) == {"good": 1}, "the bad step pauses"


def test_the_house_has_its_steps(db, settings, tmp_path):
    settings.VAR = tmp_path
    done = run_once(steps(), at=AT)
    assert set(done) == {
        "deliveries", "seals", "late seals", "sittings", "sessions", "bookings", "expired dispatches", "own minutes",
        "ratings", "clues heard", "others asked", "published tables", "leftovers",
    }  # fmt: skip
