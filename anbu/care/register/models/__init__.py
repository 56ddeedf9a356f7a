"""Imports, likely duplicates, hand-overs between offices."""

from .imports import Import, ImportRow

__all__ = ["Import", "ImportRow"]
