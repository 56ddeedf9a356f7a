"""Words of a slow decline: its kinds, states and outcomes, its sentence and the facts behind."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from anbu.care.concerns.rules import sentence as template_of

if TYPE_CHECKING:
    from anbu.care.concerns.queries import ConcernRow

KINDS = {
    "shrink": lazy("활동 줄어듦"),
    "shift": lazy("하루가 옮겨짐"),
    "flatten": lazy("낮밤 흐려짐"),
}
STATES = {"open": lazy("새로"), "acknowledged": lazy("살펴보는 중"), "closed": lazy("끝")}
OUTCOMES = {
    "linked": lazy("돌봄·진료로 이음"),
    "watched": lazy("만나 보고 더 지켜봄"),
    "explained": lazy("까닭을 앎 (입원·가족·계절)"),
    "equipment": lazy("가전·기기·사는 사람이 바뀜"),
    "nothing": lazy("확인함, 이상 없음"),
}
# Each in both tongues through the catalog; the Korean templates stand in care.concerns.rules.
_SENTENCES = (
    lazy("최근 %(weeks)d주 신호가 %(percent)d%% 줄었습니다 (하루 %(before)s번 → %(now)s번)"),
    lazy("최근 %(weeks)d주 하루가 %(hours)d시간 %(minutes)d분쯤 늦어졌습니다"),
    lazy("최근 %(weeks)d주 하루가 %(hours)d시간 %(minutes)d분쯤 빨라졌습니다"),
    lazy("최근 %(weeks)d주 낮과 밤의 차이가 줄었습니다 (밤 신호 %(before)d%% → %(now)d%%)"),
)


def sentence(row: "ConcernRow") -> str:
    """Return why, in the reader's language."""
    template, values = template_of(row.kind, row.facts)
    return _(template) % values


def facts(row: "ConcernRow") -> list[tuple[str, str]]:
    """Return the figures behind the sentence: what was, and what is."""
    told: dict[str, Any] = row.facts
    return [
        (_("하루 신호"), _("%(before)g번 → %(now)g번") % told),
        (
            _("밤 신호 몫"),
            f"{told['night_before']:.0%} → {told['night_now']:.0%}",
        ),
        (
            _("나간 듯한 날"),
            _("주 %(out_before)g일 → %(out_now)g일") % told,
        ),
    ]
