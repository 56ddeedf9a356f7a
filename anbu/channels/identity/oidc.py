"""An identity service that speaks OpenID Connect: code flow with PKCE, a signed answer.

Carriers' own hand-offs (PASS and its like) stand behind such a service in most cities.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

import httpx
import jwt

from .port import Errand, Proof, Refused

CONNECT_S, ANSWER_S = 3.0, 10.0
SCOPE = "openid profile phone"
SIGNED_BY = ["RS256", "ES256"]  # never `none`, never a shared secret
LEEWAY_S = 60


class OpenId:
    """One service, found by its own description of itself."""

    def __init__(
        self, *, url: str, client_id: str, secret: str, client: httpx.Client | None = None
    ) -> None:
        self._url, self._id, self._secret = url.rstrip("/"), client_id, secret
        self._client = client or httpx.Client(
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
            follow_redirects=False,
            trust_env=False,
        )

    def send_off(self, *, errand: Errand, back: str) -> str:
        """Return the service's own page, with what it must give back."""
        digest = hashlib.sha256(errand.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self._id,
            "redirect_uri": back,
            "scope": SCOPE,
            "state": errand.state,
            "nonce": errand.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{self._about()['authorization_endpoint']}?{urlencode(asked)}"

    def hear(self, *, errand: Errand, told: Mapping[str, str], back: str) -> Proof | Refused:
        """Change the code for the signed answer and read it."""
        if not hmac.compare_digest(told.get("state", ""), errand.state):
            return Refused("another errand")
        if "code" not in told:
            return Refused("no code")
        try:
            return _proof(self._claims(told["code"], errand, back), errand)
        except (httpx.HTTPError, jwt.PyJWTError, KeyError, ValueError) as error:
            return Refused(type(error).__name__)

    def _claims(self, code: str, errand: Errand, back: str) -> dict[str, Any]:
        about = self._about()
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": self._id,
            "client_secret": self._secret,
            "code_verifier": errand.verifier,
        }
        answer = self._client.post(about["token_endpoint"], data=asked)
        answer.raise_for_status()
        signed = str(answer.json()["id_token"])
        keys = jwt.PyJWKSet.from_dict(self._get(about["jwks_uri"]))
        key = keys[jwt.get_unverified_header(signed)["kid"]]
        claims: dict[str, Any] = jwt.decode(
            signed,
            key,
            algorithms=SIGNED_BY,
            audience=self._id,
            issuer=about["issuer"],
            leeway=LEEWAY_S,
            options={"require": ["exp", "iat", "sub", "nonce"]},
        )
        return claims

    def _about(self) -> dict[str, Any]:
        return self._get(f"{self._url}/.well-known/openid-configuration")

    def _get(self, url: str) -> dict[str, Any]:
        answer = self._client.get(url)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told


def _proof(claims: Mapping[str, Any], errand: Errand) -> Proof | Refused:
    if not hmac.compare_digest(str(claims["nonce"]), errand.nonce):
        return Refused("another nonce")
    name, born = str(claims["name"]).strip(), date.fromisoformat(str(claims["birthdate"]))
    if not name:
        return Refused("no name")
    return Proof(name=name, born=born, phone=str(claims.get("phone_number", "")))
