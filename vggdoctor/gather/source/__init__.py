"""Reads Keras training code without running it: scripts and notebooks to a Recipe."""

from __future__ import annotations

import ast

from vggdoctor.errors import InputError
from vggdoctor.evidence import Recipe, SourceFile
from vggdoctor.gather.source.given import with_expressions
from vggdoctor.gather.source.program import INTERESTING, Program
from vggdoctor.gather.source.recorder import Recorder
from vggdoctor.gather.source.units import Unit, parse
from vggdoctor.project import Project, SourceText

_RELEVANT = tuple(sorted(INTERESTING))


def read(project: Project, entry: str | None = None) -> Recipe:
    """All trainings that the project's code holds, as far as they can be known without running it.

    ``entry`` (a path relative to the project) limits this to one file and what it imports; so does a project that is a
    single file.
    Raises InputError if there is no such file.
    """
    sources = project.sources
    wanted = entry or project.only
    if wanted is not None and wanted not in sources:
        raise InputError(f"{wanted} is not among the project's Python files")
    units = {path: parse(source) for path, source in sources.items()}
    program, recorder = Program(units), Recorder()
    reaching = set()
    for path in [wanted] if wanted is not None else _entries(sources, units):
        before = len(recorder.stages)
        program.evaluate(path, recorder.observe)
        if len(recorder.stages) > before:
            reaching.add(path)
    return Recipe(
        stages=tuple(with_expressions(stage, units) for stage in recorder.stages),
        evaluations=recorder.saves.resolved(recorder.evaluations, recorder.stages),
        files=tuple(_file(path, unit, program, path in reaching) for path, unit in units.items()),
        scope_note="" if recorder.stages else _scope_note(sources, recorder),
    )


def _entries(sources: dict[str, SourceText], units: dict[str, Unit]) -> list[str]:
    """Files that may train or judge a network, or import one that does; importers come before what they import."""
    imports = {path: _imported(unit) for path, unit in units.items()}
    stems = {path: path.removesuffix("/__init__.py").rsplit("/", 1)[-1].rsplit(".", 1)[0] for path in units}
    relevant = {path for path, source in sources.items() if any(word in source.text for word in _RELEVANT)}
    growing = True
    while growing:
        names = {stems[path] for path in relevant}
        added = {path for path in units if path not in relevant and not imports[path].isdisjoint(names)}
        growing = bool(added)
        relevant |= added
    return _importers_first(sorted(relevant), imports, stems)


def _importers_first(paths: list[str], imports: dict[str, set[str]], stems: dict[str, str]) -> list[str]:
    """Order by depth in the graph of imports; files of a cycle stay in the order of their names."""
    depths = dict.fromkeys(paths, 0)
    for _ in range(min(len(paths), 12)):
        for path in paths:
            for other in paths:
                if other != path and stems[other] in imports[path]:
                    depths[other] = max(depths[other], min(depths[path] + 1, 12))
    return sorted(paths, key=lambda path: depths[path])


def _imported(unit: Unit) -> set[str]:
    names = set()
    for statement in unit.statements:
        for node in (
            ast.walk(statement) if isinstance(statement, ast.Import | ast.ImportFrom | ast.Try | ast.If | ast.FunctionDef) else ()
        ):
            if isinstance(node, ast.Import):
                names |= {alias.name.rsplit(".", 1)[-1] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names |= {(node.module or "").rsplit(".", 1)[-1], *(alias.name for alias in node.names)}
    return names


def _file(path: str, unit: Unit, program: Program, reaches_fit: bool) -> SourceFile:
    problems = [unit.problem] if unit.problem else []
    problems += dict.fromkeys(program.problems.get(path, ()))
    return SourceFile(path=path, problem="; ".join(problems), reaches_fit=reaches_fit)


def _scope_note(sources: dict[str, SourceText], recorder: Recorder) -> str:
    texts = [source.text for source in sources.values()]
    uses_keras = any("keras" in text or "tensorflow" in text for text in texts)
    if recorder.out_of_scope:
        return f"no image classifier is trained with Keras here: {recorder.out_of_scope[0]}"
    if any("import torch" in text or "from torch" in text for text in texts) and not uses_keras:
        return "the code trains with PyTorch, not with Keras"
    if not uses_keras:
        return "the code does not use Keras"
    if any("tf.Session" in text or "tensorflow.contrib" in text for text in texts):
        return "the code builds a TensorFlow 1 graph; no Keras fit was found"
    return "no call of fit was found"
