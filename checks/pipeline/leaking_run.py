from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.watched import LINE, PROGRAM, long_runs, run_of
from vggdoctor.evidence import Evidence
from vggdoctor.schema import Curve, Measure, Severity

WARM_UP = 2
"""Epochs in which buffers, caches and graphs are made, so memory may grow (ours)."""
STEADY = 0.8
"""Share of the later epochs that must each add memory (ours)."""
LEAST = 512 * 2**20
"""Bytes that they must add together to be worth a word (ours)."""
GIB = 2**30


class LeakingRun(Check):
    """The memory of the process grew from epoch to epoch.

    What it finds
        Half a gibibyte or more that was added after the second epoch, with four of five epochs each taking more than the one
        before.

    Why it hurts
        A long training that leaks ends in the system's hands: killed without a message, hours in.

    How it is measured
        ``vggdoctor.Callback()`` reads the resident memory of the process at the end of each epoch.

    The fix
        Look at what a callback or a generator keeps: histories of batches, figures that are never closed, ``model.predict``
        in a loop (call the model instead), ``.cache()`` on a set that is larger than memory, a new ``tf.function`` in each epoch.

    References
        https://keras.io/api/models/model_training_apis/#predict-method; https://www.tensorflow.org/guide/function#retracing
    """

    id = "leaking-run"
    title = "Memory grew from epoch to epoch"
    area = "pipeline"
    severity = Severity.WARNING
    requires = ("recipe", "runs")

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for run in long_runs(evidence):
            memory = run.memory[WARM_UP - 1 :]
            steps = [later - earlier for earlier, later in pairwise(memory)]
            if not steps or sum(step > 0 for step in steps) < STEADY * len(steps) or memory[-1] - memory[0] < LEAST:
                continue
            each = (memory[-1] - memory[0]) / len(steps)
            yield self.finding(
                f"The process grew from {memory[0] / GIB:.1f} to {memory[-1] / GIB:.1f} GiB in {len(steps)} epochs, "
                f"{each / 2**20:.0f} MiB each.",
                run.stage,
                measured={"growth": Measure(round(each / 2**20, 1), "MiB an epoch"), "epochs": Measure(run.epochs, "epochs")},
                exhibits=(_course(run.stage.path, run.memory),),
            )

    GOOD = (
        Case(
            name="growth at the start only",
            source=PROGRAM,
            runs=(run_of((2.3, 2.0, 1.9, 1.8, 1.7, 1.6), memory=(GIB, 3 * GIB, 3 * GIB, 3 * GIB, 3 * GIB, 3 * GIB)),),
        ),
        Case(
            name="up and down",
            source=PROGRAM,
            runs=(run_of((2.3, 2.0, 1.9, 1.8, 1.7, 1.6), memory=(GIB, 2 * GIB, 3 * GIB, 2 * GIB, 3 * GIB, 3 * GIB)),),
        ),
    )
    BAD = (
        Case(
            name="256 MiB an epoch",
            source=PROGRAM,
            runs=(run_of((2.3, 2.0, 1.9, 1.8, 1.7, 1.6), memory=tuple(2 * GIB + epoch * GIB // 4 for epoch in range(6))),),
            lines=(LINE,),
            says="256 MiB each",
        ),
        Case(
            name="growth with one pause",
            source=PROGRAM,
            runs=(
                run_of(
                    (2.3, 2.0, 1.9, 1.8, 1.7, 1.6, 1.5),
                    memory=tuple(GIB * part // 4 for part in (4, 8, 9, 10, 10, 11, 12)),
                ),
            ),
            lines=(LINE,),
            says="from 2.0 to 3.0 GiB in 5 epochs",
        ),
    )


def _course(path: str, memory: tuple[int, ...]) -> Curve:
    values = tuple(used / GIB for used in memory)
    epochs = tuple(float(epoch) for epoch in range(1, len(memory) + 1))
    return Curve(f"Memory of the process, {path}", "epoch", "GiB", {"memory": epochs}, {"memory": values})
