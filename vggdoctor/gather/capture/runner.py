"""Runs a script as ``__main__``, or the cells of a notebook one after the other."""

from __future__ import annotations

import builtins
import functools
import importlib.abc
import importlib.machinery
import os
import re
import sys
import traceback
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

from vggdoctor.gather.capture.answers import arguments
from vggdoctor.gather.capture.answers.arguments import ScriptExit
from vggdoctor.gather.capture.journal import Ended
from vggdoctor.gather.capture.places import CELL
from vggdoctor.gather.capture.session import Session

SKIPPED_CELLS = re.compile(r"\s*%%(?!time\b|timeit\b|capture\b)\w+")
"""Cell magics whose text is no Python (bash, html, writefile ...)."""
INSTALLS = {
    "cv2": "opencv-python-headless", "sklearn": "scikit-learn", "PIL": "pillow", "skimage": "scikit-image", "yaml": "pyyaml",
    "imblearn": "imbalanced-learn", "tensorflow_datasets": "tensorflow-datasets", "tensorflow_addons": "tensorflow-addons",
    "efficientnet": "efficientnet", "keras_tuner": "keras-tuner", "kerastuner": "keras-tuner",
}  # fmt: skip
"""Module -> the package that brings it, where the names differ."""


class _InProject(importlib.abc.MetaPathFinder):
    """Comes last: finds a module that lies in another folder of the project, as people have it on their PYTHONPATH."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @functools.cached_property
    def _files(self) -> list[Path]:
        return list(Path(self._session.order.copy).rglob("*.py"))

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        root = Path(self._session.order.copy)
        if "." in fullname or not self._session.asked_by_user():
            return None
        found = [file.parent for file in self._files if file.stem == fullname]
        found += [file.parent.parent for file in self._files if file.name == "__init__.py" and file.parent.name == fullname]
        if len(found) != 1:
            return None
        self._session.journal.notice(f"{fullname} was imported from {found[0].relative_to(root)}, which is not on Python's path")
        return importlib.machinery.PathFinder.find_spec(fullname, [str(found[0])])


def run(session: Session) -> Ended:
    """Run the entry to its end, whatever that is."""
    order = session.order
    entry = os.path.join(order.copy, order.entry)
    os.chdir(os.path.join(order.copy, order.folder))
    sys.argv = [order.entry if order.folder == "." else Path(entry).name, *order.arguments]
    sys.path.insert(0, os.path.dirname(entry))
    # as ``python -m`` from the project's folder, or an editor, has it
    sys.path.insert(1 if order.folder == "." else len(sys.path), order.copy)
    sys.meta_path.append(_InProject(session))
    main = ModuleType("__main__")
    main.__dict__.update(__file__=entry, __builtins__=builtins)
    if order.cells is not None:
        del main.__dict__["__file__"]
    sys.modules["__main__"] = main
    try:
        if order.cells is None:
            source = Path(entry).read_bytes()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                code = compile(source, entry, "exec")
            arguments.fill_command_line(session, source.decode("utf-8", "replace"))
            exec(code, main.__dict__)
            return Ended("finished")
        return _run_cells(session, entry, main)
    except BaseException as error:  # noqa: BLE001  (whatever the user's code raises is a fact to report)
        return ending(session, error)


def ending(session: Session, error: BaseException) -> Ended:
    """What an exception that left the user's code says, in one line."""
    place = session.places.of_traceback(error)
    at = f" ({place})" if place else ""
    if isinstance(error, ScriptExit):
        return Ended("arguments", f"{error}{at}", 2, place)
    if isinstance(error, SystemExit):
        code = error.code if isinstance(error.code, int) else 0 if error.code is None else 1
        said = "" if isinstance(error.code, int) or error.code is None else str(error.code)
        return Ended("exit", said + (_about_arguments(session) if code else ""), code, place)
    if isinstance(error, SyntaxError):
        return Ended("syntax", f"{place or error.filename} is not valid Python: {error.msg}", 1, place)
    traceback.print_exception(error)
    text = " ".join(str(error).split())[:300]
    if isinstance(error, ModuleNotFoundError) and error.name:
        top = error.name.split(".")[0]
        return Ended(
            "missing-module",
            f"the module {error.name} is not installed{at}: pip install {INSTALLS.get(top, top)}",
            1,
            place,
        )
    if isinstance(error, FileNotFoundError) or "no such file" in text.lower():
        text += _about_a_missing_file(session, getattr(error, "filename", None))
    if isinstance(error, (IndexError, ValueError)):
        at += _about_arguments(session)
    return Ended("exception", f"the script stopped with {type(error).__name__}: {text}{at}", 1, place)


def _about_arguments(session: Session) -> str:
    text = session.places.source(session.order.entry)
    wants = not session.order.arguments and any(word in text for word in ("sys.argv", "click.", "absl", "fire.Fire", "docopt"))
    return "; it reads its command line: give the arguments with --args" if wants else ""


def _about_a_missing_file(session: Session, name: Any) -> str:
    """What people can do about a file that the script wants and that is not there."""
    order = session.order
    file = Path(name).name if isinstance(name, str) else ""
    others = [path.relative_to(order.copy) for path in sorted(Path(order.copy).rglob("*.py")) if path.suffix == ".py"]
    writers = [str(path) for path in others if "." in file and str(path) != order.entry and file in _text(order.copy / path)]
    if writers:
        return f"; {', '.join(writers)} speaks of {file}: if it makes that file, run it first"
    if order.data is None:
        return "; no pictures in class folders were found in the project: name their folder with --data"
    return "; if the pictures lie elsewhere, name their folder with --data"


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def _run_cells(session: Session, entry: str, main: ModuleType) -> Ended:
    """Like *Run all*, but a cell that fails does not stop the ones after it: the first failure is told."""
    first: Ended | None = None
    skipped: list[str] = []
    for index, raw in sorted((session.order.cells or {}).items()):
        source = plain_python(raw, skipped)
        session.places.cells[index] = source
        try:
            code = compile(source, f"{entry}{CELL}{index}", "exec")
            exec(code, main.__dict__)
        except (KeyboardInterrupt, SystemExit) as error:
            return ending(session, error)
        except Exception as error:  # noqa: BLE001  (whatever the user's code raises is a fact to report)
            problem = ending(session, error)
            first = first or problem
            session.journal.notice(f"cell {index} failed and the next ones were run all the same: {problem.reason}")
    if skipped:
        shown = "; ".join(dict.fromkeys(skipped[:8])) + (" ..." if len(skipped) > 8 else "")
        session.journal.notice(f"lines of the notebook that are no Python were skipped: {shown}")
    return first or Ended("finished")


def plain_python(cell: str, skipped: list[str]) -> str:
    """A cell without its magics and shell lines, every other line where it was. What was left out is added to ``skipped``."""
    if SKIPPED_CELLS.match(cell):
        skipped.append(cell.strip().splitlines()[0])
        return ""
    lines = []
    for line in cell.splitlines():
        stripped = line.lstrip()
        indent = line[: len(line) - len(stripped)]
        timed = re.match(r"%(?:time|timeit)\s+(.*)", stripped)
        if timed:
            lines.append(indent + timed.group(1))
        elif stripped.startswith(("%", "!")) or re.match(r"\?\w|[\w.]+\?\??$", stripped):
            if not stripped.startswith(("%matplotlib", "%%", "%load_ext", "%autoreload", "%config")):
                skipped.append(stripped)
            lines.append(indent + "pass")
        elif assigned := re.match(r"(\w+)\s*=\s*[!%]", stripped):
            skipped.append(stripped)
            lines.append(f"{indent}{assigned.group(1)} = []")
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"
