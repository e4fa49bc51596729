"""``vggdoctor.Callback()``: watches a whole training, and writes the report of it."""

from __future__ import annotations

import atexit
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import keras
import psutil

from vggdoctor import registry
from vggdoctor.api import Audit, conclude
from vggdoctor.check import Check
from vggdoctor.evidence import Evidence, ProbeEvidence, Recipe, Stage, WatchedRun
from vggdoctor.gather.capture.child import environment
from vggdoctor.gather.gathering import Gathered
from vggdoctor.gather.inprocess.caller import frame_of_caller, where
from vggdoctor.gather.inprocess.examine import NO_SOURCE, LiveFit, observed
from vggdoctor.gather.inprocess.fit_arguments import fit_arguments
from vggdoctor.gather.inprocess.watch import Watch
from vggdoctor.gather.probe import probe
from vggdoctor.schema import GatherReport, Severity

LOOK_SECONDS = 5.0
"""For the first look at what reaches the network, before the first epoch (ours)."""
LOOK = ("contract", "validation contract")
ADDED_BY_KERAS = (keras.callbacks.History, keras.callbacks.ProgbarLogger)
WRITING_SHARE = 0.01
"""Of the time since the last report, what writing one again may take, where a callback watches many calls of fit (ours)."""


class Callback(keras.callbacks.Callback):  # type: ignore[misc]
    """Give it to ``fit`` among its callbacks.

    Before the first epoch it looks at the model and at what reaches it, and says at once what is an error. While the training
    goes on it watches the losses, the units of ReLU layers, the time that steps wait for their batches, and memory. At the end,
    or where an early stop, an exception or an interrupt breaks the training off, it writes ``report.html`` and ``report.json``
    into ``folder`` (after an exception: when the program, or the notebook's cell, is over). ``result`` is then the Audit. One
    callback may watch several calls of fit, one after the other: the report tells of all.

    ``select`` and ``ignore`` are ids of checks. The training is what it would be without it: weights, random numbers, and the
    order of the pictures, but for a shuffled tf.data pipeline, which gives another order after every look. Of a plain Python
    generator nothing is looked at beforehand.
    """

    def __init__(
        self,
        folder: Path | str = "vggdoctor-report",
        *,
        formats: Sequence[str] = ("html", "json"),
        select: Sequence[str] = (),
        ignore: Sequence[str] = (),
        quiet: bool = False,
    ) -> None:
        """Raises InputError for an id that no check has."""
        super().__init__()
        self.folder = Path(folder)
        self.formats = tuple(formats)
        self.quiet = quiet
        self.result: Audit | None = None
        self._checks: list[Check] = registry.load().select(tuple(select), tuple(ignore))
        self._stages: list[Stage] = []
        self._looks: list[ProbeEvidence] = []
        self._done: list[WatchedRun] = []
        self._watch: Watch | None = None
        self._started = time.monotonic()
        self._spent = 0.0
        self._written = (0.0, 0.0)
        self._is_new = False
        self._is_registered = False

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        began = time.perf_counter()
        if self._watch is not None:  # the fit before broke off
            self._close("broken")
        place, root = where(frame_of_caller())
        given = fit_arguments(self.model)
        if not given:  # called by something else than fit
            return
        self._finish_at_exit()
        others = [one for one in _callbacks(given) if one is not self]
        given["callbacks"] = others
        fit = LiveFit(self.model, given, place, root, method="fit")
        with observed(fit) as live:
            look = probe(live, LOOK_SECONDS, 0, lambda _: None, only=LOOK)
        self._stages.append(live.stage)
        self._looks.append(look)
        self._warn()
        self._watch = Watch(self.model, place, int((self.params or {}).get("epochs") or 1), others)
        self._watch.start()
        self._spent = time.perf_counter() - began

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        began = time.perf_counter()
        if self._watch is not None:
            self._watch.epoch(logs or {})
        self._spent += time.perf_counter() - began

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        if self._watch is None:
            return
        self._close("stopped" if self.model.stop_training else "finished")
        now, (last, took) = time.monotonic(), self._written
        if not last or took < WRITING_SHARE * (now - last):
            self._write()

    def _close(self, ended: Literal["finished", "stopped", "broken"]) -> None:
        if self._watch is not None:
            self._watch.clock.stop()
            self._done.append(self._watch.run(ended, self._spent))
            self._watch = None
            self._is_new = True

    def _evidence(self) -> Evidence:
        looks = [contract for look in self._looks for contract in look.contracts]
        skipped = {name: reason for look in self._looks for name, reason in look.skipped.items()}
        pretrained = any(look.pretrained for look in self._looks)
        return Evidence(
            recipe=Recipe(stages=tuple(self._stages)),
            probe=ProbeEvidence(contracts=tuple(looks), pretrained=pretrained, skipped=skipped, device=self._looks[0].device),
            runs=tuple(self._done),
            absent={"dataset": "a callback does not scan the picture folders"},
            machine_memory=psutil.virtual_memory().total,
        )

    def _audit(self) -> Audit:
        evidence = self._evidence()
        gathered = Gathered(
            evidence=evidence,
            reports={
                "source": GatherReport(status="skipped", reason=NO_SOURCE),
                "capture": GatherReport(status="ok"),
                "dataset": GatherReport(status="skipped", reason=evidence.absent["dataset"]),
                "probe": GatherReport(status="ok", reason="a first look, then the whole training"),
            },
            environment=environment(),
        )
        places = ", ".join(str(stage.place) for stage in self._stages)
        return conclude(gathered, self._checks, f"the training at {places}", self._started)

    def _warn(self) -> None:
        """What is wrong already, while there is time to stop."""
        if self.quiet:
            return
        for finding in self._audit().findings():
            if finding.severity is Severity.ERROR:
                print(f"vggdoctor: {finding.check}: {finding.message}", file=sys.stderr, flush=True)

    def _write(self) -> None:
        began = time.monotonic()
        self.result = self._audit()
        paths = self.result.save(self.folder, self.formats)
        self._is_new = False
        self._written = (time.monotonic(), time.monotonic() - began)
        if not self.quiet:
            found = len(self.result.findings())
            print(f"vggdoctor: {found} finding{'s' if found != 1 else ''}, {paths[0]}", file=sys.stderr, flush=True)

    def _finish_at_exit(self) -> None:
        """Keras tells a callback nothing of an exception: the end of the program, or of the notebook's cell, does."""
        if self._is_registered:
            return
        self._is_registered = True
        atexit.register(self._last_chance)
        shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
        if shell is not None:
            shell.events.register("post_run_cell", self._last_chance)

    def _last_chance(self, *_: Any) -> None:
        self._close("broken")
        if self._is_new:
            self._write()


def _callbacks(given: dict[str, Any]) -> list[Any]:
    callbacks = given.get("callbacks")
    if not isinstance(callbacks, keras.callbacks.CallbackList):
        return list(keras.tree.flatten(callbacks))
    return [one for one in callbacks.callbacks if not isinstance(one, ADDED_BY_KERAS)]
