"""단계표 as a document: what is done, how often, how long it may take, and where it holds.

TOML, because whoever answers for it shall be able to read it aloud. What is wrong is said with
the line in which it stands, all of it at once.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from anbu.care.foundation.rules import Refused, has_resident_number

from .alarm import Level
from .choosing import DAYS, KINDS, SERVICES, TIERS, Line, undecided
from .ladder import DOES, LONGEST_WAIT_S, MINUTE, REPORT_S, UP, Rung, freeze, thaw

LONGEST_TEXT = 60_000  # letters of a document
LONGEST_NAME = 60
MOST_STEPS, MOST_TIMES = 30, 10
MOST_LINES = 400
MOST_FAULTS = 20  # told at once
BY = ("sms", "voice")
REPORTED = ("dispatch", "joint", "enter")  # somebody goes out: we ask after a while what came of it
HOURS = re.compile(r"(\d{1,2})-(\d{1,2})")
AT_LINE = re.compile(r"at line (\d+)")
HEADER = re.compile(r"\s*\[\[\s*([a-z_.]+)\s*\]\]")
TOP = {"name", "source", "ladder", "rule"}
OF_LADDER = {"name", "confirm", "step"}
OF_STEP = {"do", "times", "wait_min", "level", "by", "report_min", "else"}
OF_RULE = {"ladder", "kind", "service", "tier", "district", "days", "hours"}


@dataclass(frozen=True, kw_only=True)
class Course:
    """One ladder of a document, with all that is frozen onto an alarm that climbs it."""

    name: str
    rungs: tuple[Rung, ...]
    asks: Mapping[str, Any] = field(default_factory=dict)  # attempts, apart_s, by; {}: as usual
    confirms: bool = False  # a person confirms even what a machine asked and a sign answered


@dataclass(frozen=True, kw_only=True)
class Document:
    """A protocol as it was written."""

    name: str
    source: str
    courses: Mapping[str, Course]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and in which line (0: nobody can say)."""

    line: int
    sentence: str
    values: tuple[tuple[str, str | int], ...] = ()

    def __str__(self) -> str:
        told = self.sentence % dict(self.values) if self.values else self.sentence
        return f"{self.line}: {told}" if self.line else told


class BadProtocol(Refused):
    """A document that cannot be followed, with everything that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)[:MOST_FAULTS]
        super().__init__("단계표를 읽을 수 없습니다.")

    def __str__(self) -> str:
        return " / ".join(map(str, self.faults))


class _Reader:
    """Collects what is wrong while a document is read."""

    def __init__(self, text: str) -> None:
        self.faults: list[Fault] = []
        self._heads = list(_heads(text))

    def line(self, *path: int) -> int:
        """Return where the nth ladder, its nth step, or (-1, n) the nth rule begins."""
        return next((at for at, known in self._heads if known == path), 0)

    def wrong(self, line: int, sentence: str, **values: str | int) -> None:
        self.faults.append(Fault(line, sentence, tuple(values.items())))

    def known(self, line: int, row: Mapping[str, Any], allowed: set[str]) -> None:
        for key in sorted(set(row) - allowed):
            self.wrong(line, "모르는 말: %(key)s", key=key[:30])

    def one_of(self, line: int, row: Mapping[str, Any], key: str, among: Sequence[str]) -> str:
        value = row.get(key, "")
        if value != "" and value not in among:
            some = ", ".join(among)
            self.wrong(line, "%(key)s: %(some)s 가운데 하나여야 합니다.", key=key, some=some)
            return ""
        return str(value)

    def number(self, line: int, row: Mapping[str, Any], key: str, span: tuple[int, int]) -> int:
        value, (least, most) = row[key], span
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            said = "%(key)s: %(least)d부터 %(most)d까지의 수여야 합니다."
            self.wrong(line, said, key=key, least=least, most=most)
            return least
        return value


def parse_protocol(text: str) -> Document:
    """Read a document.

    Raises:
        BadProtocol: with every fault and its line.
    """
    reader = _Reader(text)
    told = _toml(text)
    reader.known(1, told, TOP)
    name = _name(reader, told)
    source = str(told.get("source", ""))[:300]
    courses = dict(_courses(reader, told))
    lines = tuple(_lines(reader, told, courses))
    if not lines and courses:
        reader.wrong(1, "[[rule]]이 없습니다. 어디에 쓸 단계표인지 적어 주세요.")
    if len(lines) > MOST_LINES:
        reader.wrong(1, "[[rule]]은 %(n)d줄까지 적을 수 있습니다.", n=MOST_LINES)
    elif not reader.faults:
        reader.faults += ties(lines)
    if reader.faults:
        raise BadProtocol(sorted(reader.faults, key=lambda fault: fault.line))
    return Document(name=name, source=source, courses=courses, lines=lines)


def ties(lines: Sequence[Line], *, beside: Sequence[tuple[Line, str]] = ()) -> list[Fault]:
    """Return a fault for each two lines between which nothing decides.

    `beside` are lines of other documents in force, each with its document's name.
    """
    found = []
    names = {id(line): name for line, name in beside}
    for one, other in undecided([*lines, *(line for line, _ in beside)]):
        if id(one) in names and id(other) in names:
            continue  # not of this document
        if id(other) in names:
            said = "‘%(name)s’의 줄과 같은 신호에 맞고 둘 다 똑같이 좁습니다. 더 좁게 적어 주세요."
            found.append(Fault(one.at, said, (("name", names[id(other)]),)))
        else:
            said = "%(other)d번째 줄의 [[rule]]과 같은 신호에 맞고 둘 다 똑같이 좁습니다."
            found.append(Fault(one.at, said, (("other", other.at),)))
        if len(found) == MOST_FAULTS:
            break
    return found


def _toml(text: str) -> dict[str, Any]:
    if len(text) > LONGEST_TEXT:
        raise BadProtocol([Fault(0, "너무 깁니다. %(n)d자까지입니다.", (("n", LONGEST_TEXT),))])
    if has_resident_number(text):
        raise BadProtocol([Fault(0, "주민등록번호는 적을 수 없습니다.")])
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as broken:
        at = AT_LINE.search(str(broken))
        line = int(at.group(1)) if at else text.count("\n") + 1
        said = "이 줄을 읽을 수 없습니다. 따옴표, 대괄호, ‘=’를 살펴봐 주세요."
        raise BadProtocol([Fault(line, said)]) from None


def _heads(text: str) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Return in which line each ladder, step and rule begins."""
    ladder, step, rule = -1, -1, -1
    for number, line in enumerate(text.splitlines(), start=1):
        head = HEADER.match(line)
        if head is None:
            continue
        if head.group(1) == "ladder":
            ladder, step = ladder + 1, -1
            yield number, (ladder,)
        elif head.group(1) == "ladder.step":
            step += 1
            yield number, (ladder, step)
        elif head.group(1) == "rule":
            rule += 1
            yield number, (-1, rule)


