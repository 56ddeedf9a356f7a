"""What the citizen's page says, in plain words."""

from typing import Any

from django.utils.translation import gettext_lazy as lazy

from anbu.care.assess.rules import Asked
from anbu.care.citizens.rules import Reply, What, Why

WHAT: dict[Any, Any] = {
    What.NAME: lazy("이름"),
    What.BIRTH: lazy("태어난 해와 날"),
    What.ADDRESS: lazy("주소"),
    What.PHONE: lazy("내 전화번호"),
    What.CONTACTS: lazy("연락할 사람"),
    What.HEALTH: lazy("건강에 대한 내용"),
    What.OTHER: lazy("다른 것"),
}
ASKED: dict[Any, Any] = {
    Asked.EXPLANATION: lazy("위험군을 왜 그렇게 정했는지 설명해 주세요"),
    Asked.REVIEW: lazy("사람이 다시 살펴봐 주세요"),
}
REPLIES: dict[Any, Any] = {
    Reply.CORRECTED: lazy("고쳤습니다"),
    Reply.REFUSED: lazy("고치지 않았습니다"),
    "explained": lazy("설명했습니다"),
    "upheld": lazy("다시 보았고, 그대로 두었습니다"),
    "changed": lazy("다시 보고 바꾸었습니다"),
    "withdrawn": lazy("거두셨습니다"),
}
WHYS: dict[Any, Any] = {
    Why.SIGNAL: lazy("위기신호가 울려 안부를 확인하려고 보았습니다"),
    Why.CARE: lazy("맡은 일(방문·상담·전화)을 하려고 보았습니다"),
    Why.REASON: lazy("까닭을 적고 보았습니다"),
    Why.BREAK_GLASS: lazy("급해서 담당이 아닌데도 보았습니다 (긴급 열람: 따로 점검합니다)"),
    Why.LIST: lazy("담당하는 집들의 목록에서 이름이 보였습니다"),
    Why.EXPORT: lazy("다른 사람의 허락을 받아 자료로 내보냈습니다"),
    Why.PRINT: lazy("까닭을 적고 종이로 인쇄했습니다"),
    Why.REVIEW: lazy("더 일찍 알 수 있었는지 돌아보려고 보았습니다"),
    Why.WORK: lazy("담당하는 집이라서 살펴보았습니다"),
}
LOSES = {
    "monitoring": lazy(
        "이제부터 기기의 신호를 받지 않습니다. 오래 조용해도 아무도 알 수 없습니다."
    ),
    "night": lazy("밤과 휴일에는 관제센터가 살피지 않습니다. 동주민센터가 문을 열면 봅니다."),
    "rescue": lazy("위급하지 않을 때 119·112에 미리 알리지 않습니다. 생명이 위급하면 알립니다."),
    "agency": lazy("전담기구에 알리지 않습니다. 그곳의 도움이 끊길 수 있습니다."),
    "vendor": lazy("서비스 업체가 살피지 않습니다. 동주민센터와 관제센터가 살핍니다."),
}
KINDS = {
    "monitoring": lazy("안부확인"),
    "night": lazy("야간 확인"),
    "rescue": lazy("119·112에 알림"),
    "agency": lazy("전담기구에 알림"),
    "vendor": lazy("서비스 업체가 확인"),
}
GROUNDS = {
    "consent": lazy("알려도 된다고 하신 동의에 따라"),
    "vital": lazy("생명·신체가 급해서 (개인정보 보호법 제17조 제1항 제2호)"),
}
PARTS = {
    "where": lazy("주소"),
    "who": lazy("이름과 전화"),
    "health": lazy("건강"),
    "way_in": lazy("들어가는 길"),
    "why": lazy("부른 까닭"),
    "contacts": lazy("연락할 사람"),
    "beside": lazy("함께 있는 사람"),
}
TIERS = {"high": lazy("고위험"), "mid": lazy("중위험"), "low": lazy("저위험")}
TABLES = {
    "WHAT": WHAT,
    "ASKED": ASKED,
    "REPLIES": REPLIES,
    "WHYS": WHYS,
    "LOSES": LOSES,
    "GROUNDS": GROUNDS,
    "KINDS": KINDS,
    "PARTS": PARTS,
    "TIERS": TIERS,
}
