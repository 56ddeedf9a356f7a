"""Imports, likely duplicates, hand-overs between offices."""

from .doubles import Double, DoubleRun, Joining
from .imports import Import, ImportRow
from .transfers import Transfer

__all__ = ["Double", "DoubleRun", "Import", "ImportRow", "Joining", "Transfer"]
