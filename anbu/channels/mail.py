"""E-mail: one letter by SMTP, for people who answer for the machines."""

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

from anbu.channels.port import Answer, Letter, Refused, Retry, Sent

ANSWER_S = 10.0
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class Mail:
    """A mail server: `smtp+starttls://user:password@host:587`; plain `smtp` for one next door."""

    def __init__(self, *, url: str, sender: str, tls: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("smtp://, smtp+starttls:// or smtps://, and a host")
        self._scheme, self._host = parts.scheme, parts.hostname
        self._port = parts.port or PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender, self._tls = sender, tls

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
        """Hand over one mail. Its Message-ID is made of the key, so that a second one is seen."""
        try:
            mail = self._write(letter, at)
        except ValueError:  # a line break in a header: somebody tries to write headers
            return Refused("받는 주소나 제목을 쓸 수 없음")
        try:
            with self._connect() as server:
                if self._user:
                    server.login(self._user, self._password)
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            return _read(codes[0] if codes else 550)
        except smtplib.SMTPResponseException as error:
            return _read(error.smtp_code)
        except (smtplib.SMTPException, OSError) as error:
            return Retry(f"메일 서버에 닿지 않음 ({type(error).__name__})")
        return Sent()

    def _write(self, letter: Letter, at: datetime) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"] = self._sender, letter.to
        mail["Subject"] = letter.subject or letter.text[:40]
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = f"<{letter.key}@{self._sender.rpartition('@')[2] or 'anbu'}>"
        mail.set_content(letter.text)
        return mail

    def _connect(self) -> smtplib.SMTP:
        tls = self._tls or ssl.create_default_context()
        if self._scheme == "smtps":
            return smtplib.SMTP_SSL(self._host, self._port, timeout=ANSWER_S, context=tls)
        server = smtplib.SMTP(self._host, self._port, timeout=ANSWER_S)
        if self._scheme == "smtp+starttls":
            try:
                server.starttls(context=tls)
            except BaseException:
                server.close()
                raise
        return server


def _read(code: int) -> Retry | Refused:
    """Return what a code of SMTP means: 4xx later, 5xx never."""
    if 500 <= code < 600:
        return Refused(f"메일 서버가 거절함 ({code})")
    return Retry(f"메일 서버가 바쁨 ({code})")
