"""What the codes of a packet for 119 and 112 are called."""

from django.utils.translation import gettext_lazy as lazy

TOS = {"119": lazy("119 소방"), "112": lazy("112 경찰")}
WAYS = {
    "spoken": lazy("낭독"),
    "print": lazy("인쇄"),
    "pdf": lazy("PDF"),
    "sent": lazy("전송"),
}
GROUNDS = {
    "consent": lazy("동의 (개인정보 보호법 제17조 제1항 제1호)"),
    "vital": lazy(
        "급박한 생명·신체의 이익 (개인정보 보호법 제17조 제1항 제2호, 제15조 제1항 제5호)"
    ),
}
PARTS = {
    "where": lazy("어디"),
    "who": lazy("누구"),
    "health": lazy("건강"),
    "way_in": lazy("어떻게 들어가나"),
    "why": lazy("왜 부르나"),
    "contacts": lazy("연락할 사람"),
    "beside": lazy("함께 있는 사람"),
}
