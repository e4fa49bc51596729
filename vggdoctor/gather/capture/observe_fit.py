"""One call of fit on live objects, as evidence and as the live stage that the probe works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from vggdoctor.evidence import Pipeline
from vggdoctor.gather.capture import batches, observe_labels, observe_pipeline, observe_stage
from vggdoctor.gather.capture.applications import Built
from vggdoctor.gather.capture.observe_model import LiveModel
from vggdoctor.gather.capture.observe_stage import Fit
from vggdoctor.gather.capture.session import Observer
from vggdoctor.gather.capture.snapshot import Snapshot
from vggdoctor.gather.live import LiveStage


@dataclass(frozen=True)
class Observed:
    """``batch`` and ``validation_batch`` are the first ones, None where there is none."""

    live: LiveStage
    batch: tuple[Any, ...] | None
    validation_batch: tuple[Any, ...] | None


def observe(fit: Fit, built: list[Built], observer: Observer) -> Observed:
    """Look at all that fit is given; one batch of each source is drawn. ``built``: the networks of keras.applications."""
    model, given = fit.model, fit.given
    x, y, weights, validation = _split(given)
    batch, x = batches.first(x, y, weights, int(given.get("batch_size") or 32))
    validation_batch, validation_x = batches.first(*parts(validation), size=int(given.get("batch_size") or 32))
    if validation is not None and validation_x is not parts(validation)[0]:
        validation = validation_x
    _build(model, batch, observer)
    live = LiveModel(model, built, observer)
    train = observe_labels.with_labels(observe_pipeline.of_source(x, y, batch, given, observer), x, y, batch)
    judged = _validation(validation, validation_batch, given, observer)
    if judged is not None and judged.validation_split.value:
        order = observe_labels.order_of(given.get("y"))
        train, judged = msgspec.structs.replace(train, order=order), msgspec.structs.replace(judged, order=order)
    stage = observe_stage.of_fit(live, fit, train, judged, observer)
    snapshot = Snapshot(model, given.get("x"), given.get("validation_data"))
    ready = LiveStage(
        stage=stage,
        model=model,
        train=x,
        y=y,
        sample_weight=weights,
        validation=validation,
        backbone_layers=live.backbone_layers,
        pretrained=live.built is not None and live.built.pretrained,
        substituted=live.built is not None and live.built.substituted,
        compile_arguments=dict(fit.compiled.given) if fit.compiled else {},
        fit_arguments=given,
        restore=snapshot.restore,
    )
    return Observed(ready, batch, validation_batch)


def parts(validation: Any) -> tuple[Any, Any, Any]:
    """x, y and weights of validation data."""
    if isinstance(validation, (tuple, list)):
        padded = (*validation, None, None, None)
        return padded[0], padded[1], padded[2]
    return validation, None, None


def _validation(source: Any, batch: tuple[Any, ...] | None, given: dict[str, Any], observer: Observer) -> Pipeline | None:
    if source is None:
        return None
    x, y, _ = parts(source)
    held_back = given.get("validation_split") if given.get("validation_data") is None else None
    return observe_pipeline.of_source(x, y, batch, {**given, "validation_split": held_back, "shuffle": False}, observer)


def _split(given: dict[str, Any]) -> tuple[Any, Any, Any, Any]:
    """x, y, sample weights and validation data, with ``validation_split`` carried out as Keras does: the last rows."""
    x: Any = given.get("x")
    y, weights = given.get("y"), given.get("sample_weight")
    validation, share = given.get("validation_data"), given.get("validation_split") or 0.0
    if validation is not None or not share or not observe_pipeline.is_array(x):
        return x, y, weights, validation
    rows = int(np.shape(x)[0])
    at = int(np.floor(rows * (1.0 - share)))
    held = tuple(batches.cut(part, at, rows) for part in (x, y, weights) if part is not None)
    kept = [None if part is None else batches.cut(part, 0, at) for part in (x, y, weights)]
    return kept[0], kept[1], kept[2], held


def _build(model: Any, batch: tuple[Any, ...] | None, observer: Observer) -> None:
    """Give a model without input shape its weights, as the first step of fit would."""
    rows = batches.numeric(batch, 2)
    if not model.built and rows is not None:
        with observer.own_work():
            model(rows[0], training=False)
