"""SOLAPI: SMS, LMS and 알림톡 by its public HTTP interface.

It knows no Idempotency-Key, but its groups do the same work: a group is made and its number
written down before anything is in it; a group can be sent once, and a second time is refused with
409. So each letter is a group of one, and a crash between two calls goes on with the same group.
What became of it is asked for, signed with our own key, instead of being told by a stranger.
"""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import httpx

from anbu.channels import http
from anbu.channels.port import Answer, Fate, Letter, Refused, Retry, Sent

ADDRESS = "https://api.solapi.com"
GROUPS = "/messages/v4/groups"
TYPES = {"sms": "SMS", "lms": "LMS", "ata": "ATA"}
ON_ITS_WAY = {"SENDING", "COMPLETE"}
TAKEN = "2000"  # statusCode of a message that the group has taken in


class _Trouble(Exception):
    """A call that did not do what was asked; `answer` says what that means."""

    def __init__(self, answer: Retry | Refused, status: int = 0) -> None:
        super().__init__(answer.detail)
        self.answer, self.status = answer, status


class Solapi:
    """One account at SOLAPI, with a sending number and, for 알림톡, a Kakao channel."""

    def __init__(
        self,
        *,
        key: str,
        secret: str,
        sender: str,
        channel: str = "",
        address: str = ADDRESS,
        client: httpx.Client | None = None,
    ) -> None:
        self._key, self._secret = key, secret
        self._sender, self._channel = _digits(sender), channel
        self._address = address.rstrip("/")
        self._client = client or http.client()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def send(self, letter: Letter, *, at: datetime) -> Answer:
        """Make a group, put the letter in, send it; go on where an earlier try stopped."""
        try:
            group = letter.ref or self._make_group(letter, at)
            found = self._call("GET", f"{GROUPS}/{group}", at=at) if letter.ref else {}
            if found.get("status") in ON_ITS_WAY:
                return Sent(group)
            if not _count(found, "total"):
                self._fill(group, letter, at)
            return self._start(group, at)
        except _Trouble as trouble:
            return trouble.answer

    def ask(self, ref: str, *, at: datetime) -> Fate | None:
        """Return what became of a group of one, or None while nobody knows."""
        try:
            group = self._call("GET", f"{GROUPS}/{ref}", at=at)
        except _Trouble:
            return None
        if _count(group, "sentSuccess"):
            return Fate("delivered")
        failed = _count(group, "sentFailed") or group.get("status") == "FAILED"
        return Fate("failed", "통신사가 전하지 못함") if failed else None

    def _make_group(self, letter: Letter, at: datetime) -> str:
        made = self._call("POST", GROUPS, {"customFields": {"key": letter.key}}, at=at)
        group = made.get("groupId")
        if not isinstance(group, str) or not group:
            raise _Trouble(Retry("발송처의 답을 읽을 수 없음"))
        letter.remember(group)
        return group

    def _fill(self, group: str, letter: Letter, at: datetime) -> None:
        body = {"messages": [self._message(letter)]}
        told = self._call("PUT", f"{GROUPS}/{group}/messages", body, at=at)
        rows = told.get("resultList")
        row = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else None
        if row is None:
            raise _Trouble(Retry("발송처의 답을 읽을 수 없음"))
        if str(row.get("statusCode")) != TAKEN:
            said = f"{row.get('statusCode')} {row.get('statusMessage', '')}"
            raise _Trouble(Refused(f"발송처가 거절함 ({said[:60]})"))

    def _start(self, group: str, at: datetime) -> Answer:
        try:
            self._call("POST", f"{GROUPS}/{group}/send", at=at)
        except _Trouble as trouble:
            if trouble.status != 409:  # 409: this group is on its way already
                return trouble.answer
        return Sent(group)

    def _message(self, letter: Letter) -> dict[str, Any]:
        message: dict[str, Any] = {
            "to": _digits(letter.to),
            "from": self._sender,
            "type": TYPES[letter.kind],
            "text": letter.text,
        }
        if letter.kind == "lms" and letter.subject:
            message["subject"] = letter.subject
        if letter.kind == "ata":
            message["kakaoOptions"] = {
                "pfId": self._channel,
                "templateId": letter.code,
                "variables": {f"#{{{name}}}": value for name, value in letter.words.items()},
                "disableSms": True,  # who goes next is our own table's word
            }
        return message

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, at: datetime
    ) -> dict[str, Any]:
        headers = {"Authorization": authorization(self._key, self._secret, at)}
        try:
            answer = self._client.request(method, self._address + path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise _Trouble(http.not_reached(error)) from None
        told = _read(answer)
        if not answer.is_success:
            said = str(told.get("errorCode", "")) if told else ""
            raise _Trouble(http.read_trouble(answer, at=at, said=said), answer.status_code)
        if told is None:
            raise _Trouble(Retry("발송처의 답을 읽을 수 없음"))
        return told


def authorization(key: str, secret: str, at: datetime, salt: str = "") -> str:
    """Return the header that proves who asks: an HMAC over the moment and a salt used once."""
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    salt = salt or secrets.token_hex(16)
    digest = hmac.new(secret.encode(), (moment + salt).encode(), hashlib.sha256).hexdigest()
    return f"HMAC-SHA256 apiKey={key}, date={moment}, salt={salt}, signature={digest}"


def _read(answer: httpx.Response) -> dict[str, Any] | None:
    try:
        told = answer.json()
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _count(group: dict[str, Any], name: str) -> int:
    counts = group.get("count")
    found = counts.get(name, 0) if isinstance(counts, dict) else 0
    return found if isinstance(found, int) else 0


def _digits(phone: str) -> str:
    return "".join(filter(str.isdigit, phone))
