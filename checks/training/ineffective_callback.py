"""ineffective-callback: a callback that cannot do what it is there for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.training.handing import idle_callbacks, passed_to_every_fit
from vggdoctor.checks.training.programs import GENERATORS
from vggdoctor.checks.trainings import takes_pictures
from vggdoctor.evidence import CallbackUse, Evidence, Stage
from vggdoctor.schema import (
    Change,
    Effect,
    Finding,
    Location,
    Measure,
    NotApplicable,
    Repair,
    Safety,
    SetArgument,
    Severity,
    Undetermined,
)

WATCHING = {"EarlyStopping": 0, "ReduceLROnPlateau": 10, "ModelCheckpoint": 0}
"""Callbacks that watch a logged number, with Keras' default patience (3.15.1, keras/src/callbacks)."""
DEFAULT_MONITOR = "val_loss"
RISING = re.compile(r"acc|auc|precision|recall|f1|fbeta|iou|kappa|sensitivity|specificity")
"""Names of metrics that are better when higher, those of Keras and the usual names of people's own."""
OTHER_NAMES = {"acc": "accuracy", "accuracy": "acc"}
CHOSEN = ("patience", "min_lr")
"""Arguments that the fix gives a value of its own choice."""
FEWEST_EPOCHS = 3
"""The patience that the fix sets is the epochs over this: so that it can act more than once (ours)."""
LOWEST_SHARE = 1000.0
"""The rate over this is the min_lr that the fix sets: three steps of the default factor of 0.1."""


class IneffectiveCallback(Check):
    """A callback is there, and will not do what it was written for.

    What it finds
        A callback that is made and passed to no fit; one that watches a number that is never logged (val_acc where
        metrics=["accuracy"] logs val_accuracy, val_loss without validation data); a mode that contradicts the number;
        a patience that the epochs do not reach, or that EarlyStopping's ends first; a min_lr not below the rate;
        EarlyStopping that keeps the weights of the last epoch instead of the best ones.

    Why it hurts
        Keras does not stop for any of them: at most it warns once an epoch. The training runs to its end or stops too
        early, the checkpoint is never written or holds the worst epoch, and the reported weights are those of a moment
        that nobody chose.

    How it is measured
        The callbacks, compile's metrics and the validation data of each fit are read, and observed. Names of metrics are
        compared with what Keras 3 logs: "accuracy" and "acc" under the name as written, objects under their name or with
        a number behind it. Arguments that are not known are not judged.

    The fix
        The argument is set: restore_best_weights=True, the name that is logged, mode="auto", a patience of a third of the
        epochs, a min_lr of a thousandth of the rate. What is passed to no fit is passed to each. None is offered for
        a callback without validation data, where missing-validation is the cause, nor for ReduceLROnPlateau behind a shorter
        EarlyStopping, whose patience is yours to choose.

    References
        Keras, callbacks: https://keras.io/api/callbacks/
        Prechelt, 1998, Early Stopping, but when?: https://doi.org/10.1007/3-540-49430-8_3
    """

    id = "ineffective-callback"
    title = "A callback that has no effect"
    area = "training"
    severity = Severity.WARNING
    effect = Effect.EPOCHS

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        seen: set[tuple[Location | None, str]] = set()
        for stage in evidence.recipe.stages:
            if not takes_pictures(stage):
                yield NotApplicable("no call of fit that is known to train on pictures")
                continue
            if not stage.callbacks.known:
                yield Undetermined(f"the callbacks of fit are not known: {stage.callbacks.reason}")
            for use in stage.callbacks.get(()):
                for fault in _faults(use, stage):
                    if (use.place, fault) not in seen:
                        seen.add((use.place, fault))
                        yield self._found(use, stage, fault)
        if idle := idle_callbacks(evidence):
            names = " and ".join(dict.fromkeys(use.name for use in idle))
            yield self.finding(
                f"{names} {'are' if len(idle) > 1 else 'is'} made and never passed to fit, so nothing happens.",
                *(use.place for use in idle),
            )

    def _found(self, use: CallbackUse, stage: Stage, fault: str) -> Finding:
        return self.finding(
            f"{use.name} {fault}.",
            use.place or stage.callbacks_display or stage.place,
            confidence=stage.callbacks.confidence,
            measured={"callback": Measure(use.name)},
        )

    def causes(self, finding: Finding, evidence: Evidence) -> tuple[str, ...]:
        if "fit is given no validation data" in finding.message:
            return ("missing-validation",)
        return ("low-learning-rate",) if "it cannot be lowered" in finding.message else ()

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for stage in evidence.recipe.stages:
            for use in stage.callbacks.get(()):
                if use.place is None or use.place not in finding.locations:
                    continue
                change = _change(use, stage, finding.message)
                if change is not None:
                    is_sure = not isinstance(change, SetArgument) or change.name not in CHOSEN
                    return Repair(f"Let {use.name} do its work", (change,), Safety.SAFE if is_sure else Safety.REVIEW)
        made = tuple(use.place for use in idle_callbacks(evidence) if use.place in finding.locations)
        return passed_to_every_fit(made, evidence.recipe, "callbacks") if made else None


