"""Training loops with GradientTape: the model, the optimizer, the loss and the data, as far as the first step shows them."""

from __future__ import annotations

import ast
import functools
import os
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras.src.legacy.preprocessing.image import Iterator as LegacyIterator
from keras.src.optimizers.base_optimizer import BaseOptimizer
from msgspec.structs import replace
from tensorflow.python.eager.polymorphic_function.polymorphic_function import Function

from vggdoctor.evidence import Stage, unknown
from vggdoctor.gather.capture import batches
from vggdoctor.gather.capture.fitting import Fitting
from vggdoctor.gather.capture.journal import Ended, Phase
from vggdoctor.gather.capture.loops import REASON, of_batches
from vggdoctor.gather.capture.observe_fit import observe
from vggdoctor.gather.capture.observe_stage import Fit
from vggdoctor.gather.capture.session import Made, Session, made, mark
from vggdoctor.gather.capture.snapshot import Snapshot
from vggdoctor.schema import Location

PATIENCE, PATIENCE_SHARE = 15.0, 0.25
"""Seconds of processor time, and share of the time left at most, that such a loop goes on after it was captured: nothing can cut
it short (ours).
"""
BATCHES = 2
"""Batches that a dataset yields to the loops of the user's own after that (ours)."""

REMEMBERED = 8
"""Models whose last call is kept: those of one step of training, not all that a search ever made (ours)."""


@dataclass
class Step:
    """What one step of training touched. Tensors may be symbolic, where the step is traced."""

    optimizer: Any
    variables: list[Any]
    place: Location


