"""The version of Keras that the project asks for."""

from __future__ import annotations

import re
from pathlib import Path

from vggdoctor.project import Project

_FILES = ("requirements*.txt", "requirements/*.txt", "environment*.y*ml", "pyproject.toml", "setup.py", "setup.cfg", "Pipfile")
_PIN = re.compile(
    r"(?P<name>tensorflow(?:[-_](?:gpu|cpu|macos|intel))?|keras)(?:\[[\w,-]*\])?[\"']?\s*(?P<how>===?|~=|<=?|=)\s*[\"']?"
    r"(?P<version>\d+(?:\.\d+)*)",
    re.IGNORECASE,
)
_IN_CODE = re.compile(r"TF_USE_LEGACY_KERAS|tensorflow_version\s+1|pip3? install [^\n]*")
_KERAS_3 = {"keras": (3,), "tensorflow": (2, 16)}
"""First versions that bring Keras 3 (TensorFlow 2.16 release notes)."""


def legacy_pin(project: Project) -> str:
    """The requirement that holds Keras below 3, as written and with its file; empty if there is none."""
    for pattern in _FILES:
        for file in sorted(project.root.glob(pattern)):
            if pin := _in_text(_text(file)):
                return f"{file.relative_to(project.root).as_posix()}: {pin}"
    for path, source in project.sources.items():
        text = source.text if source.cells is None else "\n".join(source.cells.values())
        for found in _IN_CODE.findall(text):
            pin = _in_text(found) if found.startswith("pip") else found
            if pin:
                return f"{path}: {pin}"
    return ""


def _in_text(text: str) -> str:
    for line in text.splitlines():
        for pin in _PIN.finditer(line.split("#")[0]):
            version = tuple(int(part) for part in pin["version"].split("."))
            first = _KERAS_3["keras" if pin["name"].lower() == "keras" else "tensorflow"]
            if version < first or (pin["how"] == "<" and version == first):
                return pin[0].strip()
    return ""


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
