"""The laboratory's judgement can fail: each thing a city could do wrong is told, and only that."""

from anbu.lab.faults.report import Report, Tried
from anbu.lab.faults.truth import (
    SILENCE,
    SOS,
    Due,
    Found,
    Hours,
    Ledger,
    Raised,
    count,
    judge,
    quantiles,
)

DUE = [Due("a", SILENCE, 100.0), Due("b", SOS, 110.0)]
RAISED = [Raised("a", SILENCE, 100.4), Raised("b", SOS, 109.9)]


def _report(raised: list[Raised], found: Found | None = None, **more: object) -> Report:
    report = Report("test", 1, "")
    report.judgement = judge(DUE, raised, unsure={"unsure"})
    report.found = found or Found(3, 3, 0, ())
    report.tried = [Tried(1, "kill_web", is_crash=True, survived=True, recovery_s=2.0)]
    for name, value in more.items():
        setattr(report, name, value)
    return report


def test_what_was_raised_in_time_is_good() -> None:
    report = _report(RAISED)
    told = report.as_dict()
    assert report.is_good
    assert (told["deadlines_due"], told["raised"], told["doubled"], told["missed"]) == (2, 2, 0, 0)
    assert told["lateness_s"]["max"] == 0.4  # a cry may stand before its sender hears of it
    assert report.in_words().endswith("nothing late")


def test_a_deadline_without_an_alarm_is_missed() -> None:
    report = _report(RAISED[:1])
    assert not report.is_good
    assert report.as_dict()["missed"] == 1
    assert "MISSED  sos of b" in report.in_words()


def test_two_alarms_for_one_deadline_are_doubled() -> None:
    report = _report([*RAISED, Raised("a", SILENCE, 101.0)])
    assert not report.is_good
    assert report.as_dict()["doubled"] == 1


def test_an_alarm_for_somebody_who_lived_is_false_unless_nobody_can_say() -> None:
    assert not _report([*RAISED, Raised("living", SILENCE, 101.0)]).is_good
    assert _report([*RAISED, Raised("unsure", SILENCE, 101.0)]).is_good


def test_an_invariant_that_was_ever_broken_is_not_forgotten() -> None:
    report = _report(RAISED)
    report.broken["one_open_alarm_per_home"] += 2
    assert not report.is_good
    assert "one_open_alarm_per_home" in report.in_words()


def test_a_fault_that_was_not_survived_is_told_and_one_not_tried_does_not_count() -> None:
    lost = Tried(2, "kill_clock", why="did not work again within 90 s")
    skipped = Tried(3, "disk_full", skipped="no small disk can be made here")
    report = _report(RAISED, tried=[lost, skipped])
    told = report.as_dict()
    assert (told["faults_tried"], told["faults_survived"], report.is_good) == (1, 0, False)
    assert told["skipped"] == {"disk_full": "no small disk can be made here"}


def test_a_run_that_was_never_judged_is_not_good() -> None:
    assert not Report("test", 1, "").is_good


def test_what_contract_c6_names_is_told() -> None:
    names = "faults_tried faults_survived acked found deadlines_due raised doubled missed"
    told = _report(RAISED).as_dict()
    assert set(names.split()) | {"lateness_s", "seed"} <= set(told)
    assert set(told["lateness_s"]) == {"p50", "p99", "p999", "max"}


SAID = {("d", "m1"): 10.0, ("d", "m2"): 11.0, ("d", "m3"): 12.0}
NAMES = [("d", "m1", 20.0), ("d", "m2", 20.0), ("d", "m3", 20.0), ("d", "unasked", 20.0)]
ROWS = [("d", 10.0), ("d", 11.0), ("d", 12.0)]


def test_an_acknowledged_message_is_found_only_with_its_name_and_its_one_reading() -> None:
    assert count(set(SAID), SAID, NAMES, ROWS) == Found(3, 3, 0, ())
    without_name = count(set(SAID), SAID, NAMES[:2], ROWS)
    assert without_name.lost == (("d", "m3"),)
    without_reading = count(set(SAID), SAID, NAMES, [ROWS[0], ROWS[2]])
    assert without_reading.lost == (("d", "m2"),)
    twice = count(set(SAID), SAID, NAMES, [*ROWS, ROWS[0]])
    assert (twice.found, twice.doubled) == (3, 1)
    assert not _report(RAISED, twice).is_good
    assert not _report(RAISED, without_name).is_good


def test_what_was_said_of_a_moment_to_come_stands_where_it_came() -> None:
    early = [("d", "m1", 9.0), ("d", "m2", 9.0), ("d", "m3", 20.0)]
    rows = [("d", 9.0), ("d", 9.0), ("d", 12.0)]
    assert count(set(SAID), SAID, early, rows) == Found(3, 3, 0, ())
    assert count(set(SAID), SAID, early, rows[1:]).lost == (("d", "m1"), ("d", "m2"))
    assert count(set(SAID), SAID, early, [*rows, ("d", 9.0)]).doubled == 1


def test_what_was_taken_in_without_an_answer_is_neither_lost_nor_doubled() -> None:
    assert count({("d", "m1")}, SAID, NAMES, ROWS) == Found(1, 1, 0, ())


def test_a_moment_is_due_when_the_citys_clock_shows_it_for_the_first_time() -> None:
    hours = Hours(1000.0, 0.0)  # at 1000 it shows 0
    assert hours.first_shown(50.0) == 1050.0
    hours.step(1020.0, 40.0)  # forward by 20: 50 is shown ten seconds later
    assert hours.first_shown(50.0) == 1030.0
    assert hours.first_shown(30.0) == 1020.0, "it was jumped over: due at once"
    hours.step(1040.0, 45.0)  # back by 15: what was shown was shown
    assert hours.first_shown(50.0) == 1030.0
    assert hours.first_shown(61.0) == 1056.0


def test_a_sign_that_comes_too_late_to_be_sure_leaves_the_home_unsure() -> None:
    ledger = Ledger(Hours(0.0, 0.0))
    ledger.woke = {"early": (100.0, 90.0), "late": (100.0, 99.0), "never": (100.0, None)}
    assert ledger.may_ring() == {"late", "never"}


def test_quantiles_are_of_what_was_measured() -> None:
    assert quantiles([]) == {"p50": 0.0, "p99": 0.0, "p999": 0.0, "max": 0.0}
    values = [n / 1000 for n in range(1001)]
    assert quantiles(values) == {"p50": 0.5, "p99": 0.99, "p999": 0.999, "max": 1.0}
