"""How the desk says what is being told to whom."""

from django.utils.translation import gettext_lazy as _

CAUSES = {
    "alarm": _("위기신호"),
    "brake": _("한꺼번에 울림"),
    "group": _("한 원인으로 조용한 집들"),
    "doubt": _("안부를 모르는 집"),
    "handover": _("확인 안 된 인계"),
    "risen": _("시로 올라간 인계"),
    "call": _("걸려 온 전화"),
    "visit": _("방문 시간이 지난 돌봄단원"),
    "hole": _("근무표의 빈 자리"),
}
BYS = {"push": _("브라우저 알림"), "sms": _("문자"), "call": _("전화")}
RING_STATES = {
    "waiting": _("기다림: 조금 전에 울린 전화"),
    "queued": _("보내는 중"),
    "sent": _("보냄"),
    "delivered": _("닿음"),
    "answered": _("받고 알았음"),
    "failed": _("보내지 못함"),
    "expired": _("늦어서 보내지 않음"),
    "called_off": _("그 사이 누가 알았음"),
}
