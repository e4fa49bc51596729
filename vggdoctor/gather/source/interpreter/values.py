"""What the reader knows of a value without having run the program. Values compare by identity."""

from __future__ import annotations

import ast
import itertools
from dataclasses import dataclass, field
from typing import Any

from vggdoctor.gather.source.files.units import Chunk, Spot
from vggdoctor.schema import Location

_BIRTHS = itertools.count(1)


def births() -> int:
    """A number that grows with every Store that is made."""
    return next(_BIRTHS)


class Store(dict[Any, Any]):
    """What can be changed of a value. ``born`` tells the ways of a branch whether one of them made it."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.born = births()


@dataclass(eq=False, kw_only=True)
class Value:
    """``spot`` is the expression that made the value, None for what no source line made."""

    spot: Spot | None = None

    @property
    def place(self) -> Location | None:
        return self.spot.location if self.spot else None


@dataclass(eq=False)
class Known(Value):
    """A constant: None, bool, number, string, bytes, Ellipsis."""

    value: Any


@dataclass(eq=False)
class Unknown(Value):
    """``varies``: it differs from element to element of a loop, such as the names of a backbone's layers. ``whole``: it is
    a whole number, such as that of a round. ``parts``: a text or path that is these, one after another.
    """

    reason: str
    varies: bool = False
    whole: bool = False
    parts: tuple[Value, ...] = ()


@dataclass(eq=False)
class Missing(Value):
    """In a OneOf: an element or name that may not be there at all."""


@dataclass(eq=False)
class OneOf(Value):
    """One of several values. ``varies``: it differs from element to element of a loop, rather than from run to run."""

    options: tuple[Value, ...]
    varies: bool = False


@dataclass(eq=False)
class Items(Value):
    """A list, tuple or set. ``more`` is the value of any number of further elements that a loop of unknown length appends,
    ``others`` some that the same expression made in later rounds of a loop around it.

    ``contents`` holds all of these, so that changes can be undone; ``loop`` is the loop that appended ``more``.
    """

    kind: str = "list"
    contents: Store = field(default_factory=lambda: Store({"items": (), "more": None, "loop": None}))
    depth: int = 0

    @property
    def items(self) -> tuple[Value, ...]:
        return self.contents["items"]  # type: ignore[no-any-return]

    @property
    def more(self) -> Value | None:
        return self.contents["more"]  # type: ignore[no-any-return]

    @property
    def others(self) -> tuple[Value, ...]:
        return self.contents.get("others", ())  # type: ignore[no-any-return]

    @property
    def loop(self) -> Spot | None:
        return self.contents["loop"]  # type: ignore[no-any-return]


@dataclass(eq=False)
class Table(Value):
    """A dictionary. ``entries`` are by constant key; ``other`` is the value of entries whose keys are not known."""

    entries: Store = field(default_factory=Store)

    OTHER = "\0other"

    @property
    def other(self) -> Value | None:
        return self.entries.get(Table.OTHER)

    @property
    def named(self) -> dict[Any, Value]:
        return {key: value for key, value in self.entries.items() if key != Table.OTHER}


@dataclass(eq=False)
class Record(Value):
    """An object with plain attributes, such as the result of parse_args."""

    attributes: Store = field(default_factory=Store)
    rest: str = ""
    """Reason why an attribute that is not listed is unknown."""


@dataclass(eq=False)
class Symbol(Value):
    """Something imported that is not of the project, by its canonical dotted name (see :mod:`.names`)."""

    name: str


@dataclass(eq=False)
class Result(Value):
    """What a call of something outside the project returns.

    ``function`` is the canonical name; for a method it is ``.method`` with ``receiver``; ``.__call__`` for a called object.
    ``attributes`` are those that the program (or a reader) has set on it since.
    """

    function: str
    arguments: tuple[Value, ...] = ()
    keywords: dict[str, Value] = field(default_factory=dict)
    receiver: Value | None = None
    assigned_to: str = ""
    attributes: Store = field(default_factory=Store)
    argument_nodes: dict[str | int, ast.expr] = field(default_factory=dict)
    spread: frozenset[str] = frozenset()
    """Keywords that came out of a ``**`` argument."""
    unsure: bool = False
    """A ``*`` or ``**`` argument is not known, so an argument that is not listed may be there."""

    @property
    def name(self) -> str:
        """The last part of the function's name."""
        return self.function.rsplit(".", 1)[-1]

    def node_of(self, key: str | int) -> Location | None:
        """The span of the expression given for an argument."""
        node = self.argument_nodes.get(key)
        return self.spot.chunk.location(node) if node is not None and self.spot else None


@dataclass(eq=False)
class Operation(Value):
    """An arithmetic operation or comparison whose result is not a constant; ``operator`` is the class of the node (``Div``)."""

    operator: str
    left: Value
    right: Value


@dataclass(eq=False)
class Slice(Value):
    lower: Value
    upper: Value
    step: Value


@dataclass(eq=False)
class Item(Value):
    """``of[index]``."""

    of: Value
    index: Value


@dataclass(eq=False)
class Altered(Value):
    """``of`` after ``of[index] = value``."""

    of: Value
    index: Value
    value: Value


@dataclass(eq=False)
class Element(Value):
    """Any one element met when iterating over ``of``."""

    of: Value


@dataclass(eq=False)
class Attribute(Value):
    of: Value
    name: str


@dataclass(eq=False)
class Many(Value):
    """Each of several objects in turn, handled at once: what is set on it is set on all."""

    members: tuple[Value, ...]


@dataclass(eq=False)
class Yielded(Value):
    """What a Python generator yields. ``open``: each of ``values`` any number of times, else each once, in order."""

    values: tuple[Value, ...]
    name: str = ""
    open: bool = True


