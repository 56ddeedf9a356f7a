"""How long a text is, as Korean carriers count: in bytes of EUC-KR."""

SMS_BYTES = 90  # one short message
LMS_BYTES = 2000  # one long message, with a subject
KAKAO_LETTERS = 1000  # one 알림톡


def byte_length(text: str) -> int:
    """Return the length in bytes; a syllable outside of the table counts as two like any other."""
    return sum(1 if letter.isascii() else 2 for letter in text)


def size_of(text: str) -> str:
    """Return as what a text travels: `sms` up to 90 bytes, else `lms`."""
    return "sms" if byte_length(text) <= SMS_BYTES else "lms"
