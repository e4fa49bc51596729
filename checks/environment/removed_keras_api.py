"""removed-keras-api: names and arguments that Keras 3 rejects or ignores."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.environment.present_names import DROPPED, brought_up_to_date
from vggdoctor.checks.environment.removed_names import (
    CALL_ARGUMENTS,
    LAYER_ARGUMENTS,
    METHODS,
    OPTIMIZER_ARGUMENTS,
    OTHER_ARGUMENTS,
    PIECES,
    STANDALONE,
)
from vggdoctor.checks.training.programs import GENERATORS
from vggdoctor.evidence import CallbackUse, Evidence, KerasUse, Recipe
from vggdoctor.schema import (
    Effect,
    Finding,
    Location,
    NotApplicable,
    Repair,
    Severity,
)

CHECKPOINT_ENDINGS = (".keras", ".h5")
"""Of ModelCheckpoint's file in Keras 3.15.1 (keras/src/callbacks/model_checkpoint.py)."""


class Removed(Struct, frozen=True):
    """A use of what is gone. ``what`` names it, ``instead`` says what to use, empty if there is nothing."""

    what: str
    instead: str
    place: Location
    verb: str = "is not in Keras 3"


class RemovedKerasApi(Check):
    """The program speaks to a Keras that is no more.

    What it finds
        Imports, functions, methods and arguments of Keras 1 and 2 that Keras 3 rejects (lr=, fit_generator, workers= in
        fit, ImageDataGenerator under keras.preprocessing, layers.experimental, np_utils, names of weights files ...) or
        ignores (decay=).

    Why it hurts
        Since TensorFlow 2.16 `pip install tensorflow` brings Keras 3. Most of these stop the program at once; decay= is
        worse: the learning rate stays what it was and only a warning says so.

    How it is measured
        Imports, dotted names, calls and their arguments are read from the text and looked up in a table that was tried
        against Keras 3.15.1. Names in a try that catches their lack are left alone, and so is a project whose
        requirements ask for a TensorFlow before 2.16 or a Keras before 3, or that sets TF_USE_LEGACY_KERAS.

    The fix
        The present name where it means the same: learning_rate=, fit, predict, evaluate, the arguments of layers, the
        module that a name is imported from, the ending of a file of weights (wherever the program names that file).
        Arguments that only said how to read ahead are dropped; decay= becomes the InverseTimeDecay that it was, or goes
        where a callback sets the rate, which no schedule bears. Where the meaning has moved (period=, nb_row=, functions of
        the backend) the message says where to, and the rest is yours.

    References
        Keras 3 migration guide: https://keras.io/guides/migrating_to_keras_3/
        TensorFlow 2.16 release notes: https://github.com/tensorflow/tensorflow/releases/tag/v2.16.1
    """

    id = "removed-keras-api"
    title = "Names that Keras 3 no longer has"
    area = "environment"
    severity = Severity.ERROR
    effect = Effect.REPORT

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        if evidence.recipe.legacy_pin:
            yield NotApplicable(f"{evidence.recipe.legacy_pin} asks for a Keras that still has its old names")
            return
        groups: dict[tuple[str, str], list[Removed]] = {}
        for removed in _removed(evidence.recipe):
            groups.setdefault((removed.place.path, removed.what), []).append(removed)
        for uses in groups.values():
            yield self._found(uses)

    def _found(self, uses: list[Removed]) -> Finding:
        first = uses[0]
        instead = f"; use {first.instead}" if first.instead else ""
        ignored = first.verb.startswith("is ignored")
        return self.finding(
            f"{first.what} {first.verb}{instead}.",
            *(use.place for use in uses),
            severity=Severity.WARNING if ignored else None,
        )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        return brought_up_to_date(finding, evidence.recipe)


