"""Rights to the rounds, as offices look after them."""

from .right import CARES, Right

DONG = frozenset({"planner", "nurse"})
PLANS = frozenset({"planner"})
SETS = frozenset({"officer"})
MAKES = frozenset({"planner", "officer"})
BOOKS = frozenset({"planner", "nurse", "officer", "care_corps"})

ROUNDS_OFFICE: tuple[Right, ...] = (
    Right(
        object="오늘 안부",
        fields="이름, 나이, 동, 위험군, 마지막 연락, 상한을 넘은 날; 구청은 동마다의 수만",
        deed="보기",
        purpose="담당 구역에서 아무도 빠뜨리지 않기",
        roles=CARES,
        urls=("rounds", "rounds_workers", "rounds_figures"),
        traced="list_round, list_requests",
    ),
    Right(
        object="안부 계획",
        fields="누가 누구에게 가나, 바꾸면 드는 것",
        deed="보기와 바꾸기",
        purpose="맡은 동의 하루를 고르게 나누기",
        roles=PLANS,
        urls=("rounds_plan", "rounds_plan_*"),
        traced="list_plan, look_round_change, change_round_task, let_round_plan",
    ),
    Right(
        object="안부 간격",
        fields="위험군마다 며칠에 몇 번과 상한, 누가 언제 왜; 따로 정한 분의 이름은 맡은 동만",
        deed="보기",
        purpose="얼마나 자주 연락할지 함께 알기",
        roles=CARES,
        urls=("rounds_cadences",),
        traced="list_paces",
    ),
    Right(
        object="안부 간격",
        fields="위험군마다 며칠에 몇 번과 상한; 바꾸면 어떻게 되는지는 수만",
        deed="정하기",
        purpose="구는 자기 구에서, 시는 온 시에서",
        roles=SETS,
        urls=("rounds_cadence_*",),
        traced="set_cadence",
    ),
    Right(
        object="다르게 들은 것",
        fields="위험군·동의·주소·전화의 두 값, 누가 언제 말했나",
        deed="보기",
        purpose="등록 정보를 사람이 정하기",
        roles=DONG,
        urls=("rounds_questions",),
        traced="list_questions",
    ),
    Right(
        object="다르게 들은 것, 월례회의",
        fields="위험군·동의·주소·전화의 두 값; 상한을 넘은 집, 주의할 것, 출석",
        deed="고르기와 적기",
        purpose="등록 정보를 사람이 정하기, 다달이 함께 살피기",
        roles=PLANS,
        urls=("rounds_choose", "rounds_settle", "rounds_meeting", "rounds_meeting_hold"),
        traced="choose_value, settle_unread, list_meeting, hold_meeting",
    ),
    Right(
        object="돌봄단원",
        fields="교육과 확인의 기한, 짝, 시간, 쉬는 날, 전화번호; 잃어버린 전화 끊기",
        deed="처리",
        purpose="함께 가고 제때 쉬기",
        roles=PLANS,
        urls=("rounds_worker_*",),
        traced="add_worker, change_worker, set_worker_phone, cut_off_telephone, add_day_off, …",
    ),
    Right(
        object="활동일지",
        fields="단원의 날마다의 시간과 건수, 활동비; 단원은 자기 것만",
        deed="보기, 확인하기, 서명하기, 내보내기",
        purpose="활동비 지급; 확인하는 사람과 서명하는 사람은 다른 사람",
        roles=BOOKS,
        urls=("rounds_months", "rounds_month", "rounds_month_*"),
        traced="list_months, list_contacts, confirm_month, sign_month, export_month",
    ),
    Right(
        object="안부 기록 한 사람",
        fields="연락한 때와 결과, 기분, 들은 것, 약속, 연계와 금액",
        deed="적기와 바로잡기",
        purpose="맡은 일, 또는 적은 사유",
        roles=DONG,
        urls=("rounds_home_*",),
        traced="open_contacts, tell_contact, add_link, set_pace, note_hazard, …",
    ),
    Right(
        object="모임",
        fields="모임의 때와 곳, 신청한 사람의 이름과 전화(맡은 동만), 출석",
        deed="보기",
        purpose="관계망 형성",
        roles=CARES,
        urls=("programmes", "programme"),
        traced="list_guests",
    ),
    Right(
        object="모임",
        fields="모임의 때와 곳",
        deed="만들기, 취소하기",
        purpose="관계망 형성",
        roles=MAKES,
        urls=("programme_call_off", "programme_make"),
        traced="make_programme, call_off_programme",
    ),
    Right(
        object="모임",
        fields="신청, 출석",
        deed="처리",
        purpose="온 사람을 안부 기록에 한 번만 적기",
        roles=DONG,
        urls=("programme_sign_up", "programme_withdraw", "programme_attend"),
        traced="sign_up, withdraw_sign_up, tell_attendance",
    ),
)
