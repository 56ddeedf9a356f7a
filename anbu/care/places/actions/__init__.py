"""Loading a city, and what changes in it."""

from .contracts import BadContract, end_contract, write_contract
from .organisations import Loaded, load_organisations, make_organisations
from .redrawing import BadRedrawing, NewDong, read_redrawing, redraw_dongs
from .seoul import BadHolidays, load_holidays, load_holidays_csv, load_seoul

__all__ = [
    "BadContract",
    "BadHolidays",
    "BadRedrawing",
    "Loaded",
    "NewDong",
    "end_contract",
    "load_holidays",
    "load_holidays_csv",
    "load_organisations",
    "load_seoul",
    "make_organisations",
    "read_redrawing",
    "redraw_dongs",
    "write_contract",
]
