"""How long the days of a round, and what asked for them, are kept."""

from .retention_keep import TASK, Keep

ASKED = "FROM rounds_asked WHERE ended_at < %(before)s"
LOOKS = "FROM rounds_daylook WHERE planned_at < %(before)s"

PLANS: tuple[Keep, ...] = (
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
