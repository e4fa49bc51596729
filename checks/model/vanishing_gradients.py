"""vanishing-gradients: what the loss says does not reach the first layers."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.measurements import learns, look_at
from vggdoctor.checks.model.probed import FALLING, PROGRAM, STILL, probed
from vggdoctor.checks.model.symptoms import CAUSES, places
from vggdoctor.evidence import Evidence, LayerSignal, ProbeEvidence
from vggdoctor.schema import Finding, Measure, Severity, Undetermined

TINY = 1e-7
"""Mean absolute gradient of a kernel below which it is nothing beside float32's rounding of weights of about 1 (catalogue)."""
SMALL_RATIO = 1e-3
"""Of the first to the last layer's gradient (catalogue)."""


class VanishingGradients(Check):
    """The gradient fades on its way back through the network, which does not learn.

    What it finds
        A network whose loss does not fall, while the gradients of the first trainable layer are under a thousandth of those of
        the last, or those of all layers are next to nothing.

    Why it hurts
        The first layers stay as they were drawn, and the last ones have to do with what these make of the pictures.

    How it is measured
        The mean absolute gradient of every trainable kernel in one instrumented step, at the start and after the short training.
        It is judged together with the loss, never alone: a network that has learnt its pictures has small gradients, too.

    The fix
        ReLU instead of sigmoid or tanh between deep layers, He's initialization, BatchNormalization: or that of the finding that
        this one stands under.

    References
        X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010)
    """

    id = "vanishing-gradients"
    title = "Gradients fade on their way back"
    area = "model"
    severity = Severity.WARNING
    requires = ("recipe", "probe")

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for stage in evidence.recipe.stages:
            looks = [look for moment in ("start", "trained") if (look := look_at(evidence, stage, moment)) and look.layers]
            if not looks or learns(evidence, stage) is None:
                yield Undetermined("the probe made no instrumented step and a training after it")
                continue
            faded = next(((look, why) for look in looks if (why := _faded(look.layers))), None)
            if faded is not None and learns(evidence, stage) is False:
                look, why = faded
                when = "At the start" if look.moment == "start" else "After the short training"
                yield self.finding(
                    f"{when} {why}, and the loss does not fall.",
                    *places(stage, look.layers[0].name),
                    measured={
                        f"gradient of {layer.name}": Measure(float(f"{layer.gradient or 0.0:.3g}"))
                        for layer in (look.layers[0], look.layers[-1])
                    },
                )

    def causes(self, finding: Finding, evidence: Evidence) -> tuple[str, ...]:
        return CAUSES


def _faded(layers: tuple[LayerSignal, ...]) -> str:
    """What is wrong with the gradients, empty if nothing is."""
    gradients = [layer.gradient for layer in layers]
    if any(gradient is None for gradient in gradients):
        return ""
    first, last = gradients[0] or 0.0, gradients[-1] or 0.0
    if max(gradient or 0.0 for gradient in gradients) < TINY:
        return f"no gradient of any of the {len(layers)} trainable layers is over {TINY:g}"
    if len(layers) > 1 and first < SMALL_RATIO * last:
        return f"the gradient of {layers[0].name} is {first / last:.2g} of that of {layers[-1].name}"
    return ""


def _probe(first: float, last: float, losses: tuple[float, ...]) -> ProbeEvidence:
    layers = tuple(
        LayerSignal(name=name, kind="Dense", units=64, activation="sigmoid", gradient=gradient)
        for name, gradient in (("dense", first), ("dense_1", last))
    )
    return probed(layers, losses)


VanishingGradients.GOOD = (
    Case(name="small, and the loss falls", source=PROGRAM, probe=_probe(1e-6, 1e-2, FALLING)),
    Case(name="of the same order, and the loss stands still", source=PROGRAM, probe=_probe(4e-3, 1e-2, STILL)),
)
VanishingGradients.BAD = (
    Case(
        name="they fade",
        source=PROGRAM,
        probe=_probe(1e-6, 1e-2, STILL),
        lines=(16,),
        severity=Severity.WARNING,
        says="the gradient of dense is 0.0001 of that of dense_1",
    ),
    Case(name="there are none", source=PROGRAM, probe=_probe(0.0, 0.0, STILL), lines=(16,), says="no gradient of any of the 2"),
)
