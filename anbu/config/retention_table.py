"""How long what is kept, on which legal basis, and what is left of it. Pure: a table."""

from collections.abc import Sequence
from dataclasses import dataclass

CONSENT = "동의 (개인정보 보호법 제15조 제1항 제1호, 제22조)"
TASK = "고독사예방법 제12조의2와 시행령, 개인정보 보호법 제15조 제1항 제3호"
PSEUDONYMS = "가명정보 (개인정보 보호법 제28조의2): 통계와 과학적 연구"
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
    parts: str = ""  # a table of days: whole days are dropped, once their hours are counted
    archived: bool = False  # and, where an archive is set, once they lie in it
    files: bool = False  # files of the archive, a day each
    tables: Sequence[str]  # where it stands
    by_clock: bool = False  # the clock takes it away all the time, not the run


MONTH = "date_trunc('month', {at} AT TIME ZONE 'Asia/Seoul')::date"
ALARMS = "SELECT id FROM alarms_alarm WHERE closed_at < %(before)s"
CALLS = "SELECT id FROM alarms_callnote WHERE closed_at < %(before)s"
CALLS_OF_ALARMS = f"SELECT id FROM alarms_callnote WHERE alarm_id IN ({ALARMS})"
CONCERNS = "SELECT id FROM concerns_concern WHERE closed_at < %(before)s"
ERRANDS = "SELECT id FROM errands_errand WHERE closed_at < %(before)s"
TEXTS = "FROM alarms_message WHERE queued_at < %(before)s AND settled_at IS NOT NULL"
SAID = "FROM readings_spokensos WHERE received_at < %(before)s AND raised_at IS NOT NULL"
CAUSES = "SELECT id FROM readings_groupincident WHERE ended_at < %(before)s"
# A decision goes when a newer one of the same home stands behind it.
OLD_DECISION = (
    "decided_at < %(before)s AND EXISTS (SELECT FROM assess_decision newer"
    " WHERE newer.household_id = assess_decision.household_id"
    " AND (newer.decided_at, newer.id) > (assess_decision.decided_at, assess_decision.id))"
)
# Answers go when no decision that stays leans on them, and nothing they cried for is open.
ASSESSED = (
    "SELECT x.id FROM assess_assessment x WHERE x.at < %(before)s AND NOT EXISTS (SELECT"
    " FROM assess_crisis c WHERE c.assessment_id = x.id"
    " AND (c.closed_at IS NULL OR c.closed_at >= %(before)s)) AND NOT EXISTS (SELECT"
    f" FROM assess_decision WHERE assess_decision.assessment_id = x.id AND NOT ({OLD_DECISION}))"
)
NOTICES = "FROM effects_notice WHERE queued_at < %(before)s AND settled_at IS NOT NULL"
TOLD = "FROM effects_telling WHERE ended_at < %(before)s"
# An order goes when a newer one stands behind it, and with whoever has left.
ORDERS = (
    "FROM effects_order WHERE set_at < %(before)s AND (EXISTS (SELECT FROM effects_order newer"
    " WHERE newer.version > effects_order.version AND (newer.staff_id = effects_order.staff_id"
    " OR newer.post_id = effects_order.post_id)) OR EXISTS (SELECT FROM staff_staff s"
    " WHERE s.id = effects_order.staff_id AND NOT s.is_active))"
)
ENDED = "FROM people_consent WHERE coalesce(withdrawn_at, renewed_at, until) < %(before)s"

