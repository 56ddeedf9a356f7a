"""What may stand in a cell: text is never a formula, whoever typed it."""

import unicodedata

BEGINS_A_FORMULA = tuple("=+-@\t\r\n|")


def plain(value: str | int) -> str | int:
    """Return a value as a cell may hold it: what a sheet would calculate is quoted.

    Full-width signs count as well: some programs read them as the plain ones.
    """
    if isinstance(value, int):
        return value
    shown = "".join(each for each in value if each in "\t\n\r" or each.isprintable())
    first = unicodedata.normalize("NFKC", shown.lstrip(" \u3000\u00a0")[:1] or shown[:1])
    return f"'{shown}" if first.startswith(BEGINS_A_FORMULA) else shown
