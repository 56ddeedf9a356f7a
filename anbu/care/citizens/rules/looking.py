"""What a look at somebody was for, in the few words a citizen's page has."""

from enum import StrEnum


class Why(StrEnum):
    """Why somebody looked."""

    SIGNAL = "signal"  # 위기신호에 응하려고
    CARE = "care"  # 맡은 일을 하려고: visit, case, call
    REASON = "reason"  # 까닭을 적고
    BREAK_GLASS = "break_glass"  # 긴급 열람
    LIST = "list"  # 담당 구역의 목록에서
    EXPORT = "export"  # 자료로 내보냄
    PRINT = "print"  # 종이로 인쇄함
    REVIEW = "review"  # 놓친 기회를 돌아보려고
    WORK = "work"  # 담당 구역의 집을 살피려고


OF_PURPOSE = {
    "signal": Why.SIGNAL,
    "visit": Why.CARE,
    "case": Why.CARE,
    "call": Why.CARE,
    "reason": Why.REASON,
    "break_glass": Why.BREAK_GLASS,
    "review": Why.REVIEW,
}


def why(kind: str, purpose: str) -> Why:
    """Return why, from the kind of a trace and the first word of its purpose."""
    if kind == "export":
        return Why.EXPORT
    if kind == "print":
        return Why.PRINT
    if purpose == "break_glass":
        return Why.BREAK_GLASS
    if kind == "list":
        return Why.LIST
    return OF_PURPOSE.get(purpose, Why.WORK)
