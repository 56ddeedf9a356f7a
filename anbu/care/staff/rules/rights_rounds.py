"""Rights of the care corps: what a telephone in a worker's hand may fetch and tell."""

from .right import ANYBODY, GOES_ROUND, Right

PHONE: tuple[Right, ...] = (
    Right(
        object="돌봄단 전화의 빈 화면",
        fields="없음: 누구에게나 같은 화면, 사람의 자료 없음",
        deed="보기",
        purpose="인터넷 없이도 열리는 앱의 껍데기",
        roles=ANYBODY,
        urls=("round_worker", "round_manifest"),
        traced="",
    ),
    Right(
        object="돌봄단의 오늘",
        fields="자기가 맡은 집만: 이름, 나이, 성별, 전화, 주소(보호 주소 제외), 까닭, 조심할 것,"
        " 마지막 소식; 방문하는 집만 현관; 병과 건강 없음",
        deed="전화에 받아 12시간까지 열기",
        purpose="오늘 안부를 묻고 찾아뵙기",
        roles=GOES_ROUND,
        urls=("round", "round_home", "round_unlock", "round_pack", "round_end"),
        traced="bring_device, list_pack, end_round_day",
    ),
    Right(
        object="돌봄단의 기록",
        fields="안부 기록, 부탁, 다르게 들은 사실, 방문의 시작과 끝",
        deed="보내기",
        purpose="활동일지, 들은 것을 도움으로 잇기",
        roles=GOES_ROUND,
        urls=("round_sync",),
        traced="log_contact, tell_otherwise, begin_visit, …",
    ),
    Right(
        object="돌봄단의 도움 요청",
        fields="누가 어느 방문에서; 자기의 취소 번호 둘",
        deed="소리 없이 부르기와 취소, 번호 정하기",
        purpose="문 안에 있는 단원의 안전",
        roles=GOES_ROUND,
        urls=("round_help", "round_pins"),
        traced="call_for_help, end_call, set_pins",
    ),
)
