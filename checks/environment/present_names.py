"""The present names of what Keras 3 no longer has, and the changes that put them in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vggdoctor.checks.environment.removed_names import METHODS, PIECES, STANDALONE
from vggdoctor.evidence import KerasUse, Recipe, Stage
from vggdoctor.schema import (
    Change,
    Finding,
    InsertStatements,
    MoveImports,
    RemoveArgument,
    Repair,
    ReplaceExpression,
    Safety,
    SetArgument,
)

Changes = tuple[Change, ...]
NAMED = "Use the present name"

DROPPED = ("workers", "use_multiprocessing", "max_queue_size", "nb_worker")
"""Arguments that only said how to read ahead: without them the training is the same."""
COUNTED = ("samples_per_epoch", "nb_val_samples")
"""Numbers of pictures, where fit now counts batches. Keras' own iterators know their length."""
GENERATOR_ARGUMENTS = {
    "fit_generator": ("x", "steps_per_epoch", "epochs", "verbose", "callbacks", "validation_data", "validation_steps"),
    "predict_generator": ("x", "steps"),
    "evaluate_generator": ("x", "steps"),
}
"""What was given by position to a method that is gone, under the name that its successor has for it."""
RENAMED = {
    "lr": "learning_rate", "nb_epoch": "epochs", "input": "inputs", "output": "outputs", "output_dim": "units",
    "nb_filter": "filters", "p": "rate", "subsample": "strides", "border_mode": "padding", "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer", "b_regularizer": "bias_regularizer", "W_constraint": "kernel_constraint",
}  # fmt: skip
"""Arguments whose values still mean what they meant."""
PAIR = ("input", "output")
"""Both of a Model are renamed at once: with half of them it does not run."""

KEPT = {
    "keras": ("Model", "Layer", "InputSpec", "Input"),
    "keras.utils": (
        "to_categorical", "normalize", "Progbar", "CustomObjectScope", "custom_object_scope", "get_custom_objects", "get_file",
        "Sequence", "plot_model", "model_to_dot", "get_source_inputs", "serialize_keras_object", "deserialize_keras_object",
    ),
    "keras.losses": (
        "categorical_crossentropy", "binary_crossentropy", "sparse_categorical_crossentropy", "mean_squared_error",
        "mean_absolute_error",
    ),
    "keras.optimizers": ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam", "Ftrl"),
}  # fmt: skip
"""Names that have only moved, by where they are now. Of layers and callbacks it is all but LOST."""
LOST = (
    "Merge", "merge", "Highway", "MaxoutDense", "TimeDistributedDense", "CuDNNLSTM", "CuDNNGRU", "ThresholdedReLU",
    "RandomHeight", "RandomWidth", "AtrousConvolution2D", "Deconvolution2D", "LocallyConnected1D", "LocallyConnected2D",
    "SyncBatchNormalization", "PreprocessingLayer",
)  # fmt: skip
"""Layers that are not in Keras 3.15.1."""
MERGES = ("add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate", "dot")
_WEIGHTS_ENDING = re.compile(r"(\.weights)?\.(h5|hdf5|keras|ckpt|tf|weights)$")


def brought_up_to_date(finding: Finding, recipe: Recipe) -> Repair | None:
    """The repair of a finding, None if it is not sure for each of its places."""
    message, named = finding.message, [use for use in recipe.keras_uses if use.place in finding.locations]
    if message.startswith(("ModelCheckpoint", "save_weights")) and " to '" in message:
        return _renamed_file(finding, recipe)
    if message.startswith("history["):
        return Repair(NAMED, tuple(ReplaceExpression(place, f'"{_new_key(message)}"') for place in finding.locations))
    if message.startswith(("keras.", "tensorflow.keras.")):
        return _moved(named, message)
    safety, found = Safety.SAFE, list[Change]()
    for use in named:
        changes, needs_review = _of_call(use, message.split("= ")[0].split(" ")[0], recipe)
        if not changes:
            return None
        found += changes
        safety = Safety.REVIEW if needs_review else safety
    title = "Lower the rate as decay= did, or leave it to the callback" if message.startswith("decay= ") else NAMED
    return Repair(title, tuple(dict.fromkeys(found)), safety) if found else None