def _faults(use: CallbackUse, stage: Stage) -> Iterator[str]:
    """What is wrong with one callback of a fit, as the end of a sentence that begins with its name."""
    if use.name not in WATCHING or "**" in use.unread:
        return
    saves_all = use.name == "ModelCheckpoint" and use.settings.get("save_best_only") is not True
    monitor = _monitor(use)
    if monitor and not saves_all:
        missing = _not_logged(monitor, stage)
        if missing:
            yield missing
            return  # what watches nothing can neither wait too long nor look the wrong way
        if wrong := _wrong_way(use, monitor):
            yield wrong
    waits = list(_waits_too_long(use, stage)) if use.name != "ModelCheckpoint" else []
    yield from waits
    if use.name == "ReduceLROnPlateau":
        yield from _cannot_lower(use, stage)
    if not waits and _loses_the_best(use, stage):
        yield "keeps the weights of the last epoch, not the best ones: restore_best_weights is not set"


def _hidden(use: CallbackUse, name: str) -> bool:
    """Whether an argument is given and was neither read nor observed."""
    return name in use.unread and name not in use.settings


def _monitor(use: CallbackUse) -> str:
    """The watched name, empty where it is not known."""
    monitor = use.settings.get("monitor", DEFAULT_MONITOR)
    return monitor if isinstance(monitor, str) and not _hidden(use, "monitor") else ""


def _not_logged(monitor: str, stage: Stage) -> str:
    """Why the watched number is never in the logs; empty if it is, or may be."""
    name = monitor.removeprefix("val_")
    if monitor.startswith("val_") and stage.validation.is_(None):
        return f"watches {monitor}, which is never logged: fit is given no validation data"
    logged = _logged(stage)
    if logged is None or name in logged or any(re.fullmatch(re.escape(each) + r"(_\d+)?", name) for each in logged):
        return ""
    if name not in OTHER_NAMES and name != name.lower():
        return ""
    shown = ", ".join(
        sorted({f"val_{each}" if monitor.startswith("val_") else each for each in logged - {"lr", "learning_rate"}})
    )
    return f"watches {monitor}, which is never logged (logged: {shown})"


def _logged(stage: Stage) -> set[str] | None:
    """Names in the logs without ``val_``; None if not all are known."""
    compiled = stage.compiled.value
    metrics = compiled.metrics.value if compiled else None
    if metrics is None or stage.model.outputs.get(1) != 1 or any(not metric.logged for metric in metrics):
        return None
    if any(use.name not in WATCHING and use.name not in SILENT for use in stage.callbacks.get(())):
        return None  # a callback of the user's own may add to the logs
    return {"loss", "lr", "learning_rate", *(metric.logged for metric in metrics)}


SILENT = {
    "BackupAndRestore", "BaseLogger", "CSVLogger", "History", "LearningRateScheduler", "ProgbarLogger", "RemoteMonitor",
    "SwapEMAWeights", "TensorBoard", "TerminateOnNaN",
}  # fmt: skip
"""Callbacks of Keras that add nothing to the logs but the rate."""


def _wrong_way(use: CallbackUse, monitor: str) -> str:
    mode = use.settings.get("mode", "auto")
    if _hidden(use, "mode"):
        return ""
    if mode == "min" and RISING.search(monitor) and "loss" not in monitor:
        return f"looks for the smallest {monitor} (mode='min'): every improvement counts as none"
    if mode == "max" and monitor in ("loss", "val_loss"):
        return f"looks for the largest {monitor} (mode='max'): every improvement counts as none"
    return ""