def _name(reader: _Reader, told: Mapping[str, Any]) -> str:
    name = told.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME:
        reader.wrong(1, "name: 단계표의 이름을 %(n)d자 안으로 적어 주세요.", n=LONGEST_NAME)
        return ""
    return name.strip()


def _rows(reader: _Reader, told: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    rows = told.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        reader.wrong(1, "%(key)s: [[%(key)s]]로 적어 주세요.", key=key)
        return []
    return rows


def _courses(reader: _Reader, told: Mapping[str, Any]) -> Iterator[tuple[str, Course]]:
    seen = set()
    for nth, row in enumerate(_rows(reader, told, "ladder")):
        at = reader.line(nth)
        reader.known(at, row, OF_LADDER)
        name = row.get("name")
        if not isinstance(name, str) or not name or len(name) > LONGEST_NAME or name in seen:
            reader.wrong(at, "[[ladder]]마다 다른 이름(name)이 있어야 합니다.")
            continue
        seen.add(name)
        steps = _rows(reader, row, "step")
        if not steps or len(steps) > MOST_STEPS:
            reader.wrong(at, "%(name)s: 단계가 1~%(n)d개 있어야 합니다.", name=name, n=MOST_STEPS)
            continue
        asks, rungs = _steps(reader, nth, name, steps)
        confirm = reader.one_of(at, row, "confirm", ("machine", "person"))
        yield name, Course(name=name, rungs=rungs, asks=asks, confirms=confirm == "person")


def _steps(
    reader: _Reader, nth: int, name: str, steps: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, Any], tuple[Rung, ...]]:
    """Return how a machine asks, and the rungs: a step that is tried often is as many rungs."""
    asks: dict[str, Any] = {}
    rungs: list[Rung] = []
    for no, row in enumerate(steps):
        at = reader.line(nth, no) or reader.line(nth)
        reader.known(at, row, OF_STEP)
        missing = [key for key in ("do", "wait_min", "level") if key not in row]
        if missing:
            keys = ", ".join(missing)
            reader.wrong(at, "%(name)s: %(keys)s이(가) 빠졌습니다.", name=name, keys=keys)
            continue
        times = reader.number(at, {"times": row.get("times", 1)}, "times", (1, MOST_TIMES))
        rung = _rung(reader, at, row)
        if rungs and rung.level < rungs[-1].level:
            reader.wrong(at, "%(name)s: 단계가 오르면 위험 수준은 내려갈 수 없습니다.", name=name)
        if rung.do != "message":
            rungs += [replace(rung, up="")] * (times - 1) + [rung]
        elif no:
            reader.wrong(at, "message: 기계가 묻는 것은 첫 단계에만 둘 수 있습니다.")
        else:
            asks = {"attempts": times, "apart_s": rung.wait_s}
            by = reader.one_of(at, row, "by", BY)
            asks |= {"by": by, "then_by": by} if by else {}
            wait_s = min(rung.wait_s * times, LONGEST_WAIT_S)
            rungs.append(Rung(do="message", wait_s=wait_s, level=rung.level, up=rung.up))
    if rungs and all(rung.do == "message" for rung in rungs):
        reader.wrong(reader.line(nth), "%(name)s: 사람에게 가는 단계가 없습니다.", name=name)
    return asks, tuple(rungs)


