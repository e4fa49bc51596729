"""fit, evaluate and predict as the user's script meets them: recorded, cut short, and answered."""

from __future__ import annotations

import importlib
import inspect
import time
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from vggdoctor.evidence import Evaluation, Origin, ProbeEvidence, known
from vggdoctor.gather.capture import batches, compat, history, observe_pipeline, observe_stage
from vggdoctor.gather.capture.applications import Applications
from vggdoctor.gather.capture.journal import EvaluationSeen, Measured, Phase, ProbeFailed, StageSeen
from vggdoctor.gather.capture.observe_fit import observe
from vggdoctor.gather.capture.observe_stage import Fit
from vggdoctor.gather.capture.session import Made, Session
from vggdoctor.gather.live import LiveStage
from vggdoctor.schema import Location

FEW = 16
"""Pictures that evaluate and predict really compute once a fit was seen (ours)."""
PREDICT_SHARE = 0.3
"""Of the time left, what predict may take before the first fit, where its result may be what is trained on (ours)."""
COMPILED = "_vggdoctor_compiled"
"""The attribute in which a model remembers its last compile."""
RESERVE = 5.0
"""Seconds kept for what comes after the probe (ours)."""


class Fitting:
    """Stands between the script and Keras' trainer."""

    def __init__(self, session: Session, applications: Applications) -> None:
        self.session = session
        self.applications = applications
        self.stages = 0
        self.last_stage: dict[int, int] = {}
        self.looped: dict[int, dict[str, float]] = {}
        self.padded = ""
        for name in ("fit", "evaluate", "predict", "compile", "train_on_batch"):
            self._patch(name)

    def _patch(self, name: str) -> None:
        original = getattr(keras.Model, name)
        signature = inspect.signature(original)
        answer = getattr(self, name)
        session = self.session

        def method(model: Any, *args: Any, **kwargs: Any) -> Any:
            if session.inside:
                return original(model, *args, **kwargs)
            args = compat.compile_arguments(session, args, kwargs) if name == "compile" else args
            compat.trainer_arguments(session, kwargs)
            bound = signature.bind(model, *args, **kwargs)
            written = set(bound.arguments)
            bound.apply_defaults()
            given = dict(list(bound.arguments.items())[1:])
            if "kwargs" in given:
                given.update(given.pop("kwargs"))
            return answer(model, given, written, lambda: original(model, *args, **kwargs))

        method.__name__ = name
        method.__doc__ = original.__doc__
        method.__signature__ = signature  # type: ignore[attr-defined]
        setattr(keras.Model, name, method)

    def compile(self, model: Any, given: dict[str, Any], written: set[str], original: Any) -> Any:
        """Remember the call; Keras does the rest."""
        result = original()
        object.__setattr__(model, COMPILED, Made("compile", self.session.places.of_caller("compile"), given))
        return result

    def fit(self, model: Any, given: dict[str, Any], written: set[str], original: Any) -> Any:
        """Record the stage, let the probe measure (the first stage only), and answer with a history."""
        place = self.session.places.of_caller("fit")
        if place is None or not model.compiled:
            return original()
        written_call = self.session.places.written(place).split("(")[0]
        return self.stage(model, given, place, "fit_generator" if written_call.endswith("fit_generator") else "fit")

    def stage(self, model: Any, given: dict[str, Any], place: Location, method: str) -> Any:
        """One stage of training that the user's code starts at ``place``."""
        session = self.session
        session.journal.write(Phase(f"looking at the fit at {place}"))
        compiled = getattr(model, COMPILED, None)
        fit = Fit(model, given, place, method, compiled, self.last_stage.get(id(model)))
        seen = observe(fit, self.applications.built, session)
        live, batch, validation_batch = seen.live, seen.batch, seen.validation_batch
        live.sizes = session.order.sizes
        session.journal.write(StageSeen(live.stage))
        self.last_stage[id(model)] = self.stages
        self.stages += 1
        if self.stages == 1 and session.order.probe_seconds > 0:
            self._probe(live)
            live.restore()
        session.journal.write(Phase("running the script after fit"))
        result = history.believable(model, given, batch, validation_batch, session)
        logs = {name: values[-1] for name, values in result.history.items() if values}
        history.after_callbacks(observe_stage._flat(given.get("callbacks")), model, logs, session)
        live.restore()
        return result

    def _probe(self, live: LiveStage) -> None:
        session = self.session
        seconds = min(session.order.probe_seconds, session.left() - RESERVE)
        if self.padded:
            session.journal.write(ProbeFailed(self.padded))
            return
        if seconds < 1:
            session.journal.write(ProbeFailed("no time was left for it when fit was reached; give more with --budget"))
            return
        session.journal.write(Phase("probing the model at fit"))

        def report(evidence: ProbeEvidence) -> None:
            session.journal.write(Measured(evidence))

        module, _, name = session.order.probe.partition(":")
        started = time.monotonic()
        with session.own_work():
            try:
                measured = getattr(importlib.import_module(module), name)(live, seconds, session.order.seed, report)
                session.journal.write(Measured(measured, finished=True))
            except Exception as error:  # noqa: BLE001  (the user's objects may raise anything when they are used)
                problem = " ".join(str(error).split())[:300]
                spent = time.monotonic() - started
                session.journal.write(ProbeFailed(f"it stopped after {spent:.0f} s with {type(error).__name__}: {problem}"))

    def train_on_batch(self, model: Any, given: dict[str, Any], written: set[str], original: Any) -> Any:
        """The first batch of a loop is a stage of its own; all others are answered from it, untrained."""
        place = self.session.places.of_caller("train_on_batch")
        if place is None or not model.compiled:
            return original()
        if id(model) not in self.looped:
            told = self.stage(model, {**given, "epochs": 1}, place, "train_on_batch")
            self.looped[id(model)] = {name: values[0] for name, values in told.history.items() if not name.startswith("val_")}
        return _answer(self.looped[id(model)], bool(given.get("return_dict")))

    def evaluate(self, model: Any, given: dict[str, Any], written: set[str], original: Any) -> Any:
        """Loss and metrics on a few pictures."""
        place = self.session.places.of_caller("evaluate")
        if place is None or not model.compiled:
            return original()
        batch, x = batches.first(given["x"], given.get("y"), given.get("sample_weight"), given.get("batch_size") or 32)
        self._evaluation("evaluate", place, x, given.get("y"), batch, given)
        return _answer(history.measure(model, batch, self.session), bool(given.get("return_dict")))

    def predict(self, model: Any, given: dict[str, Any], written: set[str], original: Any) -> Any:
        """The real thing before the first fit where there is time; else a few pictures, repeated to the right number of rows."""
        place = self.session.places.of_caller("predict")
        if place is None:
            return original()
        batch, x = batches.first(given["x"], size=given.get("batch_size") or 32)
        rows = batches.numeric(batch[:1] if batch else None, FEW)
        if self.stages:
            self._evaluation("predict", place, x, None, batch, given)
        if rows is None:
            return original()
        started = time.monotonic()
        with self.session.own_work():
            few = keras.tree.map_structure(np.asarray, model(rows[0], training=False))
        total = self._count(x, given)
        seconds = (time.monotonic() - started) * (total or 10**6) / len(keras.tree.flatten(few)[0])
        if x is given["x"] and not self.stages and seconds < PREDICT_SHARE * self.session.left():
            with self.session.own_work():
                return original()
        if total is None:
            self.session.journal.notice(f"predict at {place} returned a few rows only: how many there are could not be counted")
            return few
        if not self.stages and total > FEW:
            self.padded = (
                f"predict at {place} would take about {seconds:.0f} s: it was cut short, so what is trained on is not complete"
            )
        return keras.tree.map_structure(lambda part: np.resize(part, (total, *part.shape[1:])), few)

    def _count(self, x: Any, given: dict[str, Any]) -> int | None:
        steps = given.get("steps")
        total = batches.count(x, given.get("batch_size"), steps)
        if total is not None or not isinstance(x, (tf.data.Dataset, keras.utils.PyDataset)):
            return total
        limit = time.monotonic() + 0.1 * self.session.left()
        for so_far in batches.count_by_reading(x, steps):
            total = so_far
            if time.monotonic() > limit:
                return None
        return total

    def _evaluation(self, name: str, place: Location, x: Any, y: Any, batch: Any, given: dict[str, Any]) -> None:
        pipeline = observe_pipeline.of_source(x, y, batch, {**given, "shuffle": False}, self.session)
        fact = known(pipeline, origin=Origin.OBSERVED)
        self.session.journal.write(EvaluationSeen(Evaluation(name=name, place=place, pipeline=fact)))


def _answer(logs: dict[str, float], as_dict: bool) -> Any:
    """Loss and metrics in the form that Keras returns them in."""
    if as_dict:
        return dict(logs)
    values = list(logs.values())
    return values[0] if len(values) == 1 else values
