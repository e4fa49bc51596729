"""fit, evaluate and predict as the user's script meets them: recorded, cut short, and answered."""

from __future__ import annotations

import inspect
import time
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras.src.legacy.preprocessing.image import Iterator as LegacyIterator

from vggdoctor.evidence import Evaluation, Origin, known
from vggdoctor.gather.capture import after_fit, batches, compat, history, observe_pipeline, observe_stage, partial
from vggdoctor.gather.capture.applications import Applications
from vggdoctor.gather.capture.journal import EvaluationSeen, Phase
from vggdoctor.gather.capture.loops import Loops
from vggdoctor.gather.capture.observe_fit import observe
from vggdoctor.gather.capture.observe_stage import Fit
from vggdoctor.gather.capture.probing import Probing
from vggdoctor.gather.capture.session import Made, Session
from vggdoctor.gather.capture.stages import Stages
from vggdoctor.gather.capture.view import uncounted_evaluation
from vggdoctor.schema import Location

FEW = 16
"""Pictures that evaluate and predict really compute once a fit was seen (ours)."""
ANSWERED = 20
"""Calls of predict with pictures of one shape that are computed; the later ones are answered as the last of them (ours)."""
PREDICT_SHARE = 0.3
"""Of the time left, what predict may take before the first fit, where its result may be what is trained on (ours)."""
SAID = "_vggdoctor_said"
"""The attribute in which a model keeps what it said to a few pictures, by their shape."""
COMPILED = "_vggdoctor_compiled"
"""The attribute in which a model remembers its last compile."""


class NoPicturesError(FileNotFoundError):
    """What is trained on is empty, mostly because its folder is not there."""


class Fitting:
    """Stands between the script and Keras' trainer."""

    def __init__(self, session: Session, applications: Applications) -> None:
        self.session = session
        self.applications = applications
        self.cut_short = False
        self.probing = Probing(session)
        self.stages = Stages(session)
        self.evaluations: list[Evaluation] = []
        self.loops = Loops(session, applications, self.stages, self.probing)
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
        method = next((name for name in ("fit_generator", "search") if written_call.endswith(name)), "fit")
        return self.stage(model, given, place, method)

    def stage(self, model: Any, given: dict[str, Any], place: Location, method: str) -> Any:
        """One stage of training that the user's code starts at ``place``."""
        session = self.session
        self.loops.finish()
        session.journal.write(Phase(f"looking at the fit at {place}"))
        fit = Fit(model, given, place, method, getattr(model, COMPILED, None), self.stages.of(model))
        seen = observe(fit, self.applications.built, session)
        live, batch, validation_batch = seen.live, seen.batch, seen.validation_batch
        if batches.rows(batch) == 0 or (batch is None and isinstance(live.train, (tf.data.Dataset, LegacyIterator))):
            raise NoPicturesError("fit was given no pictures")
        self.stages.add(live)
        if self.cut_short:
            self.probing.problem = partial.reduce(live)
        self.probing.offer(live)
        session.journal.write(Phase("running the script after fit"))
        result = history.believable(model, given, batch, validation_batch, session)
        after_fit.call(observe_stage.flat(given.get("callbacks")), model, result.history, session)
        live.restore()
        return result

    def finish(self) -> None:
        """The script is over: what waits for more to come is probed."""
        self.loops.finish()
        self.probing.finish()

    def train_on_batch(self, model: Any, given: dict[str, Any], written: set[str], original: Any) -> Any:
        """The batches of a loop are a stage together; all are answered from the first one, untrained."""
        place = self.session.places.of_caller("train_on_batch")
        if place is None or not model.compiled:
            return original()
        logs = self.loops.batch(model, given, place, getattr(model, COMPILED, None))
        return _answer(logs, bool(given.get("return_dict")))

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
        few, seconds_a_row = self._few(model, rows[0])
        total = self._count(x, given)
        seconds = seconds_a_row * (total or 10**6)
        if x is given["x"] and not self.stages and seconds < PREDICT_SHARE * self.session.left():
            with self.session.own_work():
                return original()
        if total is None:
            self.session.journal.notice(f"predict at {place} returned a few rows only: how many there are could not be counted")
            return few
        if not self.stages and total > FEW:
            return self._partly(model, x, total, seconds, place, few)
        return _repeated(few, total)

    def _few(self, model: Any, rows: Any) -> tuple[Any, float]:
        """What the model says to a few pictures, and the seconds that each takes. After the first fit it counts no more what it
        says: pictures that come one by one get the answer that the first ones of their shape got.
        """
        said: list[tuple[Any, float]] = (
            vars(model).setdefault(SAID, {}).setdefault(str(keras.tree.map_structure(np.shape, rows)), [])
        )
        if self.stages and len(said) >= ANSWERED:
            return said[-1]
        with self.session.own_work():
            if not self.stages:
                model(rows, training=False)  # the first call allocates: not to be timed
            started = time.monotonic()
            few = keras.tree.map_structure(np.asarray, model(rows, training=False))
        said.append((few, (time.monotonic() - started) / len(keras.tree.flatten(few)[0])))
        return said[-1]

    def _partly(self, model: Any, x: Any, total: int, seconds: float, place: Location, few: Any) -> Any:
        """What the time allows of a predict that is likely to be trained on."""
        size = int(total * PREDICT_SHARE * self.session.left() / seconds)
        chosen = partial.spread(x, total, size) if hasattr(few, "shape") else None
        self.cut_short = True
        if chosen is None:
            self.session.journal.notice(f"predict at {place} would take about {seconds:.0f} s: {FEW} pictures were computed")
            return _repeated(few, total)
        rows, numbers = chosen
        with self.session.own_work():
            computed = model.predict(rows, batch_size=FEW, verbose=0)
        self.session.journal.notice(
            f"predict at {place} would take about {seconds:.0f} s: {len(numbers)} of {total} pictures were computed, and only "
            "these were measured"
        )
        return partial.filled(computed, numbers, total)

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
        seen = Evaluation(name=name, place=place, pipeline=known(pipeline, origin=Origin.OBSERVED))
        if uncounted_evaluation(seen) not in self.evaluations:  # in a loop, the same is told once
            self.evaluations.append(uncounted_evaluation(seen))
            self.session.journal.write(EvaluationSeen(seen))


def _repeated(few: Any, total: int) -> Any:
    """``few`` rows, over and over, in the right shape."""
    return keras.tree.map_structure(lambda part: np.resize(part, (total, *part.shape[1:])), few)


def _answer(logs: dict[str, float], as_dict: bool) -> Any:
    """Loss and metrics in the form that Keras returns them in."""
    if as_dict:
        return dict(logs)
    values = list(logs.values())
    return values[0] if len(values) == 1 else values
