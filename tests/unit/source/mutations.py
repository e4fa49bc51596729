"""Programs made out of the corpus by damaging them: lines go, come twice, change places, change their depth or their names."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

PROGRAMS = Path(__file__).parents[2] / "corpus" / "programs"
NAME = re.compile(r"\b[A-Za-z_]\w*\b")


def names() -> list[str]:
    """The programs of the corpus."""
    return sorted(label.parent.name for label in PROGRAMS.glob("*/label.toml"))


def mutated(program: str, seed: int) -> dict[str, str]:
    """The files of a program, by relative path, with some damage done: the same for the same seed."""
    chance = random.Random(f"{program} {seed}")
    files = {
        path.relative_to(PROGRAMS / program).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for path in sorted((PROGRAMS / program).rglob("*"))
        if path.suffix in (".py", ".ipynb")
    }
    return {path: _notebook(text, chance) if path.endswith(".ipynb") else _text(text, chance) for path, text in files.items()}


def _notebook(text: str, chance: random.Random) -> str:
    document = json.loads(text)
    for cell in document["cells"]:
        if cell["cell_type"] == "code" and chance.random() < 0.6:
            cell["source"] = _text("".join(cell["source"]), chance)
    chance.shuffle(document["cells"][: chance.choice((0, 3))])
    return json.dumps(document)


def _text(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    for _ in range(chance.randint(0, 8)):
        lines = chance.choice(DAMAGES)(lines, chance)
    return "\n".join(lines)


def _delete(lines: list[str], chance: random.Random) -> list[str]:
    at = chance.randrange(len(lines) + 1)
    return lines[:at] + lines[at + chance.randint(1, 4) :] or [""]


def _repeat(lines: list[str], chance: random.Random) -> list[str]:
    start, end = _span(lines, chance)
    return lines[:end] + lines[start:end] * chance.choice((1, 1, 2, 30)) + lines[end:]


def _swap(lines: list[str], chance: random.Random) -> list[str]:
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines = list(lines)
    lines[one], lines[other] = lines[other], lines[one]
    return lines


def _rename(lines: list[str], chance: random.Random) -> list[str]:
    known = NAME.findall("\n".join(lines)) or ["x"]
    old, new = chance.choice(known), chance.choice(known)
    return [re.sub(rf"\b{old}\b", new, line) if chance.random() < 0.7 else line for line in lines]


def _indent(lines: list[str], chance: random.Random) -> list[str]:
    start, end = _span(lines, chance)
    opening = chance.choice(
        ("if flag:", "for item in items:", "while True:", "def helper(x, *args, **kw):", "class Thing:", "try:")
    )
    closing = ["except Exception:", "    raise"] if opening == "try:" else []
    return [*lines[:start], opening, *(f"    {line}" for line in lines[start:end]), *closing, *lines[end:]]


def _nest(lines: list[str], chance: random.Random) -> list[str]:
    at, depth = chance.randrange(len(lines)), chance.choice((3, 30, 300))
    return [*lines[:at], f"nested = {'[' * depth}{'model' if depth == 3 else ''}{']' * depth}", *lines[at:]]


def _call(lines: list[str], chance: random.Random) -> list[str]:
    """A function that calls itself with everything in it."""
    start, end = _span(lines, chance)
    body = [f"    {line}" for line in lines[start:end]]
    return [
        *lines[:start],
        "def again(n, *rest):",
        *body,
        "    return again(n + 1, again), again(rest)",
        "again(model)",
        *lines[end:],
    ]


def _cut(lines: list[str], chance: random.Random) -> list[str]:
    at = chance.randrange(len(lines))
    return [*lines[:at], lines[at][: chance.randrange(len(lines[at]) + 1)], *lines[at + 1 :]]


def _span(lines: list[str], chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(lines))
    return start, min(len(lines), start + chance.randint(1, 12))


DAMAGES = (_delete, _repeat, _swap, _rename, _indent, _nest, _call, _cut)
