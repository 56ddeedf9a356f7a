"""`batch_rows` and `batch_ms` hold for files, for HTTP and for MQTT."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from anbu.care.readings import actions, jobs
from anbu.desks.api import http, mqtt
from anbu.sources import Message

from .conftest import NOW, City, number

LINES = [
    f'{{"id": "{n}", "device": "plug-1", "at": "{NOW.isoformat()}", "watts": {n}}}'
    for n in range(7)
]
BODY = f'{{"source": "smart_plug", "messages": [{",".join(LINES)}]}}'


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of what is committed, one number a commit."""
    sizes: list[int] = []
    usual = actions.take_in

    def counted(*, messages: list[Message], **rest: Any) -> Any:
        sizes.append(len(messages))
        return usual(messages=messages, **rest)

    monkeypatch.setattr(jobs, "take_in", counted)
    monkeypatch.setattr(actions, "take_in", counted)
    return sizes


@pytest.mark.parametrize(("rows", "expected"), [(3, [3, 3, 1]), (500, [7])])
def test_a_file_and_a_batch_over_http_are_committed_in_pieces(
    city: City, settings: Any, commits: list[int], tmp_path: Path, rows: int, expected: list[int]
) -> None:
    settings.BATCH_ROWS, settings.BATCH_MS = rows, 60_000
    file = tmp_path / "drop.json"
    file.write_text(BODY)
    told = jobs.import_file(path=file, provider="plugs", now=NOW, progress=lambda _: None)
    assert told["accepted"] == 7
    assert commits == expected
    commits.clear()
    keys = SimpleNamespace(code="plugs", source="smart_plug")
    verdicts = http._take_in(BODY.replace('"id": "', '"id": "h').encode(), keys)  # type: ignore[arg-type]
    assert [str(one.verdict) for one in verdicts] == ["accepted"] * 7  # one for each message
    assert commits == expected
    assert number("SELECT count(*) FROM delivery") == 14


@pytest.mark.parametrize(("rows", "ms", "expected"), [(3, 60_000, 3), (500, 1, 1), (500, 5_000, 5)])
def test_a_batch_over_mqtt_is_full_or_its_time_is_up(
    monkeypatch: pytest.MonkeyPatch, rows: int, ms: float, expected: int
) -> None:
    monkeypatch.setattr(mqtt, "AT_MOST", rows)
    monkeypatch.setattr(mqtt, "AT_LONGEST_S", ms / 1000)

    async def gather() -> list[Any]:
        intake = mqtt.Intake()
        coming = [SimpleNamespace(headers=None, nth=nth) for nth in range(5)]

        arrived: asyncio.Queue[Any] = asyncio.Queue()

        async def arrive() -> None:
            for one in coming:
                await asyncio.sleep(0.01)
                arrived.put_nowait(one)

        intake._client = SimpleNamespace(publish=_nothing)  # type: ignore[assignment]
        intake._inbox = "here"
        intake._arrived = arrived
        coming_in = asyncio.create_task(arrive())
        batch = await intake.next_batch()
        await coming_in
        return batch

    assert len(asyncio.run(gather())) == expected


async def _nothing(*_: Any, **__: Any) -> None:
    return None


def test_the_settings_are_500_and_50_ms(settings: Any) -> None:
    assert (settings.BATCH_ROWS, settings.BATCH_MS) == (500, 50)
    assert (mqtt.AT_MOST, mqtt.AT_LONGEST_S) == (500, 0.05)
