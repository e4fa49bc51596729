from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.distinct import distinct
from vggdoctor.checks.model.pretrained import trained_of
from vggdoctor.checks.training.learning_rate import CLASSES, ROUNDING, limit_of, starting_rate
from vggdoctor.checks.trainings import is_name
from vggdoctor.evidence import Backbone, Evidence, Layer, Stage
from vggdoctor.schema import Finding, InsertStatements, NotApplicable, Repair, Safety, Severity, Undetermined

WITH_WEIGHTS = ("Dense", "Conv2D", "SeparableConv2D")

UNFROZEN = """\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D
from tensorflow.keras.models import Model
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory("data/train", target_size=(224, 224))
base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
model = Model(base.input, Dense(3, activation="softmax")(GlobalAveragePooling2D()(base.output)))
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(train, epochs=10)
"""
HEAD_FIRST = UNFROZEN.replace("224, 3))\nmodel", "224, 3))\nbase.trainable = False\nmodel")


class UnfrozenBackbone(Check):
    """A pretrained network trains from the first fit on, under a head of random weights and at no reduced rate.

    What it finds
        A first fit in which all or some pretrained layers train together with new ones, at the rate that one takes for random
        weights: 1e-3 or more for Adam and its relatives, 1e-2 or more for SGD.

    Why it hurts
        The gradients that a random head sends back are large and mean nothing yet. In the first hundred steps they overwrite the
        features that ImageNet's million pictures have taught, and the user's few pictures have to teach them again.

    How it is measured
        Which layers train at the first fit of the model, which of them are new, and the rate, all read or observed. Fits that
        follow a first one with a frozen base are not meant, nor are first fits at a reduced rate. high-learning-rate speaks of
        the rate in whatever fit; here it is the order that is wrong, and freezing makes the rate right.

    The fix
        Freeze the base, train the head, then unfreeze the last block and compile again with 1e-5.

    References
        https://keras.io/guides/transfer_learning/ ("The typical transfer-learning workflow")
    """

    id = "unfrozen-backbone"
    title = "Pretrained layers train under a random head"
    area = "model"
    severity = Severity.ERROR

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        yield from distinct(item for stage in evidence.recipe.stages if (item := self._judge(stage)))

    def _judge(self, stage: Stage) -> Said | None:
        if stage.follows is not None:
            return None
        backbone = trained_of(stage)
        if not isinstance(backbone, Backbone):
            return backbone
        new = [layer for layer in stage.model.layers if layer.kind in WITH_WEIGHTS and not layer.trainable.is_(False)]
        if not new:
            return NotApplicable("no new layer is trained on the pretrained ones")
        if not stage.model.weights_from.is_(None) and stage.model.weights_from.locations:
            return NotApplicable("the network goes on from weights of an earlier training")
        start = starting_rate(stage)
        if isinstance(start, Undetermined):
            return start
        limit = limit_of(start.optimizer)
        if limit is None:
            return Undetermined(f"no limit is known for the rate of {start.optimizer.name}")
        if start.rate < limit * ROUNDING:
            return None
        what = "all layers" if backbone.trainable.is_("all") else "some layers"
        return self.finding(
            f"{what} of the pretrained {backbone.application} train from the first fit, together with a head of random weights "
            f"({_head(new)}) and at {CLASSES[start.optimizer.name]}'s {start.rate:.2g}",
            backbone.place,
            start.compiled.place,
            stage.place,
            confidence=max((start.confidence, backbone.trainable.confidence), key=lambda c: c.rank),
        )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for stage in evidence.recipe.stages:
            backbone = stage.model.backbone.value
            if backbone is None or finding.locations[:1] != (backbone.place,):
                continue
            if backbone.trainable.is_("all") and is_name(backbone.assigned_to):
                change = InsertStatements(backbone.place, f"{backbone.assigned_to}.trainable = False", after=True)
                return Repair(f"Train the head alone, on a frozen {backbone.application}", (change,), Safety.REVIEW)
        return None

    BAD = (
        Case(
            name="never frozen, at Adam's default",
            source=UNFROZEN,
            fixed=HEAD_FIRST,
            lines=(7, 9, 10),
            severity=Severity.ERROR,
            says="from the first fit",
        ),
        Case(
            name="a comparison instead of an assignment",
            source=HEAD_FIRST.replace("base.trainable = False", "for layer in base.layers:\n    layer.trainable == False"),
            lines=(7, 11, 12),
            says="all layers",
        ),
        Case(
            name="the last layers of ResNet50 from the start",
            source="""\
import tensorflow as tf

train_ds = tf.keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224))
base = tf.keras.applications.ResNet50(include_top=False, weights="imagenet", pooling="avg")
for layer in base.layers[:-30]:
    layer.trainable = False
inputs = tf.keras.Input(shape=(224, 224, 3))
x = base(tf.keras.applications.resnet50.preprocess_input(inputs), training=False)
model = tf.keras.Model(inputs, tf.keras.layers.Dense(5, activation="softmax")(x))
model.compile(optimizer=tf.keras.optimizers.RMSprop(0.005), loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=5)
""",
            lines=(4, 10, 11),
            says="some layers",
        ),
    )

    GOOD = (
        Case(
            name="frozen after assembly, before compile (trap 8)",
            source=UNFROZEN.replace("model.compile", "for layer in base.layers:\n    layer.trainable = False\nmodel.compile"),
        ),
        Case(
            name="a reduced rate",
            source=UNFROZEN.replace('"adam"', "Adam(1e-5)").replace(
                "\ntrain", "from tensorflow.keras.optimizers import Adam\n\ntrain"
            ),
        ),
        Case(
            name="unfrozen after the head was trained",
            source=HEAD_FIRST
            + """\
base.trainable = True
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(train, epochs=10)
""",
        ),
        Case(
            name="the ImageNet top goes on",
            source="""\
import keras

train_ds = keras.utils.image_dataset_from_directory("imagenet/train", image_size=(224, 224), label_mode="categorical")
train_ds = train_ds.map(lambda x, y: (keras.applications.vgg16.preprocess_input(x), y))
model = keras.applications.VGG16(weights="imagenet")
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(train_ds, epochs=1)
""",
        ),
        Case(
            name="random weights have nothing to lose",
            source=UNFROZEN.replace('weights="imagenet"', "weights=None"),
        ),
    )


def _head(layers: list[Layer]) -> str:
    last = layers[-1]
    size = f"({last.units.value})" if last.units.known else ""
    return f"{last.kind}{size}" if len(layers) == 1 else f"{len(layers)} layers up to {last.kind}{size}"
