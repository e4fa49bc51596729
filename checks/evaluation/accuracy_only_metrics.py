"""accuracy-only-metrics: nothing but accuracy is measured, anywhere in the project."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.class_counts import MAXIMUM_RATIO, ClassCounts, class_counts
from vggdoctor.checks.trainings import Training, is_name, takes_pictures, training_of, trainings
from vggdoctor.evidence import ClassFolder, Compile, DatasetEvidence, Evidence, Split, Stage
from vggdoctor.schema import (
    AppendItem,
    Change,
    Effect,
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

ACCURACIES = {
    "acc", "accuracy", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy", "top_k_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
}  # fmt: skip
"""Every spelling of accuracy in keras/src/metrics/accuracy_metrics.py (3.15.1), and the short one of Keras 2."""

SILENT_EVALUATIONS = {
    "evaluate",
    "evaluate_generator",
    "predict",
    "predict_generator",
    "predict_on_batch",
    "accuracy_score",
    "score",
}
"""Calls that give no more than accuracy and loss, or bare predictions, by the last part of their names."""

RICHER_METRICS = ("keras.metrics.Precision", "keras.metrics.Recall", "keras.metrics.AUC")
"""They take one column of probabilities with 0 / 1 labels, or one-hot labels; class numbers give wrong values or an error."""

BATCHES = {
    "image_dataset_from_directory": "{0}.as_numpy_iterator()",
    "flow_from_directory": "({0}[index] for index in range(len({0})))",
    "flow_from_dataframe": "({0}[index] for index in range(len({0})))",
}
"""How to go once over the batches that a loader makes: an iterator of ImageDataGenerator never ends by itself."""


class AccuracyOnlyMetrics(Check):
    """The model is judged by accuracy alone.

    What it finds
        A training whose metrics are accuracy only, in a project that nowhere makes a report, a confusion matrix, or
        computes AUC, precision, recall or F1.

    Why it hurts
        Accuracy hides which classes fail. With nine pictures of one class for one of the other, a model that never
        finds the rare class is 90 % right. With balanced classes it still does not show which two are taken for each
        other.

    How it is measured
        The metrics of every compile of the model, and all calls that evaluate a model, in all files of the project.
        It is a warning where the largest class has over 3 times the pictures of the smallest.

    The fix
        Precision, Recall and AUC beside accuracy, where labels are one-hot or one column. Labels that are class
        numbers do not go with these metrics: there a classification report on the validation data is printed after
        the training (it needs scikit-learn).

    References
        scikit-learn, classification metrics: https://scikit-learn.org/stable/modules/model_evaluation.html#classification-metrics
        Keras, metrics: https://keras.io/api/metrics/classification_metrics/
    """

    id = "accuracy-only-metrics"
    title = "Accuracy is all that is measured"
    area = "evaluation"
    severity = Severity.NOTE
    effect = Effect.REPORT

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        reports = [use.name for use in evidence.recipe.evaluations if use.name.rpartition(".")[2] not in SILENT_EVALUATIONS]
        if reports:
            return
        for training in trainings(evidence.recipe):
            compiles = _compiles(training)
            if compiles is None:
                yield Undetermined("the metrics of a compile are not known")
            elif not _classifies(training) or takes_pictures(training[0]) is False:
                yield NotApplicable("the model does not classify pictures")
            elif not _names(compiles) or not _names(compiles) <= ACCURACIES:
                continue
            elif takes_pictures(training[0]) is None:
                yield Undetermined("whether the model is trained on pictures is not known")
            else:
                yield self._found(training, compiles, evidence)

    def _found(self, training: Training, compiles: tuple[Compile, ...], evidence: Evidence) -> Finding:
        counts = class_counts(training[0].train, evidence.dataset)
        measured = {"metrics": Measure(", ".join(sorted(_names(compiles))))}
        message = "Accuracy is the only metric: which classes fail, and how, stays unseen."
        severity = self.severity
        if counts and counts.ratio > MAXIMUM_RATIO:
            severity = Severity.WARNING
            measured["largest to smallest class"] = Measure(round(counts.ratio, 2))
            measured["majority share"] = Measure(round(100 * counts.majority_share, 1), "%")
            message = (
                f"Accuracy is all that is measured, and {counts.largest} has {counts.ratio:.1f} times the pictures of "
                f"{counts.smallest}: {_consequence(counts)}."
            )
        places = [compiled.metrics_display or compiled.place for compiled in compiles]
        return self.finding(message, *places, *(stage.place for stage in training), severity=severity, measured=measured)

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        training = training_of(finding, evidence.recipe)
        compiles, last = _compiles(training) or (), training[-1]
        if all(_takes_richer_metrics(stage) for stage in training):
            changes = [change for compiled in compiles for change in _with_richer_metrics(compiled)]
            return Repair("Measure precision, recall and AUC too", tuple(dict.fromkeys(changes)))
        report = _report(last) if _loss(last) == "sparse_categorical_crossentropy" else ""
        if report:
            after_fit = InsertStatements(last.place, report, after=True)
            return Repair("Print precision and recall of each class (needs scikit-learn)", (after_fit,), Safety.REVIEW)
        return None


def _consequence(counts: ClassCounts) -> str:
    if counts.majority_share >= 0.5:
        return f"always saying {counts.largest} would be {100 * counts.majority_share:.0f} % right"
    return f"missing every {counts.smallest} would cost {100 * counts.minority_share:.1f} % of it"


def _compiles(training: Training) -> tuple[Compile, ...] | None:
    """The compiles of all stages, None unless the metrics of each are known."""
    facts = [stage.compiled for stage in training]
    if not all(fact.known and fact.value and fact.value.metrics.known for fact in facts):
        return None
    return tuple({fact.value.place: fact.value for fact in facts if fact.value}.values())


def _classifies(training: Training) -> bool:
    """False where the loss is one of regression and the output gives no probabilities."""
    losses = [_loss(stage) for stage in training]
    known = all(not loss or "crossentropy" in loss or "hinge" in loss or loss == "custom" for loss in losses)
    return known or training[-1].model.output.activation.is_("softmax", "sigmoid")


def _names(compiles: tuple[Compile, ...]) -> set[str]:
    return {metric.name for compiled in compiles for metric in compiled.metrics.value or ()}


def _loss(stage: Stage) -> str:
    compiled = stage.compiled.get(None)
    loss = compiled.loss.get(None) if compiled else None
    return loss.name if loss else ""


def _takes_richer_metrics(stage: Stage) -> bool:
    """Whether outputs are probabilities, and labels one-hot or one column of 0 and 1, as these metrics want them."""
    probabilities = stage.model.output.activation.is_("softmax", "sigmoid")
    if _loss(stage) == "binary_crossentropy":
        return probabilities
    return probabilities and _loss(stage) == "categorical_crossentropy" and not stage.train.label_form.is_("integer")


def _with_richer_metrics(compiled: Compile) -> list[Change]:
    sources = [f"${{{name}}}()" for name in RICHER_METRICS]
    if compiled.metrics_display:
        return [AppendItem(compiled.metrics_display, source) for source in sources]
    present = [f'"{metric.name}"' for metric in compiled.metrics.value or ()]
    return [SetArgument(compiled.place, "metrics", f"[{', '.join(present + sources)}]")]


def _report(stage: Stage) -> str:
    """Statements that print a report on the validation data, labels and predictions from one pass; empty if it has no name."""
    validation = stage.validation.get(None)
    model = stage.receiver
    if validation is None or not validation.x_source or not is_name(model):
        return ""
    if validation.y_source:
        predicted = f"{model}.predict({validation.x_source}).argmax(axis=1)"
        return f"print(${{sklearn.metrics.classification_report}}({validation.y_source}, {predicted}))"
    loader = validation.loader.function.rpartition(".")[2] if validation.loader else ""
    if loader not in BATCHES or not is_name(validation.x_source):
        return ""
    return f"""\
