"""The replay contract: files in, alarms out, whatever the order and the stamps."""

import csv
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from click.testing import CliRunner

from anbu.cli import program
from anbu.kernel import reasons
from anbu.kernel.running import ALARM, SIGHTLESS, WATCH
from tests.kernel.drawn import DAY, QUIET_DAY, START, meter, motion

KST = timezone(timedelta(hours=9))


def row(home: str, channel: str, at: float, value: object) -> str:
    return f"{home},{channel},{datetime.fromtimestamp(at, KST).isoformat()},{value}\n"


def lines_of(home: str, channel: str, at, value) -> list[str]:
    return [
        row(home, channel, t, "" if np.isnan(v) else f"{v:.3f}")
        for t, v in zip(at, value, strict=True)
    ]


HOMES = "household,channel,interval_s,region,provider,absent_from,absent_until\n"
LEARNED = 'detector = "learned"\ntheta = 1.0\n'


def called(tmp_path, lines, homes, policy=LEARNED, head=HOMES):
    """Call the command as a city would."""
    (tmp_path / "r.csv").write_text("household,channel,at,value\n" + "".join(lines))
    (tmp_path / "h.csv").write_text(head + homes)
    (tmp_path / "p.toml").write_text(policy)
    names = {"readings": "r.csv", "homes": "h.csv", "policy": "p.toml", "out": "a.csv"}
    names["members"] = "m.csv"
    return CliRunner().invoke(
        program, ["replay", *(f"--{key}={tmp_path / name}" for key, name in names.items())]
    )


def table(path):
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def run(tmp_path, lines, homes, policy=LEARNED, head=HOMES):
    """Return the rows of ALARMS.csv."""
    done = called(tmp_path, lines, homes, policy, head)
    assert done.exit_code == 0, done.output
    return table(tmp_path / "a.csv")


def levels(rows, level, since=0.0):
    """Return the rows of a level, from `since` days of the picture on."""
    found = [r for r in rows if r["level"] == level]
    return [r for r in found if moment(r) >= START + since * 86_400]


def moment(row):
    return datetime.fromisoformat(row["at"]).timestamp()


def test_a_collapse_is_one_alarm_with_a_korean_reason(tmp_path):
    rows = run(
        tmp_path, lines_of("A", "motion", *motion(DAY * 30 + QUIET_DAY * 4)), "A,motion,3600,,,,\n"
    )
    (alarm,) = levels(rows, "alarm")
    assert "움직임" in alarm["reason"]
    assert len(alarm["reason"]) <= 60
    assert moment(alarm) > START + 30 * 86_400


def test_the_fixed_rule_rings_after_its_hours(tmp_path):
    rows = run(
        tmp_path,
        lines_of("A", "motion", *motion(DAY * 10 + "#" + "." * 60)),
        "A,motion,3600,,,,\n",
        'detector = "fixed"\nhours = 30\n',
    )
    (alarm,) = levels(rows, "alarm")
    assert moment(alarm) == START + (240 + 1 + 30) * 3600


def test_order_doubles_and_future_stamps_change_nothing(tmp_path):
    at, value = meter(DAY * 30 + QUIET_DAY * 3 + DAY * 5)
    clean = lines_of("A", "energy_wh", at, value)
    home = "A,energy_wh,1800,,,,\n"
    expected = run(tmp_path, clean, home)
    rng = np.random.default_rng(1)
    mixed = [clean[i] for i in np.argsort(at + rng.uniform(0, 7000, len(at)))]
    for spot, ahead in ((100, 3 * 86_400), (700, 400 * 86_400), (1300, 5 * 3600), (1500, 10**9)):
        mixed[spot:spot] = [mixed[spot - 2], row("A", "energy_wh", at[spot] + ahead, 900)]
    mixed.append(row("A", "energy_wh", at[-1] + 10**8, 900))
    assert run(tmp_path, mixed, home) == expected
    assert levels(expected, "alarm")


def test_weeks_without_rows_are_blind_and_nothing_else(tmp_path):
    at, value = meter(DAY * 30 + "_" * 24 * 21 + DAY * 10)
    rows = run(tmp_path, lines_of("A", "energy_wh", at, value), "A,energy_wh,1800,,,,\n")
    assert not levels(rows, "alarm")
    assert len(levels(rows, "blind")) == 1


def city(n: int, picture: str, channel: str = "motion"):
    make = motion if channel == "motion" else meter
    rng = np.random.default_rng(2)

    def day():
        return "".join("." if c == "#" and rng.random() > 0.9 else c for c in DAY)

    for i in range(n):
        yield f"H{i}", make("".join(day() for _ in range(30)) + picture)


def test_a_regional_outage_with_healthy_noughts_is_one_group_and_no_alarm(tmp_path):
    lines = []
    for name, (at, value) in city(12, DAY * 4):
        dark = (at > START + 31 * 86_400 + 6 * 3600) & (at <= START + 31 * 86_400 + 20 * 3600)
        value[dark] = 0.0
        lines += lines_of(name, "motion", at, value)
    homes = "".join(f"H{i},motion,3600,가동,업체,,\n" for i in range(12))
    rows = run(tmp_path, lines, homes)
    assert levels(rows, "group", 31)
    assert not levels(rows, "alarm", 31)
    first = min(moment(r) for r in levels(rows, "group", 31))
    assert first <= START + 31 * 86_400 + 14 * 3600


