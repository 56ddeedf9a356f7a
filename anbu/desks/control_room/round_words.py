"""What the pages of the round say."""

from django.utils.translation import gettext_lazy as lazy

KINDS = {
    "call": lazy("전화"),
    "visit": lazy("방문"),
    "along": lazy("동행"),
    "message": lazy("문자"),
    "note": lazy("쪽지·문고리 가방"),
    "neighbour": lazy("이웃에게 물음"),
    "programme": lazy("모임"),
    "ai_call": lazy("AI안부전화"),
    "chat": lazy("대화"),
    "signal": lazy("위기신호에 응함"),
}
RESULTS = {
    "reached": lazy("통화함·만남"),
    "no_answer": lazy("안 받음·안 계심"),
    "wrong_number": lazy("번호 틀림"),
    "declined": lazy("그만하라고 하심"),
    "left": lazy("두고 옴"),
    "taken": lazy("두고 온 것이 없어짐"),
    "seen": lazy("이웃이 봄"),
}
MOODS = {"good": lazy("좋음"), "so_so": lazy("보통"), "worry": lazy("걱정됨")}
HEARD = {
    "ate": lazy("식사 함"),
    "medicine": lazy("약 드심"),
    "out": lazy("외출함"),
    "pain": lazy("아픔"),
    "lonely": lazy("외로움"),
    "repair": lazy("집 고장"),
    "money": lazy("돈 걱정"),
    "food": lazy("먹을 것이 없음"),
    "crisis": lazy("위험한 말"),
}
LEFT = {
    "no_worker": lazy("오늘 일하는 단원이 없음"),
    "no_minutes": lazy("단원의 시간이 다 참"),
    "no_pair": lazy("함께 방문할 두 사람이 없음"),
    "no_consent": lazy("돌봄단에 동의하지 않음"),
    "no_phone": lazy("걸 수 있는 번호가 없음"),
    "away": lazy("부재"),
    "by_hand": lazy("담당이 뺌"),
}
PARTS = {
    "done": lazy("연락됨"),
    "tried": lazy("해 봤으나 안 됨"),
    "open": lazy("아직"),
    "left": lazy("맡은 사람 없음"),
}
WAYS = {"call": lazy("전화"), "visit": lazy("방문"), "note": lazy("쪽지")}
BECAUSE = {
    "bound": lazy("상한이 가깝거나 넘음"),
    "promise": lazy("약속"),
    "handed": lazy("부탁받음"),
    "risk": lazy("고위험"),
    "due": lazy("연락할 때"),
    "visit": lazy("방문할 때"),
}
LINKS = {
    "benefit": lazy("공적급여"),
    "emergency": lazy("긴급복지"),
    "private": lazy("민간자원"),
}
FIELDS = {
    "risk": lazy("위험군"),
    "consent": lazy("돌봄단 동의"),
    "address": lazy("주소"),
    "phone": lazy("전화번호"),
}
VALUES = {
    "risk": {"high": lazy("고위험"), "mid": lazy("중위험"), "low": lazy("저위험")},
    "consent": {"yes": lazy("동의함"), "no": lazy("동의하지 않음")},
}
CADENCES = {
    "now": lazy("지금 쓰는 것"),
    "coming": lazy("앞으로 쓸 것"),
    "before": lazy("전에 쓰던 것"),
    "behind": lazy("구에서 정한 것이 있어 쓰지 않음"),
}
PROGRAMMES = {
    "walk": lazy("함께 걷기"),
    "cooking": lazy("요리"),
    "trip": lazy("나들이"),
    "other": lazy("그 밖"),
}
STATES = {
    "open": lazy("확인 전"),
    "confirmed": lazy("단원이 확인함 · 서명 기다림"),
    "signed": lazy("두 사람이 서명함"),
    "changed": lazy("기록이 바뀜 · 다시 확인 필요"),
}
PAPERS = {
    "none": lazy("없음"),
    "over": lazy("지남"),
    "soon": lazy("곧 끝남"),
    "valid": lazy("유효"),
}
STEPS = {
    "note": lazy("쪽지"),
    "bag": lazy("문고리 가방"),
    "neighbour": lazy("이웃에게 물음"),
    "voice": lazy("다른 단원의 전화"),
}
BINS = (
    lazy("3일 안"),
    lazy("4–7일"),
    lazy("8–14일"),
    lazy("15–30일"),
    lazy("31–61일"),
    lazy("62일 넘음"),
)


def value(field: str, told: str) -> str:
    """Return a told value in words; one that is no code of ours as it was told."""
    return str(VALUES.get(field, {}).get(told, told))
