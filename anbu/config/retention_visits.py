"""How long it is kept who was behind which door, and what was dangerous there."""

from .retention_keep import TASK, Keep

VISITS: tuple[Keep, ...] = (
    Keep(
        name="visits",
        tables=("rounds_visit",),
        label="돌봄단 방문의 시각과 도움 요청",
        basis=TASK,
        days=3 * 365,
        left="없음; 관제의 사건은 그 기간대로 남음",
        count="SELECT count(*) FROM rounds_visit WHERE out_at < %(before)s",
        steps=("DELETE FROM rounds_visit WHERE out_at < %(before)s",),
    ),
    Keep(
        name="hazards",
        tables=("rounds_hazard",),
        label="문 앞에서 주의할 것과 그 이의",
        basis=TASK,
        days=365,
        left="없음",
        count="SELECT count(*) FROM rounds_hazard WHERE ended_at < %(before)s"
        " OR valid_until < %(before)s::date",
        steps=(
            "DELETE FROM rounds_hazard WHERE ended_at < %(before)s"
            " OR valid_until < %(before)s::date",
        ),
    ),
)