def test_a_third_of_a_vendors_devices_stopping_together_is_one_group(tmp_path):
    lines = []
    for name, (at, value) in city(12, DAY * 4):
        if int(name[1:]) < 4:
            lost = (at > START + 31 * 86_400 + 9 * 3600) & (at <= START + 32 * 86_400 + 12 * 3600)
            at, value = at[~lost], value[~lost]
        lines += lines_of(name, "motion", at, value)
    homes = "".join(f"H{i},motion,3600,동{i % 3},업체,,\n" for i in range(12))
    rows = run(tmp_path, lines, homes)
    assert [r["cause"] for r in levels(rows, "group", 31) if r["cause"].startswith("provider")]
    assert not levels(rows, "alarm", 31)
    assert not levels(rows, "blind", 31)


def test_a_real_collapse_outlives_a_group(tmp_path):
    lines = []
    for name, (at, value) in city(12, DAY * 4):
        dark = (at > START + 31 * 86_400 + 6 * 3600) & (at <= START + 31 * 86_400 + 20 * 3600)
        if name == "H0":
            dark = at > START + 31 * 86_400 + 6 * 3600
        value[dark] = 0.0
        lines += lines_of(name, "motion", at, value)
    homes = "".join(f"H{i},motion,3600,가동,업체,,\n" for i in range(12))
    assert [r["household"] for r in levels(run(tmp_path, lines, homes), "alarm", 31)] == ["H0"]


H = 3600
FACTS = {"at": START + 30 * H, "channel": 3, "long_s": 14 * H, "usual": 0.2}


@pytest.mark.parametrize("level", [WATCH, ALARM, SIGHTLESS])
@pytest.mark.parametrize("last", [-1, START])
@pytest.mark.parametrize("rule", [0, 1])
@pytest.mark.parametrize("gap_s", [0, 990 * H, 9999 * H])
def test_no_sentence_is_longer_than_sixty_letters(level, last, rule, gap_s):
    facts = {"at": START + 999 * H, "last_sign": last, "channel": 11, "long_s": 99 * H}
    said = reasons.of_home(level, **facts, gap_s=gap_s, usual=1.0, rule=rule, unseeing=0xFFFF)
    assert 10 < len(said) <= 60
    assert said.endswith(
        ("시간", "%", "넘김", "문자", "없음", "안 보임", "설비 확인 필요")
    )  # not cut


@pytest.mark.parametrize(
    ("since_h", "gap_h", "said"),
    [
        (14, 14.4, "조도 뒤 14시간 조용함 · 평소 최장 8시간, 이때 활동 20%"),
        (0.5, 14.5, "조도 약한 신호뿐, 14시간째 조용함 · 평소 최장 8시간, 이때 활동 20%"),
        (20, 14, "조도 뒤 20시간 중 지켜본 14시간 조용함 · 평소 최장 8시간, 이때 활동 20%"),
    ],
)
def test_a_sentence_says_the_silence_that_was_counted(since_h, gap_h, said):
    last = FACTS["at"] - int(since_h * H)
    told = reasons.of_home(ALARM, **FACTS, last_sign=last, gap_s=int(gap_h * H))
    assert told.split(" ", 2)[2] == said


def test_what_does_not_fit_is_left_out_the_least_needed_first():
    facts = FACTS | {"last_sign": FACTS["at"] - 20 * H, "gap_s": 14 * H, "unseeing": 2}
    assert reasons.of_home(ALARM, **facts).endswith(" · 평소 최장 8시간, 이때 활동 20%")
    assert reasons.of_home(WATCH, **facts).endswith(" · 평소 최장 8시간 · 안부 문자")
    short = facts | {"gap_s": 20 * H}
    assert reasons.of_home(ALARM, **short).endswith("이때 활동 20% · 전력 안 보임")


def members(tmp_path):
    return table(tmp_path / "m.csv")


def test_an_ordinary_month_of_a_city_has_no_incident(tmp_path):
    lines = []
    for name, (at, value) in city(60, DAY * 4):
        lines += lines_of(name, "motion", at, value)
    homes = "".join(f"H{i},motion,3600,동{i % 3},업체,,\n" for i in range(60))
    assert not levels(run(tmp_path, lines, homes), "group")


def dark(at, first_hour: float, last_hour: float):
    """Say which stamps lie between two hours of the 32nd day."""
    noon = START + 31 * 86_400
    return (at > noon + first_hour * 3600) & (at <= noon + last_hour * 3600)


