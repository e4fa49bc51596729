"""What preprocessing and augmentation layers do to pictures, inside and outside of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vggdoctor.evidence import Pipeline, Role, Step, known
from vggdoctor.gather.source.facts import Arguments, spelling
from vggdoctor.gather.source.interpreter import networks
from vggdoctor.gather.source.interpreter.values import Bound, Function, Result
from vggdoctor.gather.source.pipelines import effect, steps, transforms
from vggdoctor.gather.source.pipelines.augmenters import AUGMENTERS

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator
    from vggdoctor.gather.source.pipelines.tracer import Tracer


def steps_of_layer(run: Evaluator, layer: Result, tracer: Tracer) -> tuple[Step, ...]:
    """The steps of a layer or Sequential that is applied to pictures outside of the model."""
    if layer.function == "keras.Sequential":
        stack = networks.stacked(run, layer)
        if stack is None:
            return (effect.not_understood(layer, "layers that are not known"),)
        return tuple(step for inner in stack if isinstance(inner, Result) for step in steps_of_layer(run, inner, tracer))
    if layer.function in {"keras.Input", "keras.layers.InputLayer"}:
        return ()
    found = layer_steps(run, layer, tracer)
    return tuple(found) if found is not None else (effect.not_understood(layer, f"the layer {layer.name} outside of the model"),)


def layer_steps(run: Evaluator, layer: Result, tracer: Tracer) -> list[Step] | None:
    """The steps of a preprocessing layer, None for every other layer."""
    name = layer.name
    if name == "Rescaling":
        arguments = Arguments(layer)
        scale, offset = arguments.constant("scale"), arguments.constant("offset", 0.0)
        if not isinstance(scale, int | float) or not isinstance(offset, int | float):
            return [effect.not_understood(layer, "a Rescaling with numbers that are not known")]
        return [effect.affine(layer, float(scale), float(offset))]
    if name == "Normalization":
        return [_normalization(layer)]
    if name in AUGMENTERS and layer.function.startswith(("keras.layers.", "keras_cv.")):
        return [effect.step(Role.AUGMENTATION, AUGMENTERS[name], layer, **transforms.of_layer(layer))]
    if name == "Resizing":
        return [effect.step(Role.GEOMETRY, "resize", layer)]
    if name == "CenterCrop":
        return [effect.step(Role.GEOMETRY, "crop", layer)]
    if name == "Lambda":
        return _lambda(run, layer, tracer)
    return None


def _normalization(layer: Result) -> Step:
    arguments = Arguments(layer)
    mean, variance = arguments.constant("mean"), arguments.constant("variance")
    if isinstance(mean, int | float) and isinstance(variance, int | float) and variance > 0:
        return effect.affine(layer, variance**-0.5, -mean * variance**-0.5)
    if "mean" in arguments:
        return effect.not_understood(layer, "a Normalization with its own means")
    return effect.step(Role.NORMALIZATION, "standardize", layer)


def _lambda(run: Evaluator, layer: Result, tracer: Tracer) -> list[Step] | None:
    function = Arguments(layer).get("function")
    symbol = steps.preprocess_symbol(function, place=layer.place, written=spelling(layer.spot))
    if symbol is not None:
        return [symbol]
    if isinstance(function, Function | Bound):
        start = Pipeline(start_range=known((0.0, 255.0)), array_dtype=known("float32"))
        return list(tracer.follow(function, start).steps)
    return [effect.not_understood(layer, "a Lambda layer that is not followed")]
