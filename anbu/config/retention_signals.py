"""How long signals are kept, what was done about them, and who was told."""

from .retention_keep import SAFETY, TASK, Keep

ALARMS = "SELECT id FROM alarms_alarm WHERE closed_at < %(before)s"
CALLS = "SELECT id FROM alarms_callnote WHERE closed_at < %(before)s"
CALLS_OF_ALARMS = f"SELECT id FROM alarms_callnote WHERE alarm_id IN ({ALARMS})"
CONCERNS = "SELECT id FROM concerns_concern WHERE closed_at < %(before)s"
ERRANDS = "SELECT id FROM errands_errand WHERE closed_at < %(before)s"
TEXTS = "FROM alarms_message WHERE queued_at < %(before)s AND settled_at IS NOT NULL"
NOTICES = "FROM effects_notice WHERE queued_at < %(before)s AND settled_at IS NOT NULL"
TOLD = "FROM effects_telling WHERE ended_at < %(before)s"
# An order goes when a newer one stands behind it, and with whoever has left.
ORDERS = (
    "FROM effects_order WHERE set_at < %(before)s AND (EXISTS (SELECT FROM effects_order newer"
    " WHERE newer.version > effects_order.version AND (newer.staff_id = effects_order.staff_id"
    " OR newer.post_id = effects_order.post_id)) OR EXISTS (SELECT FROM staff_staff s"
    " WHERE s.id = effects_order.staff_id AND NOT s.is_active))"
)

SIGNALS: tuple[Keep, ...] = (
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
)
