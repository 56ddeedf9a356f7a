"""Files with one message a line: read line by line, so that a whole city needs no memory."""

from collections.abc import Callable, Iterable, Iterator

from . import Message, Reason, Refusal
from .envelope import Refused, legible

LONGEST_LINE = 2_000
BOM = b"\xef\xbb\xbf"

type Cells = list[str]


def read_lines(
    lines: Iterable[bytes], read: Callable[[Cells, bytes], Message | None]
) -> Iterator[Message | Refusal]:
    """Yield what `read` makes of each line's cells; a broken line never stops the next."""
    for number, raw in enumerate(lines, start=1):
        raw = raw.rstrip(b"\r\n")
        if number == 1:
            raw = raw.removeprefix(BOM)
        try:
            message = _read(raw, read)
        except Refused as refused:
            yield Refusal(
                id=f"line-{number}",
                device=legible(_decode(raw[:200]).split(",")[0])[:80],
                reason=refused.reason,
                detail=f"line {number}: {refused.detail}"[:200],
                body=raw,
            )
        else:
            if message:
                yield message


def _read(raw: bytes, read: Callable[[Cells, bytes], Message | None]) -> Message | None:
    if len(raw) > LONGEST_LINE:
        raise Refused(Reason.TOO_LARGE, f"{len(raw)} bytes; at most {LONGEST_LINE}")
    cells = [cell.strip().strip('"') for cell in _decode(raw).split(",")]
    return None if cells == [""] else read(cells, raw)


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp949", "replace")