def _new_key(message: str) -> str:
    return "val_accuracy" if message.startswith("history['val_") else "accuracy"


# names


def _moved(uses: Sequence[KerasUse], message: str) -> Repair | None:
    """Imports from the present module, and dotted names under it."""
    gone = message.split(" ")[0]
    imports = [use for use in uses if not use.written]
    moved: list[Change] = []
    if imports:
        targets = [(use.place, present(use.name, gone)) for use in imports]
        if not all(target for _, target in targets):
            return None
        moved.append(MoveImports(tuple(targets)))
    for use in uses:
        target = present(use.name, gone) if use.written else "imported"
        if not target:
            return None
        if use.written and not _follows(use, imports, gone):
            tail = target.removeprefix("tensorflow.").removeprefix("keras")
            through_tensorflow = target.startswith("tensorflow.")
            moved.append(ReplaceExpression(use.place, f"${{tensorflow}}.keras{tail}" if through_tensorflow else f"${{{target}}}"))
    return Repair(NAMED, tuple(moved)) if moved else None


def _follows(use: KerasUse, imports: Sequence[KerasUse], gone: str) -> bool:
    """Whether a dotted name comes right with the import of what it begins with."""
    tail = use.written.partition(".")[2]
    return any(use.name == f"{each.name}.{tail}" and each.name.startswith(gone) for each in imports)


def present(name: str, gone: str) -> str:
    """The full name under which Keras 3 has what ``name`` was; empty if it has not, or that is not sure."""
    root = "tensorflow.keras" if gone.startswith("tensorflow.") else "keras"
    piece = gone.removeprefix(f"{root}.")
    instead = STANDALONE.get(piece, "") if root == "keras" else ""
    if instead.startswith("tf.keras.") and instead.endswith(piece):
        return f"tensorflow.{name}"
    now = PIECES.get(piece, "")
    if piece == "constraints.maxnorm":
        return f"{root}.constraints.max_norm"
    rest = name.removeprefix(gone).lstrip(".")
    last = rest.rpartition(".")[2]
    if (piece.startswith("layers.") and now == "keras.layers") or piece == "callbacks.callbacks":
        is_there = last not in LOST and (last[:1].isupper() or last in MERGES)
    else:
        is_there = last in KEPT.get(now, ())
    is_module = (not rest and piece != "layers.merge") or (piece == "layers.experimental" and rest == "preprocessing")
    if not now.startswith("keras") or not (is_there or is_module):
        return ""
    prefix = root + now.removeprefix("keras")
    return prefix if is_module else f"{prefix}.{last}"


# calls


def _of_call(use: KerasUse, what: str, recipe: Recipe) -> tuple[Changes, bool]:
    """(the changes of one call, whether a person should read them first); no changes if they are not sure."""
    method = use.name.removeprefix(".")
    if use.call is None:
        return (), False
    if use.name.startswith(".") and method in GENERATOR_ARGUMENTS:
        return _generator_method(use, method, recipe)
    if method == "predict_classes" and use.name.startswith("."):
        return _classes(use, recipe), False
    if what == "decay":
        return _decay(use, recipe)
    if what in RENAMED and what in use.arguments:
        together = PAIR if what in PAIR else (what,)
        names = [name for name in together if name in use.arguments]
        return tuple(SetArgument(use.call, RENAMED[name], use.arguments[name]) for name in names), False
    if what in DROPPED:
        return tuple(RemoveArgument(use.call, name) for name in DROPPED if name in use.arguments), False
    is_vain = what == "write_grads" or (what == "batch_size" and use.name.endswith(".TensorBoard"))
    is_vain = is_vain or (what == "period" and use.arguments.get("period") == "1")
    return ((RemoveArgument(use.call, what),), False) if is_vain and what in use.arguments else ((), False)


