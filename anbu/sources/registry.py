"""Every source we can read. A new vendor is a new folder and one line here."""

from collections.abc import Callable, Mapping

from anbu.sources import Message, Refusal
from anbu.sources.ai_speaker.parse import parse as ai_speaker
from anbu.sources.ami_meter.parse import parse as ami_meter
from anbu.sources.smart_plug.parse import parse as smart_plug

SOURCES: Mapping[str, Callable[[bytes], list[Message | Refusal]]] = {
    "smart_plug": smart_plug,
    "ami_meter": ami_meter,
    "ai_speaker": ai_speaker,
}
