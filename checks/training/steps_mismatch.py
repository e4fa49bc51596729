"""steps-mismatch: an epoch is not one pass over the pictures."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.class_counts import class_counts
from vggdoctor.checks.training.programs import GENERATORS
from vggdoctor.evidence import ClassFolder, DatasetEvidence, Evidence, Pipeline, Selection, Stage, Steps
from vggdoctor.schema import Effect, Finding, Measure, NotApplicable, RemoveArgument, Repair, Safety, Severity

MOST, LEAST = 1.1, 0.6
"""Passes in an epoch outside which a plain number of steps is reported (ours): a rounded-up last batch stays within them, and so
does a number that leaves off a few pictures on purpose."""


class StepsMismatch(Check):
    """The number of steps does not go with the number of pictures and the size of a batch.

    What it finds
        steps_per_epoch or validation_steps that are the number of pictures instead of the number of batches, that are
        worked out with another batch size than the iterator has, or from another iterator's pictures; the number of
        batches, divided by the size of a batch once more; a number that an
        integer division has made 0; a plain number that is far from the pictures on disk.

    Why it hurts
        Too few steps leave out a part of the data in every epoch, and always the same part where nothing shuffles. Too
        many use the data up before the epoch ends: Keras 3 warns that the input ran out of data and goes on with epochs
        of few steps or none; Keras 2 goes round the iterator many times, and one epoch takes hours.

    How it is measured
        The expression given to fit is followed to the iterator whose `samples` or `n` it divides, and its divisor is
        compared with that iterator's batch_size. Plain numbers are compared with the pictures that were counted: the files that
        the loader takes, a part that validation_split cuts off as Keras cuts it.

    The fix
        Leave the argument out: iterators of Keras know their own length.

    References
        Keras, Model.fit, steps_per_epoch: https://keras.io/api/models/model_training_apis/
    """

    id = "steps-mismatch"
    title = "Steps that do not match the pictures and the batch size"
    area = "training"
    severity = Severity.ERROR
    effect = Effect.EPOCHS

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        seen: set[Steps] = set()
        for stage in evidence.recipe.stages:
            if stage.steps is None and stage.validation_steps is None:
                yield NotApplicable("fit is given no number of steps that can be followed")
            for name, steps, pipeline in _given(stage):
                if steps in seen:
                    continue
                seen.add(steps)
                fault = _zero(steps) or _by_iterator(steps, pipeline, stage) or _by_count(steps, pipeline, name, evidence)
                if fault:
                    severity = Severity.WARNING if steps.value == 0 else None
                    message = f"{name} {fault}."
                    yield self.finding(message, steps.place, stage.place, severity=severity, measured=_measured(steps, pipeline))

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for stage in evidence.recipe.stages:
            for name, steps, pipeline in _given(stage):
                if steps.place in finding.locations and stage.method == "fit" and pipeline.generator is not None:
                    return Repair(
                        f"Leave out {name}: the iterator knows its length", (RemoveArgument(stage.place, name),), Safety.SAFE
                    )
        return None


def _given(stage: Stage) -> Iterator[tuple[str, Steps, Pipeline]]:
    """(argument, steps, the pipeline that they should count)."""
    if stage.steps is not None:
        yield "steps_per_epoch", stage.steps, stage.train
    if stage.validation_steps is not None and stage.validation.value is not None:
        yield "validation_steps", stage.validation_steps, stage.validation.value


def _zero(steps: Steps) -> str:
    if steps.value != 0:
        return ""
    return "is 0: Keras 3 takes that for not given, Keras 2 stops with an error or has nothing to average"


def _by_iterator(steps: Steps, pipeline: Pipeline, stage: Stage) -> str:
    """What is wrong with steps that are worked out from an iterator's pictures."""
    loader = pipeline.loader
    if steps.pictures_of is None or loader is None:
        return ""
    others = [each.loader for each in (stage.train, stage.validation.value) if each and each.loader and each.loader != loader]
    if steps.pictures_of != loader.place:
        counts_other = any(other.place == steps.pictures_of for other in others)
        return "counts the pictures of the other iterator" if counts_other else ""
    batch = pipeline.batch_size.value
    if steps.of_batches:
        divisor = batch if steps.divisor is None else steps.divisor
        if divisor is None or divisor < 2:
            return ""
        return f"is the number of batches, divided by {divisor} once more: an epoch sees {1 / divisor:.0%} of the pictures"
    if batch is None or steps.divisor is None or steps.divisor in (0, batch):
        return ""
    if steps.divisor == 1:
        return f"is the number of pictures, in batches of {batch}: an epoch would be {batch} passes over the data"
    passes = batch / steps.divisor
    share = (
        f"an epoch sees {passes:.0%} of the pictures" if passes < 1 else f"an epoch would be {passes:.2g} passes over the data"
    )
    return f"is worked out with batches of {steps.divisor}, and the iterator has batches of {batch}: {share}"


