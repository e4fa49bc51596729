"""input-bound-training: the network waits for its pictures."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.measurements import at_stage
from vggdoctor.checks.trainings import is_name
from vggdoctor.evidence import Call, Evidence, LoaderSpeed, ProbeEvidence, Stage
from vggdoctor.schema import (
    Change,
    Confidence,
    Finding,
    InsertStatements,
    Location,
    Measure,
    Repair,
    Safety,
    SetArgument,
    Severity,
    Undetermined,
)

MOST_WAITING = 0.3
"""Share of a step's time (catalogue)."""
READY = (".prefetch", ".cache")
"""Methods of tf.data that end a chain as it should, or that make the next epochs quick."""


class InputBoundTraining(Check):
    """A good part of the time of each step is spent on waiting for the next batch.

    What it finds
        A training whose steps take at least 1.4 times as long with the program's own pipeline as on a batch that is there
        already: over 30 % of a step is waiting.

    Why it hurts
        The card, or the processor, stands still meanwhile. The training could be done in two thirds of the time or less.

    How it is measured
        The probe times the pipeline alone, steps of the whole network on one batch, and both as fit does them, three times each.
        All three must be over the limit. Where a step is too dear for that, both is worked out from the two, and said so. It
        is true of the machine of the audit: with a faster card the share grows.

    The fix
        tf.data: map(..., num_parallel_calls=tf.data.AUTOTUNE), prefetch(tf.data.AUTOTUNE). PyDataset: workers. An
        ImageDataGenerator has neither: image_dataset_from_directory with layers for the augmentation.

    References
        https://www.tensorflow.org/guide/data_performance
    """

    id = "input-bound-training"
    title = "The network waits for its pictures"
    area = "pipeline"
    severity = Severity.WARNING
    requires = ("recipe", "probe")

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for stage in evidence.recipe.stages:
            speed = _speed(evidence, stage)
            if speed is None:
                reason = (evidence.probe.skipped if evidence.probe else {}).get("loader", "it was not timed")
                yield Undetermined(f"how long a step waits for its pictures is not known: {reason}")
            elif min(speed.waiting) > MOST_WAITING:
                yield self._found(stage, speed)

    def _found(self, stage: Stage, speed: LoaderSpeed) -> Finding:
        share = sorted(speed.waiting)[len(speed.waiting) // 2]
        loader = stage.train.chain[-1] if stage.train.chain else stage.train.loader
        lacking = _lacking(stage, speed)
        return self.finding(
            f"{share:.0%} of each step is waiting for data: the {speed.source} pipeline gives {speed.pipeline:.0f} pictures a "
            f"second, and the network could take {speed.step:.0f}{'; ' + lacking if lacking else ''}.",
            loader.place if loader else None,
            stage.place,
            confidence=Confidence.HIGH if speed.measured and lacking else Confidence.MEDIUM,
            measured={
                "waiting": Measure(round(share, 3), "share"),
                "pipeline alone": Measure(round(speed.pipeline, 1), "pictures/s"),
                "step on a cached batch": Measure(round(speed.step, 1), "pictures/s"),
                "both" if speed.measured else "both, worked out": Measure(round(speed.both, 1), "pictures/s"),
            },
        )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for stage in evidence.recipe.stages:
            speed = _speed(evidence, stage)
            if stage.place not in finding.locations or speed is None or speed.source != "tf.data":
                continue
            changes: list[Change] = [
                SetArgument(call.place, "num_parallel_calls", "${tensorflow.data.AUTOTUNE}") for call in _serial_maps(stage)
            ]
            name = stage.train.x_source
            if is_name(name) and not _is_ready(stage.train.chain):
                source = f"{name} = {name}.prefetch(${{tensorflow.data.AUTOTUNE}})"
                changes.append(InsertStatements(stage.place, source))
            return Repair("Load and prepare while the network computes", tuple(changes), Safety.SAFE) if changes else None
        return None


def _speed(evidence: Evidence, stage: Stage) -> LoaderSpeed | None:
    return next(iter(at_stage(evidence.probe.loaders, stage)), None) if evidence.probe else None


def _serial_maps(stage: Stage) -> list[Call]:
    """Calls of map in the chain; giving one that is parallel already the argument again changes nothing."""
    return [call for call in stage.train.chain if call.function.endswith(".map")]


def _is_ready(chain: tuple[Call, ...]) -> bool:
    return bool(chain) and chain[-1].function.endswith(READY)


def _lacking(stage: Stage, speed: LoaderSpeed) -> str:
    """What the source shows to be missing, empty where it does not."""
    if speed.source == "ImageDataGenerator":
        return "an ImageDataGenerator works between the steps, in one thread"
    if speed.source == "tf.data" and stage.train.chain and not _is_ready(stage.train.chain):
        return "nothing is prefetched"
    return ""


MAPPED = """\
import tensorflow as tf


def prepare(images, labels):
    return tf.keras.applications.vgg16.preprocess_input(images), labels


train = tf.keras.utils.image_dataset_from_directory("shells/train", image_size=(224, 224), batch_size=32)
train = train.map(prepare)
base = tf.keras.applications.VGG16(include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(5, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(train, epochs=20)
"""


def _probe(*waiting: float, source: str = "tf.data") -> ProbeEvidence:
    speed = LoaderSpeed(
        stage=Location("train.py", 14, 14), source=source, batch_size=32, pipeline=80, step=300, both=70, waiting=waiting
    )
    return ProbeEvidence(loaders=(speed,))


InputBoundTraining.GOOD = (
    Case(name="a tenth is waiting", source=MAPPED, probe=_probe(0.1, 0.08, 0.12)),
    Case(name="about the limit", source=MAPPED, probe=_probe(0.32, 0.28, 0.33)),
)
InputBoundTraining.BAD = (
    Case(
        name="a map in one thread, and nothing is prefetched",
        source=MAPPED,
        probe=_probe(0.75, 0.74, 0.77),
        lines=(9, 14),
        fixed=MAPPED.replace("map(prepare", "map(prepare, num_parallel_calls=tf.data.AUTOTUNE").replace(
            "model.fit", "train = train.prefetch(tf.data.AUTOTUNE)\nmodel.fit"
        ),
        severity=Severity.WARNING,
        says="75% of each step is waiting for data",
    ),
    Case(
        name="measured on a PyDataset",
        source=MAPPED,
        probe=_probe(0.5, 0.5, 0.5, source="PyDataset"),
        lines=(9, 14),
        says="the PyDataset pipeline gives 80 pictures a second",
    ),
)