def _removed(recipe: Recipe) -> Iterator[Removed]:
    asks_both = {use.place.path for use in recipe.keras_uses if use.name in (".history[accuracy]", ".history[val_accuracy]")}
    for use in recipe.keras_uses:
        yield from _name(use)
        yield from _arguments(use, recipe)
        if use.name == ".save_weights" and use.file and not use.file.endswith(".weights.h5"):
            yield Removed(f"save_weights to {use.file!r}", "a name that ends in .weights.h5", use.place, "is refused by Keras 3")
        is_old_key = use.name in (".history[acc]", ".history[val_acc]") and use.place.path not in asks_both
        if is_old_key and _logs_accuracy_alone(recipe, use.place.path):
            old = use.name.removeprefix(".history[").removesuffix("]")
            present = f"'{old.replace('acc', 'accuracy')}'"
            yield Removed(f"history['{old}']", present, use.place, f"is not logged: {present} is")
    seen = set()
    for stage in recipe.stages:
        for callback in stage.callbacks.get(()):
            if callback.name == "ModelCheckpoint" and callback.place and callback.place not in seen:
                seen.add(callback.place)
                yield from _checkpoint(callback, callback.place)


def _parts(name: str) -> tuple[str, bool]:
    """(name below keras, whether it is the standalone keras); ("", False) for what is not of Keras."""
    for prefix, alone in (("tensorflow.keras.", False), ("keras.", True)):
        if name.startswith(prefix):
            return name.removeprefix(prefix), alone
    return "", False


def _name(use: KerasUse) -> Iterator[Removed]:
    if use.name.startswith("."):
        method = use.name[1:]
        if method in METHODS:
            yield Removed(method, METHODS[method], use.place)
        return
    if use.call is not None and "." not in use.written:
        return  # the import says it
    below, alone = _parts(use.name)
    for table in (PIECES, STANDALONE) if alone else (PIECES,):
        for gone, instead in table.items():
            if below == gone or below.startswith(f"{gone}."):
                yield Removed(f"{use.name.removesuffix(below)}{gone}", instead, use.place)
                return


def _calls(recipe: Recipe) -> list[Location]:
    return [stage.place for stage in recipe.stages] + [evaluation.place for evaluation in recipe.evaluations]


def _arguments(use: KerasUse, recipe: Recipe) -> Iterator[Removed]:
    if use.name.startswith("."):
        if use.name[1:] in METHODS or use.call in _calls(recipe):
            for name in CALL_ARGUMENTS.keys() & use.arguments.keys():
                if use.name[1:] not in METHODS or name not in DROPPED:  # those of fit_generator go with it
                    method = use.name[1:]
                    yield Removed(f"{name}= of {method}", CALL_ARGUMENTS[name], use.place, "is refused by Keras 3")
        return
    below, _ = _parts(use.name)
    area, last = below.split(".")[0], below.rsplit(".", 1)[-1]
    table: dict[str, str] = dict(OTHER_ARGUMENTS.get(last, {})) if area in ("models", "Model", "layers", "callbacks") else {}
    if area == "optimizers" and "schedules" not in below and last[:1].isupper():
        table = OPTIMIZER_ARGUMENTS
    elif area == "layers" and last != "Embedding":
        table = {**LAYER_ARGUMENTS, **table}
    for name in table.keys() & use.arguments.keys():
        ignored = name == "decay"
        verb = "is ignored by Keras 3, so the rate does not fall" if ignored else "is refused by Keras 3"
        if not (ignored and _is_zero(use.arguments[name])):
            yield Removed(f"{name}= of {last}", table[name] if table[name] else "", use.place, verb)


def _is_zero(written: str) -> bool:
    try:
        return float(written) == 0
    except ValueError:
        return written == "None"


def _checkpoint(callback: CallbackUse, place: Location) -> Iterator[Removed]:
    file = callback.settings.get("filepath")
    if not isinstance(file, str) or "save_weights_only" in callback.unread:
        return
    if callback.settings.get("save_weights_only") is True:
        if not file.endswith(".weights.h5"):
            what = f"ModelCheckpoint with save_weights_only to {file!r}"
            yield Removed(what, "a name that ends in .weights.h5", place, "is refused by Keras 3")
    elif not file.endswith(CHECKPOINT_ENDINGS):
        yield Removed(f"ModelCheckpoint to {file!r}", "a name that ends in .keras", place, "is refused by Keras 3")


def _logs_accuracy_alone(recipe: Recipe, path: str) -> bool:
    """Whether every training of a file logs accuracy, and under that name only."""
    stages = [stage for stage in recipe.stages if stage.place.path == path]
    for stage in stages:
        compiled = stage.compiled.value
        names = {metric.logged for metric in compiled.metrics.get(()) or ()} if compiled else set()
        if "accuracy" not in names or "acc" in names or "" in names:
            return False
    return bool(stages)