TABLE = (
    Keep(
        name="readings",
        tables=("reading",),
        label="측정값",
        basis=CONSENT,
        days=90,
        left="동과 달마다 몇 건; 하루의 시간들과 가명 보관은 따로 남음",
        parts="reading",
        archived=True,
        tally="SELECT h.dong_id, {month}, '', count(*) FROM {part} r"
        " JOIN readings_device d ON d.id = r.device_id JOIN people_household h"
        " ON h.id = d.household_id WHERE r.at < %(before)s GROUP BY 1, 2",
    ),
    Keep(
        name="signs",
        tables=("sign",),
        label="생활신호",
        basis=CONSENT,
        days=90,  # rhythms look back 60; older pictures are drawn from the counted hours
        left="동과 달마다 몇 건; 하루의 시간들과 한 주의 모양은 따로 남음",
        parts="sign",
        tally="SELECT h.dong_id, {month}, '', count(*) FROM {part} r"
        " JOIN people_household h ON h.id = r.household_id WHERE r.at < %(before)s GROUP BY 1, 2",
    ),
    Keep(
        name="hours",
        tables=("readings_feedday", "readings_latehours"),
        label="하루의 시간들",
        basis=CONSENT,
        days=400,  # the year on a household's page is drawn from them
        left="없음",
        count="SELECT count(*) FROM readings_feedday WHERE lived_on < %(before)s::date",
        steps=("DELETE FROM readings_feedday WHERE lived_on < %(before)s::date",),
    ),
    Keep(
        name="archive",
        tables=("readings_archivedday",),
        label="가명으로 보관한 측정값",
        basis=PSEUDONYMS,
        days=730,
        left="어느 날 몇 줄을 보관했다가 언제 지웠나; 보관하던 날 동의가 있는 집만 담김",
        files=True,
    ),
    Keep(
        name="weeks",
        tables=("readings_week",),
        label="한 주의 모양",
        basis=CONSENT,
        days=730,
        left="없음",
        count="SELECT count(*) FROM readings_week WHERE began_on < %(before)s::date",
        steps=("DELETE FROM readings_week WHERE began_on < %(before)s::date",),
    ),
    Keep(
        name="gaps",
        tables=("readings_gap",),
        label="볼 수 없던 때",
        basis=CONSENT,
        days=400,  # as long as the hours: else unseen hours would look still
        left="없음",
        count="SELECT count(*) FROM readings_gap WHERE ended_at < %(before)s",
        steps=("DELETE FROM readings_gap WHERE ended_at < %(before)s",),
    ),
    Keep(
        name="quarantine",
        tables=("readings_quarantine",),
        label="격리한 메시지",
        basis=TASK,
        days=90,
        left="없음",
        count="SELECT count(*) FROM readings_quarantine WHERE received_at < %(before)s",
        steps=("DELETE FROM readings_quarantine WHERE received_at < %(before)s",),
    ),
    Keep(
        name="words",
        tables=("readings_spokensos",),
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
        tables=("alarms_message", "alarms_leg"),
        label="보낸 문자의 글과 번호",
        basis=TASK,
        days=365,
        left="보낸 때와 결과; 글과 번호는 지움",
        count=f"SELECT count(*) {TEXTS} AND (text <> '' OR \"to\" <> '')",
        steps=(
            "UPDATE alarms_message SET text = '', words = '{}', \"to\" = ''"
            " WHERE queued_at < %(before)s"
            " AND settled_at IS NOT NULL AND (text <> '' OR \"to\" <> '')",
        ),
    ),
    Keep(
        name="alarms",
        tables=(
            "alarms_alarm",
            "alarms_step",
            "alarms_handover",
            "alarms_provision",
            "alarms_fieldjob",
            "alarms_fieldtext",
            "alarms_jointresponse",
            "alarms_entry",
            "alarms_entrynote",
            "alarms_lookback",
            "alarms_lookbacknote",
        ),
        label="위기신호와 그 기록, 놓친 기회 돌아보기",
        basis=TASK,
        days=5 * 365,
        left="동과 달마다 결과별 몇 건",
        count=f"SELECT count(*) FROM ({ALARMS}) due",
        tally="SELECT h.dong_id, {month}, a.kind || '/' || a.outcome, count(*)"
        " FROM alarms_alarm a JOIN people_household h ON h.id = a.household_id"
        " WHERE a.closed_at < %(before)s GROUP BY 1, 2, 3",
        steps=(
            "DELETE FROM alarms_leg WHERE message_id IN"
            f" (SELECT id FROM alarms_message WHERE alarm_id IN ({ALARMS}))",
            f"DELETE FROM alarms_message WHERE alarm_id IN ({ALARMS})",
            f"DELETE FROM alarms_step WHERE alarm_id IN ({ALARMS})",
            f"DELETE FROM alarms_handover WHERE alarm_id IN ({ALARMS})",
            f"DELETE FROM alarms_provision WHERE alarm_id IN ({ALARMS})",
            f"DELETE FROM alarms_callstep WHERE call_id IN ({CALLS_OF_ALARMS})",
            f"DELETE FROM alarms_callnote WHERE alarm_id IN ({ALARMS})",
            f"DELETE FROM alarms_care WHERE alarm_id IN ({ALARMS})",
            "DELETE FROM alarms_fieldtext WHERE job_id IN"
            f" (SELECT id FROM alarms_fieldjob WHERE alarm_id IN ({ALARMS}))",
            "DELETE FROM alarms_lookbacknote WHERE look_back_id IN"
            f" (SELECT id FROM alarms_lookback WHERE alarm_id IN ({ALARMS}))",
            f"DELETE FROM alarms_lookback WHERE alarm_id IN ({ALARMS})",
            f"DELETE FROM alarms_fieldjob WHERE alarm_id IN ({ALARMS})",
            f"DELETE FROM alarms_jointresponse WHERE alarm_id IN ({ALARMS})",
            "DELETE FROM alarms_entrynote WHERE entry_id IN"
            f" (SELECT id FROM alarms_entry WHERE alarm_id IN ({ALARMS}))",
            f"DELETE FROM alarms_entry WHERE alarm_id IN ({ALARMS})",
            "DELETE FROM alarms_alarm WHERE closed_at < %(before)s",
        ),
    ),
    Keep(
        name="calls",
        tables=(
            "alarms_callnote",
            "alarms_callstep",
        ),
        label="걸려 온 전화 (명단에서 찾지 못한 집)",
        basis=TASK,
        days=365,
        left="없음",
        count=f"SELECT count(*) FROM ({CALLS}) due",
        steps=(
            f"DELETE FROM alarms_callstep WHERE call_id IN ({CALLS})",
            "DELETE FROM alarms_callnote WHERE closed_at < %(before)s",
        ),
    ),
    Keep(
        name="care",
        tables=("alarms_care",),
        label="동료 돌봄: 누가 누구에게 물었나",
        basis=SAFETY,
        days=365,
        left="없음",
        count="SELECT count(*) FROM alarms_care WHERE settled_at < %(before)s",
        steps=("DELETE FROM alarms_care WHERE settled_at < %(before)s",),
    ),
    Keep(
        name="concerns",
        tables=(
            "concerns_concern",
            "concerns_note",
        ),
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
        name="errands",
        tables=(
            "errands_errand",
            "errands_putoff",
        ),
        label="할 일과 미룬 까닭",
        basis=TASK,
        days=5 * 365,
        left="동과 달마다 결과별 몇 건",
        count=f"SELECT count(*) FROM ({ERRANDS}) due",
        tally="SELECT h.dong_id, {month}, a.need || '/' || a.\"end\", count(*)"
        " FROM errands_errand a JOIN people_household h ON h.id = a.household_id"
        " WHERE a.closed_at < %(before)s GROUP BY 1, 2, 3",
        steps=(
            f"DELETE FROM errands_putoff WHERE errand_id IN ({ERRANDS})",
            "DELETE FROM errands_errand WHERE closed_at < %(before)s",
        ),
    ),
    Keep(
        name="blindness",
        tables=("alarms_blindness",),
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
        name="doubts",
        tables=("alarms_doubt",),
        label="안부를 모르던 집의 표",
        basis=TASK,
        days=365,
        left="동과 달마다 까닭별 몇 건",
        count="SELECT count(*) FROM alarms_doubt WHERE ended_at < %(before)s",
        tally="SELECT h.dong_id, {month}, a.cause || '/' || a.ended_how, count(*)"
        " FROM alarms_doubt a JOIN people_household h ON h.id = a.household_id"
        " WHERE a.ended_at < %(before)s GROUP BY 1, 2, 3",
        steps=("DELETE FROM alarms_doubt WHERE ended_at < %(before)s",),
    ),
    Keep(
        name="absences",
        tables=("people_absence",),
        label="끝난 부재",
        basis=CONSENT,
        days=730,
        left="없음",
        count="SELECT count(*) FROM people_absence WHERE ended_at < %(before)s",
        steps=("DELETE FROM people_absence WHERE ended_at < %(before)s",),
    ),
    Keep(
        name="findings",
        tables=("readings_finding",),
        label="배운 시계가 찾은 것",
        basis=CONSENT,
        days=365,
        left="없음",
        count="SELECT count(*) FROM readings_finding WHERE found_at < %(before)s",
        steps=("DELETE FROM readings_finding WHERE found_at < %(before)s",),
    ),
    Keep(
        name="groups",
        tables=("readings_groupmember", "readings_heldsilence"),
        label="한 원인에 든 집과 보류된 조용함",
        basis=TASK,
        days=5 * 365,
        left="한 원인의 때와 무리; 어느 집이었는지는 지움",
        count=f"SELECT count(*) FROM readings_groupmember WHERE incident_id IN ({CAUSES})",
        steps=(
            f"DELETE FROM readings_heldsilence WHERE incident_id IN ({CAUSES})",
            f"DELETE FROM readings_groupmember WHERE incident_id IN ({CAUSES})",
        ),
    ),
    Keep(
        name="assessments",
        tables=("assess_assessment", "assess_decision", "assess_crisis"),
        label="평가와 결정, 지금 움직일 일",
        basis=CONSENT,
        days=5 * 365,
        left="동과 달마다 도구별 몇 건; 집마다 가장 새 결정과 그 평가는 남음",
        count=f"SELECT (SELECT count(*) FROM ({ASSESSED}) due)"
        f" + (SELECT count(*) FROM assess_decision WHERE {OLD_DECISION})",
        tally="SELECT h.dong_id, {month}, i.code, count(*) FROM assess_assessment a"
        " JOIN assess_instrument i ON i.id = a.instrument_id"
        " JOIN people_household h ON h.id = a.household_id"
        f" WHERE a.id IN ({ASSESSED}) GROUP BY 1, 2, 3",
        steps=(
            f"DELETE FROM assess_crisis WHERE assessment_id IN ({ASSESSED})",
            f"DELETE FROM assess_decision WHERE {OLD_DECISION}",
            f"DELETE FROM assess_assessment WHERE id IN ({ASSESSED})",
        ),
    ),
    Keep(
        name="requests",
        tables=("assess_request",),
        label="설명·재검토 요구와 답",
        basis=TASK,
        days=5 * 365,
        left="동과 달마다 요구와 답의 갈래별 몇 건",
        count="SELECT count(*) FROM assess_request WHERE replied_at < %(before)s",
        tally="SELECT h.dong_id, {month}, a.asks || '/' || a.reply, count(*)"
        " FROM assess_request a JOIN people_household h ON h.id = a.household_id"
        " WHERE a.replied_at < %(before)s GROUP BY 1, 2, 3",
        steps=("DELETE FROM assess_request WHERE replied_at < %(before)s",),
    ),
    Keep(
        name="corrections",
        tables=("citizens_correction",),
        label="고쳐 달라는 요구와 답",
        basis=TASK,
        days=5 * 365,
        left="동과 달마다 무엇과 답의 갈래별 몇 건",
        count="SELECT count(*) FROM citizens_correction WHERE replied_at < %(before)s",
        tally="SELECT h.dong_id, {month}, a.what || '/' || a.reply, count(*)"
        " FROM citizens_correction a JOIN people_household h ON h.id = a.household_id"
        " WHERE a.replied_at < %(before)s GROUP BY 1, 2, 3",
        steps=("DELETE FROM citizens_correction WHERE replied_at < %(before)s",),
    ),
    Keep(
        name="sittings",
        tables=("citizens_session",),
        label="시민의 열람",
        basis=SAFETY,
        days=30,
        left="본인이 언제 보았나 (열람·처리 기록)",
        count="SELECT count(*) FROM citizens_session WHERE opened_at < %(before)s",
        steps=("DELETE FROM citizens_session WHERE opened_at < %(before)s",),
    ),
    Keep(
        name="knocks",
        tables=("citizens_knock",),
        label="본인확인 시도",
        basis=SAFETY,
        days=1,
        left="없음",
        by_clock=True,
    ),
    Keep(
        name="consents",
        tables=("people_consent",),
        label="끝난 동의",
        basis=CONSENT,
        days=5 * 365,
        left="없음; 그때까지는 받을 때 적법했음을 보이는 증거",
        count=f"SELECT count(*) {ENDED}",
        steps=(f"DELETE {ENDED}",),
    ),
    Keep(
        name="deliveries",
        tables=("delivery",),
        label="받은 메시지의 이름",
        basis=CONSENT,
        days=36,
        left="없음",
        by_clock=True,
    ),
    Keep(
        name="imports",
        tables=("register_import", "register_importrow"),
        label="가져온 명단의 칸",
        basis=TASK,
        days=14,
        left="누가 언제 몇 줄을; 칸은 지움",
        by_clock=True,
    ),
    Keep(
        name="exports",
        tables=("exports_exportfile",),
        label="내보낸 파일",
        basis=SAFETY,
        days=3,
        left="누가 언제 왜 무엇을, 누가 허락했나 (exports_export)",
        by_clock=True,
    ),
    Keep(
        name="notices",
        tables=("effects_notice", "effects_subscription"),
        label="당직자 기기로 보낸 알림, 끝난 기기",
        basis=SAFETY,
        days=90,
        left="없음",
        count=f"SELECT count(*) {NOTICES}",
        steps=(
            f"DELETE {NOTICES}",
            "DELETE FROM effects_subscription s WHERE s.ended_at < %(before)s AND NOT EXISTS"
            " (SELECT FROM effects_notice n WHERE n.subscription_id = s.id)",
        ),
    ),
    Keep(
        name="tellings",
        tables=("effects_telling", "effects_ring"),
        label="당직자에게 알린 일과 울림",
        basis=SAFETY,
        days=365,
        left="없음",
        count=f"SELECT count(*) {TOLD}",
        steps=(
            f"DELETE {TOLD}",
            "DELETE FROM effects_ring r WHERE r.settled_at < %(before)s AND NOT EXISTS"
            " (SELECT FROM effects_telling t WHERE t.answered_id = r.id) AND NOT EXISTS"
            " (SELECT FROM effects_notice n WHERE n.ring_id = r.id)",
        ),
    ),
    Keep(
        name="orders",
        tables=("effects_order",),
        label="알리는 차례와 당직자의 전화번호",
        basis=SAFETY,
        days=90,
        left="있는 사람과 자리마다 지금의 차례",
        count=f"SELECT count(*) {ORDERS}",
        steps=(f"DELETE {ORDERS}",),
    ),
    Keep(
        name="tries",
        tables=("staff_signinattempt",),
        label="로그인 시도",
        basis=SAFETY,
        days=30,
        left="없음",
        by_clock=True,
    ),
    Keep(
        name="audit",
        tables=(
            "foundation_trace",
            "foundation_unsealed",
            "foundation_seal",
            "people_opening",
            "people_bait",
            "looking_suspicion",
            "looking_tally",
            "looking_review",
            "looking_weighed",
            "looking_residence",
        ),
        label="열람·처리 기록",
        basis=SAFETY,
        days=None,
        least=2 * 365,
        left="모두: 사슬이라 사이를 지울 수 없음. 2년 이상 보관",
    ),
    Keep(
        name="register",
        tables=(
            "people_household",
            "people_person",
            "people_contact",
            "people_pasttier",
            "people_pastaddress",
            "people_pastdong",
            "people_enrolment",
            "people_refusal",
            "people_healthnote",
            "readings_ownpatience",
            "readings_device",
            "readings_feed",
            "readings_watch",
            "readings_learnedclock",
            "readings_rhythm",
            "register_double",
            "register_joining",
            "register_transfer",
        ),
        label="가구와 사람의 명단",
        basis=TASK,
        days=None,
        left="모두: 떠난 집의 명단은 사람이 확인하고 정리함",
    ),
)

# Tables in which nobody stands whom we look after.
NAMES_NOBODY = frozenset(
    {
        "alarms_board",
        "alarms_brake",
        "alarms_groupsignal",
        "alarms_lastlook",
        "alarms_citycount",
        "alarms_cityfeeds",
        "alarms_policy",
        "alarms_provisionyear",
        "alarms_protocol",
        "alarms_standstill",
        "assess_instrument",
        "concerns_round",
        "effects_template",
        "exports_export",
        "foundation_pulse",
        "places_contract",
        "places_district",
        "places_dong",
        "places_dutyhours",
        "places_holiday",
        "places_organisation",
        "places_post",
        "places_succession",
        "places_tally",
        "readings_detectorpolicy",
        "readings_group",
        "readings_groupcount",
        "readings_groupincident",
        "readings_grouplook",
        "readings_provider",
        "readings_rolllook",
        "readings_study",
        "register_doublerun",
        "rosters_hole",
        "rosters_link",
        "rosters_need",
        "rosters_rotation",
        "rosters_swap",
        "rosters_teammember",
        "rosters_turn",
        "staff_grant",
        "staff_shift",
        "staff_staff",
    }
)
