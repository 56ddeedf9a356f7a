"""What a look back is called on the screens: lanes, what was known, what was learnt."""

from django.utils.translation import gettext_lazy as lazy

STATES = {
    "open": lazy("돌아볼 일"),
    "written": lazy("한 사람이 서명함"),
    "signed": lazy("두 사람이 서명함"),
}
MISSED = {
    "signs": lazy("생활신호가 줄거나 달라짐"),
    "blind": lazy("볼 수 없던 시간"),
    "limit": lazy("기준이 늦게 울림"),
    "contact": lazy("닿지 않은 연락"),
    "door": lazy("더 이른 방문"),
    "told": lazy("이웃·가족의 말"),
    "consent": lazy("없던 동의"),
    "hands": lazy("모자란 일손"),
    "nothing": lazy("더 일찍 알 길이 없었음"),
}
CHANGES = {
    "protocol": lazy("단계표"),
    "limit": lazy("판단 기준"),
    "consent": lazy("동의"),
    "device": lazy("기기"),
    "staffing": lazy("인력"),
    "nothing": lazy("바꿀 것 없음"),
}
SOURCES = {
    "clock": lazy("그때의 판단"),
    "rule": lazy("지금 기준이라면"),
    "signal": lazy("신호와 처리"),
    "contact": lazy("연락"),
    "door": lazy("방문·출동"),
    "absence": lazy("부재"),
    "consent": lazy("동의"),
}
BY = {
    "machine": lazy("기계"),
    "operator": lazy("관제사"),
    "supervisor": lazy("관제 책임자"),
    "planner": lazy("동 담당"),
    "nurse": lazy("방문간호사"),
    "officer": lazy("구청·시 담당"),
}
MOVES = {
    "calling": lazy("전화·문자 단계로"),
    "asking": lazy("보호자 단계로"),
    "dispatched": lazy("현장 출동 단계로"),
    "joint": lazy("119·112 단계로"),
    "closed": lazy("끝"),
}
STEPS = {
    "level": lazy("단계가 오름"),
    "owner": lazy("담당이 바뀜"),
    "note": lazy("메모를 적음"),
    "shelved": lazy("미룸"),
    "handover": lazy("인계"),
    "overdue": lazy("기한이 지남"),
}
HELD = {
    "blind": lazy("볼 수 없음"),
    "stood": lazy("우리 쪽 멈춤"),
    "travel": lazy("여행·외출로 알려짐"),
    "hospital": lazy("입원으로 알려짐"),
    "elsewhere": lazy("다른 곳에 머묾으로 알려짐"),
    "monitoring": lazy("안부확인 동의 없음"),
    "night": lazy("야간 확인 동의 없음"),
    "rescue": lazy("119·112 동의 없음"),
}
CONSENTS = {
    "monitoring": lazy("안부확인"),
    "night": lazy("야간 확인"),
    "rescue": lazy("119·112에 알림"),
}
CLOCK = {
    "found_watch": lazy("평소와 다르다고 봄"),
    "found_alarm": lazy("기한이 지났다고 봄"),
    "found_blind": lazy("볼 수 없다고 봄"),
    "due": lazy("기한"),
    "watch": lazy("기계가 물었을 때"),
    "alarm": lazy("사람에게 울렸을 때"),
}
EVIDENCE = {
    "sign": lazy("생활신호가 다시 들어옴"),
    "sos": lazy("도움을 부름"),
    "blind": lazy("볼 수 없게 됨"),
    "seen": lazy("다시 보임"),
    "silence": lazy("생활신호도 조용함"),
    "answer": lazy("본인이 답함"),
    "help": lazy("도움이 필요하다고 답함"),
    "return": lazy("부재가 끝남"),
    "away": lazy("부재가 등록됨"),
    "call": lazy("전화가 걸려 옴"),
    "crisis": lazy("돌봄단이 들음"),
    "worker_late": lazy("돌봄단원이 시간이 지나도 소식 없음"),
    "worker_help": lazy("돌봄단원이 도움을 부름"),
    "worker_duress": lazy("돌봄단원이 협박 번호를 누름"),
    "worker_out": lazy("돌봄단원의 전화가 나왔다고 알림"),
    "worker_fine": lazy("돌봄단원의 전화가 괜찮다고 알림"),
    "worker_pin": lazy("돌봄단원이 자기 번호로 도움 요청을 거둠"),
    "field_sent": lazy("출동을 부탁함"),
    "field_link": lazy("출동 링크를 새로 만듦"),
    "field_opened": lazy("출동 링크를 열어 봄"),
    "field_arrived": lazy("문 앞에 도착"),
    "field_found": lazy("현장 확인"),
    "field_withdrawn": lazy("출동을 거둠"),
    "field_joint": lazy("119·112 공동 대응"),
    "field_entry": lazy("문 열기를 정함"),
    "field_entry_note": lazy("문 열기 기록에 덧붙임"),
}
