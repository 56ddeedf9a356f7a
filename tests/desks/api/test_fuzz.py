"""The API, given whatever its description allows and what it does not: never an answer of 500."""

import json
from datetime import timedelta

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from requests import Request

from anbu.care.people.models import Household
from anbu.care.readings import actions
from anbu.care.readings.rules import sign
from anbu.config.urls import api
from tests.care.alarms.world import MONDAY, make_world
from tests.desks.control_room.conftest import StandingClock

schema = schemathesis.openapi.from_dict(dict(api.get_openapi_schema()))
FEW = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
AT = MONDAY + timedelta(hours=3)
PARTS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from([AT.isoformat(), "2026-02-30", "9999-12-31T23:59:59+23:59", "plug-1"]),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)
MESSAGES = st.dictionaries(
    st.sampled_from(["id", "device", "at", "watts", "lux", "sos", "extra"]), PARTS
)


@pytest.fixture
def secret(db: None, settings) -> str:
    """Return the secret of a provider with one device."""
    settings.CLOCK = StandingClock(AT)
    world = make_world()
    home = world.home(still_at=AT)
    secret = actions.add_provider(
        code="fuzz", name="플러그", source="smart_plug", by="system:test", now=AT
    )
    actions.add_device(
        code="plug-1",
        household=Household.objects.get(id=home).id,
        provider="fuzz",
        interval=timedelta(minutes=10),
        channels=["power_w", "lux"],
        by="system:test",
        now=AT,
    )
    return secret


@schema.parametrize()
@FEW
def test_no_door_breaks_whatever_comes(case, client, secret):
    told = Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    headers = {
        name: value if isinstance(value, str) else value.decode("latin-1")
        for name, value in told.headers.items()
        if name.lower() not in ("content-type", "content-length")
    }
    answer = client.generic(
        told.method,
        told.path_url,
        told.body or b"",
        content_type=str(told.headers.get("Content-Type", "")),
        headers=headers,
    )
    assert answer.status_code < 500, (told.method, told.path_url, told.body)


@given(messages=st.lists(MESSAGES, max_size=4), source=PARTS, raw=st.binary(max_size=30))
@FEW
def test_a_signed_sender_may_send_nonsense(client, secret, messages, source, raw):
    bodies = [json.dumps({"source": source, "messages": messages}).encode(), raw]
    bodies.append(json.dumps({"source": "smart_plug", "messages": messages}).encode())
    for body in bodies:
        stamp = str(int(AT.timestamp()))
        signature = sign(secret, id="b", timestamp=stamp, body=body)
        answer = client.post(
            "/api/v1/readings",
            body,
            content_type="application/json",
            headers={
                "webhook-provider": "fuzz",
                "webhook-id": "b",
                "webhook-timestamp": stamp,
                "webhook-signature": signature,
            },
        )
        assert answer.status_code in (202, 400), (body, answer.content)
        if answer.status_code == 202:
            assert len(answer.json()["verdicts"]) == len(messages)


@pytest.mark.django_db
def test_the_description_lists_what_there_is(client):
    told = client.get("/api/v1/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    for path, deeds in told["paths"].items():
        for deed in deeds:
            answer = client.generic(deed.upper(), path.replace("{", "").replace("}", ""))
            assert answer.status_code != 404, path
