"""How long readings are kept, and what is reckoned from them."""

from .retention_keep import CONSENT, PSEUDONYMS, TASK, Keep

SAID = "FROM readings_spokensos WHERE received_at < %(before)s AND raised_at IS NOT NULL"
CAUSES = "SELECT id FROM readings_groupincident WHERE ended_at < %(before)s"
# A decision goes when a newer one of the same home stands behind it.

READINGS: tuple[Keep, ...] = (
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
)
