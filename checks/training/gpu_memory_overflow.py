"""gpu-memory-overflow: a training step needs more memory than the card has."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.measurements import at_stage
from vggdoctor.checks.training.programs import GENERATORS
from vggdoctor.evidence import Evidence, MemoryUse, ProbeEvidence, Stage
from vggdoctor.schema import Confidence, Finding, Location, Measure, NotApplicable, Repair, Safety, SetArgument, Severity

GIGABYTE = 1e9
MULTIPLE = 8
"""Batches are cut to a multiple of it, for which cards are made (NVIDIA, "Matrix multiplication background")."""


class GpuMemoryOverflow(Check):
    """One step of training does not fit into the memory of the device.

    What it finds
        A batch whose activations, with the weights and what the optimizer keeps of them, exceed the memory of the card; or a
        short training that ran out of memory.

    Why it hurts
        The training stops with ResourceExhaustedError, or the batch is cut until it fits, where a frozen base would have done.

    How it is measured
        By formula, from the layers' shapes: 16 bytes a trainable weight (weight, gradient, Adam's two moments), 4 a frozen one,
        and twice the outputs of all layers for each picture (VGG16: 2 x 57.5 MiB at 224 px). The card's memory is asked of the
        driver, the peak of TensorFlow. Without a card only what really ran out of memory counts.

    The fix
        The largest batch that fits; or freeze the base, smaller pictures, mixed precision.

    References
        https://www.tensorflow.org/guide/gpu ; keras.mixed_precision
    """

    id = "gpu-memory-overflow"
    title = "A step needs more memory than the card has"
    area = "training"
    severity = Severity.ERROR
    requires = ("recipe", "probe")

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for stage in evidence.recipe.stages:
            used = _use(evidence, stage)
            if used is None or (used.device != "GPU" and not used.exhausted):
                yield NotApplicable("no card takes part, and nothing ran out of memory")
            elif used.exhausted:
                yield self._found(stage, used, f"The probe ran out of memory ({used.exhausted})")
            elif used.device_total is not None and used.needed > used.device_total:
                needed, there = used.needed / GIGABYTE, used.device_total / GIGABYTE
                what = f"A step of {used.batch_size} pictures needs about {needed:.1f} GB, and the card has {there:.1f} GB"
                yield self._found(stage, used, what)

    def _found(self, stage: Stage, used: MemoryUse, what: str) -> Finding:
        fits = "" if used.largest_batch is None else f"; about {used.largest_batch} pictures fit"
        loader = stage.train.loader.place if stage.train.loader else None
        measured = {
            "needed": Measure(used.needed, "bytes"),
            "of one picture": Measure(used.activations, "bytes"),
            "batch": Measure(used.batch_size, "pictures"),
        }
        if used.device_total is not None:
            measured["memory of the device"] = Measure(used.device_total, "bytes")
        if used.peak is not None:
            measured["peak in the probe"] = Measure(used.peak, "bytes")
        return self.finding(
            f"{what}{fits}.",
            stage.train.batch_size.place or loader,
            stage.place,
            confidence=Confidence.HIGH if used.exhausted else Confidence.MEDIUM,
            measured=measured,
        )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for stage in evidence.recipe.stages:
            used, loader = _use(evidence, stage), stage.train.loader
            if stage.place not in finding.locations or used is None or not used.largest_batch or loader is None:
                continue
            size = used.largest_batch // MULTIPLE * MULTIPLE or used.largest_batch
            if size < used.batch_size:
                change = SetArgument(loader.place, "batch_size", str(size))
                return Repair(f"Train on {size} pictures at a time", (change,), Safety.REVIEW)
        return None


def _use(evidence: Evidence, stage: Stage) -> MemoryUse | None:
    """None too where it was measured with another batch than the program now has."""
    used = next(iter(at_stage(evidence.probe.memory, stage)), None) if evidence.probe else None
    return used if used and stage.train.batch_size.get(used.batch_size) == used.batch_size else None


PROGRAM = GENERATORS.replace('train", target_size=(224, 224), batch_size=32', 'train", target_size=(224, 224), batch_size=256')
PROGRAM += "model.fit(train, validation_data=val, epochs=20)\n"


def _probe(device: str, total: int, exhausted: str = "") -> ProbeEvidence:
    used = MemoryUse(
        stage=Location("train.py", 16, 16),
        device=device,
        batch_size=256,
        weights=300_000_000,
        activations=120_000_000,
        needed=31_020_000_000,
        device_total=total,
        largest_batch=(total - 300_000_000) // 120_000_000,
        exhausted=exhausted,
    )
    return ProbeEvidence(device=device, memory=(used,))


GpuMemoryOverflow.GOOD = (
    Case(name="a card of 80 GB", source=PROGRAM, probe=_probe("GPU", 80_000_000_000)),
    Case(name="no card", source=PROGRAM, probe=_probe("CPU", 16_000_000_000)),
)
GpuMemoryOverflow.BAD = (
    Case(
        name="a card of 16 GB",
        source=PROGRAM,
        probe=_probe("GPU", 16_000_000_000),
        lines=(9, 16),
        fixed=PROGRAM.replace("batch_size=256", "batch_size=128"),
        severity=Severity.ERROR,
        says="needs about 31.0 GB, and the card has 16.0 GB; about 130 pictures fit",
    ),
    Case(
        name="it ran out of memory",
        source=PROGRAM,
        probe=_probe("CPU", 16_000_000_000, "training: ResourceExhaustedError: OOM when allocating tensor"),
        lines=(9, 16),
        says="ran out of memory",
    ),
)
