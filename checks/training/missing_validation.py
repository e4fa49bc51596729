"""missing-validation: no picture is kept back to see whether the training helps."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.judged import ROLES
from vggdoctor.checks.training.missing_lr_schedule import STEADY_CALLBACKS
from vggdoctor.checks.training.programs import ARRAYS, GENERATORS
from vggdoctor.checks.trainings import Training, takes_pictures, trainings
from vggdoctor.evidence import Evidence, Recipe
from vggdoctor.schema import Finding, HandOver, Measure, NotApplicable, Repair, Severity, Undetermined

KERAS_CALLBACKS = STEADY_CALLBACKS | {"ReduceLROnPlateau", "LearningRateScheduler"}
"""Callbacks of Keras; any other one may validate in its own way."""

FOR_VALIDATION = re.compile(r"(^|_)(val|valid|validation)(_|\d|ds$|gen|data|$)")
"""Names of what is kept for validation: ``val_ds``, ``valid_generator``, ``validation``."""


class MissingValidation(Check):
    """Training goes on without a look at pictures that it does not learn from.

    What it finds
        A model none of whose calls of fit is given validation_data or a validation_split.

    Why it hurts
        The training accuracy of a VGG16 head climbs to 100 % whether or not it learns anything that holds for new
        pictures. Without validation nobody sees when overfitting begins, early stopping and checkpoints have nothing
        to choose by, and the first honest number comes when it is too late to act on it.

    How it is measured
        The arguments of every fit of a model are read, and observed. Nothing is said where one of them is not known,
        where a callback of the user's own may validate, or where an earlier training of the same file is validated (the
        one without may be the final training on all pictures). An evaluate afterwards on other pictures is no
        validation, but is said.

    The fix
        The one dataset or iterator of the file that is for validation by its name (val, valid, validation) is passed to fit.
        Else hold back a part of the training pictures, chosen at random: a second folder, validation_split with subset in
        the loader, or shuffled arrays and validation_split in fit. It depends on how the pictures were taken (several
        of one patient or object must stay together), so none of these is written for you.

    References
        Keras, training and evaluation: https://keras.io/guides/training_with_built_in_methods/
        Chollet, Deep Learning with Python, 2nd edition, section 5.2.1: training, validation and test sets.
    """

    id = "missing-validation"
    title = "No validation data in any stage"
    area = "training"
    severity = Severity.WARNING

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        validated: set[str] = set()
        for training in trainings(evidence.recipe):
            path = training[0].place.path
            if takes_pictures(training[0]) is False or training[0].method == "train_on_batch":
                yield NotApplicable("no call of fit that trains on pictures")
            elif any(stage.validation.get(None) is not None for stage in training):
                validated.add(path)
            elif doubt := _doubt(training):
                yield Undetermined(doubt)
            elif path in validated:
                yield Undetermined("an earlier training of the file is validated; this one may be the last, on all pictures")
            else:
                yield self._found(training, evidence.recipe)

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        stages = [stage for stage in evidence.recipe.stages if stage.place in finding.locations]
        trained = {stage.train.loader.place for stage in stages if stage.train.loader}
        kept = [
            loader
            for loader in evidence.recipe.folder_loaders
            if loader.place.path == stages[0].place.path and FOR_VALIDATION.search(loader.assigned_to.lower())
        ]
        if len(kept) != 1 or kept[0].place in trained:
            return None
        changes = tuple(HandOver(stage.place, (kept[0].place,), "validation_data") for stage in stages)
        return Repair(f"Give fit {kept[0].assigned_to} as validation data", changes)

    def _found(self, training: Training, recipe: Recipe) -> Said:
        stages = {index for index, stage in enumerate(recipe.stages) if stage in training}
        later = [each for each in recipe.evaluations if each.stage in stages and ROLES.get(each.name) == "evaluation"]
        measured = {"calls of fit": Measure(len(training))}
        tested = "; it is judged once, after the training" if later else ""
        return self.finding(
            f"No validation data: fit sees the pictures that it learns from alone, so overfitting cannot be noticed{tested}.",
            *(stage.place for stage in training),
            confidence=min((stage.validation.confidence for stage in training), key=lambda each: -each.rank),
            measured=measured,
        )


def _doubt(training: Training) -> str:
    """Why it is not known that none of the stages is validated, empty if it is known."""
    for stage in training:
        if not stage.train.kind.known and not stage.train.x_source:
            return "fit is given no pictures here"
        if not stage.validation.known:
            return f"the validation data are not known: {stage.validation.reason}"
        if not stage.callbacks.known:
            return f"the callbacks of fit are not known, and may validate: {stage.callbacks.reason}"
        strangers = [use.name for use in stage.callbacks.value or () if use.name not in KERAS_CALLBACKS]
        if strangers:
            return f"the callback {strangers[0]} may validate"
    return "whether the model is trained on pictures is not known" if takes_pictures(training[0]) is None else ""


MissingValidation.GOOD = (
    Case(name="a second folder", source=GENERATORS + "model.fit(train, validation_data=val, epochs=20)\n"),
    Case(
        name="validation_split of shuffled arrays",
        source=ARRAYS + "model.fit(x_train, y_train, batch_size=64, epochs=20, validation_split=0.1)\n",
    ),
    Case(
        name="validated in the first stage, all pictures in the second",
        source=GENERATORS + "model.fit(train, validation_data=val, epochs=20)\nmodel.fit(train, epochs=2)\n",
    ),
)
MissingValidation.BAD = (
    Case(
        name="callbacks, but nothing to watch",
        source=GENERATORS + "model.fit(train, epochs=20, callbacks=[ModelCheckpoint('last.keras')])\n",
        fixed=GENERATORS + "model.fit(train, epochs=20, callbacks=[ModelCheckpoint('last.keras')], validation_data=val)\n",
        lines=(16,),
        severity=Severity.WARNING,
        says="No validation data",
    ),
    Case(
        name="test arrays for a single evaluation at the end",
        source=ARRAYS + "model.fit(x_train, y_train, epochs=20)\nprint(model.evaluate(x_test, y_test))\n",
        lines=(14,),
        says="judged once, after the training",
    ),
)