class Tape:
    """Watches calls of models, losses, datasets and apply_gradients in the user's own code."""

    def __init__(self, session: Session, fitting: Fitting) -> None:
        self._session = session
        self._fitting = fitting
        self._models: dict[int, tuple[Any, Any]] = {}
        self._loss: tuple[Any, Any] | None = None
        self._source: Any = None
        self._function_arguments: list[tuple[Any, ...]] = []
        self._waiting: Step | None = None
        self._seen: set[int] = set()
        _before(keras.Model, "__call__", self._model_called)
        _before(keras.losses.Loss, "__call__", self._loss_called)
        _before(LegacyIterator, "__next__", self._drawn_from)
        _before(BaseOptimizer, "apply", self._applied)
        self._watch_datasets()
        self._watch_functions()

    def _model_called(self, model: Any, *args: Any, **kwargs: Any) -> None:
        if args and not self._session.inside and not isinstance(args[0], keras.KerasTensor):
            self._models.pop(id(model), None)
            self._models[id(model)] = (model, args[0])
            if len(self._models) > REMEMBERED:
                del self._models[next(iter(self._models))]

    def _loss_called(self, loss: Any, *args: Any, **kwargs: Any) -> None:
        if args and not self._session.inside:
            self._loss = (loss, args[0])

    def _drawn_from(self, source: Any, *args: Any, **kwargs: Any) -> None:
        if not self._session.inside:
            self._source = source

    def _watch_datasets(self) -> None:
        original = tf.data.Dataset.__iter__

        @functools.wraps(original)
        def iterate(dataset: Any) -> Any:
            if not tf.executing_eagerly() or self._session.inside or not self._is_called_by_user():
                return original(dataset)
            self._source = dataset
            return original(dataset.take(BATCHES) if self._seen else dataset)

        for cls in {tf.data.Dataset, *_subclasses(tf.data.Dataset)}:
            if "__iter__" in vars(cls):
                cls.__iter__ = iterate

    def _watch_functions(self) -> None:
        """Steps inside a tf.function are traced: they are looked at when the call that traced them is over."""
        original = Function.__call__

        @functools.wraps(original)
        def call(function: Any, *args: Any, **kwargs: Any) -> Any:
            if self._session.inside or not tf.executing_eagerly():
                return original(function, *args, **kwargs)
            arguments = tuple(tf.nest.flatten((args, kwargs)))
            self._function_arguments.append(arguments)
            try:
                return original(function, *args, **kwargs)
            finally:
                self._function_arguments.pop()
                if self._waiting is not None:
                    step, self._waiting = self._waiting, None
                    self._look(step, arguments)

        Function.__call__ = call

    def _applied(self, optimizer: Any, grads: Any, trainable_variables: Any = None) -> None:
        if self._session.inside or id(optimizer) in self._seen:
            return
        variables = list(
            trainable_variables if trainable_variables is not None else getattr(optimizer, "_trainable_variables", ())
        )
        place = self._place(optimizer)
        if not variables or place is None:
            return
        self._seen.add(id(optimizer))
        step = Step(optimizer, variables, place)
        if tf.executing_eagerly():
            self._look(step, ())
        else:
            self._waiting = step

    def _place(self, optimizer: Any) -> Location | None:
        """The call of apply_gradients. Traced code has no frames of the user's own: there it is the only such call of the file,
        or the only one on a variable that holds this optimizer.
        """
        session = self._session
        place = session.places.of_caller("apply_gradients")
        if place is None or "apply" in session.places.written(place):
            return place
        calls = [
            node.func
            for node in ast.walk(session.places.tree(place))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("apply_gradients", "apply")
        ]
        main = vars(sys.modules["__main__"])
        named = [call for call in calls if main.get(ast.unparse(call.value)) is optimizer]
        chosen = calls if len(calls) == 1 else named
        return Location(place.path, chosen[0].lineno, chosen[0].lineno, cell=place.cell) if len(chosen) == 1 else place

    def _is_called_by_user(self) -> bool:
        frame = sys._getframe(2)
        return self._session.places.is_users(frame.f_code.co_filename)

    def _look(self, step: Step, arguments: tuple[Any, ...]) -> None:
        """Record the stage, offer it to the probe, and let the loop go on for a while."""
        session = self._session
        session.journal.write(Phase(f"looking at the training loop at {step.place}"))
        with session.own_work():
            model, taken = self._model_of(step)
            if model is None:
                session.journal.notice(f"the training loop at {step.place} was seen, but not the model that it trains")
            else:
                self._record(step, model, taken, arguments)
        session.journal.write(Phase("running the script after the first step of its loop"))
        threading.Thread(target=self._end_later, args=(step.place,), daemon=True).start()

    def _model_of(self, step: Step) -> tuple[Any, Any]:
        """The model that was called last and holds what is trained, and what it was called with."""
        trained = {id(variable) for variable in step.variables}
        for model, taken in reversed(list(self._models.values())):
            if trained <= {id(variable) for variable in model.trainable_variables}:
                return model, taken
        return None, None

    def _record(self, step: Step, model: Any, taken: Any, arguments: tuple[Any, ...]) -> None:
        fitting, session = self._fitting, self._session
        loss, labels = self._loss if self._loss else (None, None)
        before = Snapshot(model)
        optimizer = type(step.optimizer).from_config(step.optimizer.get_config())
        if (record := made(step.optimizer)) is not None:
            mark(optimizer, record)
        model.compile(optimizer=optimizer, loss=loss)
        x, y = self._data(taken, labels, arguments)
        if x is None:
            session.journal.notice(f"the training loop at {step.place} was seen, but not the pictures that it trains on")
            before.restore()
            return
        compiled = Made("apply_gradients", step.place, {"optimizer": optimizer, "loss": loss})
        fit = Fit(model, {"x": x, "y": y, "epochs": 1}, step.place, "train_on_batch", compiled, fitting.stages.of(model))
        seen = observe(fit, fitting.applications.built, session)
        seen.live.stage = _of_loop(seen.live.stage, batches.rows(seen.batch), loss is not None, x is self._source)
        fitting.stages.add(seen.live)
        fitting.probing.offer(seen.live)
        before.restore()

    def _data(self, taken: Any, labels: Any, arguments: tuple[Any, ...]) -> tuple[Any, Any]:
        """Where the batch of this step came from, else the batch itself; (None, None) if it cannot be told."""
        source = next((one for one in arguments if isinstance(one, (tf.data.Dataset, LegacyIterator))), self._source)
        if source is not None and _yields(source, taken):
            self._source = source
            return source, None
        if hasattr(taken, "numpy") or isinstance(taken, np.ndarray):
            return np.asarray(taken), np.asarray(labels) if hasattr(labels, "numpy") or isinstance(labels, np.ndarray) else None
        tensors = [one for one in arguments if hasattr(one, "shape")]
        x = next((one for one in tensors if _alike(one.shape, taken)), None)
        y = next(
            (one for one in tensors if one is not x and len(one.shape) < 3 and x is not None and one.shape[:1] == x.shape[:1]),
            None,
        )
        return (None, None) if x is None else (np.asarray(x), None if y is None else np.asarray(y))

    def _end_later(self, place: Location) -> None:
        session = self._session
        begun, used = time.monotonic(), time.process_time()
        limit = max(1.0, PATIENCE_SHARE * session.left())
        while session.inside or (time.process_time() - used < PATIENCE and time.monotonic() - begun < limit):
            time.sleep(0.2)
        seconds = time.monotonic() - begun
        reason = f"the training loop at {place} is one of its own, which cannot be cut short: it was left after {seconds:.0f} s"
        session.journal.write(Ended("left", reason))
        with suppress(ValueError, OSError):  # the script may have closed it
            sys.stdout.flush()
        os._exit(0)


