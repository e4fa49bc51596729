"""What a script that wants to be told something is told, where nobody is there to answer: as little as possible."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from vggdoctor.evidence import Fact, Pipeline, Stage, unknown
from vggdoctor.gather.capture.session import Session

PICTURES = re.compile(r"data|image|picture|train|dir\b|folder|path to (the )?input|input|\bpath\b")
OUTPUT = re.compile(r"output|\bout|save|log\b|logdir|log_dir|result|model|weight|plot|checkpoint|label")
SIZES = re.compile(r"size|width|height|\bdim|side|resolution")
NUMBERS = (
    (re.compile(r"epoch"), "epochs", "10"),
    (re.compile(r"batch"), "batch_size", "32"),
    (re.compile(r"learning.?rate|\blr\b|\brate\b"), "learning_rate", "0.001"),
    (re.compile(r"seed"), "seed", "0"),
    (SIZES, "size", "224"),
)
"""What a name or a question speaks of, and a usual value (ours), which no stage states: see :func:`taken_back`."""
OUTPUT_NAME = "vggdoctor-output"


class Guess(Struct, frozen=True):
    """``what`` is a key of ``Session.invented``, empty for a path."""

    text: str
    what: str = ""


def of(wanted: str, session: Session, number: bool = False) -> Guess | None:
    """An answer to ``wanted`` (the name of an argument, or a question); None where a guess would be arbitrary.

    ``number``: a number is wanted.
    """
    text = wanted.lower()
    for pattern, what, value in NUMBERS:
        if pattern.search(text) and (number or what != "size"):
            return Guess(value, what)
    if number:
        return None
    if OUTPUT.search(text):
        return Guess(OUTPUT_NAME)
    folder = _folder(text, session) if PICTURES.search(text) else None
    return Guess(folder) if folder else None


def of_command_line(source: str, session: Session) -> list[Guess]:
    """Answers to all ``sys.argv[1]``, ``sys.argv[2]`` ... of a script, in order; empty if one of them cannot be guessed."""
    wanted = dict(_wanted(ast.parse(source)))
    asked = [wanted.get(index) for index in range(1, max(wanted, default=0) + 1)]
    found = [of(one[0], session, number=one[1]) if one else None for one in asked]
    return [guess for guess in found if guess is not None] if all(found) else []


def note(guess: Guess, session: Session) -> str:
    """The text of a guess that is used."""
    if guess.what:
        session.invented[guess.what] = guess.text
    return guess.text


def _folder(wanted: str, session: Session) -> str | None:
    """The folder of pictures that is meant: one split, or what holds them all."""
    folder = session.order.data
    if not folder:
        return None
    parent, name = os.path.split(folder)
    others = {split: next((one for one in _folders(parent) if one.lower().startswith(split)), "") for split in ("val", "test")}
    split = next((one for one in others if re.search(rf"(^|[^a-z]){one}", wanted)), "")
    if split:
        found = others[split] and os.path.join(parent, others[split])
    elif (
        name.lower().startswith("train")
        and "train" not in wanted
        and re.search(rf"""["']{re.escape(name)}["'/]""", session.places.source(session.order.entry))
    ):
        found = parent  # the script itself goes down into the split
    else:
        found = folder
    return os.path.relpath(found) if found and found.startswith(session.order.copy) else found or None


def _folders(parent: str) -> list[str]:
    return sorted(entry.name for entry in os.scandir(parent) if entry.is_dir())


def taken_back(stage: Stage, session: Session) -> Stage:
    """The stage without what the audit itself invented."""
    invented = {what: unknown(f"the script wants to be told; it was given {value}") for what, value in session.invented.items()}
    if not invented:
        return stage
    validation, compiled = stage.validation, stage.compiled
    if validation.value is not None:
        validation = msgspec.structs.replace(validation, value=_pipeline(validation.value, invented))
    optimizer = compiled.value.optimizer.value if compiled.value is not None else None
    if compiled.value is not None and optimizer is not None and "learning_rate" in invented:
        told = msgspec.structs.replace(optimizer, learning_rate=invented["learning_rate"], rate_is_default=False)
        fact = msgspec.structs.replace(compiled.value.optimizer, value=told)
        compiled = msgspec.structs.replace(compiled, value=msgspec.structs.replace(compiled.value, optimizer=fact))
    return msgspec.structs.replace(
        stage,
        epochs=invented.get("epochs", stage.epochs),
        train=_pipeline(stage.train, invented),
        validation=validation,
        compiled=compiled,
        settings={name: value for name, value in stage.settings.items() if name not in invented},
    )


def _pipeline(pipeline: Pipeline, invented: dict[str, Fact[Any]]) -> Pipeline:
    known_names = {name: fact for name, fact in invented.items() if name in ("batch_size", "size")}
    return msgspec.structs.replace(pipeline, **known_names)


def _wanted(tree: ast.Module) -> Iterator[tuple[int, tuple[str, bool]]]:
    """Index into ``sys.argv`` -> the name that it is assigned to, and whether it becomes a number."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        target = node.targets[0]
        pairs = (
            zip(target.elts, node.value.elts, strict=False)
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
            else [(target, node.value)]
        )
        for name, value in pairs:
            for part in ast.walk(value):
                index = _index(part)
                if index:
                    yield index, (ast.unparse(name), _is_number(value))


def _index(node: ast.AST) -> int:
    """Which argument ``sys.argv[n]`` is; 0 for anything else, and for the script's own name."""
    if not (isinstance(node, ast.Subscript) and ast.unparse(node.value) in ("sys.argv", "argv")):
        return 0
    value = node.slice.value if isinstance(node.slice, ast.Constant) else 0
    return value if isinstance(value, int) and value > 0 else 0


def _is_number(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in ("int", "float")
