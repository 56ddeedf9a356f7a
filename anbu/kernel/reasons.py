"""The sentence an operator reads, made from facts by templates; never longer than 60 letters."""

from anbu.kernel.evidence import BY_CODE
from anbu.kernel.running import ALARM, SIGHTLESS, WATCH

LONGEST = 60


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
    level: int, *, gap_s: int, long_s: int, usual: float, last_sign: int, channel: int
) -> str:
    """Say in one sentence why a home is at `level`; `last_sign` in local seconds, -1 = none."""
    hours, long = gap_s // 3600, (long_s - 6 * 3600) // 3600
    if level == SIGHTLESS:
        return f"{_label(channel)} 자료 끊김, 생사 판단 불가: 설비 확인 필요"[:LONGEST]
    if last_sign < 0:
        return f"{hours}시간째 생활 신호 없음, 관찰 시작 후 기록 없음"[:LONGEST]
    since = f"{_when(last_sign)} {_label(channel)} 뒤 {hours}시간 조용함"
    usually = f"평소 최장 {max(long, 1)}시간, 이 시각 {round(100 * usual)}%"
    assert level in (WATCH, ALARM)
    return f"{since} · {usually}{' · 안부 문자' if level == WATCH else ''}"[:LONGEST]


def of_group(kind: str, name: str, *, hit: int, members: int, stopped: bool) -> str:
    """Say in one sentence that a group has one cause."""
    what = "동시에 끊김" if stopped else "동시에 조용함"
    label = {"region": "지역", "provider": "업체", "gateway": "중계기"}.get(kind, kind)
    tail = f" {members}가구 중 {hit}가구 {what}, 개별 출동 보류"
    return f"{label} {name[: LONGEST - len(tail) - len(label) - 1]}{tail}"
