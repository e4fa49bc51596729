"""Reads Keras training code without running it: scripts and notebooks to a Recipe."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from vggdoctor.errors import InputError
from vggdoctor.evidence import Recipe
from vggdoctor.gather.source.crew import each
from vggdoctor.gather.source.files.modules import Graph
from vggdoctor.gather.source.files.pins import legacy_pin
from vggdoctor.gather.source.interpreter.program import INTERESTING
from vggdoctor.gather.source.reading import Part, Task, joined, read_together
from vggdoctor.project import Project, SourceText

_RELEVANT = (*sorted(INTERESTING - {"search"}), "keras_tuner", "kerastuner", "apply_gradients")


def read(project: Project, entry: str | None = None) -> Recipe:
    """All trainings that the project's code holds, as far as they can be known without running it.

    ``entry`` (a path relative to the project) limits this to one file and what it imports; so does a project that is a
    single file. Of a project with ``asked`` files only those are read, what they import, and what imports them.
    Raises InputError if there is no such file.
    """
    sources = project.sources
    wanted = entry or project.only
    if wanted is not None and wanted not in sources:
        raise InputError(f"{wanted} is not among the project's Python files")
    graph = Graph(sources)
    asked = [path for path in sources if project.is_asked(path)]
    entries = {wanted} if wanted is not None else graph.with_importers(_relevant(sources)) & graph.with_importers(asked)
    needed = graph.with_imported(entries | set(asked)) if project.asked else set(sources)
    tasks = [
        Task(
            {path: sources[path] for path in group if path in needed},
            graph.importers_first(entries & set(group)),
            project.settings,
        )
        for group in graph.groups()
    ]
    parts = each(read_together, [task for task in tasks if task.sources])
    return replace(_recipe(sources, joined(parts), graph.with_imported(asked)), legacy_pin=legacy_pin(project))


def _relevant(sources: Mapping[str, SourceText]) -> list[str]:
    """Files that may train or judge a network."""
    return [path for path, source in sources.items() if any(word in source.text for word in _RELEVANT)]


def _recipe(sources: Mapping[str, SourceText], part: Part, asked: set[str]) -> Recipe:
    files = sorted(part.files, key=lambda file: file.path)
    return Recipe(
        stages=part.stages,
        evaluations=part.evaluations,
        augmenters=part.augmenters,
        idle_callbacks=part.idle_callbacks,
        idle_class_weights=part.idle_class_weights,
        folder_loaders=part.folder_loaders,
        copied_before_split=part.copied_before_split,
        devkit_ids=part.devkit_ids,
        vain_changes=part.vain_changes,
        output_names=part.output_names,
        keras_uses=part.keras_uses,
        files=tuple(replace(file, asked=file.path in asked) for file in files),
        scope_note="" if part.stages else _scope_note(sources, part),
    )


def _scope_note(sources: Mapping[str, SourceText], part: Part) -> str:
    texts = [source.text for source in sources.values()]
    uses_keras = any("keras" in text or "tensorflow" in text for text in texts)
    if part.out_of_scope:
        return f"no image classifier is trained with Keras here: {part.out_of_scope[0]}"
    if any("import torch" in text or "from torch" in text for text in texts) and not uses_keras:
        return "the code trains with PyTorch, not with Keras"
    if not uses_keras:
        return "the code does not use Keras"
    if any("tf.Session" in text or "tensorflow.contrib" in text for text in texts):
        return "the code builds a TensorFlow 1 graph; no Keras fit was found"
    return "no call of fit was found"
