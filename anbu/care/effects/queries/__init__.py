"""Which words are in force, and which ways are open."""

from .templates import template_named, templates_in_force
from .ways import receipt_secrets, smpp_line, ways

__all__ = ["receipt_secrets", "smpp_line", "template_named", "templates_in_force", "ways"]