def test_a_group_row_names_its_cause_and_lists_its_members(tmp_path):
    lines = []
    for name, (at, value) in city(12, DAY * 4):
        if int(name[1:]) < 4:
            kept = ~dark(at, 9, 36)
            at, value = at[kept], value[kept]
        lines += lines_of(name, "motion", at, value)
    homes = "".join(f"H{i},motion,3600,동{i % 3},업체,중계{i // 4},,\n" for i in range(12))
    head = "household,channel,interval_s,region,provider,gateway,absent_from,absent_until\n"
    rows = run(tmp_path, lines, homes, head=head)
    (group,) = levels(rows, "group", 31)
    assert group["cause"] == "gateway:중계0"  # the clearest of the causes that fit
    assert group["household"] == ""
    assert "4가구 중 4가구" in group["reason"]
    assert [row["household"] for row in members(tmp_path)] == ["H0", "H1", "H2", "H3"]
    assert not levels(rows, "alarm", 31)
    assert not levels(rows, "blind", 31)


def test_a_third_of_a_vendors_devices_sending_healthy_noughts_is_one_group(tmp_path):
    lines, broken = [], 16
    for name, (at, value) in city(48, DAY * 4):
        if int(name[1:]) < broken:
            value[dark(at, 9, 33)] = 0.0
        lines += lines_of(name, "motion", at, value)
    homes = "".join(f"H{i},motion,3600,동{i},업체,,\n" for i in range(48))
    rows = run(tmp_path, lines, homes)
    assert {row["cause"] for row in levels(rows, "group", 31)} == {"provider:업체"}
    assert len(levels(rows, "alarm", 31)) <= broken // 4  # the first may ring before it is known
    listed = {row["household"] for row in members(tmp_path)}
    assert listed <= {f"H{i}" for i in range(broken)}
    assert len(listed) >= broken // 2


def test_a_group_holds_its_members_alarms_no_longer_than_a_day(tmp_path):
    lines = []
    for name, (at, value) in city(12, DAY + QUIET_DAY * 6):
        lines += lines_of(name, "motion", at, value)
    homes = "".join(f"H{i},motion,3600,가동,업체,,\n" for i in range(12))
    for hours in (24, 12):
        rows = run(tmp_path, lines, homes, LEARNED + f"group_hold_hours = {hours}\n")
        (known,) = [moment(row) for row in levels(rows, "group", 31)]  # nights end nothing
        rang = [moment(row) for row in levels(rows, "alarm", 31)]
        assert len(rang) == 12
        assert max(rang) == known + hours * 3600


def test_with_a_backstop_no_home_rings_later_than_the_citys_rule(tmp_path):
    lines = lines_of("A", "motion", *motion(DAY * 30 + QUIET_DAY * 6))
    late = run(tmp_path, lines, "A,motion,3600,,,,\n", 'detector = "learned"\ntheta = 9\n')
    assert not levels(late, "alarm")
    backed = 'detector = "learned"\ntheta = 9\nfixed_hours = 30\n'
    (alarm,) = levels(run(tmp_path, lines, "A,motion,3600,,,,\n", backed), "alarm")
    fixed = 'detector = "fixed"\nhours = 30\n'
    (rule,) = levels(run(tmp_path, lines, "A,motion,3600,,,,\n", fixed), "alarm")
    assert alarm["at"] == rule["at"]
    assert alarm["cause"] == "patience"


GOOD = "A,motion,3600,,,,\n"
LINE = "A,motion,2026-01-01T00:00:00+09:00,1\n"


@pytest.mark.parametrize(
    ("lines", "homes", "policy", "said"),
    [
        ([LINE], GOOD, 'detector = "fixed"\n', "needs hours"),
        ([LINE], GOOD, 'detector = "magic"\n', "must be"),
        ([LINE], GOOD, 'detector = "learned"\ntheta = -1\n', "above 0"),
        ([LINE], GOOD, 'detector = "learned"\ntheeta = 1\n', "unknown settings: theeta"),
        ([LINE], GOOD, "detector =", "not TOML"),
        ([LINE], "A,smell,3600,,,,\n", LEARNED, "unknown channel 'smell'"),
        ([LINE], "A,motion,often,,,,\n", LEARNED, "interval_s must be seconds"),
        ([LINE], GOOD + GOOD, LEARNED, "stands there twice"),
        ([LINE], "A,motion,3600,,,2026-01-01,\n", LEARNED, "needs its offset"),
        ([LINE], "", LEARNED, "no homes"),
        (["A,motion,yesterday,1\n"], GOOD, LEARNED, "no line could be read; line 2"),
        (["A,motion,2026-01-01T00:00:00,1\n"], GOOD, LEARNED, "no line could be read"),
    ],
)
def test_a_bad_file_is_told_in_words(tmp_path, lines, homes, policy, said):
    done = called(tmp_path, lines, homes, policy)
    assert done.exit_code == 1
    assert said in done.output
    assert "Traceback" not in done.output


def test_a_broken_line_is_told_and_stops_nothing(tmp_path):
    lines = lines_of("A", "motion", *motion(DAY * 30 + QUIET_DAY * 4))
    lines[700:700] = ["A,motion,2026-01-01\n", "A,motion,2026-01-01T00:00:00+09:00,many\n", "\n"]
    done = called(tmp_path, lines, GOOD)
    assert done.exit_code == 0
    assert "2 lines cannot be read; line 702" in done.output
