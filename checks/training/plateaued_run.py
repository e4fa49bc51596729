from __future__ import annotations

import math
from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.watched import LINE, PROGRAM, course, finite, long_runs, run_of
from vggdoctor.evidence import Evidence, WatchedRun
from vggdoctor.schema import Measure, Severity

STUCK = 0.97
"""Share of its first value that the lowest training loss must go below, or nothing was learnt (ours; the same share as the
probe's short trainings)."""
IDLE_EPOCHS = 10
"""Epochs without a better validation loss that are worth a word: the usual patience of EarlyStopping is 3 to 10."""
IDLE_SHARE = 1 / 3
"""Of the whole run, what those epochs must make up (ours)."""


class PlateauedRun(Check):
    """A whole training learnt nothing, or went on long after it had stopped getting better.

    What it finds
        A training loss that hardly left its first value; or at the end at least ten epochs, and a third of the run, without
        a better validation loss.

    Why it hurts
        The first is a training that does not work: the other findings say why. The second is time, and every one of those epochs
        overfits a little more.

    How it is measured
        ``vggdoctor.Callback()`` keeps what Keras logs at the end of each epoch.

    The fix
        For a stuck loss: the preprocessing, the rate and the output layer first. For idle epochs: ``EarlyStopping(patience=5,
        restore_best_weights=True)``, and ``ReduceLROnPlateau`` with a smaller patience before it.

    References
        Prechelt, "Early Stopping - But When?" (1998); https://keras.io/api/callbacks/early_stopping/
    """

    id = "plateaued-run"
    title = "The training stood still"
    area = "training"
    severity = Severity.WARNING
    requires = ("recipe", "runs")

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for run in long_runs(evidence):
            losses = finite(run.logs["loss"])
            if len(losses) == run.epochs and min(losses) > STUCK * losses[0]:
                yield self.finding(
                    f"The training loss was {losses[0]:.3g} after the first epoch and {min(losses):.3g} at its best in "
                    f"{run.epochs} epochs: nothing was learnt.",
                    run.stage,
                    measured={"first_loss": Measure(round(losses[0], 4)), "lowest_loss": Measure(round(min(losses), 4))},
                    exhibits=(course(run, "loss", "val_loss"),),
                )
                continue
            idle = _idle(run)
            if idle >= IDLE_EPOCHS and idle >= IDLE_SHARE * run.epochs:
                minutes = sum(run.seconds[-idle:]) / 60
                spent = f" ({minutes:.0f} min)" if minutes >= 1 else ""
                yield self.finding(
                    f"The validation loss was best after epoch {run.epochs - idle} of {run.epochs}; "
                    f"{idle} epochs{spent} came after.",
                    run.stage,
                    severity=Severity.NOTE,
                    measured={"idle_epochs": Measure(idle, "epochs"), "epochs": Measure(run.epochs, "epochs")},
                    exhibits=(course(run, "loss", "val_loss"),),
                )

    GOOD = (
        Case(
            name="a loss that falls to the end",
            source=PROGRAM,
            runs=(run_of((2.3, 1.8, 1.5, 1.2, 1.0), (2.2, 1.9, 1.7, 1.5, 1.4)),),
        ),
        Case(
            name="a short flat end",
            source=PROGRAM,
            runs=(run_of((2.3, 1.5, 1.0, 0.9, 0.8, 0.8), (2.0, 1.4, 1.2, 1.2, 1.3, 1.3)),),
        ),
    )
    BAD = (
        Case(
            name="stuck at chance",
            source=PROGRAM,
            runs=(run_of((2.31, 2.304, 2.303, 2.303, 2.303, 2.302)),),
            lines=(LINE,),
            severity=Severity.WARNING,
            says="nothing was learnt",
        ),
        Case(
            name="twelve idle epochs of twenty",
            source=PROGRAM,
            runs=(
                run_of(
                    tuple(2.3 * 0.9**epoch for epoch in range(20)),
                    (2.2, 1.9, 1.7, 1.5, 1.4, 1.35, 1.3, 1.29, *(1.3,) * 12),
                    seconds=(30.0,) * 20,
                ),
            ),
            lines=(LINE,),
            severity=Severity.NOTE,
            says="best after epoch 8 of 20; 12 epochs (6 min) came after",
        ),
    )


def _idle(run: WatchedRun) -> int:
    """Epochs after the best validation loss; 0 without one."""
    losses = [math.inf if value is None else value for value in run.logs.get("val_loss", ())]
    return len(losses) - 1 - losses.index(min(losses)) if losses else 0
