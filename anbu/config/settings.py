"""Every setting, each from the environment. A wrong value stops the start with one clear line."""

import os
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from anbu.care.foundation.rules.sealing import read_keys
from anbu.config.audit_keys import KeyFile
from anbu.config.clock import RealClock, RehearsalClock

_asked: set[str] = {"PG_BIN"}


def env(name: str, default: str = "") -> str:
    _asked.add(name)
    return os.environ.get(f"ANBU_{name}", default)


def number(name: str, default: float, *, least: float = 0) -> float:
    text = env(name, str(default))
    try:
        value = float(text)
    except ValueError:
        sys.exit(f"ANBU_{name}={text}: this must be a number")
    if value < least:
        sys.exit(f"ANBU_{name}={text}: this must be {least:g} or more")
    return value


PACKAGE = Path(__file__).resolve().parent.parent
HOME = Path(env("HOME", str(PACKAGE.parent / "var"))).resolve()

SECRET_KEY = env("SECRET_KEY") or "only-for-commands-that-serve-nobody"
DEBUG = False
ALLOWED_HOSTS = env("HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in env("ORIGINS").split(",") if o]
SESSION_COOKIE_NAME = env("COOKIE", "anbu")  # browsers share cookies between ports of one host
CSRF_COOKIE_NAME = SESSION_COOKIE_NAME + "-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env("HTTPS") == "1"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
CLOCK = RehearsalClock(Path(env("CLOCK_FILE"))) if env("CLOCK_FILE") else RealClock()
REHEARSAL = bool(env("CLOCK_FILE"))
BATCH_ROWS = int(number("BATCH_ROWS", 500, least=1))  # messages in one commit, at most
BATCH_MS = number("BATCH_MS", 50, least=0)  # from the first message of a batch to its commit
ARCHIVE = Path(env("ARCHIVE")) if env("ARCHIVE") else None  # a folder; days wait for it to go
ARCHIVE_KEY = Path(env("ARCHIVE_KEY", str(HOME / "archive" / "key")))  # of the pseudonyms
SWEEP_EVERY_S = number("SWEEP_EVERY_S", 0.5, least=0.05)
# Both outside of the database: whoever can change a row cannot sign it, nor take back an anchor.
AUDIT_KEYS = KeyFile(Path(env("AUDIT_KEYS", str(HOME / "audit" / "keys"))), read_keys)
AUDIT_ANCHOR = Path(env("AUDIT_ANCHOR", str(HOME / "audit" / "anchor")))  # a folder
PROXIES = [proxy for proxy in env("PROXIES").split(",") if proxy]  # whose word on addresses counts
BLIND_INTERVALS = number("BLIND_INTERVALS", 6, least=1)  # so many missed reports: cannot see
BLIND_AT_LEAST_S = number("BLIND_AT_LEAST_S", 7200, least=1)  # why 2 h: docs/decisions/0006
# for how long nobody may be seen before a person must decide, by tier: docs/decisions/0033
UNSEEN_S = {
    tier: number(f"UNSEEN_{tier.upper()}_S", hours * 3600, least=1)
    for tier, hours in (("high", 6), ("mid", 12), ("low", 24))
}
OUTAGE_AFTER_S = number("OUTAGE_AFTER_S", 60, least=1)  # deadlines unlooked at: the ledger
# When so much rings at once that a person must look first: docs/decisions/0036
BRAKE_WINDOW_S = number("BRAKE_WINDOW_S", 60, least=1)
BRAKE_AT_LEAST = number("BRAKE_AT_LEAST", 50)  # so many in one window are always ordinary
BRAKE_SHARE = number("BRAKE_SHARE", 0.005)  # of the watched homes: so are they
BRAKE_FACTOR = number("BRAKE_FACTOR", 10)  # times the city's own mean of seven days: so are they
BRAKE_CLOCK_STEP_S = number("BRAKE_CLOCK_STEP_S", 2, least=0.1)  # wall clock against monotonic
BRAKE_HOLD_S = number("BRAKE_HOLD_S", 600, least=1)  # nobody chose: it goes on by risk
BRAKE_PER_MINUTE = number("BRAKE_PER_MINUTE", 60, least=1)  # homes, where it goes on by risk
BRAKE_LONGEST_S = number("BRAKE_LONGEST_S", 3600, least=1)  # within so long everybody's turn comes
# How long before a hole in a roster opens who is told: docs/decisions/0043
ROSTER_TELL_S = {
    stair: number(f"ROSTER_{stair.upper()}_S", hours * 3600, least=1)
    for stair, hours in (("office", 72), ("district", 24), ("city", 4), ("again", 0.5))
}
ROSTER_LOOK_S = number("ROSTER_LOOK_S", 600, least=1)  # how often the coming days are gone through
ROSTER_SWAPS_ALLOWED = env("ROSTER_SWAPS_ALLOWED", "1") == "1"  # a swap waits for the lead's word
GATEWAY_URL = env("GATEWAY_URL")  # outgoing messages, one HTTP POST each
GATEWAY_SECRET = env("GATEWAY_SECRET")
CALL_BOT_URL = env(
    "CALL_BOT_URL"
)  # a machine that calls by voice; without it every question is a text
RECEIPTS_URL = env("RECEIPTS_URL")  # where the gateway calls back: <our address>/api/v1/receipts
GATEWAY2_URL = env("GATEWAY2_URL")  # a second gateway, when the first does not take a message
GATEWAY2_SECRET = env("GATEWAY2_SECRET")
SENDER = env("SENDER")  # the registered number that texts come from
SOLAPI_KEY = env("SOLAPI_KEY")  # texts and 알림톡 by SOLAPI
SOLAPI_SECRET = env("SOLAPI_SECRET")
SOLAPI_KAKAO_CHANNEL = env("SOLAPI_KAKAO_CHANNEL")  # pfId; without it no 알림톡
SOLAPI_URL = env("SOLAPI_URL", "https://api.solapi.com")
SMPP_URL = env("SMPP_URL")  # smpp://user:password@host:2775
TELEPHONY_URL = env("TELEPHONY_URL")  # ari://user:password@host:8088/context
MAIL_URL = env("MAIL_URL")  # smtp+starttls://user:password@host:587
MAIL_FROM = env("MAIL_FROM")
PUSH_CONTACT = env("PUSH_CONTACT")  # mailto:… who a push service writes to; without it no Web Push
PUSH_KEY = Path(env("PUSH_KEY", str(HOME / "push" / "key")))  # made once, by the first who needs it
PUSH_HOSTS = tuple(
    env(
        "PUSH_HOSTS",
        "fcm.googleapis.com,updates.push.services.mozilla.com,web.push.apple.com,"
        "*.notify.windows.com",
    ).split(",")
)
# Colleagues on duty are told by this, unless they or their post have said otherwise: 0044
TELL_SMS_AFTER_S = int(number("TELL_SMS_AFTER_S", 60, least=1))  # after the notice in the browser
TELL_CALL_AFTER_S = int(number("TELL_CALL_AFTER_S", 180, least=1))  # after the text
TELL_ALL_AFTER_S = number("TELL_ALL_AFTER_S", 120, least=1)  # after the last turn: the all-call
TELL_ALL_AGAIN_S = number("TELL_ALL_AGAIN_S", 60, least=1)  # then again, and later each time
TELL_ALL_LONGEST_S = number("TELL_ALL_LONGEST_S", 300, least=1)  # but at least so often
TELL_APART_S = number("TELL_APART_S", 60, least=1)  # one telephone rings no sooner again
TELL_AN_HOUR = int(number("TELL_AN_HOUR", 15, least=1))  # so often, then slower
MESSAGE_EXPIRES_S = number("MESSAGE_EXPIRES_S", 1800, least=1)
if (SOLAPI_KEY or SMPP_URL) and not SENDER:
    sys.exit("ANBU_SENDER: the number that texts come from, as it is registered")
if bool(SOLAPI_KEY) != bool(SOLAPI_SECRET):
    sys.exit("ANBU_SOLAPI_KEY and ANBU_SOLAPI_SECRET: both, or neither")
if MAIL_URL and not MAIL_FROM:
    sys.exit("ANBU_MAIL_FROM: the address that mails come from")
if PUSH_CONTACT and not PUSH_CONTACT.startswith(("mailto:", "https:")):
    sys.exit(f"ANBU_PUSH_CONTACT={PUSH_CONTACT}: this is mailto:… or https:…")
HEARTBEAT_URL = env("HEARTBEAT_URL")  # a dead man's switch outside, called while all is well
HEARTBEAT_EVERY_S = number("HEARTBEAT_EVERY_S", 30, least=1)
HEARTBEAT_BY = env("HEARTBEAT_BY", "get")
if HEARTBEAT_BY not in ("get", "post"):
    sys.exit(f"ANBU_HEARTBEAT_BY={HEARTBEAT_BY}: this is get or post")
BIND = env("BIND", "127.0.0.1")  # a city puts its own TLS proxy in front
HTTP_PORT = int(number("HTTP_PORT", 8000))
INGEST_PORT = int(number("INGEST_PORT", 8001))
MQTT_PORT = int(number("MQTT_PORT", 1883))
NATS_URL = env("NATS_URL", f"nats://127.0.0.1:{int(number('NATS_PORT', 4222))}")
NATS_KEYS = Path(env("NATS_KEYS", str(HOME / "broker" / "keys")))  # who we are at the broker
NATS_REPLICAS = int(number("NATS_REPLICAS", 1, least=1))  # 3 on a cluster of three
MQTT_STORE_BYTES = int(number("MQTT_STORE_BYTES", 2**30, least=2**20))
MQTT_ACK_WAIT_S = number("MQTT_ACK_WAIT_S", 30, least=1)  # not acknowledged so long: sent again
ALL_CALL = [phone for phone in env("ALL_CALL").split(",") if phone]  # told when Anbu stands still
STANDSTILL_S = number("STANDSTILL_S", 20, least=2)  # no pulse for so long: something stands still
OUTBOX_STILL_S = number("OUTBOX_STILL_S", 60, least=1)  # due so long and nobody has tried it
STANDSTILL_FILE = Path(env("STANDSTILL_FILE", str(HOME / "standstill.jsonl")))  # what was told

# Whose homes a connection reaches that was told nothing yet. Machines: all; the desks: nobody's.
REACH = env("REACH")
if REACH not in ("", "machine"):
    sys.exit(f"ANBU_REACH={REACH}: this is machine, or nothing")
_ = env("DATABASE_URL_WEB"), env("DATABASE_URL_WORK")  # asked by config.start, before this
_db = urlsplit(env("DATABASE_URL", "postgresql://anbu@localhost/anbu"))
_query = dict(pair.split("=", 1) for pair in _db.query.split("&") if pair)
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(_db.path.lstrip("/")),
        "USER": unquote(_db.username or ""),
        "PASSWORD": unquote(_db.password or ""),
        "HOST": unquote(_query.get("host", _db.hostname or "")),
        "PORT": str(_query.get("port", _db.port or "")),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            # opened as needed; a batch that waits for others' homes must leave one for a cry
            "pool": {"min_size": 0, "max_size": 28, "timeout": 5},
            # a machine that vanished, or stands still, must not keep homes locked for the others
            "options": "-c statement_timeout=30s -c lock_timeout=10s"
            " -c idle_in_transaction_session_timeout=30s"
            + (f" -c anbu.reach={REACH}" if REACH else ""),
        },
    }
}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "anbu.desks.entrance",  # its pages come before the library's own
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "ninja",  # the API's pages from our own files, not from elsewhere
    "procrastinate.contrib.django",
    "anbu.care.foundation",
    "anbu.care.places",
    "anbu.care.staff",
    "anbu.care.effects",
    "anbu.care.people",
    "anbu.care.rosters",
    "anbu.care.readings",
    "anbu.care.concerns",
    "anbu.care.errands",
    "anbu.care.rounds",
    "anbu.care.assess",
    "anbu.care.alarms",
    "anbu.care.register",
    "anbu.care.exports",
    "anbu.care.citizens",
    "anbu.care.looking",
    "anbu.desks.control_room",
    "anbu.desks.citizen",
    "anbu.desks.field",
    "anbu.desks.rounds",
    "anbu.desks.privacy",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "anbu.config.static.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "anbu.desks.entrance.guard.Threshold",
    "anbu.config.doorway.Doorway",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
]
SECURE_CSP: dict[str, list[str]] = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "frame-ancestors": ["'none'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ROOT_URLCONF = "anbu.config.urls"
ASGI_APPLICATION = "anbu.config.asgi.application"
AUTH_USER_MODEL = "staff.Staff"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
        ("UserAttributeSimilarityValidator", {"user_attributes": ("login", "name")}),
    )
]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/start"
# What the library keeps for all web processes together: which codes were used already.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "staff_cache"}
}
ACCOUNT_ADAPTER = "anbu.desks.entrance.adapters.Account"
ACCOUNT_FORMS = {
    "login": "anbu.desks.entrance.forms.Login",
    "change_password": "anbu.desks.entrance.forms.OwnPassword",  # nosec B105
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_USER_DISPLAY = "anbu.desks.entrance.adapters.name_of"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # nobody signs up; sign-in reads it
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = False  # ours are rows: docs/decisions/0021
MFA_ADAPTER = "anbu.desks.entrance.adapters.SecondFactor"
MFA_FORMS = {
    "authenticate": "anbu.desks.entrance.forms.Code",
    "reauthenticate": "anbu.desks.entrance.forms.CodeAgain",
    "activate_totp": "anbu.desks.entrance.forms.BringApp",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]  # no recovery codes: a person resets, `anbu user`
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # staff have no mail address here
MFA_TOTP_TOLERANCE = 1  # telephones' clocks differ
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = env("HTTPS") != "1"  # on 127.0.0.1 only: browsers see to it
MFA_RATE_LIMITS = {"webauthn_login": ""}  # a passkey cannot be guessed; a shift comes in at once
OIDC_URL = env("OIDC_URL")  # the city's own directory, if it has one
OIDC_NAME = env("OIDC_NAME", "직원 계정")
OIDC_LOGIN_CLAIM = env("OIDC_LOGIN_CLAIM", "preferred_username")  # what names the account here
OIDC_SECOND_FACTOR = env("OIDC_SECOND_FACTOR") == "1"  # the directory asks for its own
SOCIALACCOUNT_ADAPTER = "anbu.desks.entrance.adapters.Directory"
SOCIALACCOUNT_LOGIN_ON_GET = False
_directory = {
    "provider_id": "directory",
    "name": OIDC_NAME,
    "client_id": env("OIDC_CLIENT_ID"),
    "secret": env("OIDC_CLIENT_SECRET"),
    "settings": {"server_url": OIDC_URL},
}
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [_directory] if OIDC_URL else []}
}
if OIDC_URL:  # the form that goes there is sent on to it
    SECURE_CSP["form-action"].append("{0.scheme}://{0.netloc}".format(urlsplit(OIDC_URL)))

