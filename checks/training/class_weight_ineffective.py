"""class-weight-ineffective: weights of the classes that weigh nothing."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.training.handing import passed_to_every_fit
from vggdoctor.checks.training.programs import GENERATORS
from vggdoctor.checks.trainings import is_name
from vggdoctor.evidence import Evidence, Stage
from vggdoctor.schema import Finding, InsertStatements, Measure, NotApplicable, Repair, SetArgument, Severity, Undetermined

ITERATORS = ("flow_from_directory", "flow_from_dataframe")
"""What makes the iterators of Keras that know class_indices."""


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
        Weights that no fit takes are passed to each, as the dictionary that is made of them, else as dict(enumerate(weights)).
        Keys by name are to be 0 .. classes - 1, in the order of class_indices or class_names: where the iterator has
        class_indices they are looked up there; elsewhere it takes the folders' names, and is left to you.

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

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        if finding.locations[0] in evidence.recipe.idle_class_weights:
            return passed_to_every_fit(evidence.recipe.idle_class_weights, evidence.recipe, "class_weight")
        stages = [stage for stage in evidence.recipe.stages if stage.place in finding.locations]
        return _looked_up(stages[0]) if stages and "names for keys" in finding.message else None


def _looked_up(stage: Stage) -> Repair | None:
    """The numbers of the classes from the iterator that counts them."""
    weights, iterator, loader = stage.class_weight_source, stage.train.x_source, stage.train.loader
    numbers = loader is not None and loader.function.rpartition(".")[2] in ITERATORS
    if not (is_name(weights) and is_name(iterator) and numbers):
        return None
    numbered = f"${{new:{weights.rpartition('.')[2]}_by_number}}"
    source = f"{numbered} = {{{iterator}.class_indices[name]: weight for name, weight in {weights}.items()}}"
    changes = (InsertStatements(stage.place, source), SetArgument(stage.place, "class_weight", numbered))
    return Repair("Weigh the classes by their numbers", changes)


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

NAMED = """\
weights = {"jay": 1.0, "wren": 2.5}
weights_by_number = {train.class_indices[name]: weight for name, weight in weights.items()}
model.fit(train, validation_data=val, epochs=20, class_weight=weights_by_number)
"""

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
        fixed=GENERATORS.replace("Dense(12", "Dense(2") + NAMED,
        severity=Severity.WARNING,
        says="names for keys (jay, wren)",
    ),
    Case(
        name="worked out and not passed",
        source=WEIGHTS + GENERATORS + COMPUTED + "model.fit(train, validation_data=val, epochs=20)\n",
        lines=(18, 19),
        fixed=WEIGHTS
        + GENERATORS
        + COMPUTED
        + "model.fit(train, validation_data=val, epochs=20, class_weight=dict(enumerate(weights)))\n",
        says="no call of fit takes them",
    ),
)
