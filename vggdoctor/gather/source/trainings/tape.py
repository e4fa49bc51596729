"""Trainings with a GradientTape: the network, loss and pictures behind ``optimizer.apply_gradients``."""

from __future__ import annotations

from typing import NamedTuple

from vggdoctor.gather.source.interpreter.values import Attribute, Element, Instance, Item, Items, Known, Operation, Result, Value

_DEPTH = 12
_VARIABLES = frozenset({"trainable_variables", "trainable_weights", "variables", "weights"})
_CLIPS = frozenset({"clip_by_global_norm", "get_unscaled_gradients", "clip_by_value", "clip_by_norm"})
_MEANS = frozenset({"reduce_mean", "mean", "reduce_sum", "sum", "compute_average_loss", "get_scaled_loss", "scale_loss", "cast"})
_FUNCTIONS = {
    "sparse_softmax_cross_entropy_with_logits": "SparseCategoricalCrossentropy",
    "softmax_cross_entropy_with_logits": "CategoricalCrossentropy",
    "sigmoid_cross_entropy_with_logits": "BinaryCrossentropy",
}


class Tape(NamedTuple):
    """``compiled`` and ``fit`` are the calls that would say the same."""

    network: Result | Instance
    compiled: Result
    fit: Result


def training(call: Result) -> Tape | None:
    """None where the gradients are not those of one loss of what the network itself gives for its input."""
    pairs = call.arguments[0] if call.arguments else None
    if not isinstance(pairs, Result) or pairs.function != "builtins.zip" or len(pairs.arguments) != 2:
        return None
    gradient, variables = _gradient(pairs.arguments[0]), pairs.arguments[1]
    if gradient is None or not isinstance(variables, Attribute) or variables.name not in _VARIABLES:
        return None
    network = variables.of
    losses = _losses(gradient.arguments[0], _DEPTH) if gradient.arguments else []
    if len(losses) != 1 or not isinstance(network, Result | Instance):
        return None
    loss, truth, guess = losses[0]
    while isinstance(guess, Result) and guess.name == "cast" and guess.arguments:  # mixed precision
        guess = guess.arguments[0]
    if not isinstance(guess, Result) or guess.function != ".__call__" or guess.receiver is not network or not guess.arguments:
        return None
    pictures = guess.arguments[0]
    from_dataset = isinstance(truth, Item) and isinstance(truth.of, Element)  # then the dataset knows their form
    given = (pictures,) if from_dataset else (pictures, truth)
    settings = {"loss": loss} if call.receiver is None else {"optimizer": call.receiver, "loss": loss}
    made_at = call.receiver.spot if call.receiver is not None else call.spot
    return Tape(
        network,
        Result(".compile", keywords=settings, receiver=network, unsure=True, spot=made_at or call.spot),
        Result(".train_on_batch", given, receiver=network, spot=call.spot),
    )


def _gradient(value: Value) -> Result | None:
    """``tape.gradient(...)``, clipped or not."""
    for _ in range(_DEPTH):
        if isinstance(value, Result) and value.function == ".gradient":
            return value
        if isinstance(value, Result) and value.name in _CLIPS and value.arguments:
            value = value.arguments[0]
        elif isinstance(value, Item | Element):
            value = value.of
        elif isinstance(value, Items) and value.more is not None:
            value = value.more
        else:
            return None
    return None


def _losses(value: Value, depth: int) -> list[tuple[Value, Value, Value]]:
    """(loss, truth, guess) of every loss in a sum, mean or multiple of losses."""
    if not depth or isinstance(value, Known):
        return []
    if isinstance(value, Operation):
        return [*_losses(value.left, depth - 1), *_losses(value.right, depth - 1)]
    if not isinstance(value, Result):
        return []
    if value.name in _MEANS:
        inner = value.receiver if value.function.startswith(".") and not value.arguments else next(iter(value.arguments), None)
        return _losses(inner, depth - 1) if inner is not None else []
    pair = [
        next((value.keywords[name] for name in names if name in value.keywords), None)
        for names in (("y_true", "labels"), ("y_pred", "logits"))
    ]
    truth, guess = (each or (value.arguments[at] if len(value.arguments) > at else None) for at, each in enumerate(pair))
    if truth is None or guess is None:
        return []
    if value.name in _FUNCTIONS:
        made = Result(f"keras.losses.{_FUNCTIONS[value.name]}", keywords={"from_logits": Known(True)}, spot=value.spot)
        return [(made, truth, guess)]
    if (
        value.function == ".__call__"
        and isinstance(value.receiver, Result)
        and value.receiver.function.startswith("keras.losses.")
    ):
        return [(value.receiver, truth, guess)]
    if value.function.startswith(("keras.losses.", "keras.metrics.")):
        kept = {name: given for name, given in value.keywords.items() if name == "from_logits"}
        return [(Result(value.function, keywords=kept, spot=value.spot), truth, guess)]
    return []
