"""Training loops that people write themselves: batches handed to train_on_batch, and GradientTape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from msgspec.structs import replace

from vggdoctor.evidence import Origin, Pipeline, Stage, known, unknown
from vggdoctor.gather.capture import batches, history
from vggdoctor.gather.capture.applications import Applications
from vggdoctor.gather.capture.journal import Phase
from vggdoctor.gather.capture.observe_fit import observe
from vggdoctor.gather.capture.observe_stage import Fit
from vggdoctor.gather.capture.probing import Probing
from vggdoctor.gather.capture.session import Made, Session
from vggdoctor.gather.capture.stages import Stages
from vggdoctor.gather.live import LiveStage
from vggdoctor.schema import Location

MOST_PICTURES, MOST_BATCHES = 256, 32
"""What is kept of a loop for the probe (ours)."""
REASON = "a training loop of its own shows its batches one by one"


@dataclass
class Loop:
    """One model that is trained batch by batch; ``logs`` answers each batch. ``pending``: not offered to the probe yet."""

    live: LiveStage
    logs: dict[str, float]
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    pending: bool = True


class Loops:
    """Collects the batches of each loop until they are enough for the probe."""

    def __init__(self, session: Session, applications: Applications, stages: Stages, probing: Probing) -> None:
        self._session = session
        self._applications = applications
        self._stages = stages
        self._probing = probing
        self._loops: dict[int, Loop] = {}

    def batch(self, model: Any, given: dict[str, Any], place: Location, compiled: Made | None) -> dict[str, float]:
        """Take one call of train_on_batch, untrained. Returns loss and metrics by name."""
        loop = self._loops.get(id(model))
        if loop is None:
            loop = self._loops[id(model)] = self._begin(
                Fit(model, given, place, "train_on_batch", compiled, self._stages.of(model))
            )
        if loop.pending:
            parts = tuple(given.get(name) for name in ("x", "y", "sample_weight") if given.get(name) is not None)
            loop.rows.append(tuple(np.asarray(part) for part in parts))
            if len(loop.rows) >= MOST_BATCHES or sum(len(row[0]) for row in loop.rows) >= MOST_PICTURES:
                self._offer(loop)
        return loop.logs

    def finish(self) -> None:
        """The loops are over, or the script is: the probe gets what there is."""
        for loop in self._loops.values():
            if loop.pending:
                self._offer(loop)

    def _begin(self, fit: Fit) -> Loop:
        session = self._session
        session.journal.write(Phase(f"looking at the training loop at {fit.place}"))
        seen = observe(fit, self._applications.built, session)
        seen.live.stage = of_batches(seen.live.stage, batches.rows(seen.batch))
        self._stages.add(seen.live)
        logs = history.measure(fit.model, seen.batch, session)
        seen.live.restore()
        return Loop(seen.live, logs)

    def _offer(self, loop: Loop) -> None:
        """Each picture once, whatever the number of epochs that went by."""
        loop.pending = False
        if not all(len(row) > 1 for row in loop.rows):
            return
        columns = [np.concatenate(part) for part in zip(*loop.rows, strict=False)]
        loop.rows.clear()
        first = {row.tobytes(): index for index, row in reversed(list(enumerate(columns[0])))}
        keep = np.sort(list(first.values()))
        loop.live.train, loop.live.y = columns[0][keep], columns[1][keep]
        loop.live.sample_weight = columns[2][keep] if len(columns) > 2 else None
        self._probing.offer(loop.live)
        self._session.journal.write(Phase("running the script after the first batches of its loop"))


def of_batches(stage: Stage, rows: int | None) -> Stage:
    """What a stage says when only its batches were seen: nothing about the whole, nor about what fit would be told."""
    hidden = unknown(REASON)
    train: Pipeline = replace(
        stage.train,
        batch_size=stage.train.batch_size if rows is None else known(rows, origin=Origin.OBSERVED),
        shuffle=hidden,
        pictures=hidden,
        class_counts=hidden,
        array_shape=hidden,
        held_in_memory=hidden,
    )
    return replace(
        stage,
        train=train,
        validation=hidden,
        callbacks=hidden,
        class_weight=hidden,
        epochs=hidden,
        steps_per_epoch=hidden,
        settings={},
    )
