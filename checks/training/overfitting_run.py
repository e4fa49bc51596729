from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.watched import LINE, PROGRAM, course, finite, long_runs, run_of
from vggdoctor.evidence import Evidence
from vggdoctor.schema import Measure, Severity

RISE = 1.2
"""The last validation loss over the best one from which it counts as risen (ours: epoch to epoch it moves by a few percent)."""
LATE = 3
"""Epochs since the best one, at least: one bad epoch is no trend (ours)."""


class OverfittingRun(Check):
    """The validation loss rose while the training loss went on falling.

    What it finds
        A validation loss at the end of a fifth or more above its best, three epochs ago or earlier, with a training loss
        that fell in between.

    Why it hurts
        The network learns the training pictures by heart. Its probabilities get worse first, its accuracy after that. Where no
        callback keeps the best weights, the ones that remain are the worse ones.

    How it is measured
        ``vggdoctor.Callback()`` keeps what Keras logs at the end of each epoch. A note, not a warning, where a callback keeps the
        best weights.

    The fix
        ``EarlyStopping(restore_best_weights=True)`` or ``ModelCheckpoint(save_best_only=True)`` at once; then augmentation,
        Dropout in the head, fewer layers that train, more pictures.

    References
        Prechelt, "Early Stopping - But When?" (1998); Goodfellow, Bengio, Courville, "Deep Learning" (2016), chapter 7.
    """

    id = "overfitting-run"
    title = "The training overfitted"
    area = "training"
    severity = Severity.WARNING
    requires = ("recipe", "runs")

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for run in long_runs(evidence):
            train, held_out = finite(run.logs["loss"]), finite(run.logs.get("val_loss", ()))
            if len(train) != run.epochs or len(held_out) != run.epochs:
                continue
            best = held_out.index(min(held_out))
            is_late = run.epochs - 1 - best >= LATE
            if is_late and held_out[-1] >= RISE * held_out[best] and train[-1] < train[best]:
                kept = "the best weights are kept" if run.kept_best else "nothing keeps the best weights"
                yield self.finding(
                    f"Since epoch {best + 1} of {run.epochs} the validation loss rose from {held_out[best]:.3g} to "
                    f"{held_out[-1]:.3g} while the training loss fell to {train[-1]:.3g}; {kept}.",
                    run.stage,
                    severity=Severity.NOTE if run.kept_best else Severity.WARNING,
                    measured={
                        "best_epoch": Measure(best + 1, "epoch"),
                        "best_val_loss": Measure(round(held_out[best], 4)),
                        "last_val_loss": Measure(round(held_out[-1], 4)),
                    },
                    exhibits=(course(run, "loss", "val_loss"),),
                )

    GOOD = (
        Case(
            name="both fall",
            source=PROGRAM,
            runs=(run_of((2.3, 1.8, 1.5, 1.2, 1.0, 0.9), (2.2, 1.9, 1.7, 1.5, 1.4, 1.4)),),
        ),
        Case(
            name="one bad epoch at the end",
            source=PROGRAM,
            runs=(run_of((2.3, 1.8, 1.5, 1.2, 1.0, 0.9), (2.2, 1.9, 1.7, 1.5, 1.4, 1.9)),),
        ),
    )
    BAD = (
        Case(
            name="the gap opens",
            source=PROGRAM,
            runs=(run_of((2.0, 1.2, 0.8, 0.5, 0.3, 0.1), (1.9, 1.3, 1.2, 1.3, 1.5, 1.8)),),
            lines=(LINE,),
            severity=Severity.WARNING,
            says="rose from 1.2 to 1.8",
        ),
        Case(
            name="the gap opens, the best weights are kept",
            source=PROGRAM,
            runs=(run_of((2.0, 1.2, 0.8, 0.5, 0.3, 0.1), (1.9, 1.3, 1.2, 1.3, 1.5, 1.8), kept_best=True),),
            lines=(LINE,),
            severity=Severity.NOTE,
            says="the best weights are kept",
        ),
    )
