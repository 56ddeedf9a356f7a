"""Every test: no network beyond this machine, a printed seed, warnings are errors."""

import logging
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import hypothesis
import pytest
import structlog
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import setup_databases, teardown_databases

from tests.seoul import seoul
from tests.walks.kept import copy, drop

hypothesis.settings.register_profile("anbu", deadline=None, print_blob=True)
hypothesis.settings.load_profile("anbu")


MARK = "anbu-second-factor"  # anbu.desks.entrance.second.MARK, which needs Django's apps to load


class NetworkIsOff(Exception):
    """A test tried to reach another machine."""


@pytest.fixture(autouse=True, scope="session")
def _signed_in_means_wholly() -> Iterator[None]:
    """Let `force_login` stand for a whole sign-in, second factor and all; walks do it for real."""
    patch = pytest.MonkeyPatch()
    only_password = Client.force_login

    def wholly(self: Client, user: Any, backend: str | None = None) -> None:
        only_password(self, user, backend)
        session = self.session
        session[MARK] = f"{user.pk}:test"
        session.save()
        if user.password_is_first:
            type(user).objects.filter(pk=user.pk).update(password_is_first=False)

    patch.setattr(Client, "force_login", wholly)
    yield
    patch.undo()


CANARY = "윤정례"  # who lives in nearly every world of these tests
HEARD: list[str] = []  # lines of logs that named her


class _Ear(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if CANARY in self.format(record):
            HEARD.append(self.format(record))


def _hear(_logger: Any, _level: str, event: Any) -> Any:
    if CANARY in str(event):
        HEARD.append(str(event))
    return event


@pytest.fixture(autouse=True, scope="session")
def _ears() -> Iterator[None]:
    ear = _Ear()
    logging.getLogger().addHandler(ear)
    usual = structlog.get_config()["processors"]
    structlog.configure(processors=[_hear, *usual])
    yield
    logging.getLogger().removeHandler(ear)


@pytest.fixture(autouse=True)
def _no_log_names_a_person() -> Iterator[None]:
    yield
    heard, HEARD[:] = list(HEARD), []
    assert not heard, "a log names a person"


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=["tests.passwords.Cheap"]):
        yield


def pytest_report_header(config: pytest.Config) -> str:
    """Print the seed, so that a failing run can be had again."""
    return f"seed: {config.getoption('--hypothesis-seed')} (--hypothesis-seed)"


def _check(address: object) -> None:
    host = address[0] if isinstance(address, tuple) else ""
    if host not in ("", "127.0.0.1", "::1", "localhost") and not str(host).startswith("127."):
        raise NetworkIsOff(f"no test may connect to {host}")


@pytest.fixture(autouse=True, scope="session")
def _network_is_off() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    connect, connect_ex, lookup = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def guarded_connect(self: socket.socket, address: object) -> None:
        _check(address)
        return connect(self, address)  # type: ignore[arg-type]

    def guarded_connect_ex(self: socket.socket, address: object) -> int:
        _check(address)
        return connect_ex(self, address)  # type: ignore[arg-type]

    def guarded_lookup(host: object, *rest: object, **more: object) -> object:
        name = host.decode() if isinstance(host, bytes) else host
        _check((name or "",))
        return lookup(host, *rest, **more)  # type: ignore[arg-type]

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    patch.setattr(socket, "getaddrinfo", guarded_lookup)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """Make the database with the city in it; keep a copy aside for walks, while nobody is in."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
        seoul(now=datetime(2026, 11, 1, tzinfo=UTC))
        with connection.cursor() as cursor:  # each test begins a chain of its own, under its keys
            cursor.execute(
                "TRUNCATE foundation_trace, foundation_unsealed, foundation_seal RESTART IDENTITY"
            )
        if any("walks" in item.path.parts for item in request.session.items):
            connection.close()
            connection.close_pool()
            copy(connection.settings_dict["NAME"], blank_name())
    yield
    with django_db_blocker.unblock():
        drop(blank_name())
        connection.close()
        connection.close_pool()
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def blank(django_db_setup: None) -> str:
    """Return the name of the database that holds an empty city."""
    return blank_name()


def blank_name() -> str:
    return f"{connection.settings_dict['NAME']}_blank"
