"""바꾸기: one asks, the other agrees, and where the city wants it the lead allows it."""

from enum import StrEnum


class SwapState(StrEnum):
    ASKED = "asked"  # 청함: the other has not answered
    AGREED = "agreed"  # 서로 좋음: waits for the lead
    DONE = "done"  # 바꿈
    REFUSED = "refused"  # 하지 않음
    WITHDRAWN = "withdrawn"  # 거둠
    LAPSED = "lapsed"  # 사라짐: a turn it was about is no more


NEXT_SWAP = {
    SwapState.ASKED: {*SwapState} - {SwapState.ASKED},
    SwapState.AGREED: {*SwapState} - {SwapState.ASKED, SwapState.AGREED},
    SwapState.DONE: set(),
    SwapState.REFUSED: set(),
    SwapState.WITHDRAWN: set(),
    SwapState.LAPSED: set(),
}
OPEN_SWAPS = (SwapState.ASKED, SwapState.AGREED)


def after_agreeing(*, is_allowed_by_lead: bool) -> SwapState:
    """Return what follows when the other says yes."""
    return SwapState.AGREED if is_allowed_by_lead else SwapState.DONE
