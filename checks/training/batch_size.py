"""batch-size: batches too small for BatchNormalization, or so large that an epoch has hardly any steps."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.backbones import FAMILIES
from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.class_counts import class_counts
from vggdoctor.checks.measurements import at_stage
from vggdoctor.checks.training.programs import GENERATORS
from vggdoctor.evidence import Evidence, MemoryUse, ProbeEvidence, Stage
from vggdoctor.schema import Finding, Location, Measure, NotApplicable, Severity, Undetermined

SMALLEST = 8
"""Wu and He, 2018, Group Normalization, figure 1: the error of BatchNorm grows from 8 pictures a batch downwards."""
FEWEST_STEPS = 20
"""Steps an epoch below which the rate and the callbacks have little to act on (ours)."""
DEFAULT = 32
"""Below Keras' default batch there is no smaller one to advise (keras/src/trainers/trainer.py, 3.15.1)."""


class BatchSize(Check):
    """The size of a batch does not suit the network or the set.

    What it finds
        Fewer than 8 pictures in a batch while BatchNormalization trains; more than 32 while an epoch has fewer than 20
        steps.

    Why it hurts
        BatchNormalization estimates mean and spread of every channel from the batch: from 4 pictures the estimate is
        mostly noise, and it differs from what is used for predictions. In large batches a small set gives the optimizer
        a few steps only before an epoch is over, and it learns that much more slowly.

    How it is measured
        batch_size as it is read, or observed; BatchNormalization in layers of the head or in a backbone that is known to
        train; the pictures as they were counted. Where the program was run, the largest batch that fits into memory, by formula
        (see gpu-memory-overflow).

    The fix
        16 or 32 pictures; where memory forbids it, freeze the base, or call it with training=False.

    References
        Wu and He, 2018, Group Normalization: https://arxiv.org/abs/1803.08494
        Masters and Luschi, 2018, Revisiting small batch training: https://arxiv.org/abs/1804.07612
    """

    id = "batch-size"
    title = "A batch size that does not suit the network or the set"
    area = "training"
    severity = Severity.NOTE

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        seen: set[str] = set()
        for stage in evidence.recipe.stages:
            batch = stage.train.batch_size.value
            if batch is None:
                yield Undetermined(f"the batch size is not known: {stage.train.batch_size.reason}")
                continue
            largest = _largest_batch(stage, evidence)
            finding = self._small(stage, batch, largest) if batch < SMALLEST else self._few_steps(stage, batch, evidence)
            if finding is None:
                yield NotApplicable(
                    "no BatchNormalization trains in small batches, and the number of steps is not known to be small"
                )
            elif str(finding.locations) not in seen:
                seen.add(str(finding.locations))
                yield finding

    def _small(self, stage: Stage, batch: int, largest: int | None) -> Finding | None:
        norm = _normalization(stage)
        if not norm:
            return None
        message = f"Batches of {batch} are too small for {norm}, which learns its statistics from each."
        measured = {"batch size": Measure(batch, "pictures")}
        if largest is not None and largest > batch:
            message = f"{message[:-1]}; about {largest:,} pictures fit into the memory of this machine."
            measured["largest batch"] = Measure(largest, "pictures")
        return self.finding(message, *_places(stage), measured=measured)

    def _few_steps(self, stage: Stage, batch: int, evidence: Evidence) -> Finding | None:
        counts = class_counts(stage.train, evidence.dataset)
        if batch <= DEFAULT or counts is None or counts.sampled or stage.train.validation_split.value:
            return None
        pictures = sum(counts.counts.values())
        steps = -(-pictures // batch)
        if steps >= FEWEST_STEPS:
            return None
        measured = {"batch size": Measure(batch, "pictures"), "steps": Measure(steps, "steps"), "pictures": Measure(pictures)}
        message = f"Batches of {batch} leave {steps} steps an epoch for {pictures} pictures."
        return self.finding(message, *_places(stage), measured=measured)


def _largest_batch(stage: Stage, evidence: Evidence) -> int | None:
    used = at_stage(evidence.probe.memory, stage) if evidence.probe else []
    return used[0].largest_batch if used else None


def _places(stage: Stage) -> tuple[Location | None, Location]:
    loader = stage.train.loader.place if stage.train.loader else None
    return (stage.train.batch_size.place or loader, stage.place)


def _normalization(stage: Stage) -> str:
    """What trains BatchNormalization, empty if nothing is known to."""
    backbone = stage.model.backbone.value
    if any(layer.kind == "BatchNormalization" and not layer.trainable.is_(False) for layer in stage.model.layers):
        return "the BatchNormalization of the head"
    if backbone is None or backbone.family not in FAMILIES or not FAMILIES[backbone.family].batch_normalization:
        return ""
    runs = not backbone.training_argument.is_(False)
    return f"{backbone.application}'s BatchNormalization" if runs and backbone.trainable.is_("all") else ""


FIT = "model.fit(train, validation_data=val, epochs=20)\n"
NORM = GENERATORS.replace("Dropout(0.3)", "BatchNormalization()").replace("Dropout", "BatchNormalization")
SMALL = NORM.replace('train", target_size=(224, 224), batch_size=32', 'train", target_size=(224, 224), batch_size=4')
RESNET = (
    GENERATORS.replace("vgg16", "resnet50")
    .replace("VGG16", "ResNet50")
    .replace("base.trainable = False\n", "")
    .replace("batch_size=32", "batch_size=2")
)

BatchSize.GOOD = (
    Case(name="32 with BatchNormalization", source=NORM + FIT),
    Case(name="4 without BatchNormalization", source=GENERATORS.replace("batch_size=32", "batch_size=4") + FIT),
)
BatchSize.BAD = (
    Case(
        name="4, where memory allows more",
        source=SMALL + FIT,
        probe=ProbeEvidence(
            memory=(
                MemoryUse(
                    stage=Location("train.py", 16, 16),
                    device="GPU",
                    batch_size=4,
                    weights=300_000_000,
                    activations=120_000_000,
                    needed=780_000_000,
                    device_total=16_000_000_000,
                    largest_batch=130,
                ),
            )
        ),
        lines=(9, 16),
        says="about 130 pictures fit",
    ),
    Case(
        name="4 with BatchNormalization in the head",
        source=SMALL + FIT,
        lines=(9, 16),
        severity=Severity.NOTE,
        says="Batches of 4",
    ),
    Case(name="2 for a ResNet50 that trains", source=RESNET + FIT, lines=(9, 15), says="ResNet50's BatchNormalization"),
)
