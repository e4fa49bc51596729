"""What a live Keras model is, in the terms of the evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import keras
import msgspec
import numpy as np

from vggdoctor.evidence import Backbone, Fact, Layer, Model, Origin, Output, Role, Step, known, unknown
from vggdoctor.gather.capture.applications import Built
from vggdoctor.gather.capture.recognise import colours, of_values
from vggdoctor.gather.capture.session import Observer, place_of

AUGMENTATIONS = {
    "RandomFlip": "flip", "RandomRotation": "rotation", "RandomTranslation": "translation", "RandomZoom": "zoom",
    "RandomCrop": "crop", "RandomShear": "shear", "RandomBrightness": "brightness", "RandomContrast": "contrast",
    "RandomHue": "colour", "RandomSaturation": "colour", "RandomColorJitter": "colour", "RandomGrayscale": "colour",
    "RandomSharpness": "other", "RandomPosterization": "other", "RandomColorDegeneration": "colour", "RandomPerspective": "other",
    "RandomElasticTransform": "other", "RandomGaussianBlur": "other", "RandomInvert": "colour", "RandomErasing": "cutout",
    "GaussianNoise": "noise", "CutMix": "mixing", "MixUp": "mixing", "RandAugment": "other", "AugMix": "other",
    "AutoContrast": "contrast",
    "Equalization": "other", "Solarization": "colour",
}  # fmt: skip
"""Keras layer -> operation of a random step (keras/src/layers/preprocessing/image_preprocessing, 3.15.1)."""
GEOMETRY = {"Resizing": "resize", "CenterCrop": "crop"}
ACTIVATIONS = {"Activation", "Softmax", "ReLU", "LeakyReLU", "PReLU", "ELU"}


class LiveModel:
    """A model taken apart. ``built`` is the backbone's record, None where it has none; ``backbone_layers`` are those of it that
    the model uses; ``before`` and ``after`` are the operations outside, in order of use.
    """

    def __init__(self, model: Any, built: list[Built], observer: Observer) -> None:
        self.model = model
        self.observer = observer
        chain = list(_operations(model, {id(one.model) for one in built}))
        self.built = next((one for one in reversed(built) if _uses(chain, one)), None)
        own = {id(layer) for layer in self.built.layers} if self.built else set()
        own |= {id(self.built.model)} if self.built else set()
        flat = list(_operations(model, set()))
        self.backbone_layers = [layer for layer in (self.built.layers if self.built else ()) if any(layer is one for one in flat)]
        outside = [operation for operation in chain if type(operation).__name__ != "InputLayer"]
        first = next(
            (index for index, operation in enumerate(outside) if id(operation) in own), 0 if not self.built else len(outside)
        )
        self.before = [operation for operation in outside[:first] if id(operation) not in own]
        self.after = [operation for operation in outside[first:] if id(operation) not in own]
        if not self.built:
            front = next((index for index, operation in enumerate(self.after) if not _is_input_step(operation)), len(self.after))
            self.before, self.after = self.after[:front], self.after[front:]

    def observed(self) -> Model:
        """The model as evidence."""
        model = self.model
        functional = hasattr(model, "operations") or isinstance(model, keras.Sequential)
        return Model(
            place=place_of(model),
            backbone=_known(self._backbone()),
            input_shape=_input_shape(model),
            input_steps=self._input_steps(),
            layers=tuple(_layer(operation) for operation in self.after if isinstance(operation, keras.layers.Layer)),
            complete=_known(True) if functional else unknown("a subclassed model shows its layers, not how they are connected"),
            output=self._output(),
            outputs=_known(len(model.outputs)) if functional and model.built else unknown("a subclassed model"),
            total_parameters=_known(int(model.count_params())) if model.built else unknown("the model was not built yet"),
            trainable_parameters=_known(int(sum(np.prod(variable.shape) for variable in model.trainable_variables)))
            if model.built
            else unknown("the model was not built yet"),
        )

    def _backbone(self) -> Backbone | None:
        built = self.built
        if built is None or built.place is None:
            return None
        training = {id(variable) for variable in self.model.trainable_variables}
        weighted = [layer for layer in self.backbone_layers if layer.weights]
        trains = [layer for layer in weighted if any(id(variable) in training for variable in layer.variables)]
        extent = "none" if not trains else "all" if len(trains) == len(weighted) else "some"
        weights = built.given.get("weights")
        argument = self.observer.places.argument
        return Backbone(
            application=built.application,
            family=built.family,
            place=built.place,
            weights=_known(None if weights is None else str(weights), argument(built.place, "weights", position=1))
            if "weights" in built.given
            else unknown("nobody saw where its weights are from, and they are neither the published ones nor fresh"),
            include_top=_known(bool(built.given.get("include_top")), argument(built.place, "include_top", position=0)),
            input_shape=_shape(built.model),
            pooling=_known(built.given.get("pooling")),
            include_preprocessing=_known(bool(built.given.get("include_preprocessing", True))),
            is_cut=_known(not any(layer is built.layers[-1] for layer in self.backbone_layers)),
            trainable=_known(extent),
            trainable_from=_known(trains[0].name if extent == "some" else None),
            training_argument=self._training_argument(),
        )

    def _training_argument(self) -> Fact[Any]:
        """The ``training=`` with which the backbone is called as one layer; None where it is called without."""
        assert self.built is not None
        nested = self.built.model
        nodes = [node for node in getattr(nested, "_inbound_nodes", ()) if id(node) in self._nodes()]
        if not nodes:
            return _known(None)
        return _known(nodes[-1].arguments.kwargs.get("training"))

    def _nodes(self) -> set[int]:
        """The ids of the nodes of the model's own graph."""
        graph = getattr(self.model, "_functional", None) if isinstance(self.model, keras.Sequential) else self.model
        return {id(node) for nodes in getattr(graph, "_nodes_by_depth", {}).values() for node in nodes}

    def _input_steps(self) -> tuple[Step, ...]:
        if not self.before:
            return ()
        doing = [index for index, operation in enumerate(self.before) if not _is_transform(operation)]
        first = doing[0] if doing else len(self.before)
        earlier, later = (
            tuple(_transform(operation) for operation in part if _is_transform(operation))
            for part in (self.before[:first], self.before[first:])
        )
        return (*earlier, *self._values(), *later)

    def _values(self) -> tuple[Step, ...]:
        """What the layers in front do to the values, found by trying them."""
        doing = [operation for operation in self.before if not _is_transform(operation)]
        if not doing:
            return ()
        places = tuple(place for place in dict.fromkeys(place_of(operation) for operation in doing) if place)
        spelling = ", ".join(dict.fromkeys(type(operation).__name__ for operation in doing))
        found = self._tried()
        if found is None:
            reason = "the layers in front of the backbone do something else than a known normalisation"
            return (
                Step(role=Role.UNKNOWN, operation="unknown", spelling=spelling, places=places, inside_model=True, reason=reason),
            )
        return tuple(msgspec.structs.replace(step, spelling=spelling, places=places, inside_model=True) for step in found)

    def _tried(self) -> tuple[Step, ...] | None:
        tensor = self._entering()
        shape: tuple[Any, ...] = self.model.inputs[0].shape if getattr(self.model, "inputs", None) else ()
        if tensor is None or len(shape) != 4 or shape[-1] != 3 or len(tensor.shape) != 4:
            return None
        height, width = (side or 32 for side in shape[1:3])
        before = colours()
        pictures = np.broadcast_to(before[:, None, None, :], (len(before), height, width, 3))
        with self.observer.own_work():
            front = keras.Model(self.model.inputs, tensor)
            after = np.concatenate([np.asarray(front(pictures[i : i + 8], training=False)) for i in range(0, len(pictures), 8)])
        return of_values(before, after[:, after.shape[1] // 2, after.shape[2] // 2, :].astype("float32"))

    def _entering(self) -> Any:
        """The symbolic tensor that enters the backbone, or the first layer after the input steps."""
        target = self.backbone_layers[0] if self.backbone_layers else self.after[0] if self.after else None
        nodes = self._nodes()
        for candidate in (self.built.model if self.built else None, target):
            for node in getattr(candidate, "_inbound_nodes", ()):
                if id(node) in nodes and node.input_tensors:
                    return node.input_tensors[0]
        return None

    def _output(self) -> Output:
        last = self.after[-1] if self.after else (self.backbone_layers[-1] if self.backbone_layers else None)
        if last is None:
            return Output()
        shape = self.model.output_shape if self.model.built and getattr(self.model, "outputs", None) else None
        activation = _activation(last)
        maker = next((one for one in reversed(self.after) if type(one).__name__ not in ACTIVATIONS), last)
        return Output(
            units=_known(int(shape[-1]))
            if isinstance(shape, tuple) and shape[-1]
            else unknown("the width of the output is not fixed"),
            activation=_known(activation) if activation else unknown(f"{type(last).__name__} ends the network"),
            dtype=_known(str(last.compute_dtype)) if self.after else unknown("the network ends in the backbone"),
            place=place_of(last) or place_of(maker),
        )


def _operations(model: Any, closed: set[int]) -> Iterator[Any]:
    """The operations of a model in order, nested models opened, but for those whose id is in ``closed``."""
    inner = getattr(model, "_functional", None) if isinstance(model, keras.Sequential) else model
    own = getattr(inner, "operations", None) or model.layers
    for operation in own:
        if isinstance(operation, keras.Model) and id(operation) not in closed:
            yield from _operations(operation, closed)
        else:
            yield operation


def _uses(chain: list[Any], built: Built) -> bool:
    return any(operation is built.model for operation in chain) or any(
        operation is layer for layer in built.layers for operation in chain
    )


def _is_input_step(operation: Any) -> bool:
    name = type(operation).__name__
    return name in AUGMENTATIONS or name in GEOMETRY or name in {"Rescaling", "Normalization", "Lambda"}


def _layer(layer: Any) -> Layer:
    config = layer.get_config() if _has_config(layer) else {}
    units = getattr(layer, "units", None) or getattr(layer, "filters", None)
    activation = _activation(layer)
    plain: dict[str, float | int | str | bool | None] = {
        name: value
        for name, value in config.items()
        if isinstance(value, (int, float, str, bool))
        and name not in {"name", "units", "filters", "activation", "trainable", "dtype"}
    }
    return Layer(
        kind=type(layer).__name__,
        place=place_of(layer),
        name=layer.name,
        units=_known(int(units)) if isinstance(units, int) else unknown("this layer has no width"),
        activation=_known(activation) if activation else unknown("this layer has no activation"),
        trainable=_known(bool(layer.trainable)),
        **_kernel(layer),
        settings=plain,
    )


def _kernel(layer: Any) -> dict[str, Fact[Any]]:
    """How large the kernel of a Dense or Conv2D is, how it starts, and what holds it down."""
    if type(layer).__name__ not in ("Dense", "Conv2D") or not _has_config(layer) or not layer.built:
        return {}
    penalty = layer.kernel_regularizer
    weighs = {name: getattr(penalty, name, 0.0) for name in ("l1", "l2")}
    is_plain = penalty is None or type(penalty).__name__ in ("L1", "L2", "L1L2")
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(layer.kernel_initializer).__name__).lower()
    return {
        "inputs": _known(int(np.prod(layer.kernel.shape[:-1]))),
        "initializer": _known(name),
        **{key: _known(float(value)) if is_plain else unknown("a penalty of another kind") for key, value in weighs.items()},
    }


def _has_config(layer: Any) -> bool:
    return type(layer).__module__.startswith("keras.")


def _activation(layer: Any) -> str:
    """The activation's name as Keras spells it, ``linear`` if it has none by default, empty if the layer knows no such thing."""
    kind = type(layer).__name__
    if kind in ACTIVATIONS - {"Activation"}:
        return {"Softmax": "softmax", "ReLU": "relu", "LeakyReLU": "leaky_relu", "PReLU": "prelu", "ELU": "elu"}[kind]
    function = getattr(layer, "activation", None)
    return getattr(function, "__name__", "custom") if function is not None else ""


def _is_transform(operation: Any) -> bool:
    name = type(operation).__name__
    return name in AUGMENTATIONS or name in GEOMETRY


def _transform(layer: Any) -> Step:
    """A random or geometric layer at the front."""
    name, place = type(layer).__name__, place_of(layer)
    values = getattr(layer, "value_range", None)
    mode = getattr(layer, "mode", "") if name == "RandomFlip" else ""
    return Step(
        role=Role.AUGMENTATION if name in AUGMENTATIONS else Role.GEOMETRY,
        operation=AUGMENTATIONS.get(name) or GEOMETRY[name],
        spelling=f"{name} layer",
        places=(place,) if place else (),
        inside_model=True,
        direction="both" if mode == "horizontal_and_vertical" else mode,
        value_range=(float(values[0]), float(values[1])) if values is not None else None,
    )


def _input_shape(model: Any) -> Fact[Any]:
    return _shape(model) if model.built else unknown("the model was not built yet")


def _shape(model: Any) -> Fact[Any]:
    inputs = getattr(model, "inputs", None)
    if not inputs or len(inputs) != 1:
        return unknown("the model has no single input of known shape")
    return _known(tuple(inputs[0].shape[1:]))


def _known(value: Any, *places: Any) -> Fact[Any]:
    return known(value, *places, origin=Origin.OBSERVED)
