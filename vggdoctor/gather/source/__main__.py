"""Prints what the reader understands of a project: ``python -m vggdoctor.gather.source PATH``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from vggdoctor.evidence import Fact
from vggdoctor.gather.source import read
from vggdoctor.project import Project
from vggdoctor.schema import Location


def lines_of(value: Any, name: str = "", depth: int = 0) -> list[str]:
    """An outline of facts; what was never looked at is left out."""
    head = "  " * depth + name
    if isinstance(value, Fact):
        places = " ".join(f"@{place.line}:{place.column}" for place in value.locations)
        if not value.known:
            return [] if value.reason in {"not read", "not observed"} else [f"{head} = ? {value.reason} {places}"]
        if isinstance(value.value, Struct) or (
            isinstance(value.value, tuple) and value.value and isinstance(value.value[0], Struct)
        ):
            return lines_of(value.value, f"{name} {places}", depth)
        return [f"{head} = {value.value!r} {places}"]
    if isinstance(value, Location):
        return [f"{head} @{value}"]
    if isinstance(value, tuple) and value and isinstance(value[0], Struct):
        return [line for index, part in enumerate(value) for line in lines_of(part, f"{name}[{index}]", depth)]
    if isinstance(value, Struct):
        inner = [line for field in structs.fields(value) for line in lines_of(getattr(value, field.name), field.name, depth + 1)]
        return [f"{head} {type(value).__name__}", *inner]
    return [] if value in (None, "", (), {}, False) else [f"{head}: {value!r}"]


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        recipe = read(Project(Path(argument)))
        print("\n".join(lines_of(recipe, argument)))
