"""A code app that is not ours: RFC 6238, from the standard library alone."""

import base64
import hashlib
import hmac
import struct
import time

STEP_S = 30


def code_of(secret: str, *, steps_ahead: int = 0) -> str:
    """Return the number an app shows for this secret now, or so many steps later."""
    counter = int(time.time()) // STEP_S + steps_ahead
    key = base64.b32decode(secret, casefold=True)
    digest = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    (number,) = struct.unpack_from(">I", digest, digest[-1] & 0x0F)
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"
