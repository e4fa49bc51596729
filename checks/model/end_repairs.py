"""Edits that make the output, the loss and the labels fit."""

from __future__ import annotations

from vggdoctor.checks.model.ends import Ends, Mend, Mismatch
from vggdoctor.evidence import Stage
from vggdoctor.schema import Change, RemoveArgument, ReplaceExpression, SetArgument


def title_of(mismatch: Mismatch) -> str:
    new_loss = mismatch.loss.replace("_", " ")
    return {
        Mend.ACTIVATION: f"End the network with {mismatch.activation}",
        Mend.LOSS: f"Train with {new_loss}",
        Mend.ACTIVATION_AND_LOSS: f"End the network with {mismatch.activation} and train with {new_loss}",
        Mend.FROM_LOGITS: "Drop from_logits=True: the output is probabilities",
        Mend.LABELS: f"Load {mismatch.labels} labels",
        Mend.INNER: "Take softmax once",
    }.get(mismatch.mend, "")


def changes_for(ends: Ends, mismatch: Mismatch) -> tuple[Change, ...]:
    """The edits, empty where there is no sure one."""
    if mismatch.mend is Mend.ACTIVATION:
        return _activation(ends, mismatch)
    if mismatch.mend is Mend.LOSS:
        return _loss(ends, mismatch)
    if mismatch.mend is Mend.ACTIVATION_AND_LOSS:
        activation, loss = _activation(ends, mismatch), _loss(ends, mismatch)
        return (*activation, *loss) if activation and loss else ()
    if mismatch.mend is Mend.FROM_LOGITS and ends.loss.place:
        return (RemoveArgument(ends.loss.place, "from_logits"),)
    if mismatch.mend is Mend.INNER:
        return _inner(ends)
    return _labels(ends.stage, mismatch) if mismatch.mend is Mend.LABELS else ()


def _activation(ends: Ends, mismatch: Mismatch) -> tuple[Change, ...]:
    """The activation is an argument of the last Dense, or stands in an Activation layer of its own, which is left to people."""
    layer = next((layer for layer in ends.model.layers if layer.place == ends.model.output.place), None)
    if layer is None or layer.place is None or layer.kind != "Dense":
        return ()
    return (SetArgument(layer.place, "activation", f'"{mismatch.activation}"'),)


def _inner(ends: Ends) -> tuple[Change, ...]:
    """The layer under the one that ends the network gives logits again."""
    layer = ends.model.layers[-2]
    return (RemoveArgument(layer.place, "activation"),) if layer.place and layer.kind == "Dense" else ()


def _loss(ends: Ends, mismatch: Mismatch) -> tuple[Change, ...]:
    if ends.loss.place is None:
        return ()
    place, name = ends.loss.place, "".join(part.title() for part in mismatch.loss.split("_"))
    is_text = place.line == place.end_line and place.end_column - place.column in (len(ends.loss.name) + 2, len('"mse"'))
    if ends.from_logits and mismatch.mend is Mend.LOSS:
        source = f"${{keras.losses.{name}}}(from_logits=True)"
    else:
        source = f'"{mismatch.loss}"' if is_text else f"${{keras.losses.{name}}}()"
    return (ReplaceExpression(place, source),)


def _labels(stage: Stage, mismatch: Mismatch) -> tuple[Change, ...]:
    """The loaders' argument for the form of the labels, training and validation alike."""
    changes: list[Change] = []
    for pipeline in (stage.train, stage.validation.get(None)):
        if pipeline is None:
            continue
        name = pipeline.loader.function.rsplit(".", 1)[-1] if pipeline.loader else ""
        if not pipeline.loader or not name.endswith(("from_directory", "from_dataframe")):
            return ()
        argument = "label_mode" if name == "image_dataset_from_directory" else "class_mode"
        changes.append(SetArgument(pipeline.loader.place, argument, f'"{mismatch.labels}"'))
    return tuple(changes)
