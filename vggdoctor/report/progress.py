"""Shows on a terminal how far an audit is: the stage, what it does, and the time left of the budget."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from vggdoctor.report.text_safety import visible
from vggdoctor.report.wording import duration


class Display:
    """A context manager whose ``update`` is an audit's progress callback.

    On a terminal the current stage stands in one live line, with the time left counted down; stages that are done stay above it
    with their time. Where the output is not a terminal, each new message is a plain line.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self.stage = self.message = ""
        self.began = 0.0
        self.deadline: float | None = None
        self.spinner = Spinner("dots")
        self.live = (
            Live(console=console, get_renderable=self._line, transient=True, refresh_per_second=4)
            if console.is_terminal
            else None
        )

    def __enter__(self) -> Display:
        if self.live:
            self.live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None:
            self._close_stage()
        if self.live:
            self.live.stop()

    def update(self, stage: str, message: str, left: float | None) -> None:
        """Called by the audit; ``left`` in seconds, None where nothing is bounded."""
        if (stage, message) == (self.stage, self.message) and self.live is None:
            return
        if stage != self.stage:
            self._close_stage()
            self.began = time.monotonic()
        self.stage, self.message = visible(stage), visible(message)
        self.deadline = None if left is None else time.monotonic() + left
        if self.live is None:
            self.console.print(Text(f"{self.stage}: {self.message}"), soft_wrap=True)

    def _close_stage(self) -> None:
        if self.live and self.stage:
            spent = duration(time.monotonic() - self.began)
            self.console.print(Text.assemble(("✓ ", "green"), f"{self.stage:<9}", (spent, "dim")))
        self.stage = ""

    def _line(self) -> RenderableType:
        left = "" if self.deadline is None else f"  {duration(max(0.0, self.deadline - time.monotonic()))} left"
        self.spinner.update(
            text=Text.assemble(f"{self.stage:<9}", self.message, (left, "dim"), overflow="ellipsis", no_wrap=True)
        )
        return self.spinner