actual, predicted = [], []
for images, labels in {BATCHES[loader].format(validation.x_source)}:
    actual.extend(labels)
    predicted.extend({model}.predict_on_batch(images).argmax(axis=1))
print(${{sklearn.metrics.classification_report}}(actual, predicted))"""


ONE_HOT = """\
from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.layers import Dense, Flatten
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train_datagen = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=10)
test_datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
train = train_datagen.flow_from_directory("trash/train", target_size=(224, 224), class_mode="categorical")
test = test_datagen.flow_from_directory("trash/test", target_size=(224, 224), class_mode="categorical")

base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, Flatten(), Dense(6, activation="softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=test, epochs=10)
model.evaluate(test)
"""


AccuracyOnlyMetrics.GOOD = (
    Case(
        name="AUC beside accuracy",
        source="""\
import tensorflow as tf

train_ds = tf.keras.utils.image_dataset_from_directory("xray/train", image_size=(160, 160), label_mode="binary")
model = tf.keras.Sequential([
    tf.keras.Input(shape=(160, 160, 3)),
    tf.keras.layers.RandomRotation(0.05),
    tf.keras.layers.Rescaling(1.0 / 255),
    tf.keras.layers.Conv2D(32, 3, activation="relu"),
    tf.keras.layers.GlobalAveragePooling2D(),
    tf.keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy", tf.keras.metrics.AUC(name="auc")])
model.fit(train_ds, epochs=10)
""",
    ),
    Case(
        name="a report after the training",
        source="""\
import numpy as np
from sklearn.metrics import classification_report
from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.layers import Dense, Flatten
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train_datagen = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=10)
test_datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
train = train_datagen.flow_from_directory("trash/train", target_size=(224, 224))
test = test_datagen.flow_from_directory("trash/test", target_size=(224, 224), shuffle=False)

base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, Flatten(), Dense(6, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["acc"])
model.fit(train, validation_data=test, epochs=10)

predicted = np.argmax(model.predict(test), axis=1)
print(classification_report(test.classes, predicted))
""",
    ),
)
AccuracyOnlyMetrics.BAD = (
    Case(
        name="one-hot labels",
        source=ONE_HOT,
        fixed=ONE_HOT.replace(
            "from tensorflow.keras.models",
            "from tensorflow.keras.metrics import AUC, Precision, Recall\nfrom tensorflow.keras.models",
        ).replace(
            'model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])\n',
            """\
model.compile("adam", "categorical_crossentropy", metrics=["accuracy", Precision(), Recall(), AUC()])
""",
        ),
        lines=(15, 16),
        severity=Severity.NOTE,
    ),
    Case(
        name="class numbers, a very large class",
        dataset=DatasetEvidence(
            splits=(
                Split(
                    path="skin/train",
                    role="train",
                    classes=(ClassFolder(name="mole", files=900), ClassFolder(name="nevus", files=100)),
                ),
            ),
            pictures=1000,
            examined=400,
        ),
        source="""\
import tensorflow as tf

train_ds = tf.keras.utils.image_dataset_from_directory("skin/train", image_size=(224, 224), batch_size=32)
val_ds = tf.keras.utils.image_dataset_from_directory("skin/val", image_size=(224, 224), batch_size=32)

model = tf.keras.Sequential([
    tf.keras.Input(shape=(224, 224, 3)),
    tf.keras.layers.RandomFlip("horizontal"),
    tf.keras.layers.Rescaling(1.0 / 255),
    tf.keras.layers.Conv2D(32, 3, activation="relu"),
    tf.keras.layers.GlobalAveragePooling2D(),
    tf.keras.layers.Dense(2, activation="softmax"),
])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train_ds, validation_data=val_ds, epochs=10)
""",
        lines=(14, 15),
        severity=Severity.WARNING,
        says="always saying mole would be 90 % right",
    ),
)
