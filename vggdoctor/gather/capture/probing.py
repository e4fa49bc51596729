"""Which of the captured stages the probe measures, and when."""

from __future__ import annotations

import importlib
import time
from pathlib import Path

from vggdoctor.evidence import ProbeEvidence
from vggdoctor.gather.capture.journal import Measured, Phase, ProbeFailed
from vggdoctor.gather.capture.session import Session
from vggdoctor.gather.live import LiveStage

RESERVE = 5.0
"""Seconds kept for what comes after the probe (ours)."""


class Probing:
    """Probes one stage: the one whose call the request names where the script comes to it, else the first.

    ``problem``: why what is trained on is not fit to be measured, empty while it is.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.problem = ""
        self._wanted = session.order.probe_at
        self._first: LiveStage | None = None
        self._is_done = session.order.probe_seconds <= 0

    def offer(self, live: LiveStage) -> None:
        """Measure the stage if it is the one; everything is put back afterwards."""
        if self._is_done:
            return
        if self._wanted is None or _is_at(live, self._wanted.path, self._wanted.cell, self._wanted.line, self._wanted.end_line):
            self._measure(live)
        elif self._first is None:
            self._first = live

    def finish(self) -> None:
        """The script is over: the first stage is measured if the wanted one never came."""
        if not self._is_done and self._first is not None:
            self._first.restore()
            self._measure(self._first)

    def _measure(self, live: LiveStage) -> None:
        session = self.session
        self._is_done, self._first = True, None
        seconds = min(session.order.probe_seconds, session.left() - RESERVE)
        if self.problem:
            session.journal.write(ProbeFailed(self.problem))
            return
        if seconds < 1:
            session.journal.write(ProbeFailed("no time was left for it when fit was reached; give more with --budget"))
            return
        live.sizes = session.order.sizes
        live.features = Path(session.order.features) if session.order.features else None
        session.journal.write(Phase("probing the model at fit"))

        def report(evidence: ProbeEvidence) -> None:
            session.journal.write(Measured(evidence))

        module, _, name = session.order.probe.partition(":")
        started = time.monotonic()
        with session.own_work():
            try:
                measured = getattr(importlib.import_module(module), name)(live, seconds, session.order.seed, report)
                session.journal.write(Measured(measured, finished=True))
            except Exception as error:  # noqa: BLE001  (the user's objects may raise anything when they are used)
                problem = " ".join(str(error).split())[:300]
                spent = time.monotonic() - started
                session.journal.write(ProbeFailed(f"it stopped after {spent:.0f} s with {type(error).__name__}: {problem}"))
        live.restore()


def _is_at(live: LiveStage, path: str, cell: int | None, line: int, end_line: int) -> bool:
    place = live.stage.place
    return (place.path, place.cell) == (path, cell) and line <= place.line <= end_line
