from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.distinct import distinct
from vggdoctor.checks.model.ends import SPARSE
from vggdoctor.evidence import Evidence, Fact, Origin, Stage, known, unknown
from vggdoctor.schema import Finding, Location, Measure, NotApplicable, Repair, Safety, SetArgument, Severity, Undetermined

TEN_FOR_FIVE = """\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

CLASSES = ["daisy", "dandelion", "rose", "sunflower", "tulip"]
datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
train = datagen.flow_from_directory("flowers", target_size=(224, 224), classes=CLASSES)
base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, GlobalAveragePooling2D(), Dense(10, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(train, epochs=10)
"""
FOR_TWO = TEN_FOR_FIVE.replace('"daisy", "dandelion", "rose", "sunflower", "tulip"', '"cat", "dog"')


class OutputUnitsMismatch(Check):
    """The network has not one output unit for each class.

    What it finds
        A last layer whose width is not the number of classes in the labels, the ImageNet top with its 1,000 units included. As a
        note: more units than class numbers, which trains.

    Why it hurts
        One-hot labels of another width stop fit at the shapes. A class number without a unit stops it on a CPU and makes the loss
        nan on a GPU.

    How it is measured
        The width of the output against the listed classes, the labels observed (of a pipeline, those of its first batch), or the
        class folders of the training directory.
        Single units are a matter of output-loss-mismatch.

    The fix
        As many units as classes; better len(class_names), so that both stay together.

    References
        keras.losses.categorical_crossentropy, keras.losses.sparse_categorical_crossentropy (Keras 3.15)
    """

    id = "output-units-mismatch"
    title = "Output units differ from the classes"
    area = "model"
    severity = Severity.ERROR

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        yield from distinct(item for stage in evidence.recipe.stages if (item := self._judge(stage, evidence)))

    def _judge(self, stage: Stage, evidence: Evidence) -> Said | None:
        model, train, labels = stage.model, stage.train, stage.train.label_form
        if not model.output.units.known or model.output.units.value is None:
            return Undetermined(f"the number of output units is not known: {model.output.units.reason}")
        units = model.output.units.value
        if units == 1 or labels.is_("binary", "none") or (model.outputs.known and model.outputs.value != 1):
            return NotApplicable("the output is not one unit for each class")
        classes = _classes(stage, evidence)
        if not classes.known or classes.value is None:
            seen = stage.train.label_range.value
            if seen is not None and seen[1] >= units and _is_sparse(stage):
                return self._beyond(stage, units, seen)
            return Undetermined(f"the number of classes is not known: {classes.reason}")
        if units == classes.value:
            return None
        if not labels.is_("one-hot", "integer"):
            return Undetermined(f"the form of the labels is not known: {labels.reason}")
        count = classes.value
        is_surplus = labels.is_("integer") and units > count
        if labels.is_("one-hot"):
            effect = "fit stops at the shapes"
        elif is_surplus:
            effect = f"class numbers end at {count - 1}, the units beyond are never right"
        else:
            effect = f"class numbers from {units} on have no unit, and the loss of their pictures is no number"
            counts = train.class_counts.value or {}
            if count == units + 1 and counts.get("0") == 0:
                effect = f"the labels are counted from 1, so class number {units} has no unit, and no row has number 0"
        top = " of the ImageNet top" if units == 1000 and _is_own_top(stage) else ""
        return self.finding(
            f"{units} output units{top} for {count} classes: {effect}",
            model.output.place,
            *classes.locations,
            *_loader(stage),
            severity=Severity.NOTE if is_surplus else Severity.ERROR,
            confidence=max((model.output.units.confidence, classes.confidence), key=lambda c: c.rank),
            measured={"units": Measure(units, "units"), "classes": Measure(count, "classes")},
        )

    def _beyond(self, stage: Stage, units: int, seen: tuple[int, int]) -> Finding:
        low, high = seen
        counted = ": they seem to be counted from 1" if (low, high) == (1, units) else ""
        return self.finding(
            f"the labels of the first batch are {low}..{high}, and {units} output units stand for the class numbers "
            f"0..{units - 1}{counted}. fit stops at {high} on a CPU, and the loss is no number on a GPU",
            stage.model.output.place,
            stage.place,
            *_loader(stage),
            confidence=stage.model.output.units.confidence,
            measured={"units": Measure(units, "units"), "highest class number seen": Measure(high)},
        )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for stage in evidence.recipe.stages:
            output, last = stage.model.output, next((one for one in reversed(stage.model.layers) if one.kind == "Dense"), None)
            written = output.units.place
            if not output.place or finding.locations[:1] != (output.place,) or not last or last.place != output.place:
                continue
            if (
                "classes" in finding.measured
                and written is not None
                and output.place.contains(written)
                and len(output.units.locations) == 1
            ):
                change = SetArgument(output.place, "units", str(finding.measured["classes"].value))
                return Repair("Give the output one unit for each class", (change,), Safety.REVIEW)
        return None

    BAD = (
        Case(
            name="ten units for five listed classes",
            source=TEN_FOR_FIVE,
            fixed=TEN_FOR_FIVE.replace("Dense(10, ", "Dense(5, "),
            lines=(8, 11),
            severity=Severity.ERROR,
            says="10 output units for 5 classes",
        ),
        Case(
            name="the ImageNet top for three classes",
            source="""\
import keras
from keras.applications.vgg16 import VGG16, preprocess_input

train_ds = keras.utils.image_dataset_from_directory(
    "animals", image_size=(224, 224), label_mode="categorical", class_names=["cat", "dog", "fox"]
)
train_ds = train_ds.map(lambda x, y: (preprocess_input(x), y))
model = VGG16(weights="imagenet")
model.compile(optimizer=keras.optimizers.Adam(1e-5), loss="categorical_crossentropy")
model.fit(train_ds, epochs=4)
""",
            lines=(4, 5, 8),
            says="1000 output units of the ImageNet top",
        ),
        Case(
            name="more units than class numbers",
            source="""\
import keras

train_ds = keras.utils.image_dataset_from_directory("animals", image_size=(224, 224), class_names=["cat", "dog", "fox"])
base = keras.applications.EfficientNetB0(include_top=False, pooling="avg")
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(4, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=4)
""",
            severity=Severity.NOTE,
            says="class numbers end at 2",
        ),
    )

    GOOD = (
        Case(name="one for each", source=TEN_FOR_FIVE.replace("Dense(10, ", "Dense(5, ")),
        Case(name="counted in the program", source=TEN_FOR_FIVE.replace("Dense(10, ", "Dense(len(CLASSES), ")),
        Case(
            name="two softmax units for a binary task (trap 7)",
            source=TEN_FOR_FIVE.replace('"daisy", "dandelion", "rose", "sunflower", "tulip"', '"cat", "dog"').replace(
                "10, a", "2, a"
            ),
        ),
        Case(
            name="sigmoid units, one for each class, under categorical cross-entropy (trap 15)",
            source=TEN_FOR_FIVE.replace('10, activation="softmax"', '5, activation="sigmoid"'),
        ),
        Case(
            name="one sigmoid unit for two classes",
            source=FOR_TWO.replace('10, activation="softmax"', '1, activation="sigmoid"')
            .replace("classes=CLASSES", 'classes=CLASSES, class_mode="binary"')
            .replace("categorical_crossentropy", "binary_crossentropy"),
        ),
    )


def _classes(stage: Stage, evidence: Evidence) -> Fact[int]:
    """The number of classes in the labels: of the labels themselves, of the names listed, or of the folders on disk."""
    train = stage.train
    if train.classes.known:
        return train.classes
    names = train.class_names
    if names.known and names.value:
        return known(len(names.value), *names.locations, origin=names.origin, confidence=names.confidence)
    split = evidence.dataset.split_for(train.directory.value) if evidence.dataset and train.directory.value else None
    if split is not None and split.classes:
        return known(len(split.classes), *train.directory.locations, origin=Origin.SCANNED)
    return unknown(train.classes.reason)


def _is_sparse(stage: Stage) -> bool:
    compiled = stage.compiled.value
    loss = compiled.loss.value if compiled else None
    return loss is not None and loss.name in SPARSE


def _is_own_top(stage: Stage) -> bool:
    backbone = stage.model.backbone.value
    return backbone is not None and backbone.include_top.is_(True) and not any(one.kind == "Dense" for one in stage.model.layers)


def _loader(stage: Stage) -> tuple[Location, ...]:
    return (stage.train.loader.place,) if stage.train.loader else ()
