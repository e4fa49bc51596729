"""unaccelerated-training: there is a card, and the training does not use it, or not for what it is good at."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.training.programs import GENERATORS
from vggdoctor.evidence import Evidence, Hardware, ProbeEvidence
from vggdoctor.schema import Finding, Measure, NotApplicable, Severity, Undetermined

HALF_PRECISION = (7, 0)
"""Least compute capability that multiplies float16 much faster than float32 (keras.mixed_precision, its warning below 7.0)."""


class UnacceleratedTraining(Check):
    """A graphics card is there, and TensorFlow trains without it, or in float32 alone.

    What it finds
        A card that the driver reports and TensorFlow does not see; a card that computes fast in half precision, and a training
        that asks for none.

    Why it hurts
        VGG16 trains ten to fifty times faster on a card than on a processor, and what takes a night is tried less often.

    How it is measured
        What the driver (nvidia-ml-py, or Linux' own list) and TensorFlow report in the process that trains, whether this
        TensorFlow was built for CUDA, CUDA_VISIBLE_DEVICES, and Keras' policy of precision.

    The fix
        pip install "tensorflow[and-cuda]"; take away CUDA_VISIBLE_DEVICES=-1;
        keras.mixed_precision.set_global_policy("mixed_float16") with a float32 output.

    References
        https://www.tensorflow.org/install/pip ; https://keras.io/api/mixed_precision/
    """

    id = "unaccelerated-training"
    title = "A card that is not used"
    area = "environment"
    severity = Severity.NOTE
    requires = ("recipe", "probe")

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        found = evidence.probe.hardware if evidence.probe else None
        if found is None:
            yield Undetermined("what hardware there is was not looked at")
        elif not found.gpus and not found.used:
            yield NotApplicable("this machine has no card that could be used")
        elif not found.used:
            yield self._report(evidence, found, f"{found.gpus[0]} is there, and TensorFlow does not use it: {_reason(found)}.")
        elif _could_be_halved(found):
            name = found.gpus[0] if found.gpus else "The card"
            yield self._report(evidence, found, f"{name} is fast in half precision, and the training computes in float32 alone.")

    def _report(self, evidence: Evidence, found: Hardware, message: str) -> Finding:
        return self.finding(
            message,
            *(stage.place for stage in evidence.recipe.stages[:1]),
            measured={
                "cards": Measure(len(found.gpus), "cards"),
                "cards that TensorFlow uses": Measure(found.used, "cards"),
                "precision": Measure(found.precision),
            },
        )


def _reason(found: Hardware) -> str:
    if found.hidden is not None and found.hidden.strip() in ("", "-1"):
        return f"CUDA_VISIBLE_DEVICES={found.hidden!r} hides it"
    if not found.cuda_build:
        return "this build of TensorFlow is for processors only"
    return "its CUDA libraries were not found"


def _could_be_halved(found: Hardware) -> bool:
    return found.precision == "float32" and found.capability is not None and found.capability >= HALF_PRECISION


PROGRAM = GENERATORS + "model.fit(train, validation_data=val, epochs=20)\n"


def _probe(**more: object) -> ProbeEvidence:
    return ProbeEvidence(hardware=Hardware(**more))  # type: ignore[arg-type]


UnacceleratedTraining.GOOD = (
    Case(
        name="mixed precision on a card",
        source=PROGRAM,
        probe=_probe(gpus=("Tesla V100",), used=1, cuda_build=True, capability=(7, 0), precision="mixed_float16"),
    ),
    Case(name="no card", source=PROGRAM, probe=_probe()),
    Case(
        name="a card that is slow in half precision",
        source=PROGRAM,
        probe=_probe(gpus=("Tesla P100",), used=1, cuda_build=True, capability=(6, 0)),
    ),
)
UnacceleratedTraining.BAD = (
    Case(
        name="a build for processors",
        source=PROGRAM,
        probe=_probe(gpus=("NVIDIA T4",)),
        lines=(16,),
        severity=Severity.NOTE,
        says="for processors only",
    ),
    Case(
        name="hidden",
        source=PROGRAM,
        probe=_probe(gpus=("NVIDIA T4",), cuda_build=True, hidden="-1"),
        lines=(16,),
        says="CUDA_VISIBLE_DEVICES='-1' hides it",
    ),
    Case(
        name="float32 on a card for half precision",
        source=PROGRAM,
        probe=_probe(gpus=("NVIDIA T4",), used=1, cuda_build=True, capability=(7, 5)),
        lines=(16,),
        says="in float32 alone",
    ),
)
