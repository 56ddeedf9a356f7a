"""How long people, their consents and their files are kept, and who looked."""

from .retention_keep import CONSENT, SAFETY, TASK, Keep

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
ENDED = "FROM people_consent WHERE coalesce(withdrawn_at, renewed_at, until) < %(before)s"

PEOPLE: tuple[Keep, ...] = (
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
        name="round-keys",
        tables=("rounds_device",),
        label="돌봄단 전화의 열쇠 반쪽 (오늘 목록을 여는 것)",
        basis=SAFETY,
        days=1,
        left="어느 단원의 전화인지와 마지막으로 쓴 때; 목록은 전화 안에서 읽을 수 없게 됨",
        by_clock=True,
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
