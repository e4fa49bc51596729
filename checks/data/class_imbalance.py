"""class-imbalance: far more pictures of one class than of another, and nothing that makes up for it."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor import exhibits
from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.class_counts import MAXIMUM_RATIO, ClassCounts, class_counts
from vggdoctor.checks.trainings import is_fit_of, is_given_arrays, is_name, training_of, trainings
from vggdoctor.evidence import ClassFolder, DatasetEvidence, Evidence, Predictions, SourceKind, Split, Stage
from vggdoctor.schema import (
    Change,
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

MINIMUM_PREDICTIONS = 20
"""Validation pictures that must all have gone to one class before that is taken for more than chance (ours)."""

WEIGHTS = """\
class_counts = ${{numpy.bincount}}({labels})
class_weights = {{label: class_counts.sum() / (len(class_counts) * count) for label, count in enumerate(class_counts)}}"""


class ClassImbalance(Check):
    """One class has over three times the training pictures of another, and nothing makes up for it.

    What it finds
        A training set whose largest class has over 3 times the pictures of its smallest, trained without class
        weights, sample weights, resampling or a focal loss.

    Why it hurts
        Every picture counts the same in the loss, so the large class sets its direction: predicting it more often
        lowers the loss before anything is learnt of the small one, whose recall suffers most. Accuracy hides it.

    How it is measured
        Files in the class folders of the training set, as Keras' loaders would take them, or the labels that were
        seen at fit. Where only a part of the labels was seen, the whole 95 % Wilson interval of the ratio must lie
        above 3. It is an error where, after the short training, every validation picture was given to the largest
        class.

    The fix
        class_weight, computed from the labels of the training set so that each class has the same total weight: n /
        (classes x count), the rule of scikit-learn's class_weight="balanced".

    References
        Keras, imbalanced classification: https://keras.io/examples/structured_data/imbalanced_classification/
        King and Zeng, 2001, Logistic regression in rare events data: https://doi.org/10.1093/oxfordjournals.pan.a004868
    """

    id = "class-imbalance"
    title = "Classes of very different size, unweighted"
    area = "data"
    severity = Severity.WARNING

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for training in trainings(evidence.recipe):
            stage = training[-1]
            counts = class_counts(stage.train, evidence.dataset)
            if counts is None:
                yield Undetermined("the number of training pictures in each class is not known")
            elif _ratio_at_least(counts) <= MAXIMUM_RATIO:
                continue
            elif any(each.class_weight.is_(True) or each.train.resampled.is_(True) for each in training) or _focal(stage):
                yield NotApplicable("the classes differ in size, and weights, resampling or a focal loss make up for it")
            elif doubt := _doubt(stage, counts):
                yield Undetermined(doubt)
            else:
                yield self._found(stage, counts, evidence)

    def _found(self, stage: Stage, counts: ClassCounts, evidence: Evidence) -> Finding:
        most, least = counts.counts[counts.largest], counts.counts[counts.smallest]
        measured = {
            "largest class": Measure(most, "pictures"),
            "smallest class": Measure(least, "pictures"),
            "ratio": Measure(round(counts.ratio, 2)),
        }
        if counts.sampled:
            low, high = counts.ratio_interval()
            measured["ratio, 95 % interval"] = Measure(f"{low:.1f} to {high:.1f}")
        message = (
            f"{counts.largest} has {most} training pictures, {counts.smallest} has {least}: {counts.ratio:.1f} times as many, "
            "and nothing makes up for it."
        )
        severity = self.severity
        collapsed = _collapsed(stage, counts, evidence)
        if collapsed:
            severity = Severity.ERROR
            measured["validation pictures given to the largest class"] = Measure(sum(collapsed.predicted), "pictures")
            message = message[:-1] + f"; after a short training every validation picture is taken for {counts.largest}."
        loader = stage.train.loader
        return self.finding(
            message,
            stage.place,
            loader.place if loader else None,
            severity=severity,
            confidence=counts.confidence,
            measured=measured,
            exhibits=(exhibits.class_counts(counts.counts),),
        )

    def causes(self, finding: Finding, evidence: Evidence) -> tuple[str, ...]:
        """Weights that do not reach fit; a split that holds back the last classes, if all rows together are of similar number."""
        stage = training_of(finding, evidence.recipe)[-1]
        validation = stage.validation.value
        if validation is None or not validation.validation_split.value:
            return ("class-weight-ineffective",)
        kept, held_back = stage.train.class_counts.value or {}, validation.class_counts.value or {}
        whole = [kept.get(name, 0) + held_back.get(name, 0) for name in {**kept, **held_back}]
        is_alike = whole and max(whole) <= MAXIMUM_RATIO * min(whole)
        return ("sequential-split",) if is_alike else ("class-weight-ineffective",)

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        training = training_of(finding, evidence.recipe)
        sources = [_labels(stage) for stage in training]
        if not all(labels for labels, _ in sources) or any(stage.method == "train_on_batch" for stage in training):
            return None
        changes: list[Change] = []
        for stage, (labels, _) in zip(training, sources, strict=True):
            changes += [
                InsertStatements(stage.place, WEIGHTS.format(labels=labels)),
                SetArgument(stage.place, "class_weight", "class_weights"),
            ]
        sure = all(safety is Safety.SAFE for _, safety in sources)
        return Repair("Weight the classes by their size", tuple(changes), Safety.SAFE if sure else Safety.REVIEW)


def _ratio_at_least(counts: ClassCounts) -> float:
    """The ratio, or the lower end of its interval where only a part was counted."""
    return counts.ratio_interval()[0] if counts.sampled else counts.ratio


def _focal(stage: Stage) -> bool:
    compiled = stage.compiled.get(None)
    loss = compiled.loss.get(None) if compiled else None
    return loss is not None and "focal" in loss.name


def _doubt(stage: Stage, counts: ClassCounts) -> str:
    """Why something unknown may make up for the imbalance, empty if nothing can."""
    compiled = stage.compiled.get(None)
    loss = compiled.loss.get(None) if compiled else None
    if not stage.class_weight.known:
        return f"whether class weights reach fit is not known: {stage.class_weight.reason}"
    if loss is not None and loss.name == "custom":
        return "the loss is the project's own, and may weight the classes"
    from_folder = stage.train.kind.is_(SourceKind.DIRECTORY)
    if not (counts.observed or from_folder or stage.train.resampled.known):
        return f"whether the classes are resampled is not known: {stage.train.resampled.reason}"
    return ""


def _collapsed(stage: Stage, counts: ClassCounts, evidence: Evidence) -> Predictions | None:
    """The predictions of the probe, if all of them went to the class that is largest in training."""
    names = list(stage.train.class_names.get(None) or sorted(counts.counts))
    for predictions in evidence.probe.predictions if evidence.probe else ():
        total = sum(predictions.predicted)
        is_own = is_fit_of(stage, predictions.stage) and len(predictions.predicted) == len(names)
        if not is_own or counts.largest not in names or total < MINIMUM_PREDICTIONS:
            continue
        if predictions.predicted[names.index(counts.largest)] == total and max(predictions.actual) < total:
            return predictions
    return None


def _labels(stage: Stage) -> tuple[str, Safety]:
    """An expression for the class numbers of the training set at the place of fit, empty if none is sure."""
    train = stage.train
    loader = train.loader.function.rpartition(".")[2] if train.loader else ""
    form = train.label_form.get("")
    if is_given_arrays(train) and is_name(train.y_source):
        expression = {"integer": ".ravel().astype(int)", "binary": ".ravel().astype(int)", "one-hot": ".argmax(axis=1)"}.get(form)
        return f"{train.y_source}{expression}" if expression else "", Safety.REVIEW
    if is_given_arrays(train) or not is_name(train.x_source):
        return "", Safety.REVIEW
    if loader in {"flow_from_directory", "flow_from_dataframe"}:
        return f"{train.x_source}.classes", Safety.SAFE
    if loader == "image_dataset_from_directory":
        label = {"integer": "int(label)", "binary": "int(label)", "one-hot": "int(label.numpy().argmax())"}.get(form)
        return f"[{label} for _, labels in {train.x_source} for label in labels]" if label else "", Safety.REVIEW
    return "", Safety.REVIEW


UNEQUAL = DatasetEvidence(
    splits=(
        Split(
            path="xray/train",
            role="train",
            classes=(ClassFolder(name="normal", files=1341), ClassFolder(name="pneumonia", files=203)),
        ),
        Split(
            path="xray/val",
            role="validation",
            classes=(ClassFolder(name="normal", files=60), ClassFolder(name="pneumonia", files=60)),
        ),
    ),
    pictures=1664,
    examined=400,
)
EQUAL = DatasetEvidence(
    splits=(
        Split(
            path="xray/train",
            role="train",
            classes=(ClassFolder(name="normal", files=500), ClassFolder(name="pneumonia", files=203)),
        ),
    ),
    pictures=703,
    examined=400,
)

ITERATOR = """\
from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.layers import Dense, Flatten
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator


