"""Sealing secrets that the database may hold and not read, with the installation's own key."""

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(text: str, *, what: str) -> str:
    """Return a secret as the database may hold it; `what` it is keeps kinds of secrets apart."""
    return _vault(what).encrypt(text.encode()).decode()


def unseal(sealed: str, *, what: str) -> str:
    """Return a secret as it was."""
    return _vault(what).decrypt(sealed.encode()).decode()


def _vault(what: str) -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(str(key), what)) for key in keys])


def _derived(key: str, what: str) -> bytes:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"anbu {what}".encode())
    return base64.urlsafe_b64encode(made.derive(key.encode()))
