from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.watched import LINE, PROGRAM, run_of
from vggdoctor.evidence import Evidence
from vggdoctor.schema import Bars, Measure, Severity, Undetermined

HALF = 0.5
"""Share of a layer's units from which it is told: some dead units are normal, in half of 113 healthy models a layer has some
that give zero for every picture (the project's catalogue of faults)."""
SMALLEST_RATE = 1e-6
"""Below this learning rate a bias that fires may stay where it is for want of digits (float32 has seven; ours)."""


class DeadUnits(Check):
    """Half or more of a ReLU layer's units no longer learn.

    What it finds
        A layer that ends in ReLU, and in which the bias of at least half of the units did not move during the last epoch.

    Why it hurts
        A ReLU unit that gives zero for every picture has a gradient of zero: it never comes back, and the layer is as wide
        as what is left of it.

    How it is measured
        ``vggdoctor.Callback()`` compares the biases at the ends of two epochs. A bias stays exactly where it was only if its
        gradient was zero for every picture in between. Not judged under weight decay, below a rate of 1e-6, or if the last
        layer rests, too.

    The fix
        A lower learning rate, pictures of the range that the network expects, ``kernel_initializer="he_normal"`` before
        ReLU; or an activation that does not go silent (``gelu``, ``leaky_relu``).

    References
        He, Zhang, Ren, Sun, "Delving Deep into Rectifiers" (2015); Maas, Hannun, Ng, "Rectifier Nonlinearities Improve
        Neural Network Acoustic Models" (2013).
    """

    id = "dead-units"
    title = "Many units of a ReLU layer are dead"
    area = "model"
    severity = Severity.WARNING
    requires = ("recipe", "runs")

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for run in evidence.runs or ():
            if run.epochs == 0 or not run.resting:
                continue
            if not run.output_moved or (run.rates and run.rates[-1] < SMALLEST_RATE):
                yield Undetermined("the last layer rests as well, or the learning rate is too small for a bias to move")
                continue
            shares = {name: resting / units for name, (resting, units) in run.resting.items() if units}
            dead = {name: share for name, share in shares.items() if share >= HALF}
            if dead:
                worst = max(dead, key=lambda name: dead[name])
                resting, units = run.resting[worst]
                others = f" (and in {len(dead) - 1} more layers)" if len(dead) > 1 else ""
                yield self.finding(
                    f"{resting} of the {units} units of the layer {worst} gave zero for every picture of the last epoch{others}.",
                    run.stage,
                    measured={"dead_units": Measure(resting, "units"), "units": Measure(units, "units")},
                    exhibits=(Bars("Units that do not learn", "share of the layer's units", shares),),
                )

    GOOD = (
        Case(name="a few dead units", source=PROGRAM, runs=(run_of((2.3, 2.0), resting={"conv2d": (1, 8)}),)),
        Case(name="no layer to look at", source=PROGRAM, runs=(run_of((2.3, 2.0)),)),
    )
    BAD = (
        Case(
            name="most of a layer",
            source=PROGRAM,
            runs=(run_of((2.3, 2.0), resting={"conv2d": (1, 8), "dense": (48, 64)}),),
            lines=(LINE,),
            says="48 of the 64 units of the layer dense",
        ),
        Case(
            name="two layers",
            source=PROGRAM,
            runs=(run_of((2.3, 2.3), resting={"conv2d": (4, 8), "dense": (64, 64)}),),
            lines=(LINE,),
            says="and in 1 more layers",
        ),
    )
