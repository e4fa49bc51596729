from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.distinct import distinct
from vggdoctor.evidence import Evidence, Stage
from vggdoctor.schema import Finding, NotApplicable, Repair, SetArgument, Severity, Undetermined

HALF = """\
import keras
from keras import layers

keras.mixed_precision.set_global_policy("mixed_float16")
train_ds = keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224))
base = keras.applications.EfficientNetB0(include_top=False, weights="imagenet", pooling="avg")
base.trainable = False
inputs = keras.Input(shape=(224, 224, 3))
outputs = layers.Dense(5, activation="softmax")(base(inputs, training=False))
model = keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=10)
"""


class LowPrecisionOutput(Check):
    """The last layer computes its probabilities in float16.

    What it finds
        A network made under the policy mixed_float16 whose last layer has no dtype="float32" of its own.

    Why it hurts
        float16 has 11 significant bits and its smallest normal number is 6e-5: small probabilities become 0, the logarithm in
        the loss becomes infinite or is clipped, and the gradients of rare classes vanish.

    How it is measured
        The policy that is set before the layer is made and the layer's own dtype, or the compute_dtype of the live layer.
        bfloat16, which has the range of float32, is not reported.

    The fix
        dtype="float32" on the last layer; all others stay in half precision.

    References
        https://www.tensorflow.org/guide/mixed_precision ("Building the model")
    """

    id = "low-precision-output"
    title = "Probabilities in half precision"
    area = "model"
    severity = Severity.WARNING

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        yield from distinct(item for stage in evidence.recipe.stages if (item := self._judge(stage)))

    def _judge(self, stage: Stage) -> Said | None:
        output = stage.model.output
        if not output.dtype.known:
            return Undetermined(f"the type that the output computes in is not known: {output.dtype.reason}")
        if output.dtype.value == "float32":
            return NotApplicable("no mixed precision is used")
        if output.dtype.value != "float16":
            return None
        last = stage.model.layers[-1].place if stage.model.layers else None
        return self.finding(
            "the last layer computes in float16: probabilities below 6e-8 are 0, and the loss takes their logarithm",
            last or output.place,
            *output.dtype.locations,
            confidence=output.dtype.confidence,
        )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for stage in evidence.recipe.stages:
            last = stage.model.layers[-1].place if stage.model.layers else None
            if last is not None and finding.locations[:1] == (last,):
                return Repair("Compute the output in float32", (SetArgument(last, "dtype", '"float32"'),))
        return None

    BAD = (
        Case(
            name="softmax under mixed_float16",
            source=HALF,
            fixed=HALF.replace('activation="softmax")', 'activation="softmax", dtype="float32")'),
            lines=(4, 9),
            severity=Severity.WARNING,
            says="float16",
        ),
        Case(
            name="an Activation layer at the end, the old name of the policy",
            source="""\
import tensorflow as tf
from tensorflow.keras import layers
from tensorflow.keras.mixed_precision import experimental as mixed_precision

policy = mixed_precision.Policy("mixed_float16")
mixed_precision.set_policy(policy)
train_ds = tf.keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224))
model = tf.keras.Sequential()
model.add(tf.keras.applications.EfficientNetB0(include_top=False, weights="imagenet", pooling="avg"))
model.layers[0].trainable = False
model.add(layers.Dense(5))
model.add(layers.Activation("softmax"))
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=10)
""",
            lines=(5, 12),
        ),
    )

    GOOD = (
        Case(name="float32 at the end", source=HALF.replace('"softmax")', '"softmax", dtype="float32")')),
        Case(name="bfloat16 has the range of float32", source=HALF.replace("mixed_float16", "mixed_bfloat16")),
        Case(name="no policy", source=HALF.replace('keras.mixed_precision.set_global_policy("mixed_float16")\n', "")),
    )
