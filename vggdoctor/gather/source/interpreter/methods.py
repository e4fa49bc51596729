"""Methods of plain Python values: texts, paths, lists, dictionaries, argument parsers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from vggdoctor.gather.source.interpreter import iteration
from vggdoctor.gather.source.interpreter.operations import joined_path
from vggdoctor.gather.source.interpreter.values import (
    Attribute,
    Instance,
    Items,
    Known,
    OneOf,
    Record,
    Result,
    Store,
    Symbol,
    Table,
    Unknown,
    Value,
    constant,
    join,
    sequence,
)
from vggdoctor.gather.source.names import words

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.calls import Given
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator

_TEXT_METHODS = words(
    """lower upper strip lstrip rstrip split rsplit replace startswith endswith title capitalize join format find count
    isdigit isalpha partition rpartition removeprefix removesuffix"""
)
_SAME_PATH = frozenset({"resolve", "absolute", "expanduser", "as_posix", "__str__"})


def call(run: Evaluator, owner: Value, name: str, given: Given) -> Value | None:
    """The result of ``owner.name(...)``, None if the method is not one of a plain value."""
    if isinstance(owner, Items):
        return _of_list(run, owner, name, given)
    if isinstance(owner, Table):
        return _of_table(run, owner, name, given)
    if isinstance(owner, Known) and isinstance(owner.value, str):
        return _of_text(run, owner, name, given)
    if isinstance(owner, Result) and owner.function == "argparse.ArgumentParser":
        return _of_parser(run, owner, name, given)
    if isinstance(owner, Result) and owner.function == ".add_argument_group":
        return _of_parser(run, owner.receiver, name, given) if isinstance(owner.receiver, Result) else None
    if isinstance(owner, Attribute) and (owner.name, name) == ("__dict__", "update") and isinstance(owner.of, Instance):
        return _update_attributes(run, owner.of, given)
    if isinstance(owner, OneOf):
        handled = [call(run, option, name, given) for option in owner.options]
        found = [value for value in handled if value is not None]
        return join(found) if found and len(found) == len(handled) else None
    return None


def _update_attributes(run: Evaluator, instance: Instance, given: Given) -> Value:
    """``self.__dict__.update(settings)``"""
    for source in (*given.arguments, Table(Store(given.keywords or {}))):
        for key, value in source.named.items() if isinstance(source, Table) else ():
            run.heap.store(instance.attributes, key, value)
    return Known(None)


def _of_list(run: Evaluator, owner: Items, name: str, given: Given) -> Value | None:
    spot = run.spot(given.node) if given.node else None
    if name in {"append", "add"} and given.arguments:
        iteration.append(run, owner, given.arguments[0])
        return Known(None)
    if name == "extend" and given.arguments:
        iteration.extend(run, owner, given.arguments[0])
        return Known(None)
    if name == "insert" and len(given.arguments) == 2:
        position = constant(given.arguments[0])
        items = list(owner.items)
        items.insert(position if isinstance(position, int) else len(items), given.arguments[1])
        run.heap.store(owner.contents, "items", tuple(items))
        return Known(None)
    if name == "pop" and owner.items and owner.more is None:
        position = constant(given.arguments[0]) if given.arguments else -1
        if isinstance(position, int) and -len(owner.items) <= position < len(owner.items):
            items = list(owner.items)
            popped = items.pop(position)
            run.heap.store(owner.contents, "items", tuple(items))
            return popped
    if name == "copy":
        return Items(owner.kind, Store(owner.contents), owner.depth, spot=owner.spot)
    if name == "index" and given.arguments:
        for index, item in enumerate(owner.items):
            if item is given.arguments[0] or (isinstance(item, Known) and constant(given.arguments[0], object()) == item.value):
                return Known(index, spot=spot)
        return Unknown("the index of an element", whole=True, spot=spot)
    if name in {"sort", "reverse", "remove", "clear"}:
        return Known(None)
    return Unknown(f"the result of {name} of a list", spot=spot)


def _of_table(run: Evaluator, owner: Table, name: str, given: Given) -> Value | None:
    spot = run.spot(given.node) if given.node else None
    arguments = given.arguments
    if name in {"get", "pop", "setdefault"} and arguments:
        key = constant(arguments[0])
        try:
            present = key in owner.entries
        except TypeError:
            present = False
        if present or not isinstance(arguments[0], Known):
            return iteration.item(run, owner, arguments[0])
        fallback = arguments[1] if len(arguments) > 1 else Known(None, spot=spot)
        return join([owner.other, fallback]) if owner.other is not None else fallback
    if name in {"items", "keys", "values"}:
        if owner.other is None:
            pairs = [(Known(key, spot=value.spot), value) for key, value in owner.named.items()]
            chosen: dict[str, list[Value]] = {
                "items": [sequence(pair, "tuple") for pair in pairs],
                "keys": [key for key, _ in pairs],
                "values": [value for _, value in pairs],
            }
            return sequence(chosen[name], "list", spot)
        each = join(list(owner.entries.values()))
        open_entry = {"items": sequence([Unknown("a key"), each], "tuple"), "keys": Unknown("a key"), "values": each}
        return sequence((), "list", spot, open_entry[name])
    if name == "update":
        for source in [*arguments, Table(Store(given.keywords or {}))]:
            if isinstance(source, Table):
                for key, value in source.entries.items():
                    run.heap.store(owner.entries, key, value)
            else:
                run.heap.store(owner.entries, Table.OTHER, Unknown("an entry of an unknown dictionary"))
        return Known(None)
    if name == "copy":
        return Table(Store(owner.entries), spot=owner.spot)
    return Unknown(f"the result of {name} of a dictionary", spot=spot)


def _of_text(run: Evaluator, owner: Known, name: str, given: Given) -> Value | None:
    spot = run.spot(given.node) if given.node else None
    arguments = [constant(argument, _OPEN) for argument in given.arguments]
    keywords = {key: constant(value, _OPEN) for key, value in (given.keywords or {}).items()}
    if _OPEN in arguments or _OPEN in keywords.values():
        return Unknown("a text that is put together while running", spot=spot)
    if name in _SAME_PATH:
        return owner
    if name == "joinpath":
        return Known(joined_path([owner.value, *map(str, arguments)]), spot=spot)
    if name not in _TEXT_METHODS or (name == "format" and any(c in owner.value for c in ":!")):
        return None
    method: Callable[..., Any] = getattr(owner.value, name)
    try:
        made = method(*arguments, **keywords)
    except (TypeError, ValueError, IndexError, KeyError, AttributeError):
        return Unknown(f"{name} of a text fails", spot=spot)
    if isinstance(made, list | tuple):
        return sequence([Known(part, spot=spot) for part in made], "list", spot)
    return Known(made, spot=spot)


class _Open:
    """Marks an argument that is not constant."""


_OPEN = _Open()


def _of_parser(run: Evaluator, parser: Result, name: str, given: Given) -> Value | None:
    if name == "add_argument":
        declared = parser.attributes.get("#arguments", ())
        run.heap.store(parser.attributes, "#arguments", (*declared, _declared(run, given)))
        return Known(None)
    if name in {"parse_args", "parse_known_args"}:
        values = {}
        for argument in parser.attributes.get("#arguments", ()):
            for option in argument.options if isinstance(argument, OneOf) else (argument,):
                if isinstance(option, Items):
                    values[str(constant(option.items[0]))] = option.items[1]
        record = Record(Store(values), "given on the command line", spot=run.spot(given.node) if given.node else None)
        return record if name == "parse_args" else sequence([record, Unknown("further arguments")], "tuple")
    if name == "set_defaults":
        return Known(None)
    return None


def _declared(run: Evaluator, given: Given) -> Items:
    """(name, value when nothing is given) of one add_argument."""
    keywords = given.keywords or {}
    names = [value for value in map(constant, given.arguments) if isinstance(value, str)]
    long_names = [name for name in names if name.startswith("--")] or names or ["?"]
    name = constant(keywords.get("dest")) or long_names[0].lstrip("-").replace("-", "_")
    action = constant(keywords.get("action"), "store")
    value = keywords.get("default")
    if constant(keywords.get("required"), False) is True and value is None:
        value = Unknown(f"{name} is given on the command line")
    elif value is None and action in {"store_true", "store_false"}:
        value = Known(action == "store_false", spot=run.spot(given.node) if given.node else None)
    elif value is None:
        positional = not any(option.startswith("-") for option in names)
        value = Unknown(f"{name} is given on the command line") if positional else Known(None)
    return sequence([Known(name), _typed(keywords.get("type"), value)], "tuple")


def _typed(kind: Value | None, value: Value) -> Value:
    """argparse applies ``type`` to defaults that are texts."""
    if isinstance(kind, Symbol) and isinstance(value, Known) and isinstance(value.value, str):
        converters: dict[str, Callable[[str], Any]] = {"builtins.int": int, "builtins.float": float}
        if kind.name in converters:
            try:
                return Known(converters[kind.name](value.value), spot=value.spot)
            except ValueError:
                return value
    return value
