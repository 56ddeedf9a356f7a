"""Every source we can read. A new vendor is a new folder and one line here."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from anbu.sources import Message, Refusal
from anbu.sources.ai_call_vendor.parse import parse as ai_call_vendor
from anbu.sources.ai_speaker.parse import parse as ai_speaker
from anbu.sources.ami_meter.parse import parse as ami_meter
from anbu.sources.ami_meter.parse import read_lines as ami_meter_lines
from anbu.sources.app.parse import parse as app
from anbu.sources.door.parse import parse as door
from anbu.sources.door.parse import parse_one as one_door
from anbu.sources.smart_plug.parse import parse as smart_plug
from anbu.sources.smart_plug.parse import parse_one as one_plug
from anbu.sources.telecom.parse import parse as telecom
from anbu.sources.telecom.parse import read_lines as telecom_lines


class ParseOne(Protocol):
    def __call__(self, body: bytes, *, device: str) -> Message | Refusal: ...


SOURCES: Mapping[str, Callable[[bytes], list[Message | Refusal]]] = {
    "smart_plug": smart_plug,
    "ami_meter": ami_meter,
    "ai_speaker": ai_speaker,
    "telecom": telecom,
    "ai_call_vendor": ai_call_vendor,
    "app": app,
    "door": door,
}
# those that also come as files, a message a line
FILES: Mapping[str, Callable[[Iterable[bytes]], Iterator[Message | Refusal]]] = {
    "ami_meter": ami_meter_lines,
    "telecom": telecom_lines,
}
# those whose devices may speak for themselves over MQTT
DIRECT: Mapping[str, ParseOne] = {"smart_plug": one_plug, "door": one_door}
# those who may bring a cry for help: places are kept for them when all others are taken
CRIES = frozenset({"ai_speaker", "ai_call_vendor", "app"})
