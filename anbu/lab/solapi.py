"""A stand-in for SOLAPI: groups that are made, filled and sent once, and asked after."""

import hashlib
import hmac
import itertools
import re
from typing import Any

from anbu.lab.rude import Peer

HEADER = re.compile(r"HMAC-SHA256 apiKey=(\S+), date=(\S+), salt=(\S+), signature=([0-9a-f]{64})")
GROUP = re.compile(r"/messages/v4/groups/(G\d+)(/messages|/send)?")


class SolapiPeer(Peer):
    """Knows one account. `cannot` names types that its carriers never bring (SMS, LMS, ATA)."""

    def __init__(self, *, key: str, secret: str) -> None:
        super().__init__()
        self._key, self._secret = key, secret
        self._numbers = itertools.count(1)
        self.cannot: set[str] = set()
        self.groups: dict[str, dict[str, Any]] = {}

    @property
    def sent(self) -> list[dict[str, Any]]:
        """Return what really went out."""
        return [group["message"] for group in self.groups.values() if group["times"]]

    def serve(
        self, method: str, path: str, headers: dict[str, str], body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        """Do one call, for who proves to be the account."""
        if not self._knows(headers.get("authorization", "")):
            return 401, {"errorCode": "Unauthorized", "errorMessage": "서명이 맞지 않습니다."}
        if (method, path) == ("POST", "/messages/v4/groups"):
            name = f"G{next(self._numbers)}"
            self.groups[name] = {"status": "PENDING", "message": None, "times": 0}
            return 200, {"groupId": name, "status": "PENDING"}
        found = GROUP.fullmatch(path)
        group = self.groups.get(found[1]) if found else None
        if found is None or group is None:
            return 404, {"errorCode": "ResourceNotFound", "errorMessage": "없는 그룹입니다."}
        if method == "PUT" and found[2] == "/messages":
            return self._fill(group, body)
        if method == "POST" and found[2] == "/send":
            return self._send(group)
        return 200, self._tell(found[1], group)

    def _fill(self, group: dict[str, Any], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        message = body["messages"][0]
        if not str(message["to"]).isdigit():
            row = {"statusCode": "1062", "statusMessage": "받는 번호가 잘못됨"}
            return 200, {"errorCount": 1, "resultList": [row]}
        group["message"] = message
        row = {"statusCode": "2000", "statusMessage": "정상 접수"}
        return 200, {"errorCount": 0, "resultList": [row]}

    def _send(self, group: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if group["status"] != "PENDING":
            return 409, {"errorCode": "AlreadySent", "errorMessage": "이미 보낸 그룹입니다."}
        group["status"] = "COMPLETE"
        group["times"] += 1
        return 200, {"status": "SENDING"}

    def _tell(self, name: str, group: dict[str, Any]) -> dict[str, Any]:
        failed = group["times"] and group["message"]["type"] in self.cannot
        counts = {
            "total": 1 if group["message"] else 0,
            "sentSuccess": 0 if failed else group["times"],
            "sentFailed": group["times"] if failed else 0,
        }
        return {"groupId": name, "status": group["status"], "count": counts}

    def _knows(self, header: str) -> bool:
        found = HEADER.fullmatch(header)
        if found is None or found[1] != self._key:
            return False
        told = (found[2] + found[3]).encode()
        right = hmac.new(self._secret.encode(), told, hashlib.sha256).hexdigest()
        return hmac.compare_digest(right, found[4])
