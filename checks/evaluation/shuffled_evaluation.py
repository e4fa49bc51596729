"""shuffled-evaluation: predictions and labels stand in different orders."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.training.programs import DATASETS, GENERATORS
from vggdoctor.evidence import Comparison, Evidence, Pipeline, SourceKind
from vggdoctor.schema import Effect, Finding, Location, NotApplicable, Repair, SetArgument, Severity, Undetermined


class ShuffledEvaluation(Check):
    """A report compares each prediction with the label of another picture.

    What it finds
        A metric of scikit-learn on the predictions for a shuffled iterator or dataset, whose labels are `.classes` (in the
        order of the files) or were collected in another pass.

    Why it hurts
        The predictions come in the order in which the pictures were shuffled this time. Compared with labels in another
        order, a perfect model scores what guessing scores: two equal classes give 50 %, whatever evaluate says. People
        look for the fault in the network, and there is none.

    How it is measured
        Both arguments of the metric are followed to the iterator or dataset that they come from. They are reported where
        it is the same one and is known to be shuffled (True by default in flow_from_directory and in
        image_dataset_from_directory).

    The fix
        shuffle=False for pictures that a model is judged on: neither a loss nor an accuracy depends on their order.

    References
        Keras, image_dataset_from_directory: https://keras.io/api/data_loading/image/
        Keras, DirectoryIterator.classes follows the files: keras/src/legacy/preprocessing/image.py (3.15.1)
    """

    id = "shuffled-evaluation"
    title = "Predictions compared with labels in another order"
    area = "evaluation"
    severity = Severity.ERROR
    effect = Effect.REPORT

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        compared = [(each.place, each.compared) for each in evidence.recipe.evaluations if each.compared is not None]
        if not compared:
            yield NotApplicable("no comparison of predictions with labels that can be followed")
        by_pipeline: dict[str, list[Finding]] = {}
        for place, comparison in compared:
            if not comparison.pipeline.shuffle.known:
                yield Undetermined(f"whether the pictures are shuffled is not known: {comparison.pipeline.shuffle.reason}")
            elif comparison.pipeline.shuffle.value:
                loader = comparison.pipeline.loader
                key = str(loader.place if loader else comparison.predict)
                by_pipeline.setdefault(key, []).append(self._found(comparison, place))
        for findings in by_pipeline.values():
            first = findings[0]
            yield self.finding(first.message, *(place for finding in findings for place in finding.locations))

    def _found(self, comparison: Comparison, place: Location) -> Finding:
        loader = comparison.pipeline.loader
        labels = ".classes, in the order of the files" if comparison.labels == "classes" else "labels of another pass"
        return self.finding(
            f"Predictions for shuffled pictures are compared with {labels}: the result is no better than guessing.",
            loader.place if loader else None,
            comparison.predict,
            place,
        )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        trained = [stage.train.loader for stage in evidence.recipe.stages]
        for evaluation in evidence.recipe.evaluations:
            compared = evaluation.compared
            if compared is None or evaluation.place not in finding.locations or not _by_loader(compared.pipeline):
                continue
            loader = compared.pipeline.loader
            if loader is not None and loader not in trained:
                return Repair("Keep the pictures in order", (SetArgument(loader.place, "shuffle", "False"),))
        return None


def _by_loader(pipeline: Pipeline) -> bool:
    """Whether it is the loader from folders that shuffles."""
    place = pipeline.shuffle.place
    loader = pipeline.loader
    return pipeline.kind.is_(SourceKind.DIRECTORY) and loader is not None and (place is None or loader.place.contains(place))


REPORT = (
    GENERATORS
    + """\
model.fit(train, validation_data=val, epochs=20)
from sklearn.metrics import classification_report
print(classification_report(val.classes, model.predict(val).argmax(axis=1)))
"""
)
TWO_PASSES = (
    "import numpy as np\nfrom sklearn.metrics import confusion_matrix\n"
    + DATASETS.replace(", batch_size=32", "")
    + """\
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=20)
labels = np.concatenate([y for x, y in val], axis=0)
guesses = np.argmax(model.predict(val), axis=1)
print(confusion_matrix(labels, guesses))
"""
)

ShuffledEvaluation.GOOD = (
    Case(
        name="shuffle=False for the pictures of the report",
        source=REPORT.replace(
            'validation", target_size=(224, 224), batch_size=32', 'validation", target_size=(224, 224), shuffle=False'
        ),
    ),
    Case(
        name="trap 9: shuffled validation for fit and evaluate alone",
        source=GENERATORS + "model.fit(train, validation_data=val, epochs=20)\nprint(model.evaluate(val))\n",
    ),
)
ShuffledEvaluation.BAD = (
    Case(
        name="a report against .classes",
        source=REPORT,
        lines=(10, 18),
        fixed=REPORT.replace(
            'validation", target_size=(224, 224), batch_size=32',
            'validation", target_size=(224, 224), batch_size=32, shuffle=False',
        ),
        says="in the order of the files",
    ),
    Case(
        name="labels from another pass",
        source=TWO_PASSES,
        lines=(6, 17, 18),
        says="labels of another pass",
    ),
)