def _by_count(steps: Steps, pipeline: Pipeline, name: str, evidence: Evidence) -> str:
    """What is wrong with a plain number of steps, by the pictures that were counted."""
    batch = pipeline.batch_size.value
    role = "train" if name == "steps_per_epoch" else "validation"
    counts = class_counts(pipeline, evidence.dataset, role)
    selection = evidence.dataset.selection_for(pipeline, role) if evidence.dataset else None
    if selection is not None:
        is_exact = not selection.undetermined
    else:
        is_exact = role == "train" and not pipeline.validation_split.get(None)
    pictures = sum(counts.counts.values()) if counts and not counts.sampled and is_exact else None
    if not steps.value or not batch or not pictures:
        return ""
    passes = steps.value * batch / pictures
    if LEAST <= passes <= MOST:
        return ""
    share = f"{passes:.0%} of them in an epoch" if passes < 1 else f"{passes:.2g} passes in an epoch"
    return f"is {steps.value} in batches of {batch}, and there are {pictures} pictures: {share}"


def _measured(steps: Steps, pipeline: Pipeline) -> dict[str, Measure]:
    known = {"steps": steps.value, "divisor": steps.divisor, "batch size": pipeline.batch_size.value}
    return {name: Measure(value) for name, value in known.items() if value is not None}


FIT = "model.fit(train, {}epochs=20, validation_data=val)\n"
CLASSES = (ClassFolder(name="gulls", files=800), ClassFolder(name="terns", files=800))
COUNTED = DatasetEvidence(
    splits=(),
    pictures=1600,
    examined=1600,
    selections=(
        Selection(role="train", split="birds/train", loader="flow_from_directory", directory="birds/train", classes=CLASSES),
    ),
)

StepsMismatch.GOOD = (
    Case(
        name="divided by the iterator's batch size",
        source=GENERATORS + FIT.format("steps_per_epoch=train.samples // train.batch_size, validation_steps=val.n // 32, "),
    ),
    Case(
        name="rounded up",
        source="import math\n" + GENERATORS + FIT.format("steps_per_epoch=math.ceil(train.samples / 32), "),
    ),
    Case(name="as many as the iterator is long", source=GENERATORS + FIT.format("steps_per_epoch=len(train), ")),
    Case(name="a plain number", source=GENERATORS + FIT.format("steps_per_epoch=100, ")),
    Case(name="as many as there are", source=GENERATORS + FIT.format("steps_per_epoch=50, "), dataset=COUNTED),
)
StepsMismatch.BAD = (
    Case(
        name="pictures in the place of batches",
        source=GENERATORS + FIT.format("steps_per_epoch=train.samples, "),
        lines=(16,),
        fixed=GENERATORS + FIT.format(""),
        severity=Severity.ERROR,
        says="an epoch would be 32 passes",
    ),
    Case(
        name="another batch size",
        source="BATCH = 64\n" + GENERATORS + FIT.format("steps_per_epoch=len(train.filenames) // BATCH, "),
        lines=(17,),
        says="sees 50% of the pictures",
    ),
    Case(
        name="batches that are divided once more",
        source=GENERATORS + FIT.format("steps_per_epoch=len(train) // 32, "),
        lines=(16,),
        fixed=GENERATORS + FIT.format(""),
        says="sees 3% of the pictures",
    ),
    Case(
        name="a division that gives 0",
        source=GENERATORS + FIT.format("validation_steps=20 // 32, "),
        lines=(16,),
        severity=Severity.WARNING,
        says="is 0",
    ),
    Case(
        name="the other iterator's pictures",
        source=GENERATORS + FIT.format("steps_per_epoch=val.samples // 32, "),
        lines=(16,),
        says="counts the pictures of the other iterator",
    ),
    Case(
        name="a plain number for fewer pictures",
        source=GENERATORS + FIT.format("steps_per_epoch=100, "),
        dataset=COUNTED,
        lines=(16,),
        fixed=GENERATORS + FIT.format(""),
        says="is 100 in batches of 32, and there are 1600 pictures: 2 passes in an epoch",
    ),
)
