from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.distinct import distinct
from vggdoctor.checks.model.ends import CROSSENTROPIES
from vggdoctor.checks.trainings import is_name
from vggdoctor.evidence import Evidence, Stage
from vggdoctor.schema import Confidence, Finding, InsertStatements, Repair, Safety, Severity, Undetermined

TWO_FITS = """\
import keras
from keras import layers

train_ds = keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224), label_mode="categorical")
base = keras.applications.VGG16(include_top=False, weights="imagenet")
base.trainable = False
inputs = keras.Input((224, 224, 3))
x = base(keras.applications.vgg16.preprocess_input(inputs))
x = layers.GlobalAveragePooling2D()(x)
model = keras.Model(inputs, layers.Dense(5, activation="softmax")(x))
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train_ds, epochs=5)

for layer in base.layers[-4:]:
    layer.trainable = True
model.fit(train_ds, epochs=5)
"""
COMPILED = 'model.compile(optimizer=keras.optimizers.Adam(1e-5), loss="categorical_crossentropy", metrics=["accuracy"])\n'
ACCURACY, OBJECTS = 'metrics=["accuracy"]', 'metrics=["accuracy", keras.metrics.Recall()]'
POPPED = """\
import keras

train_ds = keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224), label_mode="categorical")
base = keras.applications.VGG16()
base.layers.pop()
model = keras.Sequential()
for layer in base.layers:
    layer.trainable = False
    model.add(layer)
model.add(keras.layers.Dense(1000, activation="softmax"))
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train_ds, epochs=5)
"""
NAMED = """\
import keras

train_ds = keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224), label_mode="categorical")
base = keras.applications.VGG16(include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = True
trains = False

for layer in base.layers:
    if layer.name == "block5_conv1":
        trains = True
    layer.trainable = trains
model = keras.Sequential([base, keras.layers.Dense(5, activation="softmax")])
model.compile(optimizer=keras.optimizers.Adam(1e-5), loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train_ds, epochs=5)
"""

METRICS = {
    "accuracy": '"accuracy"',
    "precision": "${keras.metrics.Precision}()",
    "recall": "${keras.metrics.Recall}()",
    "auc": "${keras.metrics.AUC}()",
}
"""How a compile that is written anew names the metrics of the one before."""
MOST_ON_A_LINE = 2
"""With more metrics than this each argument of compile gets a line of its own."""


