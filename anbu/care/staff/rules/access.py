"""Who may see and do what: the one table. A privacy officer reads it as docs/access.md.

Each row is a right: an object, the fields of it, the deed, for what purpose, by whom, and at which
addresses it is used. The doorway of the desks asks this table before a view does anything. How far
somebody reaches (own dong, own district, the city) is told by `REACH_OF_ROLE`, and kept by the
walls of the database.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from .seats import SEATS

ROLES = frozenset(SEATS)
CENTRE = frozenset({"operator", "supervisor"})
ANSWERS = CENTRE | {"planner"}
VENDOR = frozenset({"responder"})  # of a vendor: what its post answers for, and nothing more
TAKES_PART = ANSWERS | VENDOR
KNOWS_HOMES = ANSWERS | {"nurse", "officer"}
KEEPS_REGISTER = frozenset({"planner", "officer", "supervisor"})
CARES = frozenset({"planner", "nurse", "officer"})
REVIEWS = frozenset({"privacy_officer"})
ANYBODY = frozenset({"*"})  # before any log-in
CITIZEN = frozenset({"citizen"})  # no role of staff: a proven identity, before the own record
AGENT = frozenset({"agent"})  # no role of staff: who holds the link of one job at one door
SIGNED_IN = ROLES


@dataclass(frozen=True, kw_only=True)
class Right:
    """One row of the table; the Korean words are what the generated page says."""

    object: str
    fields: str
    deed: str
    purpose: str
    roles: frozenset[str]
    urls: tuple[str, ...]  # names of addresses, with * for any ending
    traced: str  # the verb in the traces, "" where nobody's data is shown


ACCESS: tuple[Right, ...] = (
    Right(
        object="위기신호 목록",
        fields="이름, 나이, 성별, 동, 건강 요약, 생활신호",
        deed="보기",
        purpose="맡은 신호를 찾기",
        roles=TAKES_PART,
        urls=("queue", "list", "side", "strips", "row", "rows"),
        traced="list_alarms",
    ),
    Right(
        object="새 소식",
        fields="바뀐 것의 번호, 이름 없음",
        deed="듣기",
        purpose="화면을 새로 고치기",
        roles=TAKES_PART | REVIEWS,
        urls=("live",),
        traced="",
    ),
    Right(
        object="위기신호 한 건",
        fields="주소, 전화, 건강, 연락할 사람, 동의, 지금까지 한 일",
        deed="보기",
        purpose="신호에 응하기",
        roles=TAKES_PART,
        urls=("preview", "incident"),
        traced="open_incident",
    ),
    Right(
        object="위기신호 한 건",
        fields="상태, 담당, 기록",
        deed="처리",
        purpose="신호에 응하기",
        roles=TAKES_PART,
        urls=("claim", "call", "message", "shelve", "transfer", "note", "close"),
        traced="claim, call, …",
    ),
    Right(
        object="위기신호 한 건",
        fields="현장에 갈 사람, 본 것, 119·112 신고",
        deed="보내고 적기",
        purpose="집에 가 보고 119·112와 함께하기; 서비스 업체는 할 수 없음",
        roles=ANSWERS,
        urls=("dispatch", "call_119", "field_*"),
        traced="dispatch, joint, send_agent, record_visit, note_joint, …",
    ),
    Right(
        object="문 열기 결정",
        fields="근거, 본 것, 정한 사람, 온 경찰과 소방, 부서진 것",
        deed="서명하고 덧붙이기",
        purpose="경찰과 소방이 함께 문을 열 때",
        roles=frozenset({"supervisor", "planner"}),
        urls=("entry", "entry_*"),
        traced="sign_entry, add_to_entry",
    ),
    Right(
        object="현장 한 곳",
        fields="주소, 까닭, 조심할 것; 이름과 들어가는 법은 한 번 더 눌러야 보임; 건강과 기록 없음",
        deed="보기, 도착과 결과 알리기",
        purpose="부탁받은 집의 문 앞; 4시간, 또는 사건이 끝날 때까지",
        roles=AGENT,
        urls=("go", "go_*"),
        traced="open_job, see_way_in, arrive, report_visit",
    ),
    Right(
        object="한 원인으로 조용한 집들",
        fields="이름, 나이, 성별, 동, 전화, 마지막 생활신호",
        deed="보기와 처리",
        purpose="원인을 확인하고 다른 길로 안부 묻기",
        roles=ANSWERS,
        urls=("group", "group_*"),
        traced="list_group, claim_group, close_group, decide_doubt, end_doubt",
    ),
    Right(
        object="한꺼번에 울려 붙들어 둔 집들",
        fields="이름, 나이, 성별, 동, 위험군, 기한, 마지막 생활신호",
        deed="보기",
        purpose="한꺼번에 울린 까닭을 보고 위험한 집을 찾기",
        roles=ANSWERS,
        urls=("brake",),
        traced="list_brake",
    ),
    Right(
        object="한꺼번에 울려 붙들어 둔 집들",
        fields="맡은 사람, 어떻게 할지",
        deed="맡기와 정하기",
        purpose="그대로 진행, 위험한 집부터, 우리 쪽 잘못 가운데 고르기",
        roles=CENTRE,
        urls=("brake_claim", "brake_choose"),
        traced="claim_brake, choose_brake",
    ),
    Right(
        object="안부를 모르는 집",
        fields="이름, 나이, 성별, 동, 전화, 언제부터 왜",
        deed="보기와 결정",
        purpose="볼 수 없는 사람, 우리 쪽 멈춤에 기한이 지난 사람을 확인하기",
        roles=ANSWERS,
        urls=("doubts", "doubt_*"),
        traced="list_doubts, decide_doubt, end_doubt",
    ),
    Right(
        object="응답 수치",
        fields="신호 수, 걸린 시간, 결과; 이름과 가구 없음",
        deed="보기",
        purpose="얼마나 빨리 응했고 몇이 진짜였는지 살피기",
        roles=ANSWERS | {"officer", "analyst"},
        urls=("figures",),
        traced="",
    ),
    Right(
        object="인계",
        fields="이름, 나이, 성별, 동, 신호의 까닭, 생활신호, 부탁과 되읽기",
        deed="보기와 확인",
        purpose="근무가 바뀔 때 맡은 일을 넘기고 받기",
        roles=TAKES_PART | {"officer"},
        urls=("handover", "handover_*"),
        traced="list_handovers, print_handovers, hand_over, accept_handover, refuse_handover, …",
    ),
    Right(
        object="119·112 전달지",
        fields="주소, 이름, 건강(119만), 들어가는 길(비밀번호 없음), 까닭, 연락할 사람, 제공 번호",
        deed="만들기, 낭독, 인쇄, PDF",
        purpose="급한 사람에게 119·112를 보내기",
        roles=ANSWERS,
        urls=("packet", "packet_*"),
        traced="give_packet, open_packet, print_packet",
    ),
    Right(
        object="걸려 온 전화",
        fields="전화한 사람, 다시 걸 번호, 들은 것, 어디; 명단에서 찾은 가구는 그 신호",
        deed="접수와 처리",
        purpose="전화로 알려 온 위급을 놓치지 않기",
        roles=ANSWERS,
        urls=("inbound", "inbound_*"),
        traced="take_call, search_households, open_call, claim_call, hand_call, close_call, …",
    ),
    Right(
        object="근무표",
        fields="동료의 이름, 근무 시각, 빈 자리; 가구 없음",
        deed="보기, 넣기와 빼기, 바꾸기",
        purpose="자리가 비지 않게 하기; 고치는 것은 책임자, 구청, 시",
        roles=KNOWS_HOMES | VENDOR,
        urls=("roster", "roster_*"),
        traced="add_turn, withdraw_turn, allow_swap, tell_hole, take_hole, renew_calendar_link, …",
    ),
    Right(
        object="업체 계약",
        fields="업체, 서비스, 자치구, 시각, 근무 중인 사람 수; 가구와 이름 없음",
        deed="보기, 적기, 끝내기",
        purpose="업체가 운영하는 서비스의 신호에 누가 응하는지 정하기",
        roles=frozenset({"supervisor", "officer"}),
        urls=("vendors", "vendors_*"),
        traced="write_contract, end_contract",
    ),
    Right(
        object="자기 근무의 달력",
        fields="자기 근무의 때와 자리; 이름 없음",
        deed="보기",
        purpose="전화기의 달력; 달력은 로그인을 못 하므로 비밀 주소를 아는 것으로 확인",
        roles=ANYBODY,
        urls=("calendar",),
        traced="read_calendar",
    ),
    Right(
        object="동료 돌봄",
        fields="함께한 동료의 이름, 신호 번호와 결과, 메모; 사는 사람의 이름 없음",
        deed="보기와 적기",
        purpose="돌아가신 분이나 위급한 분을 찾은 동료에게 어떤지 묻기; 맡은 사람만 봄",
        roles=frozenset({"supervisor"}),
        urls=("care", "care_settle"),
        traced="list_cares, settle_care",
    ),
    Right(
        object="놓친 기회 돌아보기",
        fields="신호 번호, 동, 위험군, 나이대, 시간마다 각 자료가 알던 것, 배운 것; "
        "사는 사람의 이름·주소·전화 없음, 함께한 사람은 역할만",
        deed="보기, 열기, 맡기, 적기와 서명, 덧붙이기, 인쇄",
        purpose="사망이나 늦게 발견된 위급에서 배우기; 탓하지 않기",
        roles=frozenset({"supervisor"}),
        urls=("look_backs", "look_back", "look_back_*"),
        traced="list_look_backs, open_look_back, take_look_back, write_look_back, sign_look_back",
    ),
    Right(
        object="출입 방법",
        fields="현관 번호, 열쇠",
        deed="보기",
        purpose="현장 출동",
        roles=ANSWERS,
        urls=("door",),
        traced="see_door_note",
    ),
    Right(
        object="가구 목록과 찾기",
        fields="이름, 나이, 성별, 동, 주소(보호 주소 제외)",
        deed="보기",
        purpose="담당 구역의 가구를 찾기",
        roles=KNOWS_HOMES,
        urls=("households",),
        traced="list_households, search_households",
    ),
    Right(
        object="가구 한 곳",
        fields="주소, 전화, 건강, 기기, 생활신호, 기록, 동의, 열람 기록",
        deed="보기",
        purpose="맡은 일, 또는 적은 사유",
        roles=KNOWS_HOMES,
        urls=("household", "household_tab", "household_open"),
        traced="open_household, say_why",
    ),
    Right(
        object="종이로 인쇄한 가구 한 곳",
        fields="이름, 주소(보호 주소 제외), 전화, 연락할 사람; 건강과 기록 없음",
        deed="인쇄",
        purpose="열린 화면, 적은 까닭; 종이에 누가·언제·왜가 찍힘",
        roles=KNOWS_HOMES,
        urls=("household_print",),
        traced="print_household",
    ),
    Right(
        object="종이로 인쇄한 위기신호 한 건",
        fields="이름, 주소, 전화, 연락할 사람, 신호의 까닭; 현관 번호는 화면에서 연 뒤에만",
        deed="인쇄",
        purpose="현장 출동, 적은 까닭; 종이에 누가·언제·왜가 찍힘",
        roles=ANSWERS,
        urls=("incident_print",),
        traced="print_incident",
    ),
    Right(
        object="긴급 열람",
        fields="담당 구역 밖의 가구 한 곳, 보호 주소; 30분",
        deed="보기와 처리",
        purpose="눈앞의 위험, 적은 사유; 담당 동과 개인정보 보호 담당에게 알림",
        roles=KNOWS_HOMES,
        urls=("glass", "glass_*"),
        traced="break_glass, search_behind_glass, acknowledge_glass",
    ),
    Right(
        object="열람 점검",
        fields="직원의 열람, 적은 사유, 동과 가구 번호 끝; 사는 사람의 이름 없음",
        deed="보기와 처리",
        purpose="다달이 열람 기록을 점검하기",
        roles=REVIEWS,
        urls=("review", "review_*"),
        traced="list_review, judge_suspicion, judge_opening, close_review, place_bait",
    ),
    Right(
        object="등록 정보",
        fields="주소, 전화, 연락할 사람, 건강 메모, 이용 서비스, 거절, 맡는 동",
        deed="처리",
        purpose="맡은 일, 또는 적은 사유",
        roles=CARES,
        urls=("details_*",),
        traced="move_home, say_number, write_health_note, enrol, refuse_help, …",
    ),
    Right(
        object="부재",
        fields="나간 날, 돌아올 날",
        deed="처리",
        purpose="맡은 일, 또는 적은 사유",
        roles=KNOWS_HOMES,
        urls=("absence", "absence_*"),
        traced="register_absence, …",
    ),
    Right(
        object="묻는 방법",
        fields="묻지 않는 시간, 방법, 기다리는 시간과 까닭",
        deed="처리",
        purpose="맡은 일, 또는 적은 사유",
        roles=KNOWS_HOMES,
        urls=("wish_*",),
        traced="set_asking, set_patience",
    ),
    Right(
        object="동의",
        fields="무엇에, 누구에게, 언제까지, 동의서와 받은 길",
        deed="처리",
        purpose="맡은 일, 또는 적은 사유",
        roles=KNOWS_HOMES,
        urls=("consent", "consent_*"),
        traced="give_consent, withdraw_consent",
    ),
    Right(
        object="밤에 빈 집",
        fields="이름, 위험도, 동, 밤에 아무도 지켜보지 않는 까닭",
        deed="보기",
        purpose="야간 동의를 받으러 갈 집을 찾기",
        roles=KNOWS_HOMES,
        urls=("coverage",),
        traced="list_coverage",
    ),
    Right(
        object="오늘 할 일",
        fields="이름, 동, 부탁과 되읽기, 기한; 늦은 것은 구청도",
        deed="보기와 처리",
        purpose="맡은 동의 안부와 부탁받은 일",
        roles=frozenset({"planner", "nurse", "officer"}),
        urls=("today", "errand_*"),
        traced="list_errands, take_errand, put_off_errand, close_errand",
    ),
    Right(
        object="서서히 나빠지는 집",
        fields="이름, 동, 생활 리듬의 변화",
        deed="보기와 처리",
        purpose="담당 구역의 안부",
        roles=ANSWERS,
        urls=("concerns", "concern_*"),
        traced="list_concerns, …",
    ),
    Right(
        object="평가와 위험군 결정",
        fields="문항의 답, 점수, 위험군, 까닭, 설명·재검토 요구",
        deed="보기와 처리",
        purpose="맡은 일",
        roles=CARES,
        urls=("assess_*",),
        traced="assess, change_tier, ask_about_decision, answer_request",
    ),
    Right(
        object="평가할 일, 지금 움직일 일",
        fields="이름, 동, 담당, 기한; 답은 없음",
        deed="보기와 처리",
        purpose="자신을 해칠 생각을 말한 사람을 혼자 두지 않기",
        roles=KNOWS_HOMES,
        urls=("assessments", "crisis_*"),
        traced="list_assessment_work, take_crisis, end_crisis",
    ),
    Right(
        object="명단 가져오기",
        fields="가져오는 사람의 명단 한 줄 한 줄",
        deed="보기와 처리",
        purpose="담당 구역의 가구를 적어 넣기",
        roles=KEEPS_REGISTER,
        urls=("imports", "import", "import_*"),
        traced="look_at_import, …",
    ),
    Right(
        object="겹치는 사람",
        fields="두 가구의 이름, 태어난 해, 전화, 주소와 닮은 까닭",
        deed="보기와 처리",
        purpose="한 사람을 한 번만 적기",
        roles=KEEPS_REGISTER,
        urls=("doubles", "doubles_*"),
        traced="list_doubles, join_doubles, …",
    ),
    Right(
        object="넘겨받기와 넘기기",
        fields="보낸 동과 받는 동, 까닭, 기한; 이름 없음",
        deed="보기와 처리",
        purpose="가구를 맡는 동을 바꾸기",
        roles=KEEPS_REGISTER,
        urls=("transfers", "transfer_*"),
        traced="accept_transfer, refuse_transfer, …",
    ),
    Right(
        object="판단 기준 미리보기",
        fields="가구 수와 횟수, 이름 없음",
        deed="보기와 처리",
        purpose="판단 기준을 바꾸기 전에 재어 보기",
        roles=frozenset({"supervisor", "officer"}),
        urls=("studies", "study", "study_*"),
        traced="ask_study, adopt_study, …",
    ),
    Right(
        object="단계표",
        fields="사건 번호, 울린 때, 결과, 걸린 시간; 이름 없음",
        deed="보기, 제안하기, 켜기, 거두기",
        purpose="대응 순서를 바꾸기 전에 지난 신호에 대어 보기; 켜는 사람은 제안한 이와 다른 사람",
        roles=frozenset({"supervisor", "officer"}),
        urls=("protocols", "protocol", "protocol_*"),
        traced="propose_protocol, try_protocol, approve_protocol, drop_protocol",
    ),
    Right(
        object="내보내기",
        fields="청한 사람, 까닭, 범위, 가구 수; 분석가는 이름 없는 통계만",
        deed="청하기, 허락하기, 받기",
        purpose="적은 까닭; 청한 사람과 허락하는 사람은 다른 사람",
        roles=frozenset({"supervisor", "officer", "planner", "analyst", "privacy_officer"}),
        urls=("exports", "export", "export_*"),
        traced="ask_export, allow_export, export_home, export_file, …",
    ),
    Right(
        object="자기 자리",
        fields="근무, 언어, 화면",
        deed="처리",
        purpose="일하기",
        roles=SIGNED_IN,
        urls=("start", "shift", "theme", "pace", "here", "second", "push_*"),
        traced="start_shift, check_sound, end_shift, subscribe, end_subscription",
    ),
    Right(
        object="울리고 있는 알림",
        fields="무엇의 알림인지, 언제부터, 누구에게 울렸나; 사는 사람의 이름 없음",
        deed="보기와 알았음",
        purpose="당직 자리에서 사람이 필요한 일을 받기",
        roles=TAKES_PART,
        urls=("tellings", "tellings_acknowledge"),
        traced="acknowledge_telling",
    ),
    Right(
        object="알리는 차례",
        fields="자기 전화번호, 길과 기다리는 시간",
        deed="보기와 정하기",
        purpose="자기에게 알리는 차례를 정하기",
        roles=TAKES_PART,
        urls=("telling",),
        traced="set_order",
    ),
    Right(
        object="자리의 알리는 차례",
        fields="길과 기다리는 시간; 번호 없음",
        deed="정하기",
        purpose="자리에 앉는 모두에게 알리는 차례를 정하기",
        roles=frozenset({"supervisor"}),
        urls=("telling_post",),
        traced="set_post_order",
    ),
    Right(
        object="자기가 사는 길",
        fields="동과 길 이름; 번지 없음, 다른 사람은 볼 수 없음",
        deed="알리기",
        purpose="사는 곳 둘레의 열람을 묻는 두 규칙",
        roles=SIGNED_IN,
        urls=("own_road",),
        traced="tell_residence",
    ),
    Right(
        object="들어오고 나가기",
        fields="아이디, 비밀번호, 둘째 인증",
        deed="처리",
        purpose="본인 확인",
        roles=ANYBODY,
        urls=("leave", "language", "account_*", "mfa_*", "socialaccount_*", "openid_*"),
        traced="",
    ),
    Right(
        object="자기 기록의 문",
        fields="없음: 누가 등록되어 있는지 알려 주지 않음",
        deed="본인 확인",
        purpose="자기 기록을 보기",
        roles=ANYBODY,
        urls=("me", "me_in", "me_back", "me_practice"),
        traced="come_in, find_no_citizen",
    ),
    Right(
        object="자기 기록",
        fields="누가 보았나(이름 없이), 가진 자료, 동의, 요구와 답",
        deed="보기, 동의 거두기, 고쳐 달라고 하기, 설명·재검토 요구",
        purpose="본인의 권리 (개인정보 보호법 제35조-제38조)",
        roles=CITIZEN,
        urls=("me_*",),
        traced="look_at_own_record, withdraw_consent, ask_correction, …",
    ),
    Right(
        object="시민의 요구",
        fields="이름, 동, 고칠 내용, 기한",
        deed="보기와 답하기",
        purpose="본인이 고쳐 달라고 한 것",
        roles=frozenset({"planner", "officer"}),
        urls=("corrections", "correction_*"),
        traced="list_corrections, answer_correction",
    ),
    Right(
        object="기계가 드나드는 문",
        fields="서명한 생활신호와 문자 결과, 이름 없는 숫자",
        deed="보내기",
        purpose="기계의 서명으로 확인",
        roles=ANYBODY,
        urls=("healthz", "readyz", "metrics", "readings", "receipt", "openapi-*", "api-root"),
        traced="",
    ),
)


def right_of(url: str) -> Right | None:
    """Return the row of an address; an exact name counts before one with *."""
    for right in ACCESS:
        if url in right.urls:
            return right
    for right in ACCESS:
        if any(fnmatchcase(url, pattern) for pattern in right.urls):
            return right
    return None


def may(role: str, url: str) -> bool:
    """Say whether this role may come to this address; an address without a row: nobody may."""
    right = right_of(url)
    return right is not None and (right.roles is ANYBODY or role in right.roles)


def rights_of(role: str) -> tuple[Right, ...]:
    """Return what this role may do that not everybody may."""
    common = (ANYBODY, SIGNED_IN)
    return tuple(each for each in ACCESS if each.roles not in common and role in each.roles)