def _of_loop(stage: Stage, rows: int | None, has_loss: bool, from_source: bool) -> Stage:
    """What one step shows: no metrics, no schedule that is not an object (the loop may set the rate itself), and of the pictures
    as much as their source tells, where that is known.
    """
    told = of_batches(stage, rows)
    if from_source:
        names = ("pictures", "class_counts", "shuffle", "held_in_memory")
        told = replace(told, train=replace(told.train, **{name: getattr(stage.train, name) for name in names}))
    compiled = told.compiled.value
    if compiled is None:
        return told
    optimizer = compiled.optimizer
    if optimizer.value is not None and optimizer.value.schedule.value is None:
        optimizer = replace(optimizer, value=replace(optimizer.value, schedule=unknown(REASON)))
    loss = compiled.loss if has_loss else unknown(REASON)
    compiled = replace(compiled, optimizer=optimizer, loss=loss, metrics=unknown(REASON))
    return replace(told, compiled=replace(told.compiled, value=compiled))


def _before(cls: Any, name: str, watcher: Any) -> None:
    """Tell ``watcher`` of each call of a method before it is made."""
    original = getattr(cls, name)

    @functools.wraps(original)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        watcher(self, *args, **kwargs)
        return original(self, *args, **kwargs)

    setattr(cls, name, method)


def _subclasses(cls: Any) -> set[Any]:
    found = set(cls.__subclasses__())
    return found.union(*(_subclasses(one) for one in found)) if found else found


def _yields(source: Any, taken: Any) -> bool:
    """Whether what a source yields looks like what the model was called with."""
    if isinstance(source, LegacyIterator):
        return len(getattr(taken, "shape", ())) == 4
    spec = source.element_spec
    first = spec[0] if isinstance(spec, tuple) and spec else spec
    return hasattr(first, "shape") and _alike(first.shape, taken)


def _alike(shape: Any, tensor: Any) -> bool:
    """Whether two batches hold the same kind of thing: all sides but the first agree where they are known."""
    ours, theirs = list(shape or ())[1:], list(getattr(tensor, "shape", None) or ())[1:]
    return len(ours) == len(theirs) and all(a is None or b is None or a == b for a, b in zip(ours, theirs, strict=True))
