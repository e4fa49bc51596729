"""sequential-split: validation holds the last classes, not a sample of all."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.trainings import is_name
from vggdoctor.evidence import ClassFolder, DatasetEvidence, Evidence, Pipeline, Selection, SourceKind, Stage
from vggdoctor.schema import (
    Finding,
    InsertStatements,
    Measure,
    NotApplicable,
    Repair,
    Safety,
    SetArgument,
    Severity,
    Undetermined,
)

LOADER = "image_dataset_from_directory"
NAMED = 4
"""Classes that a message names (ours)."""


class SequentialSplit(Check):
    """The part that is held back is the end of a list that is sorted by class.

    What it finds
        validation_split in fit on arrays that a loop filled class by class and that nothing shuffled; validation_split
        in image_dataset_from_directory with shuffle=False.

    Why it hurts
        Both take the last pictures. In a list that is sorted by class these are the last classes: validation holds
        classes that training has not seen, or hardly, and its accuracy is near 0 whatever the network learns.

    How it is measured
        Keras cuts the arrays before it shuffles (keras/src/trainers/data_adapters/array_data_adapter.py, 3.15.1), and
        the files after it has sorted them by folder. Arrays count as sorted where a loop over the classes appends the
        labels and nothing in the file shuffles, samples or splits at random, or where the labels that fit was given were seen
        to stand class by class. ImageDataGenerator's split is taken class by class, and is sound. Where the labels were seen,
        or the folder was scanned, both parts are counted class by class.

    The fix
        Pictures and labels are brought into one random order before fit; shuffle=True with a seed for the loader.

    References
        Keras, Model.fit, validation_split: https://keras.io/api/models/model_training_apis/
    """

    id = "sequential-split"
    title = "Validation takes the last classes"
    area = "data"
    severity = Severity.ERROR

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for stage in evidence.recipe.stages:
            validation = stage.validation.value
            if validation is None or not validation.validation_split.value:
                yield NotApplicable("no part of the training pictures is held back by validation_split")
            elif _is_loader(validation):
                if validation.shuffle.is_(False):
                    yield self._found(stage, validation, "files that are sorted by class (shuffle=False)", evidence.dataset)
                elif not validation.shuffle.known:
                    yield Undetermined(f"whether the files are shuffled is not known: {validation.shuffle.reason}")
            elif validation.kind.is_(SourceKind.ARRAYS):
                if validation.order.is_("by-class"):
                    yield self._found(stage, validation, "rows that stand class by class", evidence.dataset)
                elif not validation.order.known and validation.picture_loop is not None:
                    yield Undetermined("the order of the rows is not known")

    def _found(self, stage: Stage, validation: Pipeline, what: str, dataset: DatasetEvidence | None) -> Finding:
        share = validation.validation_split.value or 0.0
        loader = validation.loader.place if _is_loader(validation) and validation.loader else None
        counts = _counts(stage, dataset)
        unseen = [name for name, (learned, judged) in counts.items() if judged and not learned]
        measured = {"validation_split": Measure(share)}
        which = "it holds the last classes alone"
        if counts:
            held = [name for name, (_, judged) in counts.items() if judged]
            which = f"it holds {len(held)} of {len(counts)} classes ({_listed(held)})"
            which += f", of which training has no picture of {_listed(unseen)}" if unseen else ""
            measured |= {"classes in validation": Measure(len(held)), "of them not in training": Measure(len(unseen))}
        return self.finding(
            f"Validation is the last {share:.0%} of {what}: {which}.",
            loader or stage.place,
            stage.place,
            confidence=validation.validation_split.confidence,
            measured=measured,
        )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for stage in evidence.recipe.stages:
            if stage.place not in finding.locations:
                continue
            x, y = stage.train.x_source, stage.train.y_source
            if _is_loader(stage.train) and stage.train.loader and stage.validation.value and stage.validation.value.loader:
                loaders = dict.fromkeys((stage.train.loader.place, stage.validation.value.loader.place))
                changes = [
                    change
                    for place in loaders
                    for change in (SetArgument(place, "shuffle", "True"), SetArgument(place, "seed", "1"))
                ]
                return Repair("Shuffle the files before they are split", tuple(changes))
            if is_name(x) and is_name(y):
                source = (
                    f"${{new:order}} = ${{numpy.random.default_rng}}(1).permutation(len({x}))\n"
                    f"{x}, {y} = ${{numpy.asarray}}({x})[${{new:order}}], ${{numpy.asarray}}({y})[${{new:order}}]"
                )
                return Repair("Shuffle the rows before the split", (InsertStatements(stage.place, source),), Safety.REVIEW)
        return None


def _counts(stage: Stage, dataset: DatasetEvidence | None) -> dict[str, tuple[int, int]]:
    """Pictures of each class for training and for validation, as they were seen in the arrays, or as the scan counted them."""
    validation = stage.validation.value
    if validation is not None and validation.class_counts.value and stage.train.class_counts.value:
        learned, judged = stage.train.class_counts.value, validation.class_counts.value
        return {name: (learned.get(name, 0), judged.get(name, 0)) for name in {**learned, **judged}}
    if dataset is None or validation is None:
        return {}
    parts = [dataset.selection_for(pipeline, role) for pipeline, role in ((stage.train, "train"), (validation, "validation"))]
    if any(part is None or part.undetermined for part in parts):
        return {}
    learned, judged = ({folder.name: folder.files for folder in part.classes} for part in parts if part)
    return {name: (files, judged.get(name, 0)) for name, files in learned.items()}


def _listed(names: list[str]) -> str:
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def _is_loader(pipeline: Pipeline) -> bool:
    return pipeline.loader is not None and pipeline.loader.function.endswith(LOADER)


ROWS = """\
import os
import numpy as np
from tensorflow import keras
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input

