"""What the care floor says, in the reader's language: reasons and refusals, from their facts.

Korean is the record and is shown as it was written; English is made anew from the same facts."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anbu.care.alarms.rules import counted_s
from anbu.kernel.evidence import BY_CODE
from anbu.kernel.reasons import is_unseen, is_weak
from anbu.kernel.rhythm import SLACK_S

from . import inbound_words, strip_words


def is_korean() -> bool:
    """Say whether the reader reads the record itself."""
    return (get_language() or "ko").startswith("ko")


def reason(facts: dict[str, Any], now: datetime) -> str:
    """Return why an alarm rose."""
    if facts["rule"] == "return":
        ended = localtime(datetime.fromisoformat(facts["ended_at"]))
        told = {"why": _(facts["away"]), "day": f"{ended:%m-%d}"}
        return _("부재(%(why)s)가 %(day)s에 끝남. 돌아오셨는지 확인 필요") % told
    if facts["rule"] == "sos":
        return _cry(facts, now)
    if facts["rule"] == "worker":
        return _worker(facts, now)
    if facts["rule"] == "call":
        return _called(facts, now)
    return _unusual(facts, now) if facts.get("learned") else _silence(facts, now)


def taken_by(name: str, at: str) -> str:
    """Return that somebody else was first, and when."""
    return _("%(name)s 님이 먼저 맡았습니다 (%(at)s).") % {"name": name, "at": at}


def refusal(refused: Any) -> str:
    """Return why something was not done; the values it names are translated too."""
    values = {name: _(text) if isinstance(text, str) else text for name, text in refused.values}
    return _(refused.sentence) % values


def _cry(facts: dict[str, Any], now: datetime) -> str:
    at = _moment(datetime.fromisoformat(facts["said_at"]), now)
    if facts.get("words"):
        return _("“%(words)s”라고 말함. AI스피커 %(at)s") % {"words": facts["words"], "at": at}
    return _("도움을 부름. AI스피커 %(at)s") % {"at": at}


def _called(facts: dict[str, Any], now: datetime) -> str:
    said = [str(inbound_words.SAID[each]) for each in facts["said"]]
    told = " · ".join(said[:2]) or facts.get("words") or _("사정을 더 알아봐야 함")
    if len(said) > 2:
        told += " " + _("외 %(n)d") % {"n": len(said) - 2}
    if facts.get("at_stake"):
        told = f"{_('생명이 위험해 보임')}. {told}"
    at = _moment(datetime.fromisoformat(facts["said_at"]), now)
    who = inbound_words.CALLERS[facts["caller"]]
    if facts["caller"] == "corps":
        return _("돌봄단이 들음 %(at)s: %(told)s") % {"at": at, "told": told}
    return _("걸려 온 전화(%(who)s) %(at)s: %(told)s") % {"who": who, "at": at, "told": told}


def _worker(facts: dict[str, Any], now: datetime) -> str:
    """Say whose worker, since when and with whom."""
    told, *others = facts["workers"]
    said = {
        "late": _("%(since)s 뒤로 소식 없음"),
        "help": _("%(at)s 도움 요청(소리 없이)") if told["is_silent"] else _("%(at)s 도움 요청"),
        "duress": _("%(at)s 협박받는 중(협박 번호)"),
    }[told["why"]]
    at = _moment(datetime.fromisoformat(told["at"]), now)
    since = _moment(datetime.fromisoformat(told["since"]), now)
    who = told["worker"] + (" " + _("외 %(n)d") % {"n": len(others)} if others else "")
    partner = _("짝 %(name)s") % {"name": told["partner"]} if told["partner"] else _("짝 없음")
    last = " · " + _("마지막으로 간 곳") if told["is_last_place"] else ""
    sentence = _("돌봄단원 %(who)s: %(what)s. %(partner)s") % {
        "who": who,
        "what": said % {"at": at, "since": since},
        "partner": partner,
    }
    return sentence + last


def _unusual(facts: dict[str, Any], now: datetime) -> str:
    """Say it of what was counted: a weak sign takes a share, what was not seen is left out."""
    told = facts["learned"]
    if told["last_sign"] is None:
        return _("지켜본 뒤로 활동 없음")
    last = datetime.fromtimestamp(told["last_sign"], UTC)
    counted = timedelta(seconds=counted_s(facts))
    since = datetime.fromisoformat(facts["due_at"]) - last
    values = {
        "at": _moment(last, now),
        "channel": _(BY_CODE[told["last_channel"]].label),
        "counted": strip_words.length(counted),
        "since": strip_words.length(since),
        "long": strip_words.length(timedelta(seconds=max(told["long_s"] - SLACK_S, 3600))),
    }
    if is_weak(since.total_seconds(), counted.total_seconds()):
        said = _("%(at)s %(channel)s 약한 신호뿐, %(counted)s째 조용함")
    elif is_unseen(since.total_seconds(), counted.total_seconds()):
        said = _("%(at)s %(channel)s 뒤 %(since)s 중 지켜본 %(counted)s 조용함")
    else:
        said = _("%(at)s %(channel)s 뒤 %(counted)s 조용함")
    usual = _("정해진 시간을 넘김") if told["by"] == "patience" else _("평소 최장 %(long)s")
    return f"{said % values} · {usual % values}"


def _silence(facts: dict[str, Any], now: datetime) -> str:
    last = facts.get("last_sign_at")
    since = datetime.fromisoformat(last or facts["still_since"])
    sentence = _("%(quiet)s %(length)s 변화 없음.") % {
        "quiet": _labels(facts.get("quiet", ())) or _("생활신호"),
        "length": strip_words.length(now - since),
    }
    heard = (
        _("마지막 활동 %(at)s") % {"at": _moment(since, now)}
        if last
        else _("지켜본 뒤로 활동 없음")
    )
    unseen = _labels(facts.get("unseen", ()))
    blind = " · " + _("%(lanes)s 볼 수 없음") % {"lanes": unseen} if unseen else ""
    return f"{sentence} {heard}{blind}"


def _labels(labels: Sequence[str]) -> str:
    return " · ".join(_(label) for label in labels)


def _moment(at: datetime, now: datetime) -> str:
    """Return a moment with its day; a line never breaks before the time."""
    here, there = localtime(now), localtime(at)
    time, days = f"{there:%H:%M}", (here.date() - there.date()).days
    if days == 0:
        return time
    if days == 1:
        return _("어제\u00a0%(time)s") % {"time": time}
    return _("%(day)d일\u00a0%(time)s") % {"day": there.day, "time": time}