def _waits_too_long(use: CallbackUse, stage: Stage) -> Iterator[str]:
    patience = use.settings.get("patience", WATCHING[use.name])
    epochs = _epochs(stage)
    if _hidden(use, "patience") or not isinstance(patience, int | float):
        return
    if use.name == "EarlyStopping" and patience <= 0:
        yield "ends the training at the first epoch without improvement (patience 0)"
        return
    restores = use.name == "EarlyStopping" and use.settings.get("restore_best_weights") is True  # Keras 3 does so at the end too
    if epochs is not None and patience >= epochs and not restores:
        yield f"waits {patience:g} epochs, and fit has {epochs}: it never acts"
        return
    if use.name == "ReduceLROnPlateau":
        stops = [each for each in stage.callbacks.get(()) if each.name == "EarlyStopping"]
        for stop in stops:
            limit = stop.settings.get("patience", 0)
            same = _monitor(stop) == _monitor(use) != ""
            if same and isinstance(limit, int) and not _hidden(stop, "patience") and patience >= limit > 0:
                yield f"waits {patience:g} epochs, and EarlyStopping ends the training after {limit}: it hardly ever acts"
                return


def _epochs(stage: Stage) -> int | None:
    """How many epochs this fit has, None if that is not known."""
    first = stage.settings.get("initial_epoch", 0)
    return stage.epochs.value - first if stage.epochs.value is not None and isinstance(first, int) else None


def _cannot_lower(use: CallbackUse, stage: Stage) -> Iterator[str]:
    compiled = stage.compiled.value
    optimizer = compiled.optimizer.value if compiled else None
    if optimizer is None:
        return
    if optimizer.schedule.known and optimizer.schedule.value is not None:
        name = optimizer.schedule.value.name
        yield f"cannot set the rate, which {name} in the optimizer sets: Keras raises a TypeError when it tries"
        return
    rate, lowest = optimizer.learning_rate.value, use.settings.get("min_lr", 0)
    if rate is not None and isinstance(lowest, int | float) and not _hidden(use, "min_lr") and lowest >= rate:
        yield f"has min_lr={lowest:g}, and the rate is {rate:g}: it cannot be lowered"


def _loses_the_best(use: CallbackUse, stage: Stage) -> bool:
    """Whether EarlyStopping leaves the last weights in place and nothing keeps the best ones; a tuner keeps them itself."""
    if stage.method == "search":
        return False
    if use.name != "EarlyStopping" or _hidden(use, "restore_best_weights") or use.settings.get("restore_best_weights") is True:
        return False
    others = [each for each in stage.callbacks.get(()) if each is not use]
    keeps = any(
        (each.name == "ModelCheckpoint" and (each.settings.get("save_best_only") is True or each.unread))
        or each.name not in {*WATCHING, *SILENT}
        for each in others
    )
    return not keeps


