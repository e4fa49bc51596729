from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.backbones import FAMILIES
from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.distinct import distinct
from vggdoctor.checks.model.pretrained import trained_of
from vggdoctor.evidence import Backbone, Evidence, Stage
from vggdoctor.schema import Finding, Measure, NotApplicable, Repair, Safety, SetArgument, Severity, Undetermined

SMALL_BATCH = 8
"""Pictures a batch under which the estimates of BatchNorm are mostly noise (Wu and He, "Group Normalization", 2018, figure 1)."""

DRIFT = """\
import keras
from keras import layers

train_ds = keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224), batch_size=4)
inputs = keras.Input(shape=(224, 224, 3))
base = keras.applications.ResNet50V2(include_top=False, weights="imagenet", pooling="avg")
base.trainable = False
x = base(keras.applications.resnet_v2.preprocess_input(inputs))
model = keras.Model(inputs, layers.Dense(3, activation="softmax")(x))
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=5)
base.trainable = True
model.compile(optimizer=keras.optimizers.Adam(1e-5), loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=5)
"""
LAST = """\
for layer in base.layers[-30:]:
    layer.trainable = True
"""
KEPT = DRIFT.replace("preprocess_input(inputs))", "preprocess_input(inputs), training=False)")


class BatchNormDrift(Check):
    """Fine-tuning replaces the statistics of BatchNorm by those of very small batches.

    What it finds
        A pretrained base with BatchNormalization, all of whose layers train (or enough of them in a row, so that one must be
        among them), that is not called with training=False, on batches of fewer than 8 pictures.

    Why it hurts
        In training BatchNorm normalises with the mean and deviation of the batch at hand, and its moving averages follow. Of 4
        pictures these are mostly noise: the features in training differ from those in use, and validation falls behind or jumps.

    How it is measured
        The family of the base, its trainable layers, the training argument of its call, and the batch size, read or observed.
        VGG and ConvNeXt have no BatchNorm. A frozen BatchNormalization layer of Keras normalises with its averages anyway.

    The fix
        base(x, training=False): the base trains, its statistics stay.

    References
        https://keras.io/guides/transfer_learning/ ("Important notes about BatchNormalization layer")
    """

    id = "batchnorm-drift"
    title = "BatchNorm statistics of tiny batches"
    area = "model"
    severity = Severity.WARNING

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        yield from distinct(item for stage in evidence.recipe.stages if (item := self._judge(stage)))

    def _judge(self, stage: Stage) -> Said | None:
        backbone = trained_of(stage)
        if not isinstance(backbone, Backbone):
            return backbone
        family = FAMILIES.get(backbone.family)
        if family is None or not family.batch_normalization:
            return NotApplicable(f"{backbone.application} has no BatchNormalization")
        batch, training = stage.train.batch_size, backbone.training_argument
        if training.is_(False) or (batch.known and batch.value is not None and batch.value >= SMALL_BATCH):
            return None
        if not batch.known or batch.value is None:
            return Undetermined(f"the batch size is not known: {batch.reason}")
        if not training.known:
            return Undetermined(f"with which training argument the base is called is not known: {training.reason}")
        if not backbone.trainable.is_("all") and not backbone.statistics_follow.is_(True):
            return Undetermined(f"whether BatchNormalization of {backbone.application} is among what trains is not known")
        return self.finding(
            f"BatchNormalization of the pretrained {backbone.application} follows batches of {batch.value} pictures",
            *training.locations,
            backbone.place,
            *batch.locations,
            stage.place,
            confidence=max((batch.confidence, training.confidence, backbone.trainable.confidence), key=lambda c: c.rank),
            measured={"batch_size": Measure(batch.value, "pictures")},
        )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for stage in evidence.recipe.stages:
            backbone = stage.model.backbone.value
            if backbone is None or backbone.place not in finding.locations or not backbone.training_argument.place:
                continue
            call = backbone.training_argument.place
            if backbone.training_argument.is_(None) and finding.locations[0] == call:
                change = SetArgument(call, "training", "False")
                return Repair("Keep the statistics of BatchNorm while fine-tuning", (change,), Safety.REVIEW)
        return None

    BAD = (
        Case(
            name="unfrozen, batches of 4",
            source=DRIFT,
            fixed=KEPT,
            lines=(4, 6, 8, 14),
            severity=Severity.WARNING,
            says="batches of 4",
        ),
        Case(
            name="the last layers are unfrozen",
            source=DRIFT.replace("base.trainable = True\n", LAST),
            lines=(4, 6, 8, 15),
            says="batches of 4",
        ),
        Case(
            name="the head is put on base.output",
            source="""\
from tensorflow.keras.applications.resnet50 import ResNet50, preprocess_input
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Model
from tensorflow.keras.optimizers import Adam
from tensorflow.keras.preprocessing.image import ImageDataGenerator

datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
train = datagen.flow_from_directory("data/train", target_size=(224, 224), batch_size=2)
base = ResNet50(weights="imagenet", include_top=False, pooling="avg")
model = Model(base.input, Dense(3, activation="softmax")(base.output))
model.compile(optimizer=Adam(1e-5), loss="categorical_crossentropy")
model.fit(train, epochs=10)
""",
            lines=(8, 9, 12),
            says="batches of 2",
        ),
    )

    GOOD = (
        Case(
            name="training=False", source=DRIFT.replace("preprocess_input(inputs))", "preprocess_input(inputs), training=False)")
        ),
        Case(name="batches of 32", source=DRIFT.replace(", batch_size=4", "")),
        Case(
            name="VGG16 has no BatchNorm",
            source=DRIFT.replace("ResNet50V2", "VGG16").replace("resnet_v2", "vgg16"),
        ),
        Case(name="frozen", source=DRIFT.replace("base.trainable = True\n", "")),
    )
