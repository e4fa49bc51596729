"""validation-is-test: the pictures that choose the model are reported as test."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks import leaks
from vggdoctor.checks.judged import judged_on
from vggdoctor.checks.training.programs import GENERATORS
from vggdoctor.evidence import (
    CallbackUse,
    ClassFolder,
    DatasetEvidence,
    Evaluation,
    Evidence,
    Overlap,
    Pair,
    PictureFile,
    Pipeline,
    Selection,
    Stage,
)
from vggdoctor.schema import Confidence, Effect, Finding, Location, NotApplicable, Severity, Undetermined

CHOOSING = {"EarlyStopping", "ModelCheckpoint"}
"""Callbacks that pick the weights of one epoch by what they watch."""
TEST = re.compile(r"(?i)(?<![a-z])test(?!e[dr])|_test|test_")
"""Names of what is reported as test."""


class ValidationIsTest(Check):
    """One set of pictures chooses the epoch and gives the final number.

    What it finds
        EarlyStopping or ModelCheckpoint(save_best_only=True) that watch a number of the validation data, where the same
        data are evaluated or reported afterwards as test.

    Why it hurts
        The best of 30 epochs on these pictures is the luckiest one on these pictures: its accuracy is too high for new
        ones, the more so the smaller the set and the longer the search. The test has become a part of the training.

    How it is measured
        The loader of the validation data of fit is compared with that of evaluate, predict and scikit-learn's metrics after
        it. It is said only where a name (of the variable, the folder or the result) says that it is the test; without
        callbacks that choose by it nothing is said. Where the folders were scanned, pictures that are in both are counted: copies
        are certain, near copies confirmed by their pixels.

    The fix
        A third part, which nothing looks at before the end. Which pictures it gets is for you to say.

    References
        Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 2nd edition, section 7.2
        Cawley and Talbot, 2010, On over-fitting in model selection: https://www.jmlr.org/papers/v11/cawley10a.html
    """

    id = "validation-is-test"
    title = "The test set chooses the model"
    area = "training"
    severity = Severity.WARNING
    effect = Effect.REPORT

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        reported: dict[Location, list[Location]] = {}
        stages: dict[Location, Stage] = {}
        for stage in evidence.recipe.stages:
            if not stage.callbacks.known:
                yield Undetermined(f"the callbacks of fit are not known: {stage.callbacks.reason}")
            if not _choosers(stage):
                yield NotApplicable("nothing chooses the model by its validation data")
        names = {each.place: each for each in evidence.recipe.evaluations}
        for judged in judged_on(evidence.recipe):
            validation = judged.stage.validation.value
            if judged.role == "validation" or validation is None or not _choosers(judged.stage):
                continue
            name = _names(judged.pipeline, validation, names.get(judged.place))
            if _same(validation, judged.pipeline) and TEST.search(name):
                stages[judged.stage.place] = judged.stage
                reported.setdefault(judged.stage.place, []).append(judged.place)
        yield from self._shared(evidence)
        for place, calls in reported.items():
            uses = " and ".join(dict.fromkeys(use.name for use in _choosers(stages[place])))
            yield self.finding(
                f"{uses} choose{'' if ' and ' in uses else 's'} the weights by the pictures that are reported as test.",
                place,
                *(use.place for use in _choosers(stages[place])),
                *calls,
            )

    def _shared(self, evidence: Evidence) -> Iterator[Finding]:
        """Two sets of files that hold the same pictures, of which one chooses and the other is reported."""
        for judged in judged_on(evidence.recipe):
            validation = judged.stage.validation.value
            if judged.role == "validation" or validation is None or not _choosers(judged.stage) or evidence.dataset is None:
                continue
            found = leaks.overlap(evidence.dataset, validation, judged.pipeline, ("validation", "test"))
            if found is not None and found.shared:
                loaders = [pipeline.loader.place for pipeline in (judged.pipeline, validation) if pipeline.loader]
                yield self.finding(
                    f"{leaks.how_shared(found)}, by which the weights are chosen: {leaks.example(found)}.",
                    *loaders,
                    judged.stage.place,
                    confidence=Confidence.HIGH if found.files + found.exact else Confidence.MEDIUM,
                    measured=leaks.measures(found),
                    exhibits=leaks.exhibits(found, evidence.dataset),
                )


def _choosers(stage: Stage) -> tuple[CallbackUse, ...]:
    """The callbacks of a fit that keep the weights of the best epoch by a number of the validation data."""
    found = []
    for use in stage.callbacks.get(()):
        monitor = use.settings.get("monitor", "val_loss")
        watches = isinstance(monitor, str) and monitor.startswith("val_") and "monitor" not in use.unread
        keeps = use.name == "EarlyStopping" or use.settings.get("save_best_only") is True
        if use.name in CHOOSING and watches and keeps:
            found.append(use)
    return tuple(found)


def _same(validation: Pipeline, judged: Pipeline) -> bool:
    """Whether both are known to be one set of pictures. One call in a function of the project may read several."""
    one_name = bool(validation.x_source) and validation.x_source == judged.x_source
    if validation.loader is None or judged.loader is None:
        return one_name and validation.loader is judged.loader
    one_folder = validation.directory.known and validation.directory.value == judged.directory.value
    return validation.loader == judged.loader and (one_name or one_folder) and validation.subset == judged.subset


def _names(judged: Pipeline, validation: Pipeline, evaluation: Evaluation | None) -> str:
    """Every name that says what the pictures are taken to be."""
    loader = judged.loader.assigned_to if judged.loader else ""
    folder = judged.directory.value or ""
    result = evaluation.assigned_to if evaluation else ""
    return " ".join((loader, folder, result, judged.x_source, validation.x_source))


FIT = "model.fit(train, validation_data=val, epochs=30, callbacks=[{}])\n"
BEST = 'EarlyStopping(monitor="val_accuracy", patience=6, restore_best_weights=True)'

CLASSES = (ClassFolder(name="gulls", files=50), ClassFolder(name="terns", files=50))
THREE = (
    GENERATORS
    + 'test = plain.flow_from_directory("birds/test", target_size=(224, 224), shuffle=False)\n'
    + FIT.format(BEST)
    + "test_loss, test_accuracy = model.evaluate(test)\n"
)
COPIED = DatasetEvidence(
    splits=(),
    pictures=200,
    examined=200,
    compared=True,
    selections=tuple(
        Selection(role=role, split=path, loader="flow_from_directory", directory=path, classes=CLASSES)
        for role, path in (("validation", "birds/validation"), ("test", "birds/test"))
    ),
    overlaps=(
        Overlap(
            learned="birds/validation",
            judged="birds/test",
            learned_role="validation",
            judged_role="test",
            selections=(0, 1),
            examined=100,
            exact=40,
            pairs=(
                Pair(
                    first=PictureFile("birds/validation/gulls/1.jpg", "birds/validation", "gulls"),
                    second=PictureFile("birds/test/gulls/1.jpg", "birds/test", "gulls"),
                    likeness="same bytes",
                ),
            ),
        ),
    ),
)

ValidationIsTest.GOOD = (
    Case(
        name="a third folder for the test",
        source=THREE,
    ),
    Case(
        name="validation is reported as validation",
        source=GENERATORS + FIT.format(BEST) + "val_loss, val_accuracy = model.evaluate(val)\n",
    ),
    Case(
        name="nothing chooses by the test data",
        source=GENERATORS.replace("birds/validation", "birds/test")
        + FIT.format("ReduceLROnPlateau(patience=3)")
        + "print(model.evaluate(val))\n",
    ),
)
ValidationIsTest.BAD = (
    Case(
        name="early stopping by the test folder",
        source=GENERATORS.replace("birds/validation", "birds/test") + FIT.format(BEST) + "print(model.evaluate(val))\n",
        lines=(16, 17),
        severity=Severity.WARNING,
        says="EarlyStopping chooses the weights",
    ),
    Case(
        name="the result is called a test",
        source=GENERATORS
        + FIT.format('ModelCheckpoint("best.keras", save_best_only=True)')
        + "test_loss, test_accuracy = model.evaluate(val)\n",
        lines=(16, 17),
        says="ModelCheckpoint chooses the weights",
    ),
    Case(
        name="a test folder that holds copies of the validation pictures",
        source=THREE,
        dataset=COPIED,
        lines=(10, 16, 17),
        says="40 of 100 (40 %) test pictures in birds/test are among the validation pictures in birds/validation (40 exact",
    ),
)