def _generator_method(use: KerasUse, method: str, recipe: Recipe) -> tuple[Changes, bool]:
    """All of the call at once: half of it would not run."""
    assert use.call is not None
    names = GENERATOR_ARGUMENTS[method]
    if any(text.startswith("*") for _, text in use.plain) or len(use.plain) > len(names):
        return (), False
    changes: list[Change] = [ReplaceExpression(use.place, use.written.removesuffix(method) + METHODS[method])]
    changes += [
        ReplaceExpression(place, f"{name}={text}") for name, (place, text) in list(zip(names, use.plain, strict=False))[1:]
    ]
    if "generator" in use.arguments:
        changes += [RemoveArgument(use.call, "generator"), SetArgument(use.call, "x", use.arguments["generator"])]
    if "nb_epoch" in use.arguments:
        changes.append(SetArgument(use.call, "epochs", use.arguments["nb_epoch"]))
    counted = [name for name in COUNTED if name in use.arguments]
    if counted and not _knows_its_length(_stage_of(use, recipe)):
        return (), False
    changes += [RemoveArgument(use.call, name) for name in (*DROPPED, *counted) if name in use.arguments]
    return tuple(changes), bool(counted)


def _stage_of(use: KerasUse, recipe: Recipe) -> Stage | None:
    return next((stage for stage in recipe.stages if stage.place == use.call), None)


def _knows_its_length(stage: Stage | None) -> bool:
    """Whether fit is given an iterator of Keras, which ends an epoch where the pictures end."""
    loader = stage.train.loader if stage is not None else None
    return loader is not None and loader.function.rpartition(".")[2].startswith("flow")


def _classes(use: KerasUse, recipe: Recipe) -> Changes:
    """The class of the largest output, where the program has one kind of network, of several outputs."""
    assert use.call is not None
    units = {stage.model.output.units.get(0) for stage in recipe.stages}
    if not units or min(units) < 2 or not use.source.startswith(use.written):
        return ()
    given = use.source.removeprefix(use.written)
    return (ReplaceExpression(use.call, f"{use.written.removesuffix('_classes')}{given}.argmax(axis=-1)"),)


def _decay(use: KerasUse, recipe: Recipe) -> tuple[Changes, bool]:
    """The schedule that decay= was (keras 2, optimizer_v2: rate / (1 + decay * steps)); none beside callbacks that set the rate,
    which raise a TypeError for a schedule."""
    assert use.call is not None
    stages = [stage for stage in recipe.stages if _optimizer_place(stage) == use.call]
    if not stages or not all(stage.callbacks.known for stage in stages):
        return (), False
    if any(callback.changes_rate for stage in stages for callback in stage.callbacks.get(())):
        return (RemoveArgument(use.call, "decay"),), False
    rate = use.arguments.get("learning_rate") or use.arguments.get("lr") or (use.plain[0][1] if use.plain else "")
    if not rate or rate.startswith("*"):
        return (), False
    schedule = f"${{keras.optimizers.schedules.InverseTimeDecay}}({rate}, decay_steps=1, decay_rate={use.arguments['decay']})"
    return (
        InsertStatements(use.call, f"${{new:schedule}} = {schedule}"),
        RemoveArgument(use.call, "decay"),
        SetArgument(use.call, "learning_rate", "${new:schedule}"),
    ), True


def _optimizer_place(stage: Stage) -> object:
    compiled = stage.compiled.value
    optimizer = compiled.optimizer.value if compiled else None
    return optimizer.place if optimizer else None


# files


def _renamed_file(finding: Finding, recipe: Recipe) -> Repair | None:
    """The ending that Keras 3 wants, at each place that names the file."""
    use = next((each for each in recipe.keras_uses if {each.call, each.place} & set(finding.locations)), None)
    if use is None or not use.file or f"'{use.file}'" not in finding.message or any(mark in use.file for mark in '"\\'):
        return None
    ending = ".weights.h5" if ".weights.h5" in finding.message else ".keras"
    name = _WEIGHTS_ENDING.sub("", use.file) + ending
    same = [each for each in recipe.keras_uses if each.file == use.file and each.call is not None]
    changes = tuple(SetArgument(each.call, "filepath", f'"{name}"') for each in same if each.call is not None)
    return Repair(f"Call the file {name}", changes, Safety.REVIEW)
