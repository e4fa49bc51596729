"""dead-activations: units that no picture wakes, and that no gradient reaches."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.measurements import learns, look_at
from vggdoctor.checks.model.probed import FALLING, PROGRAM, STILL, probed
from vggdoctor.checks.model.symptoms import CAUSES, places
from vggdoctor.evidence import Evidence, FirstLook, LayerSignal, ProbeEvidence, Stage
from vggdoctor.schema import Finding, Measure, Severity, Undetermined

MOST_DEAD = 0.5
"""Share of a layer's units (catalogue)."""
FEWEST_PICTURES = 48
"""On fewer, many sound units stay silent (ours: of 64 units of a sound network 36 on 16 pictures, 23 on 256)."""
RECTIFIERS = ("relu", "relu6")
"""Activations whose slope is exactly 0 on one side."""


class DeadActivations(Check):
    """Most units of a rectified layer are out of use, and the network does not learn.

    What it finds
        A layer with ReLU more than half of whose units are 0 for every picture of the probe and get a gradient of exactly 0, in a
        network whose loss does not fall. Zero outputs alone are what ReLU is for.

    Why it hurts
        A unit that is 0 for all pictures has no gradient: it cannot come back. What is left of the layer may be too little to
        tell the classes apart, and a layer that is dead altogether lets nothing through.

    How it is measured
        One instrumented step, before and after the short training: outputs and kernel gradients of every trainable layer. Only
        where the short training has not learnt anything, since sound networks do well with many silent units.

    The fix
        He's initialization, a lower rate, scaled inputs: that of the finding that this one stands under, if there is one.

    References
        L. Lu et al., "Dying ReLU and Initialization" (2019): https://arxiv.org/abs/1903.06733
    """

    id = "dead-activations"
    title = "Units that never fire"
    area = "model"
    severity = Severity.WARNING
    requires = ("recipe", "probe")

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for stage in evidence.recipe.stages:
            looks = [look for moment in ("trained", "start") if (look := look_at(evidence, stage, moment))]
            enough = [look for look in looks if look.pictures >= FEWEST_PICTURES]
            if not enough or learns(evidence, stage) is None:
                yield Undetermined("the probe did not look at enough pictures to tell a dead unit from a silent one")
            elif learns(evidence, stage) is False and (layers := _dead(enough[0])):
                yield self._found(stage, enough[0], layers)

    def _found(self, stage: Stage, look: FirstLook, layers: list[LayerSignal]) -> Finding:
        worst = max(layers, key=lambda layer: layer.dead)
        others = f", and over half in {len(layers) - 1} more" if len(layers) > 1 else ""
        when = "at the start" if look.moment == "start" else "after the short training"
        return self.finding(
            f"{worst.dead:.0%} of the {worst.units} units of {worst.name} are 0 for all {look.pictures} pictures and get no "
            f"gradient {when}{others}, and the loss does not fall.",
            *places(stage, *(layer.name for layer in layers)),
            measured={f"dead units of {layer.name}": Measure(round(layer.dead, 3), "share") for layer in layers[:6]},
        )

    def causes(self, finding: Finding, evidence: Evidence) -> tuple[str, ...]:
        return CAUSES


def _dead(look: FirstLook) -> list[LayerSignal]:
    return [layer for layer in look.layers if layer.activation in RECTIFIERS and layer.dead > MOST_DEAD]


def _probe(dead: float, losses: tuple[float, ...], moment: str = "trained") -> ProbeEvidence:
    layer = LayerSignal(name="dense", kind="Dense", units=128, activation="relu", output_std=0.1, silent=0.9, dead=dead)
    return probed((layer,), losses, moment)


DeadActivations.GOOD = (
    Case(name="silent units that get a gradient", source=PROGRAM, probe=_probe(0.1, STILL)),
    Case(name="many dead units, and the loss falls", source=PROGRAM, probe=_probe(0.8, FALLING)),
)
DeadActivations.BAD = (
    Case(
        name="nine of ten units dead",
        source=PROGRAM,
        probe=_probe(0.9, STILL),
        lines=(16,),
        severity=Severity.WARNING,
        says="90% of the 128 units of dense",
    ),
    Case(
        name="all dead from the start",
        source=PROGRAM,
        probe=_probe(1.0, STILL, "start"),
        lines=(16,),
        says="get no gradient at the start",
    ),
)