def main():
    train_datagen = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=10)
    val_datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
    train_generator = train_datagen.flow_from_directory("xray/train", target_size=(224, 224), class_mode="binary")
    val_generator = val_datagen.flow_from_directory("xray/val", target_size=(224, 224), class_mode="binary")

    base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
    base.trainable = False
    model = Sequential([base, Flatten(), Dense(1, activation="sigmoid")])
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy", "AUC"])
    model.fit(train_generator, validation_data=val_generator, epochs=10)


if __name__ == "__main__":
    main()
"""

ClassImbalance.GOOD = (
    Case(
        name="class weights reach fit",
        dataset=UNEQUAL,
        source="""\
import numpy as np
from sklearn.utils.class_weight import compute_class_weight
from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.layers import Dense, Flatten
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train_datagen = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=10)
train = train_datagen.flow_from_directory("xray/train", target_size=(224, 224), class_mode="binary")

weights = compute_class_weight("balanced", classes=np.unique(train.classes), y=train.classes)
class_weights = dict(enumerate(weights))

base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, Flatten(), Dense(1, activation="sigmoid")])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy", "AUC"])
model.fit(train, epochs=10, class_weight=class_weights)
""",
    ),
    Case(
        name="two and a half to one",
        dataset=EQUAL,
        source="""\