OLD_FIT = GENERATORS.replace('optimizer="adam"', "optimizer=Adam(lr=1e-4)").replace(
    "from tensorflow.keras.preprocessing.image",
    "from tensorflow.keras.optimizers import Adam\nfrom tensorflow.keras.preprocessing.image",
)

SCHEDULED = (
    OLD_FIT.replace("lr=1e-4", "learning_rate=schedule")
    .replace(
        "model.compile",
        "schedule = InverseTimeDecay(1e-4, decay_steps=1, decay_rate=1e-6)\nmodel.compile",
    )
    .replace("import Adam\n", "import Adam\nfrom tensorflow.keras.optimizers.schedules import InverseTimeDecay\n")
)
CHECKPOINT = (
    GENERATORS
    + """\
best = ModelCheckpoint("best.h5", save_best_only=True, save_weights_only=True)
model.fit(train, validation_data=val, epochs=20, callbacks=[best])
model.load_weights("best.h5")
"""
)

RemovedKerasApi.GOOD = (
    Case(
        name="ImageDataGenerator is still there under tf.keras",
        source=GENERATORS + "model.fit(train, validation_data=val, epochs=20)\n",
    ),
    Case(
        name="an import with a way out",
        source="try:\n    from keras.utils import np_utils\nexcept ImportError:\n    np_utils = None\n\n"
        + GENERATORS
        + "model.fit(train, validation_data=val, epochs=20)\n",
    ),
    Case(
        name="the workers of another library",
        source=GENERATORS
        + """\
from torch.utils.data import DataLoader
loader = DataLoader("other", workers=4)
model.fit(train, validation_data=val, epochs=20)
""",
    ),
)
RemovedKerasApi.BAD = (
    Case(
        name="lr= and fit_generator",
        source=OLD_FIT + "model.fit_generator(train, validation_data=val, epochs=20, workers=4)\n",
        lines=(16, 17),
        fixed=OLD_FIT.replace("lr=", "learning_rate=") + "model.fit(train, validation_data=val, epochs=20)\n",
        severity=Severity.ERROR,
        says="fit_generator is not in Keras 3; use fit",
    ),
    Case(
        name="generators under standalone keras, and a module of Keras 2",
        source="from keras.utils.np_utils import to_categorical\n"
        + GENERATORS.replace("tensorflow.keras", "keras")
        + "model.fit(train, validation_data=val, epochs=20)\n",
        lines=(1, 6),
        fixed="from keras.utils import to_categorical\n"
        + GENERATORS.replace("tensorflow.keras", "keras").replace(
            "keras.preprocessing.image", "tensorflow.keras.preprocessing.image"
        )
        + "model.fit(train, validation_data=val, epochs=20)\n",
        says="use tf.keras.preprocessing.image.ImageDataGenerator",
    ),
    Case(
        name="decay is ignored",
        source=OLD_FIT.replace("lr=1e-4", "learning_rate=1e-4, decay=1e-6")
        + "model.fit(train, validation_data=val, epochs=20)\n",
        lines=(16,),
        fixed=SCHEDULED + "model.fit(train, validation_data=val, epochs=20)\n",
        severity=Severity.WARNING,
        says="so the rate does not fall",
    ),
    Case(
        name="decay is ignored, and a callback lowers the rate",
        source=OLD_FIT.replace("lr=1e-4", "learning_rate=1e-4, decay=1e-6")
        + "model.fit(train, validation_data=val, epochs=20, callbacks=[ReduceLROnPlateau()])\n",
        lines=(16,),
        fixed=OLD_FIT.replace("lr=1e-4", "learning_rate=1e-4")
        + "model.fit(train, validation_data=val, epochs=20, callbacks=[ReduceLROnPlateau()])\n",
    ),
    Case(
        name="a call of Keras 1",
        source=GENERATORS
        + """\
model.fit_generator(train, samples_per_epoch=2000, nb_epoch=20,
                    validation_data=val, nb_val_samples=800)
""",
        lines=(16,),
        fixed=GENERATORS
        + """\
model.fit(train, epochs=20,
          validation_data=val)
""",
    ),
    Case(
        name="a checkpoint of weights under an old name",
        source=CHECKPOINT,
        lines=(16,),
        fixed=CHECKPOINT.replace("best.h5", "best.weights.h5"),
        says="a name that ends in .weights.h5",
    ),
)
