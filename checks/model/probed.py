"""A program and what a probe of it may have seen: shared by the cases of checks on how signals go through a network."""

from __future__ import annotations

from vggdoctor.checks.training.programs import GENERATORS
from vggdoctor.evidence import FirstLook, LayerSignal, ProbeEvidence, TrainingRun
from vggdoctor.schema import Location

PROGRAM = GENERATORS + "model.fit(train, validation_data=val, epochs=20)\n"
FIT = Location("train.py", 16, 16)
"""Where PROGRAM trains."""
STILL = (2.5, 2.52, 2.49, 2.5, 2.51, 2.5, 2.49, 2.5) * 3
FALLING = tuple(2.5 - 0.06 * step for step in range(24))
"""Losses of a short training on PROGRAM's twelve classes."""


def probed(layers: tuple[LayerSignal, ...], losses: tuple[float, ...], moment: str = "start") -> ProbeEvidence:
    """A short training with ``losses``, and one look at ``layers``: at its start, or (``trained``) after it."""
    loss = losses[0] if moment == "start" else losses[-1]
    return ProbeEvidence(
        looks=(FirstLook(stage=FIT, moment=moment, pictures=64, loss=loss, penalty=0.0, layers=layers),),
        runs=(TrainingRun(stage=FIT, label="user", learning_rate=1e-3, losses=losses, chance_loss=2.485),),
    )