import tensorflow as tf

train_ds = tf.keras.utils.image_dataset_from_directory("xray/train", image_size=(160, 160), label_mode="binary")

model = tf.keras.Sequential([
    tf.keras.Input(shape=(160, 160, 3)),
    tf.keras.layers.Rescaling(1.0 / 255),
    tf.keras.layers.Conv2D(32, 3, activation="relu"),
    tf.keras.layers.GlobalAveragePooling2D(),
    tf.keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(train_ds, epochs=10)
""",
    ),
)
ClassImbalance.BAD = (
    Case(
        name="flow_from_directory",
        dataset=UNEQUAL,
        source=ITERATOR,
        fixed=ITERATOR.replace(
            """\
from tensorflow.keras.preprocessing.image import ImageDataGenerator

""",
            """\
from tensorflow.keras.preprocessing.image import ImageDataGenerator
import numpy as np

""",
        ).replace(
            "    model.fit(train_generator, validation_data=val_generator, epochs=10)\n",
            """\
    class_counts = np.bincount(train_generator.classes)
    class_weights = {label: class_counts.sum() / (len(class_counts) * count) for label, count in enumerate(class_counts)}
    model.fit(train_generator, validation_data=val_generator, epochs=10, class_weight=class_weights)
""",
        ),
        lines=(11, 18),
        severity=Severity.WARNING,
        says="normal has 1341 training pictures, pneumonia has 203: 6.6 times as many",
    ),
    Case(
        name="image_dataset_from_directory",
        dataset=UNEQUAL,
        source="""\
import tensorflow as tf

train_ds = tf.keras.utils.image_dataset_from_directory("xray/train", image_size=(160, 160), label_mode="categorical")
val_ds = tf.keras.utils.image_dataset_from_directory("xray/val", image_size=(160, 160), label_mode="categorical")

model = tf.keras.Sequential([
    tf.keras.Input(shape=(160, 160, 3)),
    tf.keras.layers.RandomRotation(0.05),
    tf.keras.layers.Rescaling(1.0 / 255),
    tf.keras.layers.Conv2D(32, 3, activation="relu"),
    tf.keras.layers.GlobalAveragePooling2D(),
    tf.keras.layers.Dense(2, activation="softmax"),
])
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy", tf.keras.metrics.AUC()])
model.fit(train_ds, validation_data=val_ds, epochs=10)
""",
        lines=(3, 15),
    ),
)
