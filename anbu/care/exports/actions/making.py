"""Making the file beside the desks: read within the asker's reach, marked and encrypted."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import act_as, hold, let_go, record, record_each, seal
from anbu.care.foundation.rules import Actor, Purpose
from anbu.care.people.models import Household
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff
from anbu.care.staff.rules import make_password

from ..models import Export, ExportFile
from ..queries import code_of, home_rows, outcome_counts, reader_of, tier_counts
from ..rules import (
    COUNTS,
    FEWEST,
    HIDDEN,
    LIVES,
    MAY_ASK,
    MOST_ROWS,
    DataSet,
    Mark,
    NotAllowed,
    Sheet,
    State,
    sealed,
    suppress,
    workbook,
)

MAKE = "exports.make"
PASSWORD = "export password"  # what is sealed  # nosec B105
LIST_TITLES = (
    *("번호", "이름", "태어난 해", "성별", "전화"),
    *("자치구", "행정동", "주소", "동·호수", "위험군", "등록한 날"),
)
SEX = {"f": "여", "m": "남"}
HIDES = f"{HIDDEN}: {FEWEST}보다 작은 수, 또는 그런 수를 알게 하는 수라서 가렸습니다."
AGAIN = "만들지 못했습니다. 다시 청해 주세요."


@dataclass
class Contents:
    """What goes into the file, and whose homes stand in it by name."""

    sheet: Sheet
    rows: int
    homes: list[UUID] = field(default_factory=list)


def make(*, export: UUID, now: datetime) -> bool:
    """Make one allowed file; doing it twice makes it once. Return whether there was one to make."""
    row = _claim(export)
    if row is None:
        return False
    hold()  # the walls hold this thread to what the asker reaches
    try:
        act_as(reader_of(row.data_set, row.asked_by), now=now)
        contents = _contents(row)
        _keep(row, contents, now)
    except NotAllowed as refusal:
        _fail(row, str(refusal), now)
    except Exception:
        _fail(row, AGAIN, now)
        raise
    finally:
        let_go()
    return True


@transaction.atomic
def _claim(export: UUID) -> Export | None:
    rows = Export.objects.select_for_update(of=("self",)).filter(
        id=export, state__in=[State.ALLOWED, State.MAKING]
    )
    row = rows.select_related("asked_by__organisation", "asked_by__post", "decided_by").first()
    if row is None:
        return None
    row.state, row.done, row.total = State.MAKING, 0, row.homes
    row.save(update_fields=["state", "done", "total"])
    return row


def _contents(row: Export) -> Contents:
    """Read what was asked for, as far as the asker reaches at this moment."""
    by = row.asked_by
    if not by.is_active or by.role not in MAY_ASK[DataSet(row.data_set)]:
        raise NotAllowed("청한 사람이 이 자료를 더는 볼 수 없습니다.")
    purpose = Purpose("reason", ref=str(row.pk), text=row.reason)
    actor = reader_of(row.data_set, by)
    if row.data_set == DataSet.HOMES:
        return _list(row, actor, purpose)
    count = tier_counts if row.data_set == DataSet.TIERS else outcome_counts
    found = count(scope=row.scope, actor=actor, purpose=purpose)
    _tell(row, row.homes)
    named: Callable[[str], str] = _tier if row.data_set == DataSet.TIERS else _outcome
    return _table(found, named)


def _list(row: Export, actor: Actor, purpose: Purpose) -> Contents:
    lines: list[tuple[str | int, ...]] = []
    homes: list[UUID] = []
    for part in home_rows(scope=row.scope, actor=actor, purpose=purpose):
        for home in part:
            lines.append(
                (
                    len(lines) + 1,
                    *(home.name, home.birth_year, SEX[home.sex], home.phone),
                    *(home.district, home.dong, home.address, home.unit, home.tier),
                    home.registered_at.astimezone(SEOUL).date().isoformat(),
                )
            )
            homes.append(home.id)
        if len(lines) > MOST_ROWS:
            raise NotAllowed("%(most)d가구가 넘어 만들지 않았습니다.", most=MOST_ROWS)
        _tell(row, len(lines))
    sheet = Sheet(title="가구 명단", header=LIST_TITLES, rows=lines)
    return Contents(sheet, len(lines), homes)


def _table(found: Iterable[tuple[str, str, str, int]], named: Callable[[str], str]) -> Contents:
    """Return counts by dong and kind with their sums, small ones hidden."""
    counted: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for district, dong, kind, n in found:
        counted[district, dong][kind] = counted[district, dong].get(kind, 0) + n
    kinds = sorted({kind for each in counted.values() for kind in each})
    places = sorted(counted)
    shown = suppress([[counted[place].get(kind, 0) for kind in kinds] for place in places])
    rows = [
        (*place, *(HIDDEN if n is None else n for n in line))
        for place, line in zip([*places, ("합계", "")], shown, strict=False)
    ]
    header = ("자치구", "행정동", *map(named, kinds), "합계")
    return Contents(Sheet(title="통계", header=header, rows=rows, notes=(HIDES,)), len(rows))


def _tier(kind: str) -> str:
    return str(Household.Tier(kind).label)


def _outcome(kind: str) -> str:
    return OUTCOME_LABELS.get(kind, kind)


OUTCOME_LABELS = {
    "safe_call": "안전: 전화",
    "safe_message": "안전: 문자",
    "safe_visit": "안전: 현장",
    "out": "외출·여행",
    "hospital": "입원",
    "moved": "이사",
    "taken_to_hospital": "병원 이송",
    "rescued": "구조(119)",
    "died": "사망",
    "device": "기기",
    "network": "통신",
    "power_cut": "정전",
    "bad_number": "번호 오류",
    "refused": "거부",
    "test": "시험",
    "answered_by_sign": "생활신호로 답함",
}


def _tell(row: Export, done: int) -> None:
    """Write down how far it is."""
    Export.objects.filter(pk=row.pk).update(done=done)


@transaction.atomic
def _keep(row: Export, contents: Contents, now: datetime) -> None:
    """Encrypt it and keep it; whose homes stand in it is written down with it."""
    password = make_password()
    code = code_of(row.pk)
    body = sealed(
        workbook(_mark(row, now), [contents.sheet]), name=f"{code}.xlsx", password=password
    )
    ExportFile.objects.create(export=row, body=body)
    row.state, row.rows, row.done = State.READY, contents.rows, row.total
    row.made_at, row.expires_at = now, now + LIVES
    row.sha256 = hashlib.sha256(body).hexdigest()
    row.password = seal(password, what=PASSWORD)
    row.save()
    by, purpose = row.asked_by.actor, Purpose("reason", ref=str(row.pk), text=row.reason)
    record_each(
        by=by, verb="export_home", at=now, households=contents.homes, purpose=purpose, code=code
    )
    record(
        by="system:exports",
        verb="make_export",
        at=now,
        purpose=purpose,
        export=str(row.pk),
        asked_by=by,
        rows=contents.rows,
        sha256=row.sha256,
        personal=row.data_set not in COUNTS,
    )


def _mark(row: Export, now: datetime) -> Mark:
    def moment(at: datetime) -> str:
        return f"{at.astimezone(SEOUL):%Y-%m-%d %H:%M}"

    def person(who: Staff | None) -> str:
        at = who.organisation.name if who and who.organisation else ""
        return f"{at} {who.name} ({who.login})".strip() if who else ""

    return Mark(
        code=code_of(row.pk),
        who=person(row.asked_by),
        at=moment(now),
        purpose=row.reason,
        allowed_by=person(row.decided_by),
        until=moment(now + LIVES),
    )


@transaction.atomic
def _fail(row: Export, why: str, now: datetime) -> None:
    Export.objects.filter(pk=row.pk).update(state=State.FAILED, why_not=why[:200])
    purpose = Purpose("reason", ref=str(row.pk), text=row.reason)
    record(by="system:exports", verb="fail_export", at=now, purpose=purpose, export=str(row.pk))
