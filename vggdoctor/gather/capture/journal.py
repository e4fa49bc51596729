"""What the child writes while it runs, one JSON line an event, so that a child that dies leaves what it had."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from vggdoctor.evidence import Evaluation, ProbeEvidence, ProbeSizes, Stage
from vggdoctor.schema import Location


class ChildRequest(Struct, kw_only=True):
    """The order to the child. All paths are absolute but ``entry``, which is relative to ``root`` and to ``copy`` alike.

    ``root``: the user's project, never written to; ``copy``: the scratch copy of it; ``base``: the folder that may be written
    to, with ``copy`` in it; ``features``: another, which the runs of one audit share; ``store``: where downloaded weights are
    kept for later audits. ``folder``: where the script starts, relative to ``copy``. ``offline_weights``: VGG16 without top in
    Keras' own file format. ``cells``: the sources of a notebook's code cells. ``probe_at``: the call of fit that is worth the
    probe's time most, None for the first. ``unused``: packages that Keras imports where they are installed, and that the
    project does not speak of. ``memory_bytes``: the limit that the parent watches, 0 for none.
    """

    root: str
    copy: str
    base: str
    store: str
    entry: str
    folder: str
    arguments: tuple[str, ...]
    seconds: float
    probe_seconds: float
    seed: int
    offline: bool
    probe: str
    data: str | None = None
    offline_weights: str | None = None
    cells: dict[int, str] | None = None
    sizes: ProbeSizes | None = None
    features: str | None = None
    probe_at: Location | None = None
    unused: tuple[str, ...] = ()
    memory_bytes: int = 0


class Phase(Struct, tag="phase", frozen=True):
    """What the child turns to now, for the progress display."""

    name: str


class StageSeen(Struct, tag="stage", frozen=True):
    stage: Stage


class EvaluationSeen(Struct, tag="evaluation", frozen=True):
    evaluation: Evaluation


class Measured(Struct, tag="probe", frozen=True):
    """All that the probe has so far; the last one counts. ``finished``: the probe is done."""

    probe: ProbeEvidence
    finished: bool = False


class ProbeFailed(Struct, tag="probe-failed", frozen=True):
    reason: str


class Notice(Struct, tag="notice", frozen=True):
    text: str


class Supplied(Struct, tag="supplied", frozen=True):
    """A name that the installed Keras lacks and the child supplied. ``present``: how it is written today."""

    name: str
    present: str
    place: Location | None = None


class Environment(Struct, tag="environment", frozen=True):
    facts: dict[str, str]


class Ended(Struct, tag="ended", frozen=True):
    """How the script came to its end, where the child could tell. ``reason`` is one line for people."""

    how: Literal["finished", "exit", "exception", "missing-module", "arguments", "syntax", "no-keras", "left"]
    reason: str = ""
    code: int = 0
    place: Location | None = None


Event = Phase | StageSeen | EvaluationSeen | Measured | ProbeFailed | Notice | Supplied | Environment | Ended


class Journal:
    """The child's side. Only the process that opened it writes: forked workers inherit the object and stay silent."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._process = os.getpid()
        self._said: set[str] = set()

    def write(self, event: Event) -> None:
        """Append one event in a single system call."""
        if os.getpid() == self._process:
            os.write(self._file, msgspec.json.encode(event) + b"\n")

    def write_once(self, text: str) -> None:
        """Say something unless the like, whatever is in its brackets, was said before."""
        kind = re.sub(r"\(.*?\)", "", text)
        if kind not in self._said:
            self._said.add(kind)
            self.write(Notice(text))

    def notice(self, text: str) -> None:
        """Say something once."""
        if text not in self._said:
            self._said.add(text)
            self.write(Notice(text))


class JournalReader:
    """The parent's side: whole lines only, each at most once. A line that does not decode is dropped: its writer died in it."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        self._file = path.open("rb")
        self._rest = b""
        self._decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)

    def new(self) -> list[Event]:
        """The events since the last call."""
        *lines, self._rest = (self._rest + self._file.read()).split(b"\n")
        events = []
        for line in lines:
            try:
                events.append(self._decoder.decode(line))
            except msgspec.DecodeError:
                continue
        return events

    def close(self) -> None:
        self._file.close()
