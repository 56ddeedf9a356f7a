"""How long one kind of data is kept: what a row of the table says, and on which ground."""

from collections.abc import Sequence
from dataclasses import dataclass

CONSENT = "동의 (개인정보 보호법 제15조 제1항 제1호, 제22조)"
TASK = "고독사예방법 제12조의2와 시행령, 개인정보 보호법 제15조 제1항 제3호"
PSEUDONYMS = "가명정보 (개인정보 보호법 제28조의2): 통계와 과학적 연구"
SAFETY = "개인정보의 안전성 확보조치 기준 제8조"
MONTH = "date_trunc('month', {at} AT TIME ZONE 'Asia/Seoul')::date"


@dataclass(frozen=True, kw_only=True)
class Keep:
    """One kind of data. `old` finds rows due: `%(before)s` is the end of their time."""

    name: str
    label: str
    basis: str
    days: int | None  # None: not deleted by the run
    least: int = 0  # no setting may go below so many days
    left: str  # what is left of it afterwards, in Korean
    count: str = ""  # SELECT count(*) of what is due
    tally: str = ""  # SELECT dong_id, month, what, n of what is due
    steps: Sequence[str] = ()  # what takes it away, in this order
    parts: str = ""  # a table of days: whole days are dropped, once their hours are counted
    archived: bool = False  # and, where an archive is set, once they lie in it
    files: bool = False  # files of the archive, a day each
    tables: Sequence[str]  # where it stands
    by_clock: bool = False  # the clock takes it away all the time, not the run
