"""Progress of long commands."""

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


class Told:
    """Progress as a bar on a terminal, as a line for each part elsewhere."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bars: Progress | None = None
        self._tasks: dict[str, int] = {}

    def __enter__(self) -> "Told":
        if self._console.is_terminal:
            columns = TextColumn("{task.description:<24}"), BarColumn(), TimeElapsedColumn()
            self._bars = Progress(*columns, console=self._console)
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bars:
            self._bars.stop()

    def __call__(self, part: str, done: int, whole: int) -> None:
        """Say that so much of this part is done."""
        if self._bars is None:
            if done >= whole:
                click.echo(f"  {part}: {whole:,}", err=True)
            return
        if part not in self._tasks:
            self._tasks[part] = self._bars.add_task(part, total=whole)
        self._bars.update(self._tasks[part], completed=done, total=whole)  # type: ignore[arg-type]
