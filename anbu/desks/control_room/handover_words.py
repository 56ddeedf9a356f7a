"""What the board of hand-overs says."""

from django.utils.translation import gettext_lazy as lazy

STATES = {
    "waiting": lazy("확인 기다림"),
    "accepted": lazy("확인함"),
    "refused": lazy("받지 않음"),
    "withdrawn": lazy("거두어들임"),
}
STAIRS = {
    "office": lazy("받는 쪽"),
    "district": lazy("구청으로 올라감"),
    "city": lazy("고립예방센터 책임자에게 올라감"),
}
STEPS = {  # on the timeline of a signal, before the name of the post
    "sent": lazy("인계를 부탁함 —"),
    "asked": lazy("부탁한 말을 바꿈 —"),
    "kept": lazy("우리 동의 할 일로 적음 —"),
    "up": lazy("확인이 늦어 위로 알림 —"),
    "accepted": lazy("되읽고 확인함 —"),
    "refused": lazy("받지 않음 —"),
    "withdrawn": lazy("부탁한 인계를 거둠 —"),
}
