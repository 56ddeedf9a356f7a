"""How long it is kept who came to a programme, what a month was paid for, when a dong met."""

from .retention_keep import TASK, Keep

PROGRAMMES = "SELECT id FROM rounds_programme WHERE begins_at < %(before)s"
# A month belongs to the books of an office: five years after its signature.
MONTHS = "SELECT id FROM rounds_monthreport WHERE coalesce(signed_at, confirmed_at) < %(before)s"
MEETINGS = "SELECT id FROM rounds_meeting WHERE told_at < %(before)s"

ROUNDS_OFFICE: tuple[Keep, ...] = (
    Keep(
        name="programmes",
        tables=("rounds_programme", "rounds_signup"),
        label="모임과 신청, 출석",
        basis=TASK,
        days=3 * 365,
        left="온 것은 안부 기록에 그 기간대로 남음",
        count=f"SELECT count(*) FROM ({PROGRAMMES}) due",
        steps=(
            f"DELETE FROM rounds_signup WHERE programme_id IN ({PROGRAMMES})",
            "DELETE FROM rounds_programme WHERE begins_at < %(before)s",
        ),
    ),
    Keep(
        name="months",
        tables=("rounds_monthreport", "rounds_monthline"),
        label="돌봄단의 활동일지와 활동비",
        basis=TASK,
        days=5 * 365,
        left="없음",
        count=f"SELECT count(*) FROM ({MONTHS}) due",
        steps=(
            f"DELETE FROM rounds_monthline WHERE report_id IN ({MONTHS})",
            "DELETE FROM rounds_monthreport WHERE coalesce(signed_at, confirmed_at) < %(before)s",
        ),
    ),
    Keep(
        name="meetings",
        tables=("rounds_meeting", "rounds_meetingseat"),
        label="월례회의와 출석",
        basis=TASK,
        days=3 * 365,
        left="없음",
        count=f"SELECT count(*) FROM ({MEETINGS}) due",
        steps=(
            f"DELETE FROM rounds_meetingseat WHERE meeting_id IN ({MEETINGS})",
            "DELETE FROM rounds_meeting WHERE told_at < %(before)s",
        ),
    ),
)