pictures, labels = [], []
for number, name in enumerate(sorted(os.listdir("shells"))):
    for file in os.listdir(os.path.join("shells", name)):
        picture = keras.utils.load_img(os.path.join("shells", name, file), target_size=(224, 224))
        pictures.append(keras.utils.img_to_array(picture))
        labels.append(number)
x = preprocess_input(np.array(pictures))
y = np.array(labels)

base = VGG16(include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(5, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=20, validation_split=0.2)
"""
FILES = """\
import tensorflow as tf

given = {"validation_split": 0.2, "image_size": (224, 224), "shuffle": False, "seed": 3}
train = tf.keras.utils.image_dataset_from_directory("shells", subset="training", **given)
val = tf.keras.utils.image_dataset_from_directory("shells", subset="validation", **given)
inputs = tf.keras.Input((224, 224, 3))
base = tf.keras.applications.VGG16(include_top=False, pooling="avg")
base.trainable = False
features = base(tf.keras.applications.vgg16.preprocess_input(inputs))
model = tf.keras.Model(inputs, tf.keras.layers.Dense(5, activation="softmax")(features))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=20)
"""


def _part(role: str, subset: str, **files: int) -> Selection:
    classes = tuple(ClassFolder(name=name, files=number) for name, number in files.items())
    return Selection(
        role=role,
        split="shells",
        loader=LOADER,
        directory="shells",
        subset=subset,
        validation_split=0.2,
        seed=3,
        shuffle=False,
        classes=classes,
    )


LAST_CLASS = DatasetEvidence(
    splits=(),
    pictures=500,
    examined=500,
    selections=(
        _part("train", "training", cowrie=200, limpet=200, whelk=0),
        _part("validation", "validation", cowrie=0, limpet=0, whelk=100),
    ),
)

SequentialSplit.GOOD = (
    Case(
        name="shuffled before the split",
        source=ROWS.replace(
            "y = np.array(labels)\n", "y = np.array(labels)\norder = np.random.permutation(len(x))\nx, y = x[order], y[order]\n"
        ),
    ),
    Case(name="the loader shuffles by default", source=FILES.replace('"shuffle": False, ', "")),
    Case(
        name="trap 11: a generator's split, class by class",
        source="""\
from tensorflow import keras
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator

moving = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True, validation_split=0.2)
still = ImageDataGenerator(preprocessing_function=preprocess_input, validation_split=0.2)
train = moving.flow_from_directory("shells", target_size=(224, 224), subset="training")
val = still.flow_from_directory("shells", target_size=(224, 224), subset="validation", shuffle=False)
base = VGG16(include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(5, activation="softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=20)
""",
    ),
)
SequentialSplit.BAD = (
    Case(
        name="rows appended class by class",
        source=ROWS,
        lines=(19,),
        fixed=ROWS.replace(
            "model.fit(",
            "order = np.random.default_rng(1).permutation(len(x))\nx, y = np.asarray(x)[order], np.asarray(y)[order]\nmodel.fit(",
        ),
        severity=Severity.ERROR,
        says="the last 20%",
    ),
    Case(
        name="files that the loader does not shuffle",
        source=FILES.replace(", **given", ", validation_split=0.2, image_size=(224, 224), shuffle=False"),
        lines=(5, 12),
        says="sorted by class",
    ),
    Case(
        name="the classes of both parts, counted",
        source=FILES.replace(", **given", ", validation_split=0.2, image_size=(224, 224), shuffle=False, seed=3"),
        dataset=LAST_CLASS,
        says="it holds 1 of 3 classes (whelk), of which training has no picture of whelk.",
    ),
)
