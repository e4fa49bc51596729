"""Runs a script as ``__main__``, or the cells of a notebook one after the other."""

from __future__ import annotations

import builtins
import os
import re
import sys
import traceback
import warnings
from pathlib import Path
from types import ModuleType

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


class ScriptExit(SystemExit):
    """Raised in the place of argparse's exit, with the reason in words."""


def run(session: Session) -> Ended:
    """Run the entry to its end, whatever that is."""
    order = session.order
    entry = os.path.join(order.copy, order.entry)
    os.chdir(os.path.join(order.copy, order.folder))
    sys.argv = [order.entry if order.folder == "." else Path(entry).name, *order.arguments]
    sys.path.insert(0, os.path.dirname(entry))
    if order.folder == ".":
        sys.path.insert(1, order.copy)
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
        return Ended("exit", "" if isinstance(error.code, int) or error.code is None else str(error.code), code, place)
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
        text += "; if the pictures lie elsewhere, name their folder with --data"
    return Ended("exception", f"the script stopped with {type(error).__name__}: {text}{at}", 1, place)


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
