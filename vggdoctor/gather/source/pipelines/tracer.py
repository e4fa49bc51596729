"""Follows what fit, evaluate or predict is given back to the picture files."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import structs

from vggdoctor.evidence import Pipeline, Role, SourceKind, known, unknown
from vggdoctor.gather.source.facts import Arguments, call_of, reason_of, whole
from vggdoctor.gather.source.interpreter import networks
from vggdoctor.gather.source.interpreter.arrays import EMPTY
from vggdoctor.gather.source.interpreter.attributes import method_of, outside_bases
from vggdoctor.gather.source.interpreter.calls import wanted_parameters
from vggdoctor.gather.source.interpreter.values import (
    Altered,
    Attribute,
    Bound,
    Element,
    Function,
    Instance,
    Item,
    Items,
    Known,
    Missing,
    OneOf,
    Operation,
    Partial,
    Placeholder,
    Result,
    Symbol,
    Table,
    Unknown,
    Value,
    Yielded,
    constant,
    options,
)
from vggdoctor.gather.source.pipelines import arithmetic, channels, datasets, generators, items, labels, layers, origins, steps
from vggdoctor.gather.source.pipelines import effect as effects
from vggdoctor.gather.source.pipelines.assembly import doing, finished, merge, shared, steps_by_hand, then, unread, with_effect
from vggdoctor.gather.source.pipelines.augmenters import albumentations
from vggdoctor.gather.source.pipelines.sources import DECODERS, STORED, decoded, file_name, is_frame, keras_dataset

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator

MAXIMUM_LINKS = 150
"""Operations on the way from fit to the file; deeper chains end in unknown."""


class Tracer:
    """Reads pipelines for one call. ``extractor`` is the network whose predictions are the input, where that is so."""

    def __init__(self, run: Evaluator) -> None:
        self.run = run
        self.extractor: Value | None = None
        self._done: dict[int, tuple[Value, Pipeline]] = {}

    # entry points

    def given(self, x: Value | None, y: Value | None = None) -> Pipeline:
        """The pipeline of what is given as x (an iterator, dataset, generator, array ...) and y."""
        pipeline = self.trace(x, MAXIMUM_LINKS) if x is not None else unread("no data is given")
        if y is not None and not (isinstance(y, Known) and y.value is None):
            form, count = labels.form_of(y)
            pipeline = structs.replace(pipeline, label_form=form, classes=count)
        return finished(pipeline)

    def pair(self, value: Value) -> Pipeline | None:
        """The pipeline of validation_data: (x, y), an iterator or dataset; None for None."""
        if isinstance(value, Known) and value.value is None:
            return None
        if isinstance(value, Items) and value.items:
            return self.given(value.items[0], value.items[1] if len(value.items) > 1 else None)
        return self.given(value)

    # the walk

    def trace(self, value: Value, links: int) -> Pipeline:
        if id(value) in self._done:
            return self._done[id(value)][1]
        if links <= 0:
            return unread("a chain of operations that is too long")
        self._done[id(value)] = (value, unread("a value that is made of itself", value))
        handler = next((handler for kind, handler in _KINDS if isinstance(value, kind)), None)
        pipeline = handler(self, value, links - 1) if handler is not None else unread(reason_of(value), value)
        self._done[id(value)] = (value, pipeline)
        return pipeline

    def placeholder(self, value: Placeholder, links: int) -> Pipeline:
        return value.payload if isinstance(value.payload, Pipeline) else unread("not a picture", value)

    def alternatives(self, value: OneOf, links: int) -> Pipeline:
        """Ways that do the same to the pictures count as one; others leave a step that is not known."""
        ways = [
            self.trace(o, links)
            for o in value.options
            if not isinstance(o, Missing) and not (isinstance(o, Known) and o.value is None)
        ]
        if not ways:
            return unread("no data", value)
        merged = merge(ways)
        if merged is not None:
            return merged
        open_step = effects.not_understood(value, "the way of the pictures depends on a condition that is not decided")
        return structs.replace(ways[0], steps=(*shared([way.steps for way in ways]), open_step))

    def sequence(self, value: Items, links: int) -> Pipeline:
        """A list or array of pictures, or the (x, y) pair that an iterator or a function gives."""
        if value.kind == "tuple" and value.items and value.more is None:
            return self.trace(value.items[0], links)
        element = value.more if value.more is not None else (value.items[0] if value.items else None)
        if element is None:
            return unread("an empty list", value)
        present = [option for option in options(element) if not isinstance(option, Missing | Known)]
        if isinstance(element, OneOf) and len(present) == 1:
            element = present[0]
        pipeline = self.trace(element, links)
        if value.others:
            pipeline = origins.together([pipeline, *(self.trace(other, links) for other in value.others)])
        if (
            not pipeline.start_range.known and not pipeline.kind.known
        ):  # paths, labels or numbers: not pictures that fill the memory
            return pipeline
        grown = value.more is not None
        return structs.replace(
            pipeline,
            held_in_memory=known(True, value.place) if grown else pipeline.held_in_memory,
            picture_loop=(value.loop.location if value.loop and grown else None) or pipeline.picture_loop,
            places=(*pipeline.places, *((value.place,) if value.place else ())),
        )

    def table(self, value: Table, links: int) -> Pipeline:
        """Several inputs by name: the one with pictures counts."""
        ways = [self.trace(entry, links) for entry in value.entries.values()]
        pictures = [way for way in ways if way.start_range.known]
        return pictures[0] if len(pictures) == 1 else unread("several inputs", value)

    def operation(self, value: Operation, links: int) -> Pipeline:
        effect = arithmetic.of_operation(value)
        if effect is None and (by_hand := arithmetic.by_hand(value)):
            return steps_by_hand(self.trace(by_hand.source, links), value, by_hand.family)
        if effect is None:
            source = value.right if isinstance(value.left, Known | Unknown) else value.left
            return then(self.trace(source, links), effects.not_understood(value, "an operation with values that are not known"))
        return self.applied(effect, links)

    def item(self, value: Item, links: int) -> Pipeline:
        return items.traced(self, value, links)

    def altered(self, value: Altered, links: int) -> Pipeline:
        return channels.changed(value, lambda of: self.trace(of, links))

    def element(self, value: Element, links: int) -> Pipeline:
        return self.trace(value.of, links)

    def attribute(self, value: Attribute, links: int) -> Pipeline:
        if value.name in {"values", "images", "data", "T", "x", "pixel_array"}:
            return self.trace(value.of, links)
        return unread(f"the attribute {value.name} is not followed", value)

    def yielded(self, value: Yielded, links: int) -> Pipeline:
        ways: list[Pipeline] = []
        for each in value.values:
            first = each.items[0] if isinstance(each, Items) and each.items else each
            ways.append(self.trace(first, links))
        pipeline = merge(ways) or then(ways[0], effects.not_understood(value, "several yields that differ"))
        first_value = value.values[0]
        form, count = labels.of_pair(first_value)
        is_stored = pipeline.kind.is_(SourceKind.ARRAYS) and pipeline.held_in_memory.is_(True) and pipeline.picture_loop is None
        held = pipeline.held_in_memory if is_stored else known(False, value.place)
        if pipeline.kind.known and pipeline.kind.value not in {SourceKind.ARRAYS, SourceKind.GENERATOR}:
            return pipeline
        return structs.replace(
            pipeline,
            kind=known(SourceKind.GENERATOR, value.place),
            held_in_memory=held,
            picture_loop=None,
            label_form=form,
            classes=count,
        )

    def instance(self, value: Instance, links: int) -> Pipeline:
        method = method_of(value, "__getitem__")
        bases = {name.rsplit(".", 1)[-1] for name in outside_bases(value.owner)}
        if isinstance(method, Bound) and (bases & {"Sequence", "PyDataset"} or not bases):
            returned = self.run.call(method, (Unknown("the number of a batch"),))
            pipeline = self.trace(returned, links)
            form, count = labels.of_pair(returned)
            return structs.replace(
                pipeline, kind=known(SourceKind.SEQUENCE, value.place), held_in_memory=known(False, value.place),
                picture_loop=None, label_form=form, classes=count,
            )  # fmt: skip
        return unread(f"an object of the class {value.owner.name}", value)

    # calls

    def result(self, value: Result, links: int) -> Pipeline:
        for handler in (self._source, self._datasets, self._called, self._prediction):
            pipeline = handler(value, links)
            if pipeline is not None:
                return pipeline
        effect = steps.of_call(self.run, value)
        if effect is not None:
            return self._stored_into(value, self.applied(effect, links), links)
        unread_step = effects.not_understood(value, f"{value.function.lstrip('.')} is not known")
        subject = value.receiver or next((a for a in value.arguments if not isinstance(a, Known)), None)
        if subject is not None and not isinstance(subject, Symbol):
            return then(self.trace(subject, links), unread_step)
        return then(unread(f"{value.function.lstrip('.')} is not known", value), unread_step)

    def _stored_into(self, value: Result, pipeline: Pipeline, links: int) -> Pipeline:
        if value.name in {"array", "asarray", "stack", "vstack", "concatenate"} and pipeline.kind.is_(SourceKind.ARRAYS):
            return structs.replace(pipeline, held_in_memory=known(True, value.place))
        return pipeline

    def _source(self, value: Result, links: int) -> Pipeline | None:
        if value.name in {"flow_from_directory", "flow_from_dataframe"}:
            kind = SourceKind.DIRECTORY if value.name == "flow_from_directory" else SourceKind.DATAFRAME
            return self._through_generator(value, generators.folder_source(value, kind))
        if value.function == ".flow":
            return self._flow(value, links)
        if value.name == "image_dataset_from_directory":
            return generators.dataset_source(value)
        if value.function in STORED or value.function.startswith("h5py."):
            saved = self.run.program.saved.get(file_name(value))
            if saved is not None:
                return self.trace(saved, links)
            return unread("it is loaded from a file whose making is not in sight", value)
        if value.name in EMPTY and not value.function.startswith("."):
            return self._filled(value, links)
        if (value.name in DECODERS and not value.function.startswith("builtins.")) or is_frame(value):
            return decoded(value)
        if value.name == "load_data" and value.function.startswith("keras.datasets."):
            return keras_dataset(value)
        if value.function == "tensorflow_datasets.load":
            return Pipeline(
                kind=known(SourceKind.TFDS, value.place), start_range=known((0.0, 255.0)), array_dtype=known("uint8"),
                held_in_memory=known(False), label_form=known("integer", value.place), loader=call_of(value),
                places=(value.place,) if value.place else (),
            )  # fmt: skip
        return None

    def _through_generator(self, value: Result, before: Pipeline) -> Pipeline:
        made: list[Pipeline] = []
        for generator in options(value.receiver) if value.receiver is not None else ():
            if isinstance(generator, Result) and generator.name == "ImageDataGenerator":
                made.append(generators.through(generator, before, self.follow))
        if not made:
            reason = reason_of(value.receiver) if value.receiver is not None else "not known"
            return then(before, effects.not_understood(value.receiver, f"the generator is {reason}"))
        if any(doing(way) != doing(made[0]) for way in made[1:]):
            return then(made[0], effects.not_understood(value, "one of several generators"))
        return made[0]

    def _flow(self, value: Result, links: int) -> Pipeline:
        arguments = Arguments(value, "flow")
        x = arguments.get("x")
        before = self.trace(x, links) if x is not None else unread("flow is given nothing", value)
        form, count = labels.form_of(arguments.get("y"))
        before = structs.replace(
            before,
            batch_size=arguments.fact("batch_size", 32, whole),
            shuffle=arguments.fact("shuffle", True, lambda plain: bool(plain)),
            subset=arguments.fact("subset", None),
            seed=arguments.fact("seed", None),
            loader=call_of(value),
            label_form=form,
            classes=count,
        )
        return self._through_generator(value, before)

    def _filled(self, value: Result, links: int) -> Pipeline:
        stored = value.attributes.get("#stored")
        if not isinstance(stored, Value):
            return unread("an array that is not filled in sight", value)
        pipeline = self.trace(stored, links)
        loop = value.attributes.get("#loop")
        shape = constant(value.arguments[0]) if value.arguments else None
        plain_shape = isinstance(shape, tuple) and all(isinstance(part, int) for part in shape)
        return structs.replace(
            pipeline,
            held_in_memory=known(True, value.place),
            picture_loop=loop.location if loop else pipeline.picture_loop,
            array_shape=known(shape, value.place) if plain_shape else pipeline.array_shape,
        )

    def _datasets(self, value: Result, links: int) -> Pipeline | None:
        return datasets.made(self, value, links) or datasets.method(self, value, links)

    def _called(self, value: Result, links: int) -> Pipeline | None:
        """A layer, network or augmenter object applied to pictures; functions wrapped for tf.data."""
        if value.name in {"py_function", "numpy_function", "py_func"} and value.arguments:
            given = value.arguments[1] if len(value.arguments) > 1 else value.keywords.get("inp")
            inputs = given.items if isinstance(given, Items) else ()
            return self.trace(self.run.call(value.arguments[0], tuple(inputs)), links)
        if value.function != ".__call__" or not isinstance(value.receiver, Result):
            return None
        receiver = value.receiver
        subject = (
            value.arguments[0]
            if value.arguments
            else value.keywords.get("image") or value.keywords.get("images") or value.keywords.get("inputs")
        )
        if subject is None:
            return None
        before = self.trace(subject, links)
        if receiver.function.startswith("albumentations."):
            return structs.replace(before, steps=before.steps + albumentations(receiver))
        if receiver.function.startswith("imgaug."):
            return then(before, effects.step(Role.AUGMENTATION, "other", receiver))
        if receiver.function.startswith("keras."):
            done = layers.steps_of_layer(self.run, receiver, self)
            return then(before, *(structs.replace(step, applied=value.place) for step in done))
        return None

    def _prediction(self, value: Result, links: int) -> Pipeline | None:
        """Features that another network has made."""
        if value.function not in {".predict", ".predict_generator", ".predict_on_batch"} and not (
            value.function == ".__call__" and networks.is_application(value.receiver)
        ):
            return None
        subject = value.arguments[0] if value.arguments else value.keywords.get("x") or value.keywords.get("generator")
        if subject is None or value.receiver is None:
            return None
        self.extractor = value.receiver
        return structs.replace(self.trace(subject, links), shuffle=unknown("features are an array of their own"))

    # steps

    def applied(self, effect: effects.Effect, links: int) -> Pipeline:
        return with_effect(self.trace(effect.source, links), effect)

    def over(self, value: Value, before: Pipeline) -> Pipeline | None:
        """``before`` after one operation on a tensor, None if that is not understood."""
        effect = None
        if isinstance(value, Operation):
            by_hand = arithmetic.by_hand(value)
            if by_hand is not None:
                return steps_by_hand(before, value, by_hand.family)
            effect = arithmetic.of_operation(value)
        elif isinstance(value, Item):
            effect = steps.of_item(value, 4)
        elif isinstance(value, Result):
            effect = steps.of_call(self.run, value)
        return with_effect(before, effect) if effect is not None else None

    def follow(self, function: Value, before: Pipeline) -> Pipeline:
        """``before`` after a function of the project (or a known one) was applied to each element."""
        symbol = steps.preprocess_symbol(function)
        if symbol is not None:
            return then(before, symbol)
        if isinstance(function, OneOf):
            ways = [self.follow(option, before) for option in function.options]
            same = all(doing(way) == doing(ways[0]) for way in ways[1:])
            return ways[0] if same else then(before, effects.not_understood(function, "one of several functions"))
        if isinstance(function, Symbol | Result):
            made = self.run.call(function, (Placeholder(before, "x"),))
            return self.trace(made, MAXIMUM_LINKS // 2)
        if not isinstance(function, Function | Bound | Partial):
            return then(before, effects.not_understood(function, f"a function that is {reason_of(function)}"))
        forms = (before.label_form, before.classes)
        names = wanted_parameters(function)
        arguments: list[Value] = [Placeholder(before, "x"), Placeholder(forms, "y"), Unknown("a sample weight")][: max(names, 1)]
        returned = self.run.call(function, tuple(arguments))
        pipeline = self.trace(returned, MAXIMUM_LINKS // 2)
        for each in options(returned):
            if isinstance(each, Items) and len(each.items) > 1:
                form, count = labels.form_of(each.items[1])
                pipeline = structs.replace(pipeline, label_form=form, classes=count if count.known else before.classes)
        return pipeline


_KINDS: tuple[tuple[type, Callable[[Tracer, Any, int], Pipeline]], ...] = (
    (Placeholder, Tracer.placeholder),
    (Result, Tracer.result),
    (Items, Tracer.sequence),
    (Table, Tracer.table),
    (OneOf, Tracer.alternatives),
    (Operation, Tracer.operation),
    (Item, Tracer.item),
    (Altered, Tracer.altered),
    (Element, Tracer.element),
    (Attribute, Tracer.attribute),
    (Yielded, Tracer.yielded),
    (Instance, Tracer.instance),
)
