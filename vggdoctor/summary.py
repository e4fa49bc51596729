"""The training and the data as understood, as tables for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from vggdoctor import exhibits
from vggdoctor.evidence import (
    DatasetEvidence,
    Evidence,
    Fact,
    FeatureGain,
    Model,
    Pipeline,
    ProbeEvidence,
    Recipe,
    Role,
    Selection,
    Split,
    Stage,
    Step,
    TrainingRun,
    WatchedRun,
)
from vggdoctor.probe_summary import behaviour
from vggdoctor.schema import Curve, Exhibit, Location, Measure, Row, Section


def summarize(evidence: Evidence) -> tuple[Section, ...]:
    """One section a training, then the data set and the probe where there are any."""
    recipe = evidence.recipe
    sections = [_stage(number, stage) for number, stage in enumerate(recipe.stages, 1)]
    if evidence.dataset:
        sections.append(_dataset(evidence.dataset))
    if evidence.probe:
        sections.append(_probe(evidence.probe, partial(class_names, recipe)))
    sections += [_watched(run) for run in evidence.runs or ()]
    problems = [Row(name=file.path, value=file.problem) for file in recipe.files if file.problem]
    if problems:
        sections.append(Section(title="Files that could not be read in full", rows=tuple(problems)))
    return tuple(sections)


def class_names(recipe: Recipe, place: Location) -> tuple[str, ...]:
    """The classes of the training at ``place`` in the order of their numbers; empty where they are not known."""
    here = (place.path, place.cell, place.line)
    stages = (stage for stage in recipe.stages if (stage.place.path, stage.place.cell, stage.place.line) == here)
    return next((stage.train.class_names.value or () for stage in stages), ())


def measurements(probe: ProbeEvidence | None) -> dict[str, Measure]:
    """What the probe measured of each training as a whole; the names hold the sizes, so that equal names can be compared."""
    if probe is None:
        return {}
    stages = list(dict.fromkeys([run.stage for run in probe.runs] + [seen.stage for seen in probe.predictions]))
    found: dict[str, Measure] = {}
    for seen in probe.predictions:
        of = f"after {seen.steps} steps, {sum(seen.actual)} validation pictures, training {stages.index(seen.stage) + 1}"
        if seen.balanced_accuracy is not None:
            found[f"balanced accuracy {of}"] = Measure(round(seen.balanced_accuracy, 4))
        if seen.loss is not None:
            found[f"validation loss {of}"] = Measure(round(seen.loss, 4))
    return found


def _row(name: str, fact: Fact[Any], show: Callable[[Any], str] = str) -> Row:
    if not fact.known:
        return Row(name=name, value="could not be determined", origin=fact.reason, place=_where(fact.place))
    value = "none" if fact.value is None else show(fact.value)
    return Row(name=name, value=value, origin=fact.origin.value, place=_where(fact.place))


def _where(place: Location | None) -> str:
    return str(place) if place else ""


def _stage(number: int, stage: Stage) -> Section:
    rows = [*_model(stage.model), *_pipeline("training", stage.train)]
    rows.append(_row("validation data", stage.validation, lambda _: "given"))
    if stage.validation.value is not None:
        rows += _pipeline("validation", stage.validation.value)
    if stage.compiled.value is not None:
        compiled = stage.compiled.value
        rows.append(_row("optimizer", compiled.optimizer, lambda value: value.name))
        if compiled.optimizer.value is not None:
            rows.append(_row("learning rate", compiled.optimizer.value.learning_rate, "{:g}".format))
            rows.append(_row("schedule", compiled.optimizer.value.schedule, lambda value: value.name))
        rows.append(_row("loss", compiled.loss, lambda value: value.name))
        rows.append(_row("metrics", compiled.metrics, _names))
    else:
        rows.append(_row("compile", stage.compiled))
    rows.append(_row("callbacks", stage.callbacks, _names))
    rows.append(_row("class weights", stage.class_weight, lambda value: "yes" if value else "no"))
    rows.append(_row("epochs", stage.epochs))
    return Section(title=f"Training {number}: {stage.method} at {stage.place}", rows=tuple(rows))


def _names(items: tuple[Any, ...]) -> str:
    return ", ".join(item.name for item in items) or "none"


def _model(model: Model) -> list[Row]:
    rows = [_row("backbone", model.backbone, lambda value: value.application)]
    backbone = model.backbone.value
    if backbone is not None:
        rows.append(_row("weights", backbone.weights, lambda value: value or "random"))
        rows.append(_row("layers of the backbone that train", backbone.trainable))
    if model.layers:
        value = ", ".join(layer.kind + (f"({layer.units.value})" if layer.units.known else "") for layer in model.layers)
        rows.append(Row(name="other layers", value=value, place=_where(model.layers[0].place)))
    rows.append(_row("output units", model.output.units))
    rows.append(_row("output activation", model.output.activation))
    if model.total_parameters.known:
        rows.append(_row("weights in all", model.total_parameters, "{:,}".format))
        rows.append(_row("weights that train", model.trainable_parameters, "{:,}".format))
    return rows


def _pipeline(name: str, pipeline: Pipeline) -> list[Row]:
    rows = [_row(f"{name} pictures from", pipeline.kind, lambda value: value.value)]
    shown: list[tuple[str, Fact[Any], Callable[[Any], str]]] = [
        ("folder", pipeline.directory, str),
        ("size", pipeline.size, lambda size: f"{size[0]} x {size[1]} px"),
        ("batch", pipeline.batch_size, str),
        ("pictures", pipeline.pictures, "{:,}".format),
        ("labels", pipeline.label_form, str),
    ]
    rows += [_row(f"{name} {label}", fact, show) for label, fact, show in shown if fact.known]
    for label, role in (("normalisation", Role.NORMALIZATION), ("augmentation", Role.AUGMENTATION)):
        steps = pipeline.having(role)
        value = ", ".join(_step(step) for step in steps) or "none"
        if not pipeline.complete.is_(True):
            value = f"{value}; not all steps are known" if steps else "could not be determined"
        origin = pipeline.complete.origin.value if pipeline.complete.known else pipeline.complete.reason
        place = steps[0].places[0] if steps and steps[0].places else None
        rows.append(Row(name=f"{name} {label}", value=value, origin=origin, place=_where(place)))
    return rows


def _step(step: Step) -> str:
    return step.spelling or step.operation


def _dataset(dataset: DatasetEvidence) -> Section:
    rows = [
        Row(
            name=f"{split.path} ({split.role})",
            value=f"{split.pictures:,} pictures in {len(split.classes)} classes: "
            f"{_counts(split.classes)}{_unread(split, dataset)}",
            origin="scanned",
        )
        for split in dataset.splits
    ]
    rows += [_selection(selection) for selection in dataset.selections]
    rows.append(Row(name="pictures examined", value=f"{dataset.examined:,} of {dataset.pictures:,}", origin="scanned"))
    if dataset.examined:
        width, height = dataset.widths[1], dataset.heights[1]
        rows.append(Row(name="median size", value=f"{height} x {width} px (height x width)", origin="scanned"))
    if dataset.odd:
        odd = ", ".join(f"{count:,} {kind}" for kind, count in dataset.odd.items())
        rows.append(Row(name="odd pictures", value=odd, origin="scanned"))
    broken = sum(dataset.broken_kinds.values()) or len(dataset.broken)
    rows.append(Row(name="broken files", value=f"{broken:,}", origin="scanned"))
    rows += [Row(name=file.path, value=file.reason, origin="scanned") for file in dataset.broken[:20]]
    return Section(title="Data set", rows=tuple(rows), exhibits=exhibits.training_folders(dataset))


def _unread(split: Split, dataset: DatasetEvidence) -> str:
    """Says of a split that the program, whose other folders are known, does not read it."""
    read = {selection.split for selection in dataset.selections}
    return "; the program does not read it" if read and split.path not in read else ""


def _selection(selection: Selection) -> Row:
    """What one pipeline takes of a folder."""
    name = f"{selection.role} pictures, of {selection.split}"
    if selection.undetermined:
        return Row(name=name, value="could not be determined", origin=selection.undetermined)
    return Row(name=name, value=f"{selection.pictures:,} files: {_counts(selection.classes)}", origin="scanned")


def _counts(classes: tuple[Any, ...], most: int = 12) -> str:
    shown = ", ".join(f"{folder.name} {folder.files:,}" for folder in classes[:most])
    return shown + (f" and {len(classes) - most} more" if len(classes) > most else "")


def _weights(probe: ProbeEvidence) -> Iterator[Row]:
    """Of a backbone that has, or should have had, the published ones."""
    if probe.substituted:
        value = "random, in the place of those that the program asks for: no gain is claimed"
        yield Row(name="weights of the backbone", value=value, origin="observed")
    elif probe.pretrained:
        yield Row(name="weights of the backbone", value="the published ones", origin="observed")


def _probe(probe: ProbeEvidence, names: Callable[[Location], tuple[str, ...]]) -> Section:
    rows = [Row(name="device", value=probe.device, origin="observed"), *_weights(probe)]
    rows += [
        Row(
            name=f"arrives at {contract.tensor} ({contract.role})",
            value=f"{contract.minimum:.2f} .. {contract.maximum:.2f} on {contract.pictures} pictures",
            origin="observed",
            place=_where(contract.stage),
        )
        for contract in probe.contracts
    ]
    rows += [Row(name="short training", value=_training(run), origin="observed", place=_where(run.stage)) for run in probe.runs]
    rows += [
        Row(
            name="features with the family's own preprocessing",
            value=_feature_gain(gain),
            origin="observed",
            place=_where(gain.stage),
        )
        for gain in probe.gains
    ]
    rows += [
        Row(
            name="balanced accuracy after it",
            value=f"{100 * seen.balanced_accuracy:.0f} % on {sum(seen.actual)} validation pictures",
            origin="observed",
            place=_where(seen.stage),
        )
        for seen in probe.predictions
        if seen.balanced_accuracy is not None
    ]
    rows += behaviour(probe)
    rows += [Row(name=name, value=f"skipped: {reason}") for name, reason in probe.skipped.items()]
    return Section(title="Probe", rows=tuple(rows), exhibits=tuple(_probe_exhibits(probe, names)))


def _training(run: TrainingRun) -> str:
    finite = [loss for loss in run.losses if loss is not None]
    course = f"loss {finite[0]:.3g} to {finite[-1]:.3g}" if finite else "no finite loss"
    return f"{course} in {len(run.losses)} steps of {run.batch_size} pictures at rate {run.learning_rate:g}"


def _feature_gain(gain: FeatureGain) -> str:
    low, high = (f"{100 * bound:+.1f}" for bound in gain.interval)
    return (
        f"separate the classes by {100 * gain.corrected:.0f} % balanced accuracy, as they arrive now by {100 * gain.as_is:.0f} % "
        f"(95 % interval of the difference {low} to {high} points, {gain.pictures} pictures of {gain.side} px)"
    ).replace("-", "−")


def _probe_exhibits(probe: ProbeEvidence, names: Callable[[Location], tuple[str, ...]]) -> Iterator[Exhibit]:
    """What arrived, the losses of the short trainings of each stage, the range test, and where the validation pictures went."""
    for contract in probe.contracts:
        yield from exhibits.arriving(contract, names=names(contract.stage))
    for stage in dict.fromkeys(run.stage for run in probe.runs):
        runs = [run for run in probe.runs if run.stage == stage]
        named = {f"at {run.learning_rate:g} ({run.label})" if run.label != "user" else "your settings": run for run in runs}
        yield exhibits.losses(f"Loss of the short training, {stage}", named)
    yield from filter(None, map(exhibits.rate_range, probe.ranges))
    for seen in probe.predictions:
        shown = exhibits.confusion("Validation pictures after the short training", seen, names(seen.stage))
        if shown is not None:
            yield shown


def _watched(run: WatchedRun) -> Section:
    """A whole training, by its numbers and its losses."""
    ended = {"finished": "as planned", "stopped": "stopped by a callback", "broken": "broken off"}[run.ended]
    values = {
        "epochs": f"{run.epochs} of {run.planned}, {ended}",
        "time": f"{sum(run.seconds):.0f} s, and {run.overhead:.1f} s for watching" if run.seconds else "",
        "learning rate": f"{run.rates[0]:g} to {run.rates[-1]:g}" if run.rates else "",
        "waiting for batches": "" if run.waiting is None else f"{run.waiting:.0%} of a step, over {run.timed_steps} steps",
        "memory": f"{max(run.memory) / 2**30:.2f} GiB" if run.memory else "",
        "memory of the GPU": "" if run.device_memory is None else f"{run.device_memory / 2**30:.2f} GiB",
    }
    values |= {name: f"{logged[-1]:.4g}" for name, logged in run.logs.items() if logged and logged[-1] is not None}
    losses = {name: logged for name, logged in run.logs.items() if name.removeprefix("val_") == "loss"}
    curve = Curve(
        title=f"Loss of the training, {run.stage}",
        x_label="epoch",
        y_label="loss",
        x={name: tuple(float(epoch) for epoch in range(1, len(logged) + 1)) for name, logged in losses.items()},
        y=losses,
    )
    rows = tuple(Row(name=name, value=value, origin="observed") for name, value in values.items() if value)
    return Section(title=f"Whole training at {run.stage}", rows=rows, exhibits=(curve,) if losses else ())