# By what a citizen proves who they are, for the own record at /me: "" shows where to ask instead.
IDENTITY = env("IDENTITY", "double" if REHEARSAL else "")
IDENTITY_URL = env("IDENTITY_URL")
IDENTITY_CLIENT_ID = env("IDENTITY_CLIENT_ID")
IDENTITY_CLIENT_SECRET = env("IDENTITY_CLIENT_SECRET")
if IDENTITY not in ("", "oidc", "double"):
    sys.exit(f"ANBU_IDENTITY={IDENTITY}: this is oidc, double (in a rehearsal), or nothing")
if IDENTITY == "double" and not REHEARSAL:
    sys.exit("ANBU_IDENTITY=double: whoever types a name would be believed; in a rehearsal only")
if IDENTITY == "oidc" and not IDENTITY_URL:
    sys.exit("ANBU_IDENTITY=oidc: set ANBU_IDENTITY_URL, the service's own address")
if IDENTITY_URL:  # the form that goes there is sent on to it
    SECURE_CSP["form-action"].append("{0.scheme}://{0.netloc}".format(urlsplit(IDENTITY_URL)))

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", "한국어"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "desks" / "locale"]
TIME_ZONE = "Asia/Seoul"
USE_TZ = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "desks" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
FILE_UPLOAD_MAX_MEMORY_SIZE = 20 * 2**20 + 4096  # a register is never left on a disk
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576  # a batch of 500 plug messages is some 90 KB
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# A misspelt line in the configuration file must not be passed over in silence.
_unknown = sorted({key for key in env("CONFIG_KEYS").split(",") if key} - _asked)
if _unknown:
    sys.exit(f"{env('CONFIG')}: there is no setting {', '.join(_unknown).lower()}")