def _rung(reader: _Reader, at: int, row: Mapping[str, Any]) -> Rung:
    do = reader.one_of(at, row, "do", DOES) or "call"
    if "by" in row and do != "message":
        reader.wrong(at, "by는 기계가 묻는 단계(message)에만 적습니다.")
    longest = LONGEST_WAIT_S // MINUTE
    wait = reader.number(at, row, "wait_min", (1, longest))
    level = reader.number(at, row, "level", (int(Level.WATCH), int(Level.CRITICAL)))
    report = {"report_min": row.get("report_min", REPORT_S // MINUTE)}
    report_min = reader.number(at, report, "report_min", (1, longest))
    up = reader.one_of(at, row, "else", ("next", UP))
    return Rung(
        do=do,
        wait_s=wait * MINUTE,
        level=Level(level),
        report_s=report_min * MINUTE if do in REPORTED or "report_min" in row else 0,
        up=UP if up == UP else "",
    )


def _lines(
    reader: _Reader, told: Mapping[str, Any], courses: Mapping[str, Course]
) -> Iterator[Line]:
    used = set()
    for nth, row in enumerate(_rows(reader, told, "rule")):
        at = reader.line(-1, nth)
        reader.known(at, row, OF_RULE)
        course = str(row.get("ladder", ""))
        if course not in courses:
            reader.wrong(at, "없는 단계표: %(name)s", name=course[:LONGEST_NAME])
            continue
        used.add(course)
        since, until = _hours(reader, at, row)
        district = row.get("district", "")
        if not isinstance(district, str):
            reader.wrong(at, "district: 자치구의 이름을 적어 주세요.")
            district = ""
        line = Line(
            course=course,
            kind=reader.one_of(at, row, "kind", KINDS),
            service=reader.one_of(at, row, "service", SERVICES),
            tier=reader.one_of(at, row, "tier", TIERS),
            district=district.strip(),
            day=reader.one_of(at, row, "days", DAYS),
            since=since,
            until=until,
            at=at,
        )
        _check_cry(reader, line, courses[course])
        yield line
    for name in sorted(set(courses) - used):
        reader.wrong(0, "%(name)s: 어느 [[rule]]도 쓰지 않습니다.", name=name)


def _check_cry(reader: _Reader, line: Line, course: Course) -> None:
    """Refuse a course on which a cry for help would wait for a machine."""
    if line.kind != "sos" or not course.rungs:
        return
    first = course.rungs[0]
    if first.do == "message" or first.level < Level.CRITICAL:
        reader.wrong(line.at, "도움 요청(sos)은 처음부터 사람에게, 심각(level 3)으로 가야 합니다.")


def _hours(reader: _Reader, at: int, row: Mapping[str, Any]) -> tuple[int, int]:
    if "hours" not in row:
        return 0, 0
    told = HOURS.fullmatch(str(row["hours"]))
    since, until = (int(told.group(1)), int(told.group(2))) if told else (99, 99)
    if since > 23 or until > 24 or since == until % 24:
        reader.wrong(at, 'hours: "18-09"처럼 시작과 끝 시를 적어 주세요.')
        return 0, 0
    return since, until % 24


# ---- as it is kept ---------------------------------------------------------------------------


def keep(document: Document) -> dict[str, Any]:
    """Return what a document says as it is stored: stricter checks of later break no old one."""
    return {
        "courses": {
            name: {
                "rungs": freeze(course.rungs),
                "asks": dict(course.asks),
                "confirms": course.confirms,
            }
            for name, course in document.courses.items()
        },
        "lines": [asdict(line) for line in document.lines],
    }


def kept(name: str, source: str, told: Mapping[str, Any]) -> Document:
    """Return the document that was stored."""
    return Document(
        name=name,
        source=source,
        courses={
            key: Course(
                name=key,
                rungs=thaw(course["rungs"]),
                asks=course["asks"],
                confirms=course["confirms"],
            )
            for key, course in told["courses"].items()
        },
        lines=tuple(Line(**line) for line in told["lines"]),
    )
