"""Reads the files that belong together, and joins what was read of each such group."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from vggdoctor.evidence import Augmenter, Call, CallbackUse, Evaluation, KerasUse, SourceFile, Stage
from vggdoctor.evidence.recipe import OutputNames, VainChange
from vggdoctor.gather.source.files.units import Unit, parse
from vggdoctor.gather.source.interpreter.program import Program
from vggdoctor.gather.source.syntax.copies import copied_before_split
from vggdoctor.gather.source.syntax.given import with_expressions, with_names
from vggdoctor.gather.source.syntax.output_names import output_names
from vggdoctor.gather.source.syntax.rows import with_orders
from vggdoctor.gather.source.syntax.uses import keras_uses
from vggdoctor.gather.source.trainings.idle import folder_loaders, idle_class_weights
from vggdoctor.gather.source.trainings.recorder import Recorder
from vggdoctor.gather.source.trainings.saved import Writers, resolved
from vggdoctor.project import SourceText
from vggdoctor.schema import Location


class Task(Struct, frozen=True):
    """Files to be read as one program; ``entries`` are those that are followed from their first line, in this order.
    ``settings``: the texts of YAML, JSON and TOML files that they may read."""

    sources: dict[str, SourceText]
    entries: list[str]
    settings: dict[str, str] = {}


class Part(Struct, frozen=True):
    """What was read of one group of files. Stages are referred to by their index in ``stages``."""

    stages: tuple[Stage, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    files: tuple[SourceFile, ...] = ()
    augmenters: tuple[Augmenter, ...] = ()
    idle_callbacks: tuple[CallbackUse, ...] = ()
    idle_class_weights: tuple[Location, ...] = ()
    folder_loaders: tuple[Call, ...] = ()
    copied_before_split: tuple[tuple[Location, Location], ...] = ()
    devkit_ids: tuple[tuple[Location, Location], ...] = ()
    vain_changes: tuple[VainChange, ...] = ()
    output_names: tuple[OutputNames, ...] = ()
    keras_uses: tuple[KerasUse, ...] = ()
    writers: Writers = {}
    out_of_scope: tuple[str, ...] = ()


def read_together(task: Task) -> Part:
    """Follow the entries one after another; what one saves to a file, a later one may load."""
    units = {path: parse(source) for path, source in task.sources.items()}
    program, recorder = Program(units, task.settings), Recorder()
    reaching = set()
    for path in task.entries:
        before = len(recorder.stages)
        program.evaluate(path, recorder.observe)
        if len(recorder.stages) > before:
            reaching.add(path)
    return Part(
        stages=with_orders([with_expressions(stage, units) for stage in recorder.stages], units),
        evaluations=resolved([with_names(each, units) for each in recorder.evaluations], recorder.saves.writers, recorder.stages),
        files=tuple(_file(path, unit, program, path in reaching) for path, unit in units.items()),
        augmenters=recorder.made.augmenters(units),
        idle_callbacks=recorder.idle.callbacks(units) if recorder.stages else (),
        idle_class_weights=idle_class_weights(units) if recorder.stages else (),
        folder_loaders=folder_loaders(units) if recorder.stages else (),
        copied_before_split=copied_before_split(units) if recorder.stages else (),
        devkit_ids=recorder.devkit.comparisons(units),
        vain_changes=recorder.futile.changes() if recorder.stages else (),
        output_names=output_names(units),
        keras_uses=keras_uses(units) if recorder.stages else (),
        writers=recorder.saves.writers,
        out_of_scope=tuple(recorder.out_of_scope),
    )


def joined(parts: Iterable[Part]) -> Part:
    """All parts as one, in their order."""
    whole = Part()
    for number, part in enumerate(parts):
        by = len(whole.stages)
        whole = Part(
            stages=whole.stages + tuple(_shifted_stage(stage, by) for stage in part.stages),
            evaluations=whole.evaluations + tuple(_shifted(evaluation, by) for evaluation in part.evaluations),
            files=whole.files + tuple(replace(file, program=number) for file in part.files),
            augmenters=whole.augmenters + part.augmenters,
            idle_callbacks=whole.idle_callbacks + part.idle_callbacks,
            idle_class_weights=whole.idle_class_weights + part.idle_class_weights,
            folder_loaders=whole.folder_loaders + part.folder_loaders,
            copied_before_split=whole.copied_before_split + part.copied_before_split,
            devkit_ids=whole.devkit_ids + part.devkit_ids,
            vain_changes=whole.vain_changes + part.vain_changes,
            output_names=whole.output_names + part.output_names,
            keras_uses=whole.keras_uses + part.keras_uses,
            writers=_united(whole.writers, part.writers, by),
            out_of_scope=whole.out_of_scope + part.out_of_scope,
        )
    return replace(whole, evaluations=resolved(whole.evaluations, whole.writers, whole.stages))


def _united(writers: Writers, others: Writers, by: int) -> Writers:
    """The stages of ``others`` count from ``by``."""
    shifted = {name: frozenset(None if stage is None else stage + by for stage in stages) for name, stages in others.items()}
    return {name: writers.get(name, frozenset()) | shifted.get(name, frozenset()) for name in {**writers, **shifted}}


def _shifted_stage(stage: Stage, by: int) -> Stage:
    return stage if not by or stage.follows is None else replace(stage, follows=stage.follows + by)


def _shifted(evaluation: Evaluation, by: int) -> Evaluation:
    return evaluation if not by or evaluation.stage is None else replace(evaluation, stage=evaluation.stage + by)


def _file(path: str, unit: Unit, program: Program, reaches_fit: bool) -> SourceFile:
    problems = [unit.problem] if unit.problem else []
    problems += dict.fromkeys(program.problems.get(path, ()))
    return SourceFile(path=path, problem="; ".join(problems), reaches_fit=reaches_fit)
