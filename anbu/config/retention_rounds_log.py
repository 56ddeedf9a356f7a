"""How long it is kept who was reached when, what was heard, and what help was brought about."""

from .retention_keep import TASK, Keep

# The last real contact of somebody who still takes part stays: their clock stands on it.
LOGS = (
    "SELECT c.id FROM rounds_contact c WHERE c.at < %(before)s AND NOT EXISTS ("
    "SELECT FROM rounds_standing s WHERE s.household_id = c.household_id"
    " AND s.ended_at IS NULL AND s.contact_at = c.at)"
)
ENDED = "FROM rounds_standing WHERE ended_at < %(before)s"
LINKS = "FROM rounds_link WHERE made_at < %(before)s"
DECIDED = "SELECT id FROM rounds_question WHERE closed_at < %(before)s"
UNREAD = "FROM rounds_unread WHERE seen_at < %(before)s"

ROUNDS_LOG: tuple[Keep, ...] = (
    Keep(
        name="contacts",
        tables=("rounds_contact", "rounds_promise"),
        label="안부 기록과 약속",
        basis=TASK,
        days=5 * 365,
        least=3 * 365,  # plans, which name the logs by which they were done, go before
        left="동과 달마다 방법별 몇 건; 지금 이용하는 분의 마지막 연락은 남음",
        count=f"SELECT count(*) FROM ({LOGS}) due",
        tally="SELECT h.dong_id, {month}, c.kind, count(*) FROM rounds_contact c"
        f" JOIN people_household h ON h.id = c.household_id WHERE c.id IN ({LOGS})"
        " GROUP BY 1, 2, 3",
        steps=(
            f"DELETE FROM rounds_promise WHERE made_in_id IN ({LOGS}) OR kept_by_id IN ({LOGS})",
            "DELETE FROM rounds_promise WHERE made_in_id IS NULL AND ended_at < %(before)s",
            f"UPDATE rounds_asked SET ended_by_id = NULL WHERE ended_by_id IN ({LOGS})",
            f"DELETE FROM rounds_contact WHERE id IN ({LOGS})",
        ),
    ),
    Keep(
        name="links",
        tables=("rounds_link",),
        label="이어 드린 도움과 금액",
        basis=TASK,
        days=5 * 365,
        left="동과 달마다 종류별 몇 건",
        count=f"SELECT count(*) {LINKS}",
        tally="SELECT h.dong_id, {month}, l.kind, count(*) FROM rounds_link l"
        " JOIN people_household h ON h.id = l.household_id"
        " WHERE l.made_at < %(before)s GROUP BY 1, 2, 3",
        steps=(f"DELETE {LINKS}",),
    ),
    Keep(
        name="questions",
        tables=("rounds_question", "rounds_toldvalue"),
        label="다르게 들은 값과 그 결정",
        basis=TASK,
        days=3 * 365,
        left="없음: 정해진 값은 등록 정보에 남음",
        count=f"SELECT count(*) FROM ({DECIDED}) due",
        steps=(
            f"DELETE FROM rounds_toldvalue WHERE question_id IN ({DECIDED})",
            "DELETE FROM rounds_question WHERE closed_at < %(before)s",
        ),
    ),
    Keep(
        name="unread",
        tables=("rounds_unread",),
        label="읽지 못한 전화 기록",
        basis=TASK,
        days=365,
        left="없음",
        count=f"SELECT count(*) {UNREAD}",
        steps=(f"DELETE {UNREAD}",),
    ),
    Keep(
        name="clocks-of-contact",
        tables=("rounds_standing",),
        label="돌봄단을 그만둔 분의 안부 시계",
        basis=TASK,
        days=365,
        left="없음: 안부 기록은 그 기간대로 남음",
        count=f"SELECT count(*) {ENDED}",
        steps=(f"DELETE {ENDED}",),
    ),
)
