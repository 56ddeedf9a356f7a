"""A stand-in for a carrier's short message centre: SMPP 3.4, from its own reading of the bytes."""

import select
import socket
import struct
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

BIND_RECEIVER, BIND_TRANSMITTER, SUBMIT, DELIVER, UNBIND = 1, 2, 4, 5, 6
ANSWER = 0x80000000
PAYLOAD = 0x0424  # the optional field that carries long texts
THROTTLED, BAD_PASSWORD = 0x58, 0x0E
HEAD = struct.Struct("!LLLL")  # length, command, status, sequence


class Centre:
    """Takes texts from who knows the password, and sends receipts to who listens."""

    def __init__(self, *, password: str) -> None:
        self._password = password
        self.came: list[tuple[str, str]] = []  # (to, text)
        self.misdeeds: deque[str] = deque()  # `throttle`, `refuse`, `lost`, each once
        self.receipts: deque[str] = deque()  # texts of receipts that are to be told
        self.answers: list[int] = []  # what the listener answered to each
        self.told = threading.Semaphore(0)
        self._asked = False
        self._end = threading.Event()

    @contextmanager
    def standing(self) -> Iterator[int]:
        """Stand on a free port of this machine for a while; yields the port."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            threads = [threading.Thread(target=self._accept, args=(listener,), daemon=True)]
            threads[0].start()
            try:
                yield int(listener.getsockname()[1])
            finally:
                self._end.set()
                with suppress(OSError):
                    listener.shutdown(socket.SHUT_RDWR)
                threads[0].join(5)

    def _accept(self, listener: socket.socket) -> None:
        while not self._end.is_set():
            try:
                line, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        listens = False
        with line, suppress(OSError, struct.error):
            while not self._end.is_set():
                if not select.select([line], [], [], 0.02)[0]:
                    if listens and self.receipts and not self._asked:
                        self._tell(line, self.receipts[0])
                    continue
                length, command, status, sequence = HEAD.unpack(_exactly(line, HEAD.size))
                body = _exactly(line, length - HEAD.size)
                if command == DELIVER | ANSWER:
                    self._told(status)
                elif command == SUBMIT:
                    if not self._take(line, sequence, body):
                        return
                elif command in (BIND_RECEIVER, BIND_TRANSMITTER):
                    right = _words(body, 2)[1] == self._password
                    listens = right and command == BIND_RECEIVER
                    _say(line, command | ANSWER, 0 if right else BAD_PASSWORD, sequence, b"c\0")
                elif not command & ANSWER:
                    _say(line, command | ANSWER, 0, sequence, b"")
                    if command == UNBIND:
                        return

    def _take(self, line: socket.socket, sequence: int, body: bytes) -> bool:
        misdeed = self.misdeeds.popleft() if self.misdeeds else ""
        if misdeed in ("throttle", "refuse"):
            status = THROTTLED if misdeed == "throttle" else 0x0B
            _say(line, SUBMIT | ANSWER, status, sequence, b"\0")
            return True
        self.came.append(_text_of(body))
        if misdeed == "lost":
            return False
        name = f"c{len(self.came)}".encode() + b"\0"
        _say(line, SUBMIT | ANSWER, 0, sequence, name)
        return True

    def _tell(self, line: socket.socket, receipt: str) -> None:
        text = receipt.encode()
        head = b"\0" + b"\0\0" + b"1\0" + b"\0\0" + b"2\0" + b"\x04\0\0" + b"\0\0" + b"\0\0"
        _say(line, DELIVER, 0, 1000, head + b"\0\0" + bytes([len(text)]) + text)
        self._asked = True

    def _told(self, status: int) -> None:
        self._asked = False
        self.receipts.popleft()
        self.answers.append(status)
        self.told.release()


def _exactly(line: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        part = line.recv(count - len(found))
        if not part:
            raise OSError("the line is closed")
        found += part
    return found


def _say(line: socket.socket, command: int, status: int, sequence: int, body: bytes) -> None:
    line.sendall(HEAD.pack(HEAD.size + len(body), command, status, sequence) + body)


def _words(body: bytes, count: int) -> list[str]:
    return [part.decode() for part in body.split(b"\0")[:count]]


def _text_of(body: bytes) -> tuple[str, str]:
    """Read the receiver and the text of a submit_sm."""
    at = body.index(b"\0") + 3  # service type, then ton and npi of the sender
    at = body.index(b"\0", at) + 3
    end = body.index(b"\0", at)
    to = body[at:end].decode()
    at = end + 4  # esm class, protocol, priority
    at = body.index(b"\0", at) + 1  # when to send
    at = body.index(b"\0", at) + 1  # until when
    coding, length = body[at + 2], body[at + 4]
    text, rest = body[at + 5 : at + 5 + length], body[at + 5 + length :]
    while rest:
        tag, size = struct.unpack("!HH", rest[:4])
        text = rest[4 : 4 + size] if tag == PAYLOAD else text
        rest = rest[4 + size :]
    return to, text.decode("utf-16-be" if coding == 8 else "euc_kr")
