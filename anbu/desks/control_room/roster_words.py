"""What a roster says."""

from django.utils.translation import gettext_lazy as lazy

PARTS = {"duty": lazy("근무"), "on_call": lazy("호출대기")}
RISES = {
    "office": lazy("자리 책임자에게 알림"),
    "district": lazy("구청에 알림"),
    "city": lazy("시와 모든 분께 알림"),
}
SWAP_STATES = {
    "asked": lazy("답을 기다림"),
    "agreed": lazy("서로 좋다고 함, 책임자의 허락을 기다림"),
}
TURN_SOURCES = {
    "typed": lazy("직접 넣음"),
    "rotation": lazy("교대로 폄"),
    "import": lazy("파일에서 가져옴"),
    "swap": lazy("바꿈"),
}
