"""A city's directory, small: OpenID Connect with PKCE, in a process of its own. Not ours to trust.

usage: oidc_peer.py CLIENT SECRET; prints its port. `/become/NAME` says who signs in.
"""

import base64
import hashlib
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = sys.argv[1:3]
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CODES: dict[str, dict[str, str]] = {}
TOKENS: dict[str, str] = {}
WHO = {"name": "nobody"}
CITIZENS = {
    "yun": {"name": "윤정례", "birthdate": "1945-03-01", "phone_number": "+82 10-0000-4321"}
}


class Directory(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path, asked = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        here = f"http://127.0.0.1:{self.server.server_port}"
        if path.startswith("/become/"):
            WHO["name"] = path.removeprefix("/become/")
            self.say({})
        elif path == "/.well-known/openid-configuration":
            names = {n: f"{here}/{n}" for n in ("authorize", "token", "userinfo", "jwks")}
            self.say(
                {
                    "issuer": here,
                    "authorization_endpoint": names["authorize"],
                    "token_endpoint": names["token"],
                    "userinfo_endpoint": names["userinfo"],
                    "jwks_uri": names["jwks"],
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )
        elif path == "/jwks":
            key = json.loads(RSAAlgorithm.to_jwk(KEY.public_key()))
            self.say({"keys": [key | {"kid": "1", "alg": "RS256", "use": "sig"}]})
        elif path == "/authorize":
            assert asked["client_id"] == [CLIENT]
            assert asked["code_challenge_method"] == ["S256"]
            code = secrets.token_urlsafe()
            CODES[code] = {
                "challenge": asked["code_challenge"][0],
                "who": WHO["name"],
                "back": asked["redirect_uri"][0],
                "nonce": asked.get("nonce", [""])[0],
            }
            to = f"{asked['redirect_uri'][0]}?code={code}&state={quote(asked['state'][0])}"
            self.send_response(302)
            self.send_header("Location", to)
            self.end_headers()
        elif path == "/userinfo":
            who = TOKENS[self.headers["Authorization"].removeprefix("Bearer ")]
            self.say(claims(who))
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        told = {k: v[0] for k, v in parse_qs(self.rfile.read(length).decode()).items()}
        code = CODES.pop(told["code"], None)  # once
        proof = hashlib.sha256(told.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        if (
            code is None
            or told.get("client_secret") != SECRET
            or challenge != code["challenge"]
            or told.get("redirect_uri") != code["back"]
        ):
            self.say({"error": "invalid_grant"}, status=400)
            return
        here = f"http://127.0.0.1:{self.server.server_port}"
        token = secrets.token_urlsafe()
        TOKENS[token] = code["who"]
        signed = jwt.encode(
            claims(code["who"])
            | ({"nonce": code["nonce"]} if code["nonce"] else {})
            | {"iss": here, "aud": CLIENT, "iat": int(time.time()), "exp": int(time.time()) + 60},
            KEY,
            algorithm="RS256",
            headers={"kid": "1"},
        )
        self.say({"access_token": token, "token_type": "Bearer", "id_token": signed})

    def say(self, answer: object, *, status: int = 200) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def claims(who: str) -> dict[str, str]:
    told = {"sub": f"directory-{who}", "preferred_username": who, "name": who}
    return told | CITIZENS.get(who, {})


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Directory)
    print(server.server_port, flush=True)
    server.serve_forever()
