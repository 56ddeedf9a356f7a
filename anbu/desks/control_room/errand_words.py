"""What the list of today says."""

from django.utils.translation import gettext_lazy as lazy

NEEDS = {
    "look": lazy("안부 확인"),
    "health": lazy("병원·건강"),
    "food": lazy("끼니"),
    "money": lazy("생활비·급여"),
    "repair": lazy("집 고장"),
    "device": lazy("안부 기기"),
    "lonely": lazy("외로움"),
    "other": lazy("그 밖"),
}
ENDS = {
    "done": lazy("해드림"),
    "passed": lazy("다른 기관에 이음"),
    "not_needed": lazy("필요 없어짐"),
    "declined": lazy("본인이 바라지 않음"),
    "not_met": lazy("만나지 못함"),
}
