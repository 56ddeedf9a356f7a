"""The tables about people."""

from .absences import Absence
