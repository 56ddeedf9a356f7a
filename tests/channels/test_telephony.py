"""The exchange: one call however often it is asked, and nothing dialled that is no number."""

from datetime import UTC, datetime

import httpx
import pytest

from anbu.channels.port import Refused, Retry, Sent
from anbu.channels.telephony import Ari, Exchange, plain_number
from anbu.lab.exchange import ExchangePeer

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
CALL = {"extension": "203", "number": "010-0000-4321", "key": "c-1", "at": NOW}


@pytest.fixture
def peer() -> ExchangePeer:
    return ExchangePeer(user="anbu", password="p@ss", seats=frozenset({"203"}))


def ari(url: str, *, password: str = "p%40ss") -> Ari:
    told = Exchange.read(url.replace("http://", f"ari://anbu:{password}@") + "/night")
    return Ari(exchange=told, client=httpx.Client(timeout=0.5, trust_env=False))


def test_the_desk_rings_first_and_the_dial_plan_goes_on_with_the_number(peer: ExchangePeer):
    with peer.standing() as url, ari(url) as exchange:
        assert exchange.dial(**CALL) == Sent("c-1")
        assert exchange.dial(**CALL) == Sent("c-1")  # the same call
    (call,) = peer.calls_made.values()
    assert (call["endpoint"], call["extension"], call["context"]) == (
        "PJSIP/203",
        "01000004321",
        "night",
    )


@pytest.mark.parametrize("misdeed", ["500", "429", "hang", "lost"])
def test_an_exchange_that_does_not_answer_may_have_rung_and_is_asked_again_safely(
    peer: ExchangePeer, misdeed: str
):
    peer.misdeeds.append(misdeed)
    with peer.standing() as url, ari(url) as exchange:
        assert isinstance(exchange.dial(**CALL), Retry)
        assert exchange.dial(**CALL) == Sent("c-1")
    assert len(peer.calls_made) == 1


def test_what_it_refuses_is_refused(peer: ExchangePeer):
    with peer.standing() as url:
        with ari(url) as exchange:
            assert isinstance(exchange.dial(**CALL | {"extension": "999"}), Refused)
        with ari(url, password="wrong") as stranger:
            assert isinstance(stranger.dial(**CALL), Refused)
    assert not peer.calls_made


@pytest.mark.parametrize(
    "told", [{"number": "없음"}, {"number": ""}, {"extension": ""}, {"extension": "20;3"}]
)
def test_nothing_is_dialled_that_is_no_number(peer: ExchangePeer, told: dict[str, str]):
    with peer.standing() as url, ari(url) as exchange:
        assert isinstance(exchange.dial(**CALL | told), Refused)
    assert peer.calls == 0


def test_an_address_is_read_or_refused():
    told = Exchange.read("ari+tls://desk:a%2Fb@exchange.example")
    assert (told.url, told.password) == ("https://exchange.example:8089", "a/b")
    assert told.context == "anbu"
    assert "a/b" not in repr(told)
    for wrong in ("http://a:b@host", "ari://host", "ari://"):
        with pytest.raises(ValueError, match="ari://"):
            Exchange.read(wrong)
    assert (plain_number(" +82 10-1234"), plain_number("내선")) == ("+82101234", "")
