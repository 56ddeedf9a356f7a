"""What a study says, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from . import words

STATES = {
    "waiting": lazy("차례를 기다림"),
    "running": lazy("셈하는 중"),
    "done": lazy("결과가 나옴"),
    "failed": lazy("셈할 수 없음"),
    "cancelled": lazy("그만둠"),
}
PARTS = {
    "": lazy("준비하는 중"),
    "readings fetched": lazy("자료를 읽는 중"),
    "homes prepared": lazy("집마다 준비하는 중"),
    "days heard": lazy("지난 날을 다시 듣는 중"),
    "collapses heard": lazy("가상 쓰러짐을 듣는 중"),
    "policies measured": lazy("두 기준을 재는 중"),
    "kinds compared": lazy("집의 종류마다 견주는 중"),
}
SCOPES = {
    "district": lazy("자치구"),
    "dong": lazy("동"),
    "tier": lazy("위험도"),
    "provider": lazy("서비스"),
}
FIGURES = (
    ("alarms_a_month", lazy("위기신호 (가구·월)"), "{:.2f}"),
    ("soft_contacts_a_month", lazy("자동 안부 (가구·월)"), "{:.2f}"),
    ("human_alarms_a_month", lazy("사람이 받는 신호 (가구·월)"), "{:.2f}"),
    ("operator_minutes_a_month", lazy("관제 시간 (분, 가구·월)"), "{:.1f}"),
    ("mean_h", lazy("쓰러진 뒤 신호까지 평균 (시간)"), "{:.1f}"),
    ("median_h", lazy("가운데 값 (시간)"), "{:.1f}"),
    ("p90_h", lazy("늦은 10% (시간)"), "{:.1f}"),
    ("missed", lazy("72시간 안에 못 찾음"), "{:.1%}"),
    ("ladder_mean_h", lazy("자동 안부 포함, 사람까지 평균 (시간)"), "{:.1f}"),
)
WHOLE = (
    ("alarms_a_month", lazy("위기신호")),
    ("soft_contacts_a_month", lazy("자동 안부")),
    ("human_alarms_a_month", lazy("사람이 받는 신호")),
    ("operator_minutes_a_month", lazy("관제 시간 (시간)")),
)


def rule(draft: Any) -> str:
    """Return a rule in words."""
    hours = _("%(n)s시간") % {"n": f"{draft['hours']:g}"}
    if draft["detector"] == "fixed":
        return f"{words.DETECTORS['fixed']} · {hours}"
    return _("%(name)s · 배수 %(theta)s · 먼저 여쭙는 때 %(watch)s · 늦어도 %(hours)s") % {
        "name": words.DETECTORS["learned"],
        "theta": f"{draft['theta']:g}",
        "watch": f"{draft['watch']:g}",
        "hours": hours,
    }


def scope(codes: Any) -> str:
    """Return which homes are meant."""
    if not codes:
        return _("모든 가구")
    return " · ".join(
        f"{SCOPES[key]} {words.TIERS[value] if key == 'tier' else value}"
        for key, value in codes.items()
        if key in SCOPES
    )


def kind(code: str, found: Any) -> str:
    """Return the name of a kind of home."""
    return _("전체") if code == "all" else _(found["label"])


def whole_scope(result: Any) -> list[tuple[str, str, str]]:
    """Return what both rules mean for all homes of the scope in a month."""
    set_, homes, rows = result["kinds"]["all"]["as_set"], result["scope_homes"], []
    for key, label in WHOLE:
        per = 60 if key == "operator_minutes_a_month" else 1
        before, after = (f"{set_[name][key] * homes / per:,.0f}" for name in ("present", "draft"))
        rows.append((str(label), before, after))
    return rows


def kind_rows(result: Any) -> list[tuple[str, int, list[tuple[str, str, str]]]]:
    """Return the figures of each kind of home: label, records, rows of present and draft."""
    return [
        (kind(code, found), found["homes"], _rows(found["as_set"]))
        for code, found in result["kinds"].items()
    ]


def _rows(set_: Any) -> list[tuple[str, str, str]]:
    now, new = set_["present"], set_["draft"]
    return [
        (str(label), form.format(now[key]), form.format(new[key])) for key, label, form in FIGURES
    ]
