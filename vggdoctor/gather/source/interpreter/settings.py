"""Files of settings that the program reads: YAML, JSON and TOML of the project, as the values that their readers give back."""

from __future__ import annotations

import json
import posixpath
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from vggdoctor.gather.source.interpreter.values import Known, Result, Store, Table, Unknown, Value, constant, sequence

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator

MOST = 5_000
"""Values read of one file; YAML can repeat a small part without end."""
_OPENERS = frozenset({"builtins.open", "io.open", "codecs.open", ".open", ".read_text", ".read_bytes", ".read", ".readlines"})


def read(run: Evaluator, call: Result) -> Value | None:
    """What ``yaml.safe_load(file)`` and the like return; None where the file is not one of the project's settings."""
    path = _path(call.arguments[0] if call.arguments else next(iter(call.keywords.values()), None))
    found = _found(run, path) if path else None
    if found is None:
        return None
    try:
        plain = _PARSERS[found.rsplit(".", 1)[-1]](run.program.settings[found])
    except Exception as error:  # noqa: BLE001 - a file that cannot be parsed is a value that is not known, whatever its parser says
        return Unknown(f"{found} cannot be read: {type(error).__name__}", spot=call.spot)
    return _value(plain, [MOST])


def _path(value: Value | None) -> str:
    """The file that something was opened from, through ``open``, ``read`` and ``read_text``."""
    for _ in range(6):
        if isinstance(value, Result) and value.function in _OPENERS:
            value = value.receiver if value.function.startswith(".") else (value.arguments[0] if value.arguments else None)
    path = constant(value)
    return path if isinstance(path, str) else ""


def _found(run: Evaluator, path: str) -> str | None:
    """The file that a path means, seen from the top of the project or from the file that names it."""
    here = posixpath.dirname(run.chunk.path)
    for start in ("", here, posixpath.dirname(here)):
        candidate = posixpath.normpath(posixpath.join(start, path))
        if candidate in run.program.settings:
            return candidate
    return None


def _yaml(text: str) -> Any:
    import yaml  # here: programs without such a file do not wait for it

    return yaml.safe_load(text)


_PARSERS: dict[str, Callable[[str], Any]] = {"yaml": _yaml, "yml": _yaml, "json": json.loads, "toml": tomllib.loads}


def _value(plain: Any, left: list[int]) -> Value:
    left[0] -= 1
    if left[0] < 0:
        return Unknown("a file of settings that is too large")
    if isinstance(plain, dict):
        return Table(Store({key: _value(entry, left) for key, entry in plain.items()}))
    if isinstance(plain, list):
        return sequence([_value(entry, left) for entry in plain])
    if plain is None or isinstance(plain, str | int | float | bool):
        return Known(plain)
    return Unknown(f"a {type(plain).__name__} in a file of settings")


READERS = (
    "yaml.safe_load", "yaml.full_load", "yaml.load", "yaml.unsafe_load", "json.load", "json.loads", "toml.load", "toml.loads",
    "tomllib.load", "tomllib.loads", "tomli.load", "tomli.loads", "omegaconf.OmegaConf.load", "ruamel.yaml.safe_load",
)  # fmt: skip
HANDLERS = dict.fromkeys(READERS, read)
