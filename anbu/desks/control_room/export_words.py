"""What the pages of exports say, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from anbu.care.exports.rules import DataSet

DATA_SETS = {
    DataSet.HOMES: lazy("가구 명단 (이름, 전화, 주소)"),
    DataSet.TIERS: lazy("동별 위험군 수 (이름 없음)"),
    DataSet.OUTCOMES: lazy("동별 신호 결과 수 (이름 없음)"),
}
STATES = {
    "asked": lazy("허락 기다림"),
    "refused": lazy("허락하지 않음"),
    "withdrawn": lazy("거둠"),
    "allowed": lazy("만들 차례를 기다림"),
    "making": lazy("만드는 중"),
    "ready": lazy("받을 수 있음"),
    "failed": lazy("만들지 못함"),
    "over": lazy("기한 지남"),
}
TIERS = {"high": lazy("고위험"), "mid": lazy("중위험"), "low": lazy("저위험")}


def scope(told: dict[str, str], names: dict[str, str]) -> str:
    """Return what an export is about, in words."""
    parts = [names.get(told[name], told[name]) for name in ("district", "dong") if name in told]
    if "tier" in told:
        parts.append(str(TIERS.get(told["tier"], told["tier"])))
    if "since" in told:
        parts.append(_("%(since)s부터 %(until)s까지") % told)
    return " · ".join(parts) or _("맡은 곳 모두")


def state(card: Any) -> str:
    """Return where an export is."""
    return str(STATES[card.state])
