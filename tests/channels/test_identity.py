"""Who an identity service says somebody is: believed only when it is signed, fresh, and for us."""

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from anbu.channels.identity.double import Double, NotARehearsal
from anbu.channels.identity.oidc import OpenId
from anbu.channels.identity.port import Errand, Proof, Refused

PEER = Path(__file__).parents[1] / "desks" / "entrance" / "oidc_peer.py"
BACK = "http://127.0.0.1:9/me/back"
WHO = Proof("윤정례", date(1945, 3, 1), "+82 10-0000-4321")


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    peer = subprocess.Popen([sys.executable, str(PEER), "anbu-me", "hush"], stdout=subprocess.PIPE)
    assert peer.stdout is not None
    url = f"http://127.0.0.1:{int(peer.stdout.readline())}"
    urllib.request.urlopen(f"{url}/become/yun", timeout=5)
    yield url
    peer.terminate()
    peer.wait(60)
    peer.stdout.close()


def sent(port: OpenId, errand: Errand) -> dict[str, str]:
    """Return with which words the service sends somebody back."""
    answer = httpx.get(port.send_off(errand=errand, back=BACK), follow_redirects=False)
    assert answer.status_code == 302
    return {k: v[0] for k, v in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def test_a_service_proves_name_birthday_and_telephone(service):
    port, errand = OpenId(url=service, client_id="anbu-me", secret="hush"), Errand()
    told = sent(port, errand)
    assert port.hear(errand=errand, told=told, back=BACK) == WHO
    assert isinstance(port.hear(errand=errand, told=told, back=BACK), Refused)  # a code, once


@pytest.mark.parametrize("wrong", ["state", "nonce", "verifier", "secret", "back", "code"])
def test_nothing_is_proven_when_one_thing_differs(service, wrong):
    right, errand = OpenId(url=service, client_id="anbu-me", secret="hush"), Errand()
    told = sent(right, errand)
    port = OpenId(url=service, client_id="anbu-me", secret="oops") if wrong == "secret" else right
    came = {wrong: "x" * 24} if wrong in ("state", "nonce", "verifier") else {}
    if wrong == "code":
        del told["code"]
    heard = port.hear(
        errand=Errand(**{**vars(errand), **came}),
        told=told,
        back=BACK + "/elsewhere" if wrong == "back" else BACK,
    )
    assert isinstance(heard, Refused)


def test_the_stand_in_starts_in_a_rehearsal_and_nowhere_else():
    with pytest.raises(NotARehearsal):
        Double(page="/me/practice", key="k", rehearsal=False)


def test_the_stand_in_believes_its_own_page_only():
    port, errand = Double(page="/me/practice", key="k", rehearsal=True), Errand()
    words = {k: v[0] for k, v in parse_qs(port.vouch(WHO, state=errand.state)).items()}
    assert port.hear(errand=errand, told=words, back=BACK) == WHO
    assert isinstance(port.hear(errand=Errand(), told=words, back=BACK), Refused)
    assert isinstance(port.hear(errand=errand, told={"code": "e30."}, back=BACK), Refused)
    other = Double(page="/me/practice", key="another", rehearsal=True)
    assert isinstance(other.hear(errand=errand, told=words, back=BACK), Refused)
