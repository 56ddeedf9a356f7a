"""What can be an absence."""

from datetime import datetime, timedelta

from .text import BadInput

LONGEST_ABSENCE = timedelta(days=180)
TOLD_LATE = timedelta(days=31)  # how long ago an absence may have begun when we hear of it


def check_absence(*, begins_at: datetime, expected_until: datetime, now: datetime) -> None:
    """Refuse a time that cannot be an absence: every one must end, and end ahead."""
    if expected_until <= now:
        raise BadInput("돌아올 때는 지금보다 뒤여야 합니다.")
    if expected_until <= begins_at:
        raise BadInput("돌아올 때가 나간 때보다 앞설 수 없습니다.")
    if begins_at < now - TOLD_LATE:
        raise BadInput("나간 때는 %(days)d일 전까지 적을 수 있습니다.", days=TOLD_LATE.days)
    if expected_until > now + LONGEST_ABSENCE:
        raise BadInput("부재는 %(days)d일까지 등록할 수 있습니다.", days=LONGEST_ABSENCE.days)
