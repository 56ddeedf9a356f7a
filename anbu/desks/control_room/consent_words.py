"""What the pages about consent say, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from . import words

KINDS = {
    "monitoring": lazy("안부확인"),
    "night": lazy("야간 확인"),
    "rescue": lazy("119·112에 알려도 됨"),
    "agency": lazy("전담기구에 알려도 됨"),
    "vendor": lazy("서비스 업체가 확인해도 됨"),
    "": lazy("예전 동의"),
}
SERVICES = {"": lazy("모든 서비스"), **words.SERVICES}
DATA = {
    "": lazy("모든 자료"),
    "power": lazy("전력"),
    "light": lazy("조도"),
    "motion": lazy("움직임·문"),
    "telecom": lazy("통신 이력"),
    "activity": lazy("걸음"),
    "answer": lazy("안부 응답"),
    "speech": lazy("말"),
}
RECIPIENTS = {
    "dong": lazy("시·자치구·동주민센터"),
    "centre": lazy("야간·휴일 관제센터"),
    "emergency": lazy("119·112"),
    "agency": lazy("전담기구"),
    "vendor": lazy("서비스 업체"),
}
AIMS = {"check_in": lazy("안부확인"), "rescue": lazy("긴급구조"), "care": lazy("돌봄 연계")}
WINDOWS = {"always": lazy("늘"), "night": lazy("야간·휴일")}
DEEDS = {
    "reading": lazy("기기의 자료를 받기"),
    "night": lazy("밤과 휴일에 관제센터가 맡기"),
    "message": lazy("안부 문자 보내기"),
    "share": lazy("119·112에 알리기"),
    "vendor": lazy("서비스 업체가 신호에 응하기"),
}
WHYS = {
    "never": lazy("동의를 받은 적이 없습니다."),
    "other": lazy("다른 서비스나 다른 자료에만 동의했습니다."),
    "withdrawn": lazy("동의를 거두었습니다."),
    "expired": lazy("동의 기간이 끝났습니다."),
}
LOSSES = {
    "reading": lazy(
        "기기의 자료를 더 받지 않습니다. 1분 안에 멈춥니다."
        " 조용함을 알 수 없어 위기신호가 울리지 않습니다."
    ),
    "night": lazy(
        "밤과 휴일에는 아무도 지켜보지 않습니다. 동주민센터가 열 때까지 기다립니다."
        " 도움 요청과 심각 신호는 그대로 관제센터가 받습니다."
    ),
    "message": lazy("안부 문자를 보내지 않습니다."),
    "share": lazy("119·112에는 생명·신체가 급할 때만 알립니다."),
    "vendor": lazy("서비스 업체가 신호를 볼 수 없습니다. 동주민센터와 관제센터가 응합니다."),
}
DARK = {
    "no_device": lazy("기기 없음"),
    "no_consent": lazy("안부확인 동의 없음"),
    "no_night": lazy("야간 동의 받은 적 없음"),
    "withdrawn": lazy("야간 동의 거둠"),
    "expired": lazy("야간 동의 기간 끝남"),
    "unseen": lazy("자료가 오지 않음"),
}


def basis(deed: str, leave: Any) -> str:
    """Return on which basis a deed may be done, or why it may not."""
    match str(leave.basis or ""):
        case "consent":
            return _("동의 %(day)s") % {"day": f"{leave.since:%Y-%m-%d}"}
        case "vital":
            return _("동의 없이 — 급박한 생명·신체의 이익 (개인정보 보호법 제15조 제1항 제5호)")
    said = str(WHYS[str(leave.why)])
    if deed == "share":
        said += " " + _("생명·신체가 급하면 그 까닭을 적고 알릴 수 있습니다.")
    if deed == "night":
        said += " " + _("동주민센터가 열 때까지 기다립니다.")
    return said


def losses(loss: Any) -> list[str]:
    """Return what changes when a consent is taken back, a sentence each."""
    said = [str(LOSSES[deed]) for deed in loss.deeds]
    if loss.data and "reading" not in loss.deeds:
        names = ", ".join(str(DATA[data]) for data in loss.data)
        said.append(_("이 자료를 더 받지 않습니다: %(names)s") % {"names": names})
    if not said:
        said.append(_("같은 것을 허락하는 다른 동의가 남아 있어, 하는 일은 달라지지 않습니다."))
    said.append(_("이미 받은 자료는 보관 기간이 끝나면 지웁니다."))
    return said


def state(card: Any) -> str:
    """Return how a consent in the history stands."""
    if card.stands:
        return _("있음")
    if card.withdrawn_at:
        return _("거둠")
    if card.renewed_at:
        return _("새 동의서로 바뀜")
    return _("기간 끝남")