class StaleTrainable(Check):
    """A change of what trains, or of the layers themselves, that has no effect.

    What it finds
        trainable set anew on some layer between two fits of a model without a compile in between; layers that are frozen or
        unfrozen by a name that no layer has; layers taken off the list `model.layers`, which is a copy.

    Why it hurts
        Keras builds the training step at the first fit after a compile and keeps it. The second fit trains the very layers that
        the first one did: the fine-tuning that the program announces does not take place. A name that no layer has, or a copy
        of the list, changes nothing either, and nothing says so: the network is another one than the program reads like.

    How it is measured
        The trainable flags at the first fit after the last compile are compared with those at this fit. Set between compile and
        the first fit they do take effect (tried with Keras 3.15.1, which warns of both, once). Names are compared with those of
        VGG and ResNet in keras.applications. `layers` of Keras 3.15.1 gives a new list each time (keras/src/models/model.py).

    The fix
        Compile again after the change, with a rate for fine-tuning (1e-5 for Adam). Name a layer that model.summary() shows.
        Number layers by their place in `layers` where their names are numbered.
        Take layers off with `Sequential.pop()`, or end a new keras.Model at the output of an inner layer.

    References
        https://keras.io/guides/transfer_learning/ ("Important note about compile() and trainable"); keras/src/trainers/trainer.py
    """

    id = "stale-trainable"
    title = "Change of trainable without compile"
    area = "model"
    severity = Severity.ERROR

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        yield from distinct(item for stage in evidence.recipe.stages if (item := self._judge(stage)))
        for change in evidence.recipe.vain_changes:
            if change.numbered:
                what = f"{change.name!r} is a name that Keras made up: its number depends on what else was built before"
                yield self.finding(what, change.place, severity=Severity.WARNING, confidence=Confidence.MEDIUM)
            elif change.name:
                what = f"no layer of {change.network} is called {change.name!r}: what the loop does for it happens to no layer"
                yield self.finding(what, change.place)
            elif not evidence.recipe.legacy_pin:  # before Keras 2.4 it was the list itself
                what = "the list that `layers` gives is a copy: the network keeps the layers that it has"
                yield self.finding(what, change.place)

    def _judge(self, stage: Stage) -> Said | None:
        changed = stage.model.trainable_changed
        if not changed.known:
            return Undetermined(f"whether layers were frozen or unfrozen since the last fit is not known: {changed.reason}")
        if not changed.value:
            return None
        return self.finding(
            "trainable was changed after a fit, and nothing compiled since: this fit trains the same layers as the one before",
            *changed.locations,
            stage.place,
            confidence=changed.confidence,
        )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        stage = next((stage for stage in evidence.recipe.stages if stage.place == finding.locations[-1]), None)
        source = _compile(stage) if stage is not None else ""
        if stage is None or not source:
            return None
        change = InsertStatements(stage.place, source)
        return Repair("Compile again, at a rate for fine-tuning", (change,), Safety.REVIEW)

    BAD = (
        Case(
            name="the last block is unfrozen between two fits",
            source=TWO_FITS,
            fixed=TWO_FITS.replace(
                "    layer.trainable = True\nmodel.fit",
                "    layer.trainable = True\n" + COMPILED + "model.fit",
            ),
            lines=(15, 16),
            severity=Severity.ERROR,
            says="same layers as the one before",
        ),
        Case(
            name="with metrics that are objects",
            source=TWO_FITS.replace(ACCURACY, OBJECTS),
            fixed=TWO_FITS.replace(ACCURACY, OBJECTS).replace(
                "    layer.trainable = True\nmodel.fit",
                "    layer.trainable = True\n" + COMPILED.replace(ACCURACY, OBJECTS) + "model.fit",
            ),
            lines=(15, 16),
        ),
        Case(
            name="in methods of a class",
            source="""\
from tensorflow import keras


class Trainer:
    def __init__(self, train):
        self.train = train
        self.base = keras.applications.EfficientNetB0(include_top=False, pooling="avg", input_shape=(224, 224, 3))
        self.base.trainable = False
        self.model = keras.Sequential([self.base, keras.layers.Dense(5, activation="softmax")])
        self.model.compile("adam", "sparse_categorical_crossentropy")

    def warm_up(self):
        self.model.fit(self.train, epochs=3)

    def fine_tune(self):
        self.base.trainable = True
        self.model.fit(self.train, epochs=9)


trainer = Trainer(keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224)))
trainer.warm_up()
trainer.fine_tune()
""",
            lines=(16, 17),
        ),
        Case(name="the last layer is popped off a copy", source=POPPED, lines=(5,), says="is a copy"),
        Case(
            name="deleted from a copy",
            source=POPPED.replace("base.layers.pop()", "del base.layers[-1]"),
            lines=(5,),
            says="is a copy",
        ),
        Case(name="a misspelt name", source=NAMED.replace("block5_conv1", "blok5_conv1"), lines=(9,), says="'blok5_conv1'"),
        Case(
            name="a number that depends on what was built before",
            source=NAMED.replace("VGG16", "InceptionV3").replace("block5_conv1", "conv2d_80"),
            lines=(9,),
            severity=Severity.WARNING,
            says="Keras made up",
        ),
        Case(
            name="a name of another network",
            source=NAMED.replace('layer.name == "block5_conv1"', 'layer.name in ("res5c_branch2a", "bn5c_branch2a")'),
            lines=(9,),
            says="no layer of VGG16",
        ),
    )

    GOOD = (
        Case(
            name="popped off a Sequential",
            source=POPPED.replace("base.layers.pop()", "").replace("model.add(keras", "model.pop()\nmodel.add(keras"),
        ),
        Case(name="popped off a list of one's own", source=POPPED.replace("base.layers.pop()", "own = base.layers; own.pop()")),
        Case(name="a name that a layer has", source=NAMED),
        Case(name="part of a name", source=NAMED.replace('layer.name == "block5_conv1"', '"blok5" in layer.name')),
        Case(
            name="compiled again",
            source=TWO_FITS.replace(
                "    layer.trainable = True\nmodel.fit",
                "    layer.trainable = True\n" + COMPILED + "model.fit",
            ),
        ),
        Case(
            name="frozen after assembly and after compile, before the first fit (trap 8)",
            source="""\
import keras

train_ds = keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224))
base = keras.applications.EfficientNetB0(include_top=False, pooling="avg", input_shape=(224, 224, 3))
model = keras.Sequential([base, keras.layers.Dense(5, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
base.trainable = False
model.fit(train_ds, epochs=5)
""",
        ),
        Case(
            name="two fits without a change", source=TWO_FITS.replace("[-4:]:\n    layer.trainable = True", ":\n    print(layer)")
        ),
    )


def _compile(stage: Stage) -> str:
    """The compile as it was but for the optimizer; empty where it cannot be written down, or where layers were only frozen."""
    compiled, backbone = stage.compiled.value, stage.model.backbone.value
    if compiled is None or backbone is None or not backbone.trainable.is_("none", "some") or not is_name(stage.receiver):
        return ""
    loss, metrics = compiled.loss.value, compiled.metrics.value
    is_plain = loss is not None and loss.name in CROSSENTROPIES and loss.from_logits.is_(False)
    if loss is None or metrics is None or not is_plain or any(metric.name not in METRICS for metric in metrics):
        return ""
    arguments = ["optimizer=${keras.optimizers.Adam}(1e-5)", f'loss="{loss.name}"']
    if metrics:
        arguments.append(f"metrics=[{', '.join(METRICS[metric.name] for metric in metrics)}]")
    if len(metrics) <= MOST_ON_A_LINE:
        return f"{stage.receiver}.compile({', '.join(arguments)})"
    return "\n".join([f"{stage.receiver}.compile(", *(f"    {argument}," for argument in arguments), ")"])
