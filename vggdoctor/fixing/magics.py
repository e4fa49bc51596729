"""IPython's own syntax, hidden from the parser without moving a line."""

from __future__ import annotations

import ast
import re

PYTHON_CELL_MAGICS = {"capture", "debug", "memit", "mprun", "prun", "time", "timeit"}
"""Cell magics whose body is Python; the body of any other (``%%bash``, ``%%writefile`` ...) is not read."""

_MAGIC = re.compile(r"[ \t]*([\w.,\[\] \t]+=[ \t]*)?[!%?]|.*\?[ \t]*$")


def mask(source: str) -> str | None:
    """``source`` with each magic or shell line replaced by ``pass``, line for line; None if the rest is not Python.

    A line is masked only where the parser stumbles, so that ``%`` at the start of a continuation line or of a line in a
    string stays.
    """
    lines = source.splitlines(keepends=True)
    first = next((index for index, line in enumerate(lines) if line.strip()), None)
    if first is not None and lines[first].lstrip().startswith("%%"):
        name = lines[first].lstrip()[2:].split(maxsplit=1)
        if not name or name[0] not in PYTHON_CELL_MAGICS:
            return None
        lines[first] = _masked(lines[first])
    while True:
        error = _syntax_error("".join(lines))
        if error is None:
            return "".join(lines)
        suspects = [index for index, line in enumerate(lines) if _MAGIC.match(line)]
        before = [index for index in suspects if index < error]
        chosen = before[-1] if before else next(iter(suspects), None)
        if chosen is None:
            return None
        lines[chosen] = _masked(lines[chosen])


def _masked(line: str) -> str:
    content = line.rstrip("\r\n")
    indentation = content[: len(content) - len(content.lstrip())]
    return f"{indentation}pass{line[len(content) :]}"


def _syntax_error(source: str) -> int | None:
    """The line, from 1, at which ``source`` stops being Python; None if it does not."""
    try:
        ast.parse(source)
    except SyntaxError as error:
        return error.lineno or 1
    except ValueError:  # a null byte
        return 1
    return None
