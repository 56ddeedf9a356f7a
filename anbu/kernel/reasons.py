"""The sentence an operator reads, made from facts by templates; never longer than 60 letters."""

from anbu.kernel.evidence import BY_CODE, CHANNELS
from anbu.kernel.rhythm import SLACK_S
from anbu.kernel.running import BY_PATIENCE, BY_RECORD, SIGHTLESS, WATCH

LONGEST = 60
APART_S = 3600  # counted and passed time differ by a word from here on; slots round by half of it


def _label(channel: int) -> str:
    return BY_CODE[channel].label if channel in BY_CODE else "신호"


def _when(local_s: int) -> str:
    days, second = divmod(int(local_s), 86_400)
    # Civil date from a day count (Hinnant): exact for every year, no clock, no time zone.
    z = days + 719_468
    era = z // 146_097
    of_era = z - era * 146_097
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    return f"{(month + 2) % 12 + 1}/{day} {second // 3600:02d}:{second // 60 % 60:02d}"


def of_home(
    level: int,
    *,
    at: int,
    last_sign: int,
    channel: int,
    gap_s: int,
    long_s: int,
    usual: float,
    rule: int = BY_RECORD,
    unseeing: int = 0,
) -> str:
    """Say in one sentence why a home is at `level`.

    `at` and `last_sign` in local seconds (-1 = none yet), `gap_s` the silence that was counted
    [s], `unseeing` a bit per channel code. What does not fit is left out, the least needed first.
    """
    if level == SIGHTLESS:
        return f"{_label(channel)} 자료 끊김, 생사 판단 불가: 설비 확인 필요"
    if last_sign < 0:
        return "관찰 시작 후 뚜렷한 생활 신호 없음"
    quiet = _quiet(f"{_when(last_sign)} {_label(channel)}", at - last_sign, gap_s)
    if rule == BY_PATIENCE:
        parts = [(quiet, 0), (" · 정해진 시간을 넘김", 1)]
    else:
        parts = [(quiet, 0), (f" · 평소 최장 {max((long_s - SLACK_S) // 3600, 1)}시간", 1)]
        parts.append((f", 이때 활동 {round(100 * usual)}%", 3))
    if level == WATCH:
        parts.append((" · 안부 문자", 2))
    blind = [row.label for row in CHANNELS if unseeing >> row.code & 1]
    if blind:
        parts.append((f" · {blind[0]} 안 보임", 4))
    return _fit(parts)


def is_weak(since_s: float, gap_s: float) -> bool:
    """Say whether the last sign ended the silence only in part: more was counted than passed."""
    return gap_s - since_s >= APART_S


def is_unseen(since_s: float, gap_s: float) -> bool:
    """Say whether more passed than was counted: the home was out of sight or away for a while."""
    return since_s - gap_s >= APART_S


def _quiet(sign: str, since_s: int, gap_s: int) -> str:
    """Return what was counted: a weak sign takes a share of it, unseen time is left out of it."""
    hours = gap_s // 3600
    if is_weak(since_s, gap_s):
        return f"{sign} 약한 신호뿐, {hours}시간째 조용함"
    if is_unseen(since_s, gap_s):
        return f"{sign} 뒤 {since_s // 3600}시간 중 지켜본 {hours}시간 조용함"
    return f"{sign} 뒤 {hours}시간 조용함"


def _fit(parts: list[tuple[str, int]]) -> str:
    """Return the parts that fit together; the greatest number is left out first."""
    kept = parts
    while len(said := "".join(text for text, _ in kept)) > LONGEST:
        worst = max(need for _, need in kept)
        kept = [part for part in kept if part[1] != worst]
    return said


def of_group(kind: str, name: str, *, hit: int, members: int, stopped: bool) -> str:
    """Say in one sentence that a group has one cause."""
    what = "동시에 끊김" if stopped else "동시에 조용함"
    label = {
        "region": "지역",
        "provider": "업체",
        "gateway": "중계기",
        "feeder": "배전선로",
        "cell": "기지국",
    }.get(kind, kind)
    tail = f" {members}가구 중 {hit}가구 {what}, 개별 출동 보류"
    return f"{label} {name[: LONGEST - len(tail) - len(label) - 1]}{tail}"
