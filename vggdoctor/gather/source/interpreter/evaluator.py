"""A symbolic evaluator over the syntax tree: follows values through a program without running it."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vggdoctor.gather.source.files.units import Chunk, Spot
from vggdoctor.gather.source.interpreter import attributes, calls, expressions, statements
from vggdoctor.gather.source.interpreter.heap import Changes, Heap, Signal
from vggdoctor.gather.source.interpreter.values import (
    Function,
    Known,
    Module,
    OneOf,
    Result,
    Scope,
    Store,
    Symbol,
    Unknown,
    Value,
    join,
)
from vggdoctor.gather.source.names import canonical, star_name

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.program import Program

MAXIMUM_STEPS = 80_000
"""Nodes evaluated for one entry file, beside STEPS_A_LINE for its length; a script of 300 lines takes about 3,000 (ours)."""
STEPS_A_LINE = 8
MAXIMUM_DEPTH = 14
"""Calls of the project's functions inside one another."""


class BudgetExceededError(Exception):
    """The program is too large to be followed to its end."""


@dataclass
class Loop:
    """A loop that is being evaluated. ``open``: its number of rounds is not known."""

    spot: Spot
    open: bool
    departed: list[Changes] = field(default_factory=list)
    over_layers: bool = False


@dataclass
class Frame:
    """A call of a function of the project, or the body of a module."""

    scope: Scope
    function: Function | None = None
    returns: list[Value] = field(default_factory=list)
    yields: list[Value] = field(default_factory=list)
    yields_open: bool = False
    departed: list[Changes] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    self_value: Value | None = None


class Evaluator:
    """Evaluates the statements of one entry file, with what it imports.

    ``observe`` is told of every call of something outside the project, with the state as it is at that moment.
    """

    def __init__(self, program: Program, observe: Callable[[Evaluator, Result], None]) -> None:
        self.program = program
        self.heap = Heap()
        self.frames: list[Frame] = []
        self.chunk = Chunk("", "")
        self.steps_left = MAXIMUM_STEPS
        self.observe = observe
        self.called: set[ast.AST] = set()
        self.settings = Store({"policy": Known("float32")})
        """What the program has set for all of Keras."""
        self.latest: Spot | None = None
        """The call that is being evaluated, for those that it makes itself (``map(VGG16, ...)``)."""

    # state

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    @property
    def scope(self) -> Scope:
        return self.frames[-1].scope

    @property
    def module(self) -> Module | None:
        return self.scope.module

    @property
    def open_loops(self) -> list[Loop]:
        return [loop for frame in self.frames for loop in frame.loops if loop.open]

    @property
    def loop_depth(self) -> int:
        return len(self.open_loops)

    def spot(self, node: ast.AST) -> Spot:
        return Spot(self.chunk, node)

    def spend(self) -> None:
        self.steps_left -= 1
        if self.steps_left < 0:
            raise BudgetExceededError("too large to be followed to its end")

    # names

    def lookup(self, name: str) -> Value:
        scope: Scope | None = self.scope
        while scope is not None:
            if name in scope.names:
                value = scope.names[name]
                return value if isinstance(value, Value) else Unknown(f"{name} is not plain")
            scope = scope.outer
        module = self.module
        if module is not None and (starred := star_name(module.stars, name)):
            return Symbol(starred)
        if name in BUILTINS:
            return Symbol(f"builtins.{name}")
        return Unknown(f"{name} is not defined in sight")

    def bind(self, name: str, value: Value) -> None:
        scope = self.scope
        if name in scope.outside:
            outer = scope.outer
            while outer is not None and name not in outer.names and outer.outer is not None:
                outer = outer.outer
            scope = outer or scope
        self.heap.store(scope.names, name, value)

    # evaluation

    def evaluate(self, node: ast.expr) -> Value:
        self.spend()
        handler = expressions.HANDLERS.get(type(node))
        if handler is None:
            return Unknown(f"{type(node).__name__} is not followed", spot=self.spot(node))
        value: Value = handler(self, node)
        return value

    def execute(self, body: list[ast.stmt]) -> Signal:
        for statement in body:
            self.spend()
            handler = statements.HANDLERS.get(type(statement))
            if handler is None:
                continue
            signal: Signal = handler(self, statement)
            if signal is not Signal.GO:
                return signal
        return Signal.GO

    def run_module(self, module: Module, chunks: tuple[tuple[Chunk, list[ast.stmt]], ...]) -> None:
        """Evaluate the top level of a file, statement by statement: one that is too deep is left out."""
        self.frames.append(Frame(module.scope))
        self.steps_left += STEPS_A_LINE * sum(len(chunk.lines) for chunk, _ in chunks)
        before = self.chunk
        try:
            for chunk, body in chunks:
                self.chunk = chunk
                for statement in body:
                    try:
                        signal = self.execute([statement])
                    except RecursionError:
                        self.program.complain(chunk, statement, "nested too deeply to be followed")
                        continue
                    if signal is Signal.EXIT and chunk.cell is None:
                        return
        finally:
            self.chunk = before
            self.frames.pop()

    def branch(self, actions: list[Callable[[], Signal]], varies: bool = False) -> Signal:
        """Try each way; go on with the joined effects of those that do not leave. ``varies``: which way, differs from element to
        element of a loop."""
        trials = [self.heap.trial(action) for action in actions]
        staying = [trial for trial in trials if trial.signal is Signal.GO]
        varies = varies or any(loop.over_layers for loop in self.frame.loops)
        if not staying:
            leaving = [trial for trial in trials if trial.signal is not Signal.EXIT] or trials
            self.heap.apply(leaving, varies)
            return leaving[0].signal
        for trial in trials:
            self._note_departure(trial.signal, trial.changes)
        self.heap.apply(staying, varies)
        return Signal.GO

    def _note_departure(self, signal: Signal, changes: Changes) -> None:
        if signal is Signal.RETURN:
            local = id(self.scope.names)
            self.frame.departed.append({where: change for where, change in changes.items() if where[0] != local})
        elif signal in (Signal.BREAK, Signal.CONTINUE) and self.frame.loops:
            self.frame.loops[-1].departed.append(changes)

    # calls and attributes

    def attribute(self, value: Value, name: str, spot: Spot | None = None) -> Value:
        if isinstance(value, OneOf):
            return join([attributes.get(self, option, name, spot) for option in attributes.usable(value)], value.varies)
        return attributes.get(self, value, name, spot)

    def call(
        self,
        callee: Value,
        arguments: tuple[Value, ...] = (),
        keywords: dict[str, Value] | None = None,
        node: ast.Call | None = None,
    ) -> Value:
        return calls.call(self, calls.Given(callee, arguments, keywords or {}, node))

    def symbol(self, name: str) -> Symbol:
        return Symbol(canonical(name))


BUILTINS = frozenset(dir(builtins))
