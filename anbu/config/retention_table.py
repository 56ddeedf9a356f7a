"""How long what is kept, on which legal basis, and what is left of it. Pure: a table."""

from collections.abc import Sequence
from dataclasses import dataclass

CONSENT = "동의 (개인정보 보호법 제15조 제1항 제1호, 제22조)"
TASK = "고독사예방법 제12조의2와 시행령, 개인정보 보호법 제15조 제1항 제3호"
SAFETY = "개인정보의 안전성 확보조치 기준 제8조"


@dataclass(frozen=True, kw_only=True)
class Keep:
    """One kind of data. `old` finds rows due: `%(before)s` is the end of their time."""

    name: str
    label: str
    basis: str
    days: int | None  # None: not deleted by the run
    least: int = 0  # no setting may go below so many days
    left: str  # what is left of it afterwards, in Korean
    count: str = ""  # SELECT count(*) of what is due
    tally: str = ""  # SELECT dong_id, month, what, n of what is due
    steps: Sequence[str] = ()  # what takes it away, in this order
    parts: str = ""  # a table of days: whole days are dropped


MONTH = "date_trunc('month', {at} AT TIME ZONE 'Asia/Seoul')::date"
ALARMS = "SELECT id FROM alarms_alarm WHERE closed_at < %(before)s"
CONCERNS = "SELECT id FROM concerns_concern WHERE closed_at < %(before)s"
TEXTS = "FROM alarms_message WHERE queued_at < %(before)s AND settled_at IS NOT NULL"
SAID = "FROM readings_spokensos WHERE received_at < %(before)s AND raised_at IS NOT NULL"
ENDED = "FROM people_consent WHERE coalesce(withdrawn_at, renewed_at, until) < %(before)s"

TABLE = (
    Keep(
        name="readings",
        label="측정값",
        basis=CONSENT,
        days=90,
        left="동과 달마다 몇 건",
        parts="reading",
        tally="SELECT h.dong_id, {month}, '', count(*) FROM {part} r"
        " JOIN readings_device d ON d.id = r.device_id JOIN people_household h"
        " ON h.id = d.household_id WHERE r.at < %(before)s GROUP BY 1, 2",
    ),
    Keep(
        name="signs",
        label="생활신호",
        basis=CONSENT,
        days=90,
        left="동과 달마다 몇 건; 집마다 한 주의 모양은 따로 남음",
        parts="sign",
        tally="SELECT h.dong_id, {month}, '', count(*) FROM {part} r"
        " JOIN people_household h ON h.id = r.household_id WHERE r.at < %(before)s GROUP BY 1, 2",
    ),
    Keep(
        name="weeks",
        label="한 주의 모양",
        basis=CONSENT,
        days=730,
        left="없음",
        count="SELECT count(*) FROM readings_week WHERE began_on < %(before)s::date",
        steps=("DELETE FROM readings_week WHERE began_on < %(before)s::date",),
    ),
    Keep(
        name="gaps",
        label="볼 수 없던 때",
        basis=CONSENT,
        days=90,
        left="없음",
        count="SELECT count(*) FROM readings_gap WHERE ended_at < %(before)s",
        steps=("DELETE FROM readings_gap WHERE ended_at < %(before)s",),
    ),
    Keep(
        name="quarantine",
        label="격리한 메시지",
        basis=TASK,
        days=90,
        left="없음",
        count="SELECT count(*) FROM readings_quarantine WHERE received_at < %(before)s",
        steps=("DELETE FROM readings_quarantine WHERE received_at < %(before)s",),
    ),
    Keep(
        name="words",
        label="말로 한 도움 요청의 말",
        basis=CONSENT,
        days=365,
        left="때와 기기; 말은 지움",
        count=f"SELECT count(*) {SAID} AND words <> ''",
        steps=(
            "UPDATE readings_spokensos SET words = '' WHERE received_at < %(before)s"
            " AND raised_at IS NOT NULL AND words <> ''",
        ),
    ),
    Keep(
        name="texts",
        label="보낸 문자의 글과 번호",
        basis=TASK,
        days=365,
        left="보낸 때와 결과; 글과 번호는 지움",
        count=f"SELECT count(*) {TEXTS} AND (text <> '' OR \"to\" <> '')",
        steps=(
            "UPDATE alarms_message SET text = '', \"to\" = '' WHERE queued_at < %(before)s"
            " AND settled_at IS NOT NULL AND (text <> '' OR \"to\" <> '')",
        ),
    ),
    Keep(
        name="alarms",
        label="위기신호와 그 기록",
        basis=TASK,
        days=5 * 365,
        left="동과 달마다 결과별 몇 건",
        count=f"SELECT count(*) FROM ({ALARMS}) due",
        tally="SELECT h.dong_id, {month}, a.kind || '/' || a.outcome, count(*)"
        " FROM alarms_alarm a JOIN people_household h ON h.id = a.household_id"
        " WHERE a.closed_at < %(before)s GROUP BY 1, 2, 3",
        steps=(
            f"DELETE FROM alarms_message WHERE alarm_id IN ({ALARMS})",
            f"DELETE FROM alarms_step WHERE alarm_id IN ({ALARMS})",
            "DELETE FROM alarms_alarm WHERE closed_at < %(before)s",
        ),
    ),
    Keep(
        name="concerns",
        label="관심과 그 메모",
        basis=TASK,
        days=5 * 365,
        left="동과 달마다 결과별 몇 건",
        count=f"SELECT count(*) FROM ({CONCERNS}) due",
        tally="SELECT h.dong_id, {month}, a.kind || '/' || a.outcome, count(*)"
        " FROM concerns_concern a JOIN people_household h ON h.id = a.household_id"
        " WHERE a.closed_at < %(before)s GROUP BY 1, 2, 3",
        steps=(
            f"DELETE FROM concerns_note WHERE concern_id IN ({CONCERNS})",
            "DELETE FROM concerns_concern WHERE closed_at < %(before)s",
        ),
    ),
    Keep(
        name="blindness",
        label="볼 수 없던 집의 표",
        basis=TASK,
        days=365,
        left="동과 달마다 까닭별 몇 건",
        count="SELECT count(*) FROM alarms_blindness WHERE ended_at < %(before)s",
        tally="SELECT h.dong_id, {month}, a.cause, count(*) FROM alarms_blindness a"
        " JOIN people_household h ON h.id = a.household_id"
        " WHERE a.ended_at < %(before)s GROUP BY 1, 2, 3",
        steps=("DELETE FROM alarms_blindness WHERE ended_at < %(before)s",),
    ),
    Keep(
        name="consents",
        label="끝난 동의",
        basis=CONSENT,
        days=5 * 365,
        left="없음; 그때까지는 받을 때 적법했음을 보이는 증거",
        count=f"SELECT count(*) {ENDED}",
        steps=(f"DELETE {ENDED}",),
    ),
    Keep(
        name="audit",
        label="열람·처리 기록",
        basis=SAFETY,
        days=None,
        least=2 * 365,
        left="모두: 사슬이라 사이를 지울 수 없음. 2년 이상 보관",
    ),
    Keep(
        name="register",
        label="가구와 사람의 명단",
        basis=TASK,
        days=None,
        left="모두: 떠난 집의 명단은 사람이 확인하고 정리함",
    ),
)
