"""The ways that are open to letters, each opened when the first letter takes it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from typing import Any, Self

from anbu.channels.port import Port


class Ways(Mapping[str, Port]):
    """Providers by name. Used with `with`: what was opened is closed at the end."""

    def __init__(self, open_one: Mapping[str, Callable[[], AbstractContextManager[Any]]]) -> None:
        self._open_one = dict(open_one)
        self._opened: dict[str, Port] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *told: object) -> None:
        self._stack.close()
        self._opened.clear()

    def __getitem__(self, name: str) -> Port:
        if name not in self._opened:
            self._opened[name] = self._stack.enter_context(self._open_one[name]())
        return self._opened[name]

    def __contains__(self, name: object) -> bool:
        return name in self._open_one

    def __iter__(self) -> Iterator[str]:
        return iter(self._open_one)

    def __len__(self) -> int:
        return len(self._open_one)
