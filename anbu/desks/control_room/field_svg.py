"""A link as a picture that a telephone reads."""

from typing import Any

import qrcode
from django.utils.html import format_html
from django.utils.translation import gettext as _


def qr(link: str) -> Any:
    """Return the picture; its dark squares are one line, drawn row by row."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=4)
    code.add_data(link)
    rows = code.get_matrix()
    dark = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}"><path fill="#000" d="{}"/>'
        "</svg>",
        _("휴대전화로 찍는 그림"),
        len(rows),
        len(rows),
        dark,
    )
