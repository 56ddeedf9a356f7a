"""How long the days of a round, and what asked for them, are kept."""

from .retention_keep import TASK, Keep

ASKED = "FROM rounds_asked WHERE ended_at < %(before)s"
LOOKS = "FROM rounds_daylook WHERE planned_at < %(before)s"
DAYS = "WHERE day < (%(before)s AT TIME ZONE 'Asia/Seoul')::date"
PACES = "FROM rounds_pace WHERE ended_at < %(before)s"

PLANS: tuple[Keep, ...] = (
    Keep(
        name="day-plans",
        tables=("rounds_task", "rounds_unplaced"),
        label="하루 안부 계획과 아무도 가지 못한 집",
        basis=TASK,
        days=2 * 365,
        left="없음: 한 일은 안부 기록에 남음",
        count=f"SELECT (SELECT count(*) FROM rounds_task {DAYS})"
        f" + (SELECT count(*) FROM rounds_unplaced {DAYS})",
        steps=(f"DELETE FROM rounds_task {DAYS}", f"DELETE FROM rounds_unplaced {DAYS}"),
    ),
    Keep(
        name="paces",
        tables=("rounds_pace",),
        label="한 사람에게 따로 정했던 안부 간격",
        basis=TASK,
        days=5 * 365,
        left="없음",
        count=f"SELECT count(*) {PACES}",
        steps=(f"DELETE {PACES}",),
    ),
    Keep(
        name="asked",
        tables=("rounds_asked",),
        label="돌봄단에 한 부탁",
        basis=TASK,
        days=5 * 365,
        left="동과 달마다 까닭별 몇 건",
        count=f"SELECT count(*) {ASKED}",
        tally="SELECT h.dong_id, {month}, a.why, count(*) FROM rounds_asked a"
        " JOIN people_household h ON h.id = a.household_id"
        " WHERE a.ended_at < %(before)s GROUP BY 1, 2, 3",
        steps=(f"DELETE {ASKED}",),
    ),
    Keep(
        name="day-looks",
        tables=("rounds_daylook",),
        label="하루 계획을 세운 때",
        basis=TASK,
        days=92,
        left="없음",
        count=f"SELECT count(*) {LOOKS}",
        steps=(f"DELETE {LOOKS}",),
    ),
)
