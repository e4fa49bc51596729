"""What functions outside the project return, where a plain value can be worked out. All others become a Result."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from vggdoctor.gather.source.interpreter import iteration, networks, settings
from vggdoctor.gather.source.interpreter.logic import truth
from vggdoctor.gather.source.interpreter.operations import isinstance_of, joined_path, unknown_path
from vggdoctor.gather.source.interpreter.values import (
    Bound,
    Class,
    Element,
    Function,
    Instance,
    Items,
    Known,
    Parent,
    Partial,
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

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator

Handler = Callable[["Evaluator", Result], "Value | None"]


def _join_paths(run: Evaluator, call: Result) -> Value:
    parts = [constant(argument) for argument in call.arguments]
    if all(isinstance(part, str) for part in parts) and parts:
        return Known(joined_path(parts), spot=call.spot)
    return unknown_path(call.arguments, call.spot)


def _first(run: Evaluator, call: Result) -> Value | None:
    """Functions that give back what they are given, as far as we care."""
    return call.arguments[0] if call.arguments else None


def _first_if_plain(run: Evaluator, call: Result) -> Value | None:
    value = call.arguments[0] if call.arguments else None
    return value if isinstance(value, Items | Table | Known) else None


def _folder(run: Evaluator, call: Result) -> Value | None:
    path = constant(call.arguments[0]) if call.arguments else None
    return Known(path.rsplit("/", 1)[0] if "/" in path else "", spot=call.spot) if isinstance(path, str) else None


def _basename(run: Evaluator, call: Result) -> Value | None:
    path = constant(call.arguments[0]) if call.arguments else None
    return Known(path.rsplit("/", 1)[-1], spot=call.spot) if isinstance(path, str) else None


def _here(run: Evaluator, call: Result) -> Value:
    return Known("", spot=call.spot)


def _path(run: Evaluator, call: Result) -> Value | None:
    if not call.arguments:
        return Known("", spot=call.spot)
    return _join_paths(run, call)


def _len(run: Evaluator, call: Result) -> Value | None:
    value = call.arguments[0] if call.arguments else None
    if isinstance(value, Items | Table):
        found = iteration.known_elements(run, value)
        return Known(len(found), spot=call.spot) if found is not None else None
    if isinstance(value, Known) and isinstance(value.value, str | bytes | tuple):
        return Known(len(value.value), spot=call.spot)
    return None


def _range(run: Evaluator, call: Result) -> Value | None:
    bounds = [constant(argument) for argument in call.arguments]
    if bounds and all(isinstance(bound, int) for bound in bounds) and (len(bounds) < 3 or bounds[2] != 0):
        numbers = range(*bounds[:3])
        if len(numbers) <= 1000:
            return sequence([Known(number, spot=call.spot) for number in numbers], "list", call.spot)
    return None


def _enumerate(run: Evaluator, call: Result) -> Value | None:
    found = iteration.known_elements(run, call.arguments[0]) if call.arguments else None
    if found is None:
        return None
    start = constant(call.arguments[1] if len(call.arguments) > 1 else call.keywords.get("start"), 0)
    start = start if isinstance(start, int) else 0
    return sequence([sequence([Known(index), element], "tuple") for index, element in enumerate(found, start)])


def _zip(run: Evaluator, call: Result) -> Value | None:
    found = [iteration.known_elements(run, argument) for argument in call.arguments]
    rows = [elements for elements in found if elements is not None]
    if not rows or len(rows) != len(found):
        return None
    return sequence([sequence(row, "tuple") for row in zip(*rows, strict=False)])


def _list(run: Evaluator, call: Result) -> Value | None:
    if not call.arguments:
        made = sequence((), "list", call.spot)
        made.depth = run.loop_depth
        return made
    value = call.arguments[0]
    if isinstance(value, Items):
        return Items("tuple" if call.name == "tuple" else "list", Store(value.contents), run.loop_depth, spot=call.spot)
    found = iteration.known_elements(run, value)
    return sequence(found, "list", call.spot) if found is not None else None


def _reversed(run: Evaluator, call: Result) -> Value | None:
    found = iteration.known_elements(run, call.arguments[0]) if call.arguments else None
    return sequence(found[::-1], "list", call.spot) if found is not None else None


def _sorted(run: Evaluator, call: Result) -> Value | None:
    value = call.arguments[0] if call.arguments else None
    plain = constant(value)
    if isinstance(value, Items) and isinstance(plain, tuple) and not call.keywords:
        try:
            order = sorted(range(len(plain)), key=lambda index: plain[index])
        except TypeError:
            return None
        return sequence([value.items[index] for index in order], "list", call.spot)
    return Items("list", Store(value.contents), value.depth, spot=call.spot) if isinstance(value, Items) else None


def _dict(run: Evaluator, call: Result) -> Value | None:
    base = call.arguments[0] if call.arguments else None
    if base is None or isinstance(base, Table):
        entries: dict[Any, Value] = dict(base.entries) if isinstance(base, Table) else {}
        return Table(Store({**entries, **call.keywords}), spot=call.spot)
    if isinstance(base, Items) and base.more is None:
        table = Table(Store(call.keywords), spot=call.spot)
        for pair in base.items:
            if not (isinstance(pair, Items) and len(pair.items) == 2 and isinstance(pair.items[0], Known)):
                return None
            table.entries[constant(pair.items[0])] = pair.items[1]
        return table
    return None


def _vars(run: Evaluator, call: Result) -> Value | None:
    value = call.arguments[0] if call.arguments else None
    if isinstance(value, Record):
        table = Table(Store(value.attributes), spot=value.spot)
        if value.rest:
            table.entries.setdefault(Table.OTHER, Unknown(value.rest))
        return table
    if isinstance(value, Instance):
        plain = {key: entry for key, entry in value.attributes.items() if isinstance(entry, Value)}
        return Table(Store(plain), spot=value.spot)
    return None


def _namespace(run: Evaluator, call: Result) -> Value:
    return Record(Store(call.keywords), spot=call.spot)


def _getattr(run: Evaluator, call: Result) -> Value | None:
    name = constant(call.arguments[1]) if len(call.arguments) > 1 else None
    if isinstance(name, str):
        return run.attribute(call.arguments[0], name, call.spot)
    return Unknown("an attribute whose name is not known", spot=call.spot)


def _setattr(run: Evaluator, call: Result) -> Value | None:
    from vggdoctor.gather.source.interpreter import attributes

    if len(call.arguments) == 3 and isinstance(name := constant(call.arguments[1]), str):
        attributes.put(run, call.arguments[0], name, call.arguments[2])
    return Known(None)


def _isinstance(run: Evaluator, call: Result) -> Value | None:
    if len(call.arguments) != 2:
        return None
    answer = isinstance_of(call.arguments[0], call.arguments[1])
    if answer is None:
        return Unknown("an undecided type", networks.is_stand_in(call.arguments[0]), spot=call.spot)
    return Known(answer, spot=call.spot)


def _super(run: Evaluator, call: Result) -> Value | None:
    frame = next((frame for frame in reversed(run.frames) if frame.function is not None and frame.function.owner), None)
    if frame is None or frame.function is None or frame.function.owner is None or frame.self_value is None:
        return None
    return Parent(frame.function.owner, frame.self_value, spot=call.spot)


def _partial(run: Evaluator, call: Result) -> Value | None:
    return Partial(call.arguments[0], call.arguments[1:], call.keywords, spot=call.spot) if call.arguments else None


def _map(run: Evaluator, call: Result) -> Value | None:
    if len(call.arguments) != 2:
        return None
    function, source = call.arguments
    found = iteration.known_elements(run, source)
    if found is not None and len(found) <= iteration.UNROLLED:
        return sequence([run.call(function, (element,)) for element in found], "list", call.spot)
    made = sequence((), "list", call.spot, run.call(function, (iteration.element_of(run, source),)))
    made.contents["loop"] = call.spot
    return made


def _number(run: Evaluator, call: Result) -> Value | None:
    functions: dict[str, Callable[..., Any]] = {
        "int": int, "float": float, "bool": bool, "str": str, "abs": abs, "round": round, "min": min, "max": max, "sum": sum,
        "ceil": math.ceil, "floor": math.floor, "pow": pow,
    }  # fmt: skip
    if call.name == "bool" and call.arguments and (answer := truth(call.arguments[0])) is not None:
        return Known(answer, spot=call.spot)
    plain = [constant(argument, _number) for argument in call.arguments]
    if any(value is _number for value in plain) or not plain or call.keywords or call.name == "pow":
        return None
    if any(isinstance(value, str) and len(value) > 400 for value in plain):
        return None
    try:
        return Known(functions[call.name](*plain), spot=call.spot)
    except (TypeError, ValueError, ArithmeticError):
        return None


def _numpy_number(run: Evaluator, call: Result) -> Value | None:
    plain = constant(call.arguments[0]) if call.arguments else None
    if isinstance(plain, int | float):
        return Known(math.ceil(plain) if call.name == "ceil" else math.floor(plain), spot=call.spot)
    return None


def _next(run: Evaluator, call: Result) -> Value | None:
    return Element(call.arguments[0], spot=call.spot) if call.arguments and isinstance(call.arguments[0], Result) else None


def _callable(run: Evaluator, call: Result) -> Value | None:
    return Known(True) if call.arguments and isinstance(call.arguments[0], Function | Class | Bound) else None


def _hasattr(run: Evaluator, call: Result) -> Value | None:
    value, name = (call.arguments[0], constant(call.arguments[1])) if len(call.arguments) == 2 else (None, None)
    if isinstance(value, Record) and not value.rest:
        return Known(name in value.attributes, spot=call.spot)
    return None


def _type(run: Evaluator, call: Result) -> Value | None:
    value = call.arguments[0] if len(call.arguments) == 1 else None
    if isinstance(value, Instance):
        return value.owner
    return Symbol(value.function) if isinstance(value, Result) and value.function.startswith("keras.") else None


def _optimizer_get(run: Evaluator, call: Result) -> Value | None:
    return call.arguments[0] if call.arguments else None


def _import_module(run: Evaluator, call: Result) -> Value | None:
    name = constant(call.arguments[0]) if call.arguments else None
    if not isinstance(name, str):
        return Unknown("a module whose name is not known", spot=call.spot)
    path = run.program.find(name.lstrip("."), run.chunk.path)
    return run.program.load(run, path) if path is not None else run.symbol(name)


def _load_network(run: Evaluator, call: Result) -> Value | None:
    """What the program itself saved under that name: another object, that has not been trained since it was loaded."""
    path = constant(call.arguments[0] if call.arguments else call.keywords.get("filepath"))
    saved = run.program.networks.get(path) if isinstance(path, str) else None
    if saved is None or call.unsure or constant(call.keywords.get("compile"), True) is not True:
        return None
    kept = {name: value for name, value in saved.attributes.items() if name not in {"#fitted", "#trained"}}
    return replace(saved, attributes=Store({**kept, "#loaded_from": Known(path)}), assigned_to="", spot=call.spot)


def _environment(run: Evaluator, call: Result) -> Value:
    fallback = call.arguments[1] if len(call.arguments) > 1 else call.keywords.get("default")
    return Unknown("taken from the environment", spot=call.spot) if fallback is None else join([fallback])


HANDLERS: dict[str, Handler] = {
    **settings.HANDLERS,
    "os.path.join": _join_paths,
    "posixpath.join": _join_paths,
    "os.path.dirname": _folder,
    "os.path.basename": _basename,
    "os.path.abspath": _first,
    "os.path.realpath": _first,
    "os.path.normpath": _first,
    "os.path.expanduser": _first,
    "os.fspath": _first,
    "os.getcwd": _here,
    "importlib.import_module": _import_module,
    "builtins.__import__": _import_module,
    "os.getenv": _environment,
    "os.environ.get": _environment,
    "pathlib.Path": _path,
    "pathlib.PurePath": _path,
    "pathlib.Path.cwd": _here,
    "builtins.len": _len,
    "builtins.range": _range,
    "builtins.enumerate": _enumerate,
    "builtins.zip": _zip,
    "builtins.list": _list,
    "builtins.tuple": _list,
    "builtins.set": _list,
    "builtins.reversed": _reversed,
    "builtins.sorted": _sorted,
    "builtins.dict": _dict,
    "builtins.vars": _vars,
    "builtins.getattr": _getattr,
    "builtins.setattr": _setattr,
    "builtins.hasattr": _hasattr,
    "builtins.isinstance": _isinstance,
    "builtins.super": _super,
    "builtins.staticmethod": _first,
    "builtins.map": _map,
    "builtins.next": _next,
    "builtins.iter": _first,
    "builtins.callable": _callable,
    "builtins.type": _type,
    "builtins.int": _number,
    "builtins.float": _number,
    "builtins.bool": _number,
    "builtins.str": _number,
    "builtins.abs": _number,
    "builtins.round": _number,
    "builtins.min": _number,
    "builtins.max": _number,
    "builtins.sum": _number,
    "math.ceil": _number,
    "math.floor": _number,
    "numpy.ceil": _numpy_number,
    "numpy.floor": _numpy_number,
    "functools.partial": _partial,
    "functools.wraps": lambda run, call: None,
    "argparse.Namespace": _namespace,
    "types.SimpleNamespace": _namespace,
    "easydict.EasyDict": _dict,
    "ml_collections.ConfigDict": _dict,
    "munch.munchify": _first,
    "munch.Munch": _dict,
    "box.Box": _dict,
    "addict.Dict": _dict,
    "omegaconf.OmegaConf.create": _first_if_plain,
    "omegaconf.OmegaConf.to_container": _first_if_plain,
    "collections.OrderedDict": _dict,
    "tqdm.tqdm": _first,
    "tqdm.auto.tqdm": _first,
    "tqdm.notebook.tqdm": _first,
    "tqdm.tqdm_notebook": _first,
    "copy.deepcopy": _first_if_plain,
    "copy.copy": _first_if_plain,
    "keras.optimizers.get": _optimizer_get,
    "keras.losses.get": _optimizer_get,
    "keras.models.load_model": _load_network,
    "keras.saving.load_model": _load_network,
}