@dataclass(eq=False)
class Scope(Value):
    """Names of a module, class body or call; ``outer`` is where other names are looked up."""

    names: Store = field(default_factory=Store)
    outer: Scope | None = None
    module: Module | None = None
    outside: set[str] = field(default_factory=set)
    """Names declared global or nonlocal."""


@dataclass(eq=False)
class Module(Value):
    """A module of the project. ``stars``: names of outside modules of which everything was imported."""

    name: str = ""
    path: str = ""
    scope: Scope = field(default_factory=Scope)
    stars: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Function(Value):
    """A function or lambda of the project. ``overrides``: defaults that decorators (click) give to parameters."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    chunk: Chunk
    scope: Scope
    defaults: dict[str, Value] = field(default_factory=dict)
    kind: str = ""
    """``property``, ``staticmethod``, ``classmethod`` or empty."""
    owner: Class | None = None

    @property
    def name(self) -> str:
        return "lambda" if isinstance(self.node, ast.Lambda) else self.node.name


@dataclass(eq=False)
class Class(Value):
    node: ast.ClassDef
    chunk: Chunk
    scope: Scope
    bases: tuple[Value, ...] = ()
    record: bool = False
    """A dataclass or NamedTuple: its annotated names are the parameters of the constructor."""

    @property
    def name(self) -> str:
        return self.node.name


@dataclass(eq=False)
class Instance(Value):
    owner: Class
    attributes: Store = field(default_factory=Store)
    arguments: tuple[Value, ...] = ()
    keywords: dict[str, Value] = field(default_factory=dict)
    assigned_to: str = ""


@dataclass(eq=False)
class Bound(Value):
    """A method of the project with its object."""

    function: Function
    owner: Value


@dataclass(eq=False)
class Partial(Value):
    function: Value
    arguments: tuple[Value, ...]
    keywords: dict[str, Value]


@dataclass(eq=False)
class Parent(Value):
    """``super()``."""

    owner: Class
    instance: Value


@dataclass(eq=False)
class Placeholder(Value):
    """Stands for a value that a reader feeds into a function of the project: ``payload`` is the reader's own knowledge of it."""

    payload: Any
    label: str = ""


def same(left: Value, right: Value, depth: int = 4) -> bool:
    """Whether two values are certainly equal, made at the same place or not."""
    if left is right:
        return True
    if depth == 0 or type(left) is not type(right):
        return False
    if isinstance(left, Known) and isinstance(right, Known):
        return type(left.value) is type(right.value) and left.value == right.value
    if isinstance(left, Symbol) and isinstance(right, Symbol):
        return left.name == right.name
    if isinstance(left, Unknown) and isinstance(right, Unknown):
        return left.reason == right.reason
    if isinstance(left, Items) and isinstance(right, Items):
        if len(left.items) != len(right.items) or left.more is not right.more:
            return False
        return all(same(a, b, depth - 1) for a, b in zip(left.items, right.items, strict=True))
    if isinstance(left, Attribute) and isinstance(right, Attribute):
        return left.name == right.name and same(left.of, right.of, depth - 1)
    if isinstance(left, Item) and isinstance(right, Item):
        return same(left.of, right.of, depth - 1) and same(left.index, right.index, depth - 1)
    if isinstance(left, Element) and isinstance(right, Element):
        return same(left.of, right.of, depth - 1)
    return False


def varies(value: Value | None) -> bool:
    """Whether a value differs from element to element of a loop, rather than from run to run."""
    return isinstance(value, OneOf | Unknown) and value.varies


def options(value: Value) -> tuple[Value, ...]:
    """The alternatives of a value, itself if there is only one."""
    return value.options if isinstance(value, OneOf) else (value,)


MAXIMUM_OPTIONS = 6
MAXIMUM_CONSTANTS = 64


def join(values: list[Value], varies: bool = False) -> Value:
    """One value for what may be any of ``values``."""
    distinct: list[Value] = []
    for value in values:
        varies = varies or (isinstance(value, OneOf) and value.varies)
        for option in options(value):
            if not any(same(option, other) for other in distinct):
                distinct.append(option)
    if not distinct:
        return Unknown("no value")
    if len(distinct) == 1:
        return distinct[0]
    limit = MAXIMUM_CONSTANTS if all(isinstance(value, Known) for value in distinct) else MAXIMUM_OPTIONS
    if len(distinct) > limit:
        return Unknown(f"one of more than {limit} values", spot=distinct[0].spot)
    return OneOf(tuple(distinct), varies, spot=distinct[0].spot)


LONGEST = 2_000
"""Elements kept of a list; the rest is summed up as "more"."""


def sequence(
    items: tuple[Value, ...] | list[Value], kind: str = "list", spot: Spot | None = None, more: Value | None = None
) -> Items:
    if len(items) > LONGEST:
        items, more = items[:LONGEST], more or items[LONGEST]
    return Items(kind, Store({"items": tuple(items), "more": more, "loop": None}), spot=spot)


def constant(value: Value | None, default: Any = None, depth: int = 4) -> Any:
    """The plain Python value of a constant, also of sequences of constants (as tuples, a few levels deep), else ``default``."""
    if isinstance(value, Known):
        return value.value
    if isinstance(value, Items) and value.more is None and depth and (depth == 4 or len(value.items) <= _INNER_LENGTH):
        parts = [constant(item, _NOT_CONSTANT, depth - 1) for item in value.items]
        if all(part is not _NOT_CONSTANT for part in parts):
            return tuple(parts)
    return default


_NOT_CONSTANT = object()
_INNER_LENGTH = 16
