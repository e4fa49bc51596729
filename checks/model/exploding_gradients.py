"""exploding-gradients: what the loss says grows on its way back, until weights fly apart."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.measurements import learns, look_at
from vggdoctor.checks.model.probed import FALLING, PROGRAM, probed
from vggdoctor.checks.model.symptoms import CAUSES, places
from vggdoctor.evidence import Evidence, LayerSignal, ProbeEvidence
from vggdoctor.schema import Finding, Measure, Severity, Undetermined

LARGE_RATIO = 70.0
"""Of the first to the last layer's gradient (catalogue)."""


class ExplodingGradients(Check):
    """The gradient grows on its way back through the network, which does not learn.

    What it finds
        A network whose loss does not fall, while a gradient is not finite, or those of the first trainable layer are over 70
        times those of the last.

    Why it hurts
        A few steps throw the first layers far away from where they were; what follows is a loss that jumps, or is no number.

    How it is measured
        The mean absolute gradient of every trainable kernel in one instrumented step at the start, judged together with the loss,
        never alone.

    The fix
        He's or Glorot's initialization, BatchNormalization, scaled inputs, a lower rate, clipnorm: or that of the finding that
        this one stands under.

    References
        R. Pascanu et al., "On the difficulty of training recurrent neural networks" (2013), section 2
    """

    id = "exploding-gradients"
    title = "Gradients grow on their way back"
    area = "model"
    severity = Severity.WARNING
    requires = ("recipe", "probe")

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for stage in evidence.recipe.stages:
            look = look_at(evidence, stage)
            if look is None or not look.layers or learns(evidence, stage) is None:
                yield Undetermined("the probe made no instrumented step and a training after it")
            elif (why := _grown(look.layers)) and learns(evidence, stage) is False:
                yield self.finding(
                    f"{why}, and the loss does not fall.",
                    *places(stage, look.layers[0].name),
                    measured={
                        f"gradient of {layer.name}": Measure(None if layer.gradient is None else float(f"{layer.gradient:.3g}"))
                        for layer in (look.layers[0], look.layers[-1])
                    },
                )

    def causes(self, finding: Finding, evidence: Evidence) -> tuple[str, ...]:
        return CAUSES


def _grown(layers: tuple[LayerSignal, ...]) -> str:
    """What is wrong with the gradients, empty if nothing is."""
    broken = next((layer for layer in layers if layer.gradient is None), None)
    if broken is not None:
        return f"The gradient of {broken.name} is not finite"
    first, last = layers[0].gradient or 0.0, layers[-1].gradient or 0.0
    if len(layers) > 1 and last > 0 and first > LARGE_RATIO * last:
        return f"The gradient of {layers[0].name} is {first / last:.0f} times that of {layers[-1].name}"
    return ""


RISING = (2.5, 9.0, 40.0, 33.0, 51.0, 60.0, 48.0, 70.0) * 3


def _probe(first: float | None, losses: tuple[float, ...]) -> ProbeEvidence:
    layers = tuple(
        LayerSignal(name=name, kind="Dense", units=64, activation="relu", gradient=gradient)
        for name, gradient in (("dense", first), ("dense_1", 0.01))
    )
    return probed(layers, losses)


ExplodingGradients.GOOD = (
    Case(name="large, and the loss falls", source=PROGRAM, probe=_probe(5.0, FALLING)),
    Case(name="of the same order", source=PROGRAM, probe=_probe(0.05, RISING)),
)
ExplodingGradients.BAD = (
    Case(
        name="a hundred times and more",
        source=PROGRAM,
        probe=_probe(5.0, RISING),
        lines=(16,),
        severity=Severity.WARNING,
        says="500 times that of dense_1",
    ),
    Case(name="not finite", source=PROGRAM, probe=_probe(None, RISING), lines=(16,), says="The gradient of dense is not finite"),
)
