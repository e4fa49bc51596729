"""class-weight-ineffective: weights of the classes that weigh nothing."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.training.programs import GENERATORS
from vggdoctor.evidence import Evidence, Stage
from vggdoctor.schema import Measure, NotApplicable, Severity, Undetermined


class ClassWeightIneffective(Check):
    """Class weights are there, and do not reach the loss.

    What it finds
        A class_weight whose keys are names of classes instead of their numbers, or that leaves classes out; weights that
        scikit-learn works out and that no call of fit takes.

    Why it hurts
        Keras looks each label's number up and takes 1 where it finds none, without a word. The imbalance stays as it was
        while the program reads as if it had been dealt with.

    How it is measured
        The keys of a dictionary that is written down are compared with the numbers of the classes. Weights of
        scikit-learn count as unused where fit is known to get neither class_weight nor sample_weight, no call in the
        program takes weights, and the loss is one of Keras'.

    The fix
        Keys 0 .. classes - 1, in the order of class_indices or class_names; it needs the folders' names, so it is left to
        you.

    References
        Keras, class weights (keras/src/trainers/data_adapters/data_adapter_utils.py, class_weight_to_sample_weights)
        Keras, imbalanced classification: https://keras.io/examples/structured_data/imbalanced_classification/
    """

    id = "class-weight-ineffective"
    title = "Class weights without effect"
    area = "training"
    severity = Severity.WARNING

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        stages = evidence.recipe.stages
        idle = evidence.recipe.idle_class_weights
        if not idle and all(stage.class_weight.is_(False) for stage in stages):
            yield NotApplicable("no class weights are used")
            return
        seen: set[tuple[object, ...]] = set()
        for stage in stages:
            keys = stage.class_weight_keys
            fault = _fault(stage)
            if fault and (keys.locations, fault) not in seen:
                seen.add((keys.locations, fault))
                measured = {"keys": Measure(", ".join(str(key) for key in keys.value or ()))}
                yield self.finding(f"class_weight {fault}.", keys.place or stage.place, stage.place, measured=measured)
            elif not fault and not keys.known and not stage.class_weight.is_(False):
                yield Undetermined(f"the class weights are not known: {keys.reason}")
        if idle and stages and all(map(_takes_none, stages)):
            yield self.finding("Class weights are worked out, and no call of fit takes them.", *idle, stages[0].place)


def _fault(stage: Stage) -> str:
    keys = stage.class_weight_keys.value
    if not keys:
        return ""
    names = [key for key in keys if isinstance(key, str)]
    if names:
        return f"has names for keys ({', '.join(names[:3])}): Keras looks for numbers, finds none, and weighs every class 1"
    classes = stage.train.classes.value
    missing = [number for number in range(classes or 0) if number not in keys]
    if missing:
        return f"has no key for class {', '.join(str(number) for number in missing[:5])} of {classes}, which then weigh 1"
    return ""


def _takes_none(stage: Stage) -> bool:
    """Whether a fit is known to weigh nothing, by its arguments or by its loss."""
    compiled = stage.compiled.value
    loss = compiled.loss.value if compiled else None
    return stage.class_weight.is_(False) and loss is not None and loss.name != "custom"


WEIGHTS = "from sklearn.utils.class_weight import compute_class_weight\nimport numpy as np\n"
COMPUTED = 'weights = compute_class_weight("balanced", classes=np.unique(train.classes), y=train.classes)\n'

ClassWeightIneffective.GOOD = (
    Case(
        name="numbers for keys",
        source=GENERATORS.replace("Dense(12", "Dense(2")
        + "model.fit(train, validation_data=val, epochs=20, class_weight={0: 1.0, 1: 2.5})\n",
    ),
    Case(name="no weights at all", source=GENERATORS + "model.fit(train, validation_data=val, epochs=20)\n"),
)
ClassWeightIneffective.BAD = (
    Case(
        name="names for keys",
        source=GENERATORS.replace("Dense(12", "Dense(2")
        + 'weights = {"jay": 1.0, "wren": 2.5}\nmodel.fit(train, validation_data=val, epochs=20, class_weight=weights)\n',
        lines=(16, 17),
        severity=Severity.WARNING,
        says="names for keys (jay, wren)",
    ),
    Case(
        name="worked out and not passed",
        source=WEIGHTS + GENERATORS + COMPUTED + "model.fit(train, validation_data=val, epochs=20)\n",
        lines=(18, 19),
        says="no call of fit takes them",
    ),
)
