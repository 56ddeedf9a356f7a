"""SMPP 3.4: texts handed to a carrier's own short message centre, and its receipts.

The protocol has no keys and its sessions are not encrypted: a letter whose answer was lost may
arrive twice, and the line must be a leased one or a tunnel. docs/effects.md says when to take it.
"""

import re
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from smpplib import consts, exceptions
from smpplib.client import Client

from anbu.channels.port import Answer, Letter, Refused, Retry, Sent

ANSWER_S = 10.0
LISTEN_S = 2.0  # a receiver that hears nothing for so long asks whether the line stands
AGAIN_S = (1.0, 60.0)  # a line that broke is opened anew after so long, doubled up to
PORT = 2775
KS_X_1001, UCS_2 = 0x0E, 0x08  # data_coding: EUC-KR, and for letters it does not have
IN_ONE_PIECE = 254  # bytes; what is longer travels as message_payload
UNKNOWN_STATUS_LATER = 0x64  # ESME_RX_T_APPN: please tell us again
LATER = {0x08, 0x14, 0x45, 0x58, 0x64, 0x65}  # system error, queue full, failed, throttled
BROKEN = (exceptions.ConnectionError, exceptions.PDUError, OSError, ValueError, struct.error)
RECEIPT_ID = re.compile(r"\bid:(\S+)", re.IGNORECASE)
RECEIPT_STATUS = re.compile(r"\bstat:(\w+)", re.IGNORECASE)
STATUSES = {
    "DELIVRD": "delivered",
    "EXPIRED": "failed",
    "DELETED": "failed",
    "UNDELIV": "failed",
    "REJECTD": "failed",
}


@dataclass(frozen=True)
class Line:
    """Where a short message centre is and as whom we speak to it: `smpp://user:pass@host:2775`."""

    host: str
    port: int
    user: str
    password: str

    @classmethod
    def read(cls, url: str) -> Self:
        """Read the address; refuse what cannot be one."""
        parts = urlsplit(url)
        if parts.scheme != "smpp" or not parts.hostname:
            raise ValueError("smpp://user:password@host:2775")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, parts.port or PORT, user, password)


class Smpp:
    """Binds, hands over one letter, unbinds: nothing stays in memory between two letters."""

    def __init__(self, *, line: Line, sender: str) -> None:
        self._line, self._sender = line, _digits(sender)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing stays open between two letters."""

    def send(self, letter: Letter, *, at: datetime) -> Answer:
        """Hand over one text and wait for the centre's number of it."""
        coding, body = _encode(letter.text)
        short, long = (body, None) if len(body) <= IN_ONE_PIECE else (b"", body)
        try:
            with _bound(self._line, "bind_transmitter", ANSWER_S) as client:
                asked = client.send_message(
                    source_addr=self._sender,
                    destination_addr=_digits(letter.to),
                    data_coding=coding,
                    registered_delivery=1,
                    short_message=short,
                    **({"message_payload": long} if long else {}),
                )
                answer = _answer_to(client, asked.sequence)
        except BROKEN as error:
            return Retry(f"문자 센터에 닿지 않음 ({type(error).__name__})")
        if answer.status in LATER:
            return Retry(f"문자 센터가 바쁨 (0x{answer.status:02x})")
        if answer.status:
            return Refused(f"문자 센터가 거절함 (0x{answer.status:02x})")
        return Sent((answer.message_id or b"").decode("ascii", "replace"))


type Heard = Callable[[str, str, str], bool]


def listen(line: Line, heard: Heard, stop: Event, *, wait_s: float = LISTEN_S) -> None:
    """Take the centre's receipts until told to stop; each is answered once it is written down.

    `heard` gets our name of the letter at the centre, `delivered` or `failed`, and the centre's
    word; it says whether it knew the letter. What it did not know is told again later.
    """
    pause = AGAIN_S[0]
    while not stop.is_set():
        with suppress(*BROKEN), _bound(line, "bind_receiver", wait_s) as client:
            client.set_message_received_handler(lambda pdu: _hear(pdu, heard))
            pause = AGAIN_S[0]
            while not stop.is_set():
                client.read_once()
        stop.wait(pause)
        pause = min(pause * 2, AGAIN_S[1])


def read_receipt(text: str) -> tuple[str, str, str] | None:
    """Return (name, delivered | failed, the centre's word) of a receipt, if it says an end."""
    name, said = RECEIPT_ID.search(text), RECEIPT_STATUS.search(text)
    if name is None or said is None:
        return None
    status = STATUSES.get(said[1].upper())
    return (name[1], status, said[1].upper()) if status else None


def _hear(pdu: Any, heard: Heard) -> int:
    text = (pdu.short_message or b"").decode("ascii", "replace")
    receipt = read_receipt(text)
    if receipt is None or heard(*receipt):
        return int(consts.SMPP_ESME_ROK)
    return UNKNOWN_STATUS_LATER


@contextmanager
def _bound(line: Line, how: str, wait_s: float) -> Iterator[Client]:
    client = Client(
        line.host,
        line.port,
        timeout=wait_s,
        logger_name="anbu.smpp",
        allow_unknown_opt_params=True,
    )
    try:
        client.connect()
        getattr(client, how)(system_id=line.user, password=line.password)
        yield client
        with suppress(*BROKEN):
            client.unbind()
    finally:
        client.state = consts.SMPP_CLIENT_STATE_OPEN  # closing is always right
        client.disconnect()


def _answer_to(client: Client, sequence: int) -> Any:
    """Return the answer to our own request; whatever else comes first is not for us."""
    while True:
        pdu = client.read_pdu()
        if pdu.sequence == sequence and pdu.command in ("submit_sm_resp", "generic_nack"):
            return pdu


def _encode(text: str) -> tuple[int, bytes]:
    try:
        return KS_X_1001, text.encode("euc_kr")
    except UnicodeEncodeError:  # a name with a syllable that KS X 1001 lacks
        return UCS_2, text.encode("utf-16-be", "replace")


def _digits(phone: str) -> str:
    return "".join(filter(str.isdigit, phone))
