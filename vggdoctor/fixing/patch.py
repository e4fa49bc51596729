"""The outcome of planning: new texts of whole files, and the diffs that show them."""

from __future__ import annotations

import difflib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from vggdoctor.errors import RepairError
from vggdoctor.fixing.document import Document, encoding_of, read
from vggdoctor.project import Project
from vggdoctor.schema import Repair


class Patch(Struct, frozen=True):
    """``files``: whole new texts by path, with the byte order mark and line endings of the old ones (notebooks as JSON).

    ``diff`` is unified, for ``git apply`` in the project's folder. ``readable`` is the same for people: of a notebook it shows
    the cells' sources. ``left_out``: repairs that could not be worked out, or not beside an earlier one, and why.
    ``originals`` are the texts that were planned on.
    """

    files: dict[str, str]
    diff: str
    left_out: tuple[tuple[Repair, str], ...] = ()
    readable: str = ""
    originals: dict[str, str] = {}


def assemble(originals: dict[str, str], files: dict[str, str], left_out: tuple[tuple[Repair, str], ...]) -> Patch:
    """A patch out of old and new texts; a file that is the same is no part of it."""
    changed = {path: text for path, text in sorted(files.items()) if text != originals[path]}
    diff = "".join(_unified(path, originals[path], text) for path, text in changed.items())
    readable = "".join(_readable(path, originals[path], text) for path, text in changed.items())
    return Patch(changed, diff, left_out, readable, {path: originals[path] for path in changed})


def difference(project: Project, patched: Project) -> Patch:
    """What ``patched`` changes of ``project``: the same project, with other texts in the place of some files.

    Raises RepairError if such a file cannot be read.
    """
    return assemble({path: read(project, path).raw for path in patched.changed}, patched.changed, ())


def in_bytes(patch: Patch, folder: Path) -> bytes:
    """The diff as ``git apply`` takes it in ``folder``: the lines of each file in that file's own encoding.

    Raises RepairError if a file cannot be read or is no longer what was planned on.
    """
    parts = []
    for path, text in patch.files.items():
        encoding = _encoding_of_planned(path, patch, folder)
        parts.append(_unified(path, patch.originals[path], text).encode(encoding))
    return b"".join(parts)


def write(patch: Patch, folder: Path) -> None:
    """Write the patched files into ``folder``: each is replaced whole, keeps its mode and, if a link, stays one.

    Raises RepairError, before anything is written, if a file is no longer what was planned on.
    """
    prepared: list[tuple[str, Path]] = []
    try:
        for path, text in patch.files.items():
            file = (folder / path).resolve()
            encoding = _encoding_of_planned(path, patch, folder)
            prepared.append((_temporary(file, text.encode(encoding)), file))
        for temporary, file in prepared:
            os.replace(temporary, file)
    except OSError as error:
        raise RepairError(f"the repair could not be written: {error}") from error
    finally:
        for temporary, _ in prepared:
            Path(temporary).unlink(missing_ok=True)


def _encoding_of_planned(path: str, patch: Patch, folder: Path) -> str:
    try:
        content = (folder / path).read_bytes()
        encoding = encoding_of(path, content)
        is_same = content.decode(encoding) == patch.originals[path]
    except (OSError, SyntaxError, ValueError) as error:
        raise RepairError(f"{path} cannot be read: {error}") from error
    if not is_same:
        raise RepairError(f"{path} has changed since the repair was planned")
    return encoding


def _temporary(file: Path, content: bytes) -> str:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    os.chmod(name, file.stat().st_mode & 0o7777)
    return name


def _unified(path: str, old: str, new: str) -> str:
    # No "diff --git" line: then git reads the paths from the current folder, which need not be the top of its tree.
    end = "\t" if " " in path else ""
    return "".join(_marked(difflib.unified_diff(_lines(old), _lines(new), f"a/{path}{end}", f"b/{path}{end}")))


def _readable(path: str, old: str, new: str) -> str:
    if not path.endswith(".ipynb"):
        return _unified(path, old, new)
    before, after = Document(path, old), Document(path, new)
    shown: list[str] = []
    for part, now in zip(before.parts, after.parts, strict=True):
        label = f"{path}, cell {part.cell}"
        texts = before.text[part.start : part.end], after.text[now.start : now.end]
        shown += _marked(difflib.unified_diff(_lines(texts[0]), _lines(texts[1]), label, label))
    return "".join(shown)


def _lines(text: str) -> list[str]:
    """Lines as git counts them: only a line feed ends one."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _marked(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
