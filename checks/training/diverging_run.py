from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.watched import LINE, PROGRAM, course, finite, run_of
from vggdoctor.evidence import Evidence, WatchedRun
from vggdoctor.schema import Measure, Severity

RISE = 2.0
"""The last loss over the lowest from which a run counts as diverged, if it lies above the first as well (ours): noise of small
batches stays well below it, a rate that is too high passes it within an epoch or two."""


class DivergingRun(Check):
    """The loss of a whole training rose instead of falling, or stopped being a number.

    What it finds
        A training loss that is not finite, or that ended at twice its lowest value and above its first.

    Why it hurts
        Once the loss is not finite every weight is, too: all later epochs are lost, and so is what fine-tuning started from.

    How it is measured
        ``vggdoctor.Callback()`` keeps what Keras logs at the end of each epoch.

    The fix
        Lower the learning rate ten times (a fine-tuned backbone wants 1e-5), add ``clipnorm=1.0`` to the optimizer, and keep
        the best weights: ``ModelCheckpoint(save_best_only=True)``. With mixed precision, let the last layer compute in float32.

    References
        Goodfellow, Bengio, Courville, "Deep Learning" (2016), 11.4.1: the learning rate is the first thing to tune.
    """

    id = "diverging-run"
    title = "The training's loss diverged"
    area = "training"
    severity = Severity.ERROR
    requires = ("recipe", "runs")

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for run in evidence.runs or ():
            message = _fault(run)
            if message:
                losses = finite(run.logs["loss"])
                measured = {"epochs": Measure(run.epochs, "epochs")}
                measured |= {"lowest_loss": Measure(round(min(losses), 4))} if losses else {}
                yield self.finding(message, run.stage, measured=measured, exhibits=(course(run, "loss", "val_loss"),))

    GOOD = (
        Case(name="a loss that falls, with noise", source=PROGRAM, runs=(run_of((2.3, 1.9, 2.0, 1.4, 1.6, 1.2)),)),
        Case(name="a loss near zero that doubles", source=PROGRAM, runs=(run_of((1.0, 0.02, 0.01, 0.03, 0.02)),)),
    )
    BAD = (
        Case(
            name="not a number",
            source=PROGRAM,
            runs=(run_of((2.3, 9.1, None, None)),),
            lines=(LINE,),
            says="not finite from epoch 3",
        ),
        Case(
            name="three times as high",
            source=PROGRAM,
            runs=(run_of((2.3, 1.9, 4.0, 6.1)),),
            lines=(LINE,),
            says="from 1.9 to 6.1",
        ),
    )


def _fault(run: WatchedRun) -> str:
    losses = run.logs.get("loss", ())
    if None in losses:
        return f"The loss is not finite from epoch {losses.index(None) + 1} of {run.epochs} on."
    known = finite(losses)
    if len(known) > 1 and known[-1] > RISE * min(known) and known[-1] > known[0]:
        return f"The loss rose from {min(known):.3g} to {known[-1]:.3g} by the end of epoch {run.epochs}."
    return ""
