"""Hiding small numbers, and those that would give a small number away.

A table of counts with a sum behind each row and below each column. A number from 1 to 4 could be
a person somebody knows; a lone hidden number is the sum less the others. So numbers are hidden
until no hidden one follows from what is shown.
"""

from collections.abc import Iterator, Sequence

FEWEST = 5  # a shown number is none, or at least so many
HIDDEN = "*"

Cell = tuple[int, int]


def suppress(counts: Sequence[Sequence[int]]) -> list[list[int | None]]:
    """Return the counts with their sums (last column, last row); None where a number is hidden."""
    table = _with_sums(counts)
    hidden = {(r, c) for r, row in enumerate(table) for c, n in enumerate(row) if 0 < n < FEWEST}
    while more := _one_more(table, hidden):
        hidden.add(more)
    return [
        [None if (r, c) in hidden else n for c, n in enumerate(row)] for r, row in enumerate(table)
    ]


def _with_sums(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [[*row, sum(row)] for row in counts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]] if rows else []


def _one_more(table: list[list[int]], hidden: set[Cell]) -> Cell | None:
    """Return the next cell to hide, or None when nothing follows from what is shown."""
    for line in _lines(table):
        inside = [cell for cell in line if cell in hidden]
        if inside and _is_told(table, line, inside):
            shown = _smallest(table, line, hidden)
            if shown:
                return shown
    for row, column in _bridges(table, hidden):
        for line in (_row(table, row), _column(table, column)):
            shown = _smallest(table, line, hidden)
            if shown:
                return shown
    return None


def _is_told(table: list[list[int]], line: list[Cell], inside: list[Cell]) -> bool:
    """Say whether a hidden number of this line follows from the shown ones.

    Two that add up to 2 are 1 and 1. So many must be hidden that each can be any small number.
    """
    if len(inside) < 2:
        return True
    if line[-1] in inside:
        return False  # the sum is hidden too: it can be anything
    return sum(table[r][c] for r, c in inside) < FEWEST - 1 + len(inside) - 1


def _lines(table: list[list[int]]) -> Iterator[list[Cell]]:
    for r in range(len(table)):
        yield _row(table, r)
    for c in range(len(table[0]) if table else 0):
        yield _column(table, c)


def _row(table: list[list[int]], r: int) -> list[Cell]:
    return [(r, c) for c in range(len(table[r]))]


def _column(table: list[list[int]], c: int) -> list[Cell]:
    return [(r, c) for r in range(len(table))]


def _smallest(table: list[list[int]], line: list[Cell], hidden: set[Cell]) -> Cell | None:
    """Return the shown number that costs least to hide; a sum only when nothing else is left.

    Nought is never hidden: it hides nobody, and whoever looks can tell that it is none.
    """
    free = [cell for cell in line if cell not in hidden and table[cell[0]][cell[1]]]
    last_row, last_column = len(table) - 1, len(table[0]) - 1

    def cost(cell: Cell) -> tuple[bool, int, Cell]:
        r, c = cell
        return (r == last_row or c == last_column, table[r][c], cell)

    return min(free, key=cost, default=None)


def _bridges(table: list[list[int]], hidden: set[Cell]) -> list[Cell]:
    """Return hidden cells that alone join two groups of rows and columns: their sums tell them.

    Rows and columns are points, hidden cells the ways between them; a way that lies on no circle
    is told by adding up all lines on one of its sides.
    """
    ways: dict[tuple[str, int], list[tuple[tuple[str, int], Cell]]] = {}
    for cell in sorted(hidden):
        a, b = ("row", cell[0]), ("column", cell[1])
        ways.setdefault(a, []).append((b, cell))
        ways.setdefault(b, []).append((a, cell))
    found: list[Cell] = []
    low: dict[tuple[str, int], int] = {}
    seen: dict[tuple[str, int], int] = {}
    for start in ways:
        if start in seen:
            continue
        seen[start] = low[start] = len(seen)
        path = [(start, None, iter(ways[start]))]
        while path:
            point, came_by, ahead = path[-1]
            for to, cell in ahead:
                if cell == came_by:
                    continue
                if to in seen:
                    low[point] = min(low[point], seen[to])
                    continue
                seen[to] = low[to] = len(seen)
                path.append((to, cell, iter(ways[to])))  # type: ignore[arg-type]
                break
            else:
                path.pop()
                if path and came_by is not None:
                    before = path[-1][0]
                    low[before] = min(low[before], low[point])
                    if low[point] > seen[before]:
                        found.append(came_by)
    return found