def _change(use: CallbackUse, stage: Stage, message: str) -> Change | None:
    assert use.place is not None
    epochs, rate = _epochs(stage), _rate(stage)
    if "it never acts" in message and epochs is not None and epochs >= FEWEST_EPOCHS:
        return SetArgument(use.place, "patience", str(epochs // FEWEST_EPOCHS))
    if "it cannot be lowered" in message and rate is not None:
        return SetArgument(use.place, "min_lr", f"{rate / LOWEST_SHARE:g}")
    if "restore_best_weights is not set" in message:
        return SetArgument(use.place, "restore_best_weights", "True")
    if "(mode=" in message and "mode" in use.settings:
        return SetArgument(use.place, "mode", '"auto"')
    monitor = _monitor(use)
    name = monitor.removeprefix("val_")
    logged = _logged(stage) or set()
    if f"watches {monitor}," in message and OTHER_NAMES.get(name) in logged and "monitor" in use.settings:
        return SetArgument(use.place, "monitor", f'"{monitor.removesuffix(name)}{OTHER_NAMES[name]}"')
    return None


def _rate(stage: Stage) -> float | None:
    compiled = stage.compiled.value
    optimizer = compiled.optimizer.value if compiled else None
    return optimizer.learning_rate.value if optimizer else None


STOPPING = (
    GENERATORS
    + """\
stopping = EarlyStopping(monitor="val_loss", patience=4)
model.fit(train, validation_data=val, epochs=30, callbacks=[stopping])
"""
)
OLD_NAME = (
    GENERATORS
    + """\
keep = ModelCheckpoint("best.keras", monitor="val_acc", save_best_only=True)
slower = ReduceLROnPlateau(monitor="val_acc", factor=0.2, patience=2, min_lr=1e-6)
model.fit(train, validation_data=val, epochs=30, callbacks=[keep, slower])
"""
)
WRONG_MODE = (
    GENERATORS
    + """\
stopping = EarlyStopping(monitor="val_accuracy", mode="min", patience=4, restore_best_weights=True)
model.fit(train, validation_data=val, epochs=30, callbacks=[stopping])
"""
)

UNPASSED = (
    GENERATORS
    + """\
def watchers():
    return [ReduceLROnPlateau(patience=2), ModelCheckpoint("best.keras", save_best_only=True)]

callbacks = watchers()
model.fit(train, validation_data=val, epochs=30)
"""
)

IneffectiveCallback.GOOD = (
    Case(
        name="a tuner keeps the best epoch of each trial",
        source="""\
import keras
import keras_tuner

train = keras.utils.image_dataset_from_directory("birds/train", image_size=(224, 224))
val = keras.utils.image_dataset_from_directory("birds/validation", image_size=(224, 224))


def build(hp):
    base = keras.applications.EfficientNetB0(include_top=False, pooling="avg", input_shape=(224, 224, 3))
    base.trainable = False
    model = keras.Sequential([base, keras.layers.Dense(5, activation="softmax")])
    rate = hp.Choice("rate", [1e-3, 1e-4])
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


tuner = keras_tuner.RandomSearch(build, objective="val_accuracy")
tuner.search(train, validation_data=val, epochs=20, callbacks=[keras.callbacks.EarlyStopping(patience=4)])
""",
    ),
    Case(
        name="all three, each within its reach",
        source=GENERATORS
        + """\
callbacks = [
    EarlyStopping(monitor="val_accuracy", patience=6, restore_best_weights=True),
    ReduceLROnPlateau(monitor="val_loss", factor=0.2, patience=2, min_lr=1e-6),
    ModelCheckpoint("best.keras", monitor="val_accuracy", save_best_only=True),
]
model.fit(train, validation_data=val, epochs=30, callbacks=callbacks)
""",
    ),
    Case(
        name="metrics=['acc'] logs val_acc in Keras 3 as well",
        source=GENERATORS.replace('"accuracy"', '"acc"')
        + """\
stopping = EarlyStopping(monitor="val_acc", patience=4, restore_best_weights=True)
model.fit(train, validation_data=val, epochs=30, callbacks=[stopping])
""",
    ),
    Case(
        name="a checkpoint keeps the best weights beside EarlyStopping",
        source=GENERATORS
        + """\
best = ModelCheckpoint("best.keras", save_best_only=True)
model.fit(train, validation_data=val, epochs=30, callbacks=[EarlyStopping(patience=4), best])
""",
    ),
    Case(
        name="a checkpoint after every epoch watches nothing",
        source=GENERATORS + 'model.fit(train, epochs=30, callbacks=[ModelCheckpoint("last.keras")])\n',
    ),
)
IneffectiveCallback.BAD = (
    Case(
        name="EarlyStopping that keeps the last weights",
        source=STOPPING,
        lines=(16,),
        fixed=STOPPING.replace("patience=4)", "patience=4, restore_best_weights=True)"),
        severity=Severity.WARNING,
        says="keeps the weights of the last epoch",
    ),
    Case(
        name="val_acc where val_accuracy is logged",
        source=OLD_NAME,
        lines=(16, 17),
        fixed=OLD_NAME.replace("val_acc", "val_accuracy"),
        says="logged: val_accuracy",
    ),
    Case(
        name="the smallest accuracy is looked for",
        source=WRONG_MODE,
        lines=(16,),
        fixed=WRONG_MODE.replace('mode="min"', 'mode="auto"'),
        says="every improvement counts as none",
    ),
    Case(
        name="made and never passed",
        source=UNPASSED,
        fixed=UNPASSED.replace("epochs=30", "epochs=30, callbacks=callbacks"),
        lines=(17,),
        says="never passed to fit",
    ),
    Case(
        name="it watches validation that fit does not have",
        source=GENERATORS + "model.fit(train, epochs=30, callbacks=[ReduceLROnPlateau(patience=2)])\n",
        lines=(16,),
        says="no validation data",
    ),
    Case(
        name="patience longer than the training",
        source=GENERATORS + "model.fit(train, validation_data=val, epochs=10, callbacks=[ReduceLROnPlateau()])\n",
        lines=(16,),
        fixed=GENERATORS + "model.fit(train, validation_data=val, epochs=10, callbacks=[ReduceLROnPlateau(patience=3)])\n",
        says="waits 10 epochs, and fit has 10",
    ),
    Case(
        name="min_lr at the rate",
        source=GENERATORS
        + "model.fit(train, validation_data=val, epochs=30, callbacks=[ReduceLROnPlateau(patience=3, min_lr=0.001)])\n",
        lines=(16,),
        fixed=GENERATORS
        + "model.fit(train, validation_data=val, epochs=30, callbacks=[ReduceLROnPlateau(patience=3, min_lr=1e-06)])\n",
        says="cannot be lowered",
    ),
)
