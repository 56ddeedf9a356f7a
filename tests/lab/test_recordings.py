from pathlib import Path

import numpy as np
import pytest

from anbu.lab import recordings
from anbu.lab.recordings import BadRecording

DAY_S, WEEK_S = 86_400, 604_800


@pytest.mark.parametrize("name", recordings.names())
def test_every_shipped_recording_is_whole(name: str) -> None:
    tape = recordings.load(name)
    assert len(tape.at) * tape.interval_s % WEEK_S == 0
    assert (np.diff(tape.at) == tape.interval_s).all()
    assert not np.isnan(tape.value).any()


def test_what_is_shipped_stays_small() -> None:
    assert sum(f.stat().st_size for f in recordings.SHIPPED.glob("*/*")) < 3_000_000


def test_a_recording_repeats_its_weeks_on_the_same_weekday_and_hour() -> None:
    tape = recordings.load("refit20-kettle")
    assert (tape.replay(tape.wall) == tape.value).all()
    assert (tape.replay(tape.wall + 28 * DAY_S) == tape.value).all()
    a_year = tape.replay(np.arange(0, 366 * DAY_S, tape.interval_s))
    assert not np.isnan(a_year).any()


def test_a_recording_can_be_added_and_found_again(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(
        "recording,channel,at,value\n"
        "my-home,power_w,2026-01-05T00:20:00+09:00,\n"
        "my-home,power_w,2026-01-05T00:10:00+09:00,12.5\n"
    )
    recordings.add(file, home=tmp_path)
    tape = recordings.load("my-home", home=tmp_path)
    assert tape.interval_s == 600
    assert tape.value[0] == 12.5
    assert np.isnan(tape.value[1])
    assert "my-home" in recordings.names(tmp_path)


def test_a_bad_file_says_which_line_is_wrong_and_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(
        "recording,channel,at,value\n"
        "home,power_w,2026-01-05T00:10:00+09:00,eleven\n"
        "home,power_w,2026-01-05T00:20:00,11\n"
        "home,colour,2026-01-05T00:30:00+09:00,11\n"
        "home,power_w,2026-01-05T00:40:00+09:00,-5\n"
        "home,power_w\n"
        "집,power_w,2026-01-05T00:40:00+09:00,5\n"
    )
    with pytest.raises(BadRecording) as wrong:
        recordings.add(file, home=tmp_path)
    said = wrong.value.lines
    assert [line.split(":")[0] for line in said] == [f"line {n}" for n in range(2, 8)]
    for fragment, line in zip(
        ("no number", "offset", "channel", "between", "2 fields", "recording"), said, strict=True
    ):
        assert fragment in line
    assert (
        not list((tmp_path / "recordings").glob("*")) if (tmp_path / "recordings").exists() else 1
    )


@pytest.mark.parametrize("content", [b"", b"\x1f\x8bbroken", b"\xff\xfe\x00", b"a,b\n1,2\n"])
def test_a_file_that_is_no_recording_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "odd.csv"
    file.write_bytes(content)
    with pytest.raises(BadRecording, match="odd.csv"):
        recordings.read(file)


def test_a_shipped_name_cannot_be_taken(tmp_path: Path) -> None:
    copy = tmp_path / "copy.csv.gz"
    copy.write_bytes((recordings.SHIPPED / "refit" / "refit2-kettle.csv.gz").read_bytes())
    with pytest.raises(BadRecording, match="taken"):
        recordings.add(copy, home=tmp_path)
