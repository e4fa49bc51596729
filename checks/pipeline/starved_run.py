from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.watched import LINE, PROGRAM, run_of
from vggdoctor.evidence import Evidence
from vggdoctor.schema import Measure, Severity

WAITING = 0.3
"""Share of a step from which its input is the bottleneck (the project's catalogue of faults)."""


class StarvedRun(Check):
    """The steps of a training waited for their pictures.

    What it finds
        Steps that spent 30 % or more of their time waiting for the next batch.

    Why it hurts
        That time is lost, on a GPU most of it: the same training could be done in what remains.

    How it is measured
        ``vggdoctor.Callback()`` draws the batch of some steps itself, and takes the time.

    The fix
        tf.data instead of a Python generator; ``.map(..., num_parallel_calls=tf.data.AUTOTUNE)``, ``.cache()`` after
        decoding where the set fits into memory, ``.prefetch(tf.data.AUTOTUNE)`` last; ``workers=`` for a PyDataset; pictures
        stored in the size that the network takes.

    References
        https://www.tensorflow.org/guide/data_performance
    """

    id = "starved-run"
    title = "The training waited for its pictures"
    area = "pipeline"
    severity = Severity.WARNING
    requires = ("recipe", "runs")

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for run in evidence.runs or ():
            if run.waiting is not None and run.waiting >= WAITING:
                minutes = run.waiting * sum(run.seconds) / 60
                spent = f", {minutes:.0f} min of the whole run" if minutes >= 1 else ""
                yield self.finding(
                    f"A step waited for its batch for {run.waiting:.0%} of its time ({run.timed_steps} steps timed){spent}.",
                    run.stage,
                    measured={
                        "waiting": Measure(round(run.waiting, 3), "share of a step"),
                        "steps": Measure(run.timed_steps, "steps"),
                    },
                )

    GOOD = (
        Case(name="hardly any waiting", source=PROGRAM, runs=(run_of((2.3, 2.0), waiting=0.04, timed_steps=40),)),
        Case(name="not timed", source=PROGRAM, runs=(run_of((2.3, 2.0)),)),
    )
    BAD = (
        Case(
            name="half of each step",
            source=PROGRAM,
            runs=(run_of((2.3, 2.0), waiting=0.5, timed_steps=40, seconds=(300.0, 300.0)),),
            lines=(LINE,),
            says="for 50% of its time (40 steps timed), 5 min",
        ),
        Case(
            name="a short run",
            source=PROGRAM,
            runs=(run_of((2.3, 2.0), waiting=0.82, timed_steps=9, seconds=(3.0, 3.0)),),
            lines=(LINE,),
            says="for 82% of its time (9 steps timed).",
        ),
    )
