"""Which file is run, from which folder, on which pictures."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from msgspec import Struct

from vggdoctor.errors import InputError
from vggdoctor.evidence import Recipe
from vggdoctor.project import Project, SourceText

PICTURES = {".jpg", ".jpeg", ".png", ".bmp", ".gif"}
"""What Keras' loaders take (keras/src/utils/image_dataset_utils.py)."""
TRAINS = re.compile(r"\.(fit|fit_generator|train_on_batch|apply_gradients)\s*\(")
"""What a file that trains says, where reading it found no stage (loops with GradientTape, code that is not understood)."""
DATA_NAMES = ("train", "dataset", "data", "images", "pictures")


class Entry(Struct, frozen=True):
    """``path`` relative to the project; ``others`` are the entries that were not chosen, best first."""

    path: str
    others: tuple[str, ...] = ()


def choose(project: Project, recipe: Recipe, wanted: str | None) -> Entry | None:
    """The file to run: ``wanted``, or the best-ranked one that reaches fit; None if there is none.

    Raises InputError if ``wanted`` is not a file of the project.
    """
    if wanted is None and project.only is not None:
        wanted = project.only
    if wanted is not None:
        path = _within(project, wanted)
        if path not in project.sources:
            raise InputError(f"{wanted} is not a script or notebook of {project.root}")
        return Entry(path)
    fitting = {stage.place.path for stage in recipe.stages} | {file.path for file in recipe.files if file.reaches_fit}
    candidates = {path for path in fitting if path in project.sources}
    candidates = candidates or {path for path, source in project.sources.items() if TRAINS.search(_code(source))}
    for path in list(candidates):
        callers = _callers(project, path)
        if callers and not _runs_itself(project.sources[path]):
            candidates.discard(path)
            candidates |= callers
    ranked = sorted(candidates, key=lambda path: (-_rank(project, recipe, path), path))
    return Entry(ranked[0], tuple(ranked[1:])) if ranked else None


def syntax_problem(source: SourceText) -> str:
    """What keeps a script from being parsed, with its line; empty for a notebook, whose cells may each fail on their own."""
    if source.cells is not None:
        return ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(source.text)
        except SyntaxError as error:
            return f"{error.msg} (line {error.lineno})"
        except ValueError as error:
            return str(error)
    return ""


def working_folder(project: Project, entry: str) -> str:
    """Where the script starts, relative to the project: its own folder, or the project's if more of the paths that it names
    exist there.
    """
    own = PurePosixPath(entry).parent.as_posix()
    texts = set(_strings(project.sources[entry]))

    def met(folder: str) -> int:
        return sum((project.root / folder / text).exists() for text in texts)

    return "." if own != "." and met(".") > met(own) else own


def picture_folder(project: Project, data: Path | None) -> Path | None:
    """The folder that holds the class folders: ``data``, or the only likely one in the project; None if that is not evident."""
    if data is not None:
        return data.resolve()
    found = [folder for folder in _folders(project.root) if _holds_classes(folder)]
    found = [folder for folder in found if not any(folder.is_relative_to(other) for other in found if other != folder)]
    if len(found) > 1 and len({folder.parent for folder in found}) == 1 and found[0].parent != project.root:
        return next((folder for folder in found if folder.name.lower().startswith("train")), found[0].parent)
    if len(found) > 1:
        found = [folder for folder in found if folder.name.lower().startswith(DATA_NAMES)]
    return found[0] if len(found) == 1 else None


def _within(project: Project, wanted: str) -> str:
    path = Path(wanted)
    if path.is_absolute() and path.is_relative_to(project.root):
        path = path.relative_to(project.root)
    return path.as_posix().removeprefix("./")


def _rank(project: Project, recipe: Recipe, path: str) -> float:
    """Heavier is likelier the training that people mean (ours)."""
    source = project.sources[path]
    name = PurePosixPath(path).stem.lower()
    stages = [stage for stage in recipe.stages if stage.place.path == path]
    backbones = [stage.model.backbone.value for stage in stages if stage.model.backbone.known and stage.model.backbone.value]
    rank = 3.0 if name.startswith("train") else 1.5 if "train" in name else 0.0
    rank += 2.0 if _has_main(source) else 0.0
    rank += 2.0 if backbones else 0.0
    rank += 2.0 if any(backbone.family.startswith("vgg") for backbone in backbones) else 0.0
    rank += 3.0 if any((project.root / path).parent.joinpath(text).is_dir() for text in _strings(source)) else 0.0
    rank -= 3.0 if re.search(r"(^|_)(test|predict|demo|app|evaluate|inference)", name) else 0.0
    return rank - 0.5 * path.count("/")


def _callers(project: Project, path: str) -> set[str]:
    """The scripts that import the module at ``path``, directly or through others, and run by themselves."""
    reached, waiting = {path}, [path]
    while waiting:
        module = PurePosixPath(waiting.pop())
        name = module.parent.name if module.stem == "__init__" else module.stem
        for other, source in project.sources.items():
            if other not in reached and _imports(source, name):
                reached.add(other)
                waiting.append(other)
    return {other for other in reached - {path} if _runs_itself(project.sources[other])}


def _imports(source: SourceText, name: str) -> bool:
    return re.search(rf"(?m)^\s*(from\s+[\w.]*\b{re.escape(name)}\b|from\s+[\w.]+\s+import\b.*\b{re.escape(name)}\b"
                     rf"|import\s+[\w.]*\b{re.escape(name)}\b)", _code(source)) is not None  # fmt: skip


def _has_main(source: SourceText) -> bool:
    return re.search(r"(?m)^if\s+__name__\s*==", _code(source)) is not None


def _runs_itself(source: SourceText) -> bool:
    """A notebook, a script with a main guard, or one whose top level does more than define."""
    tree = _tree(_code(source)) if source.cells is None else None
    if tree is None:
        return source.cells is not None
    return any(isinstance(node, (ast.If, ast.For, ast.With, ast.While, ast.Try)) or _is_call(node) for node in tree.body)


def _is_call(node: ast.stmt) -> bool:
    """An expression statement that calls a function, or an assignment from a method (``model.fit``), which definitions seldom
    have.
    """
    value = node.value if isinstance(node, (ast.Expr, ast.Assign)) else None
    return isinstance(value, ast.Call) and (isinstance(node, ast.Expr) or isinstance(value.func, ast.Attribute))


def _code(source: SourceText) -> str:
    return source.text if source.cells is None else "\n".join(source.cells.values())


def _strings(source: SourceText) -> Iterator[str]:
    """Relative paths, as far as string constants look like them."""
    for part in [source.text] if source.cells is None else source.cells.values():
        tree = _tree(part)
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _looks_relative(node.value):
                yield node.value


def _looks_relative(text: str) -> bool:
    return 0 < len(text) < 200 and not text.startswith(("/", "\\", ".git")) and text not in {".", ".."} and "\0" not in text


def _tree(text: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError):
            return None


def _folders(root: Path, depth: int = 3) -> Iterator[Path]:
    yield root
    for folder in sorted(root.iterdir()) if depth else ():
        if folder.is_dir() and not folder.is_symlink() and not folder.name.startswith((".", "__")):
            yield from _folders(folder, depth - 1)


def _holds_classes(folder: Path) -> bool:
    """At least two subfolders with a picture among their first files."""
    return sum(child.is_dir() and _has_picture(child) for child in folder.iterdir()) >= 2


def _has_picture(folder: Path) -> bool:
    return any(file.suffix.lower() in PICTURES for _, file in zip(range(20), folder.iterdir(), strict=False))
