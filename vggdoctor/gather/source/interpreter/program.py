"""The files of a project as one program: finds modules, loads each once, and knows what nothing calls."""

from __future__ import annotations

import ast
from collections.abc import Callable

from vggdoctor.gather.source.files.modules import Modules
from vggdoctor.gather.source.files.units import Chunk, Unit
from vggdoctor.gather.source.interpreter.evaluator import BudgetExceededError, Evaluator
from vggdoctor.gather.source.interpreter.values import (
    Bound,
    Class,
    Function,
    Instance,
    Known,
    Module,
    Result,
    Scope,
    Unknown,
    Value,
)
from vggdoctor.gather.source.names import words

INTERESTING = words(
    """fit fit_generator train_on_batch predict predict_generator predict_classes predict_on_batch evaluate
    evaluate_generator search classification_report confusion_matrix roc_auc_score f1_score precision_score recall_score"""
)
"""Names that make a function worth reading though nothing calls it."""


class Program:
    """``units`` are the parsed files by path. ``problems`` collects what could not be followed, by path;
    ``saved`` holds arrays by the name of the file that the program itself writes them to; ``networks``
    likewise whole networks; ``settings`` the texts of files of settings by path."""

    def __init__(self, units: dict[str, Unit], settings: dict[str, str] | None = None) -> None:
        self.units = units
        self.settings = settings or {}
        self.problems: dict[str, list[str]] = {}
        self.saved: dict[str, Value] = {}
        self.networks: dict[str, Result] = {}
        self.called: set[ast.AST] = set()
        self._modules: dict[str, Module] = {}
        self._functions: list[Function] = []
        self._classes: list[Class] = []
        self.find = Modules(units).find

    def complain(self, chunk: Chunk, node: ast.AST, problem: str) -> None:
        self.problems.setdefault(chunk.path, []).append(f"line {getattr(node, 'lineno', 1)}: {problem}")

    # modules

    def load(self, run: Evaluator, path: str) -> Module:
        """A module as its importers see it; in a cycle, as far as it has been evaluated."""
        if path not in self._modules:
            module = self._module(path, "imported")
            self._modules[path] = module
            run.run_module(module, self.units[path].chunks)
        return self._modules[path]

    def _module(self, path: str, role: str) -> Module:
        stem = path.rsplit(".", 1)[0].removesuffix("/__init__")
        module = Module(stem.replace("/", "."), path)
        module.scope.module = module
        name = "__main__" if role == "main" else module.name
        module.scope.names |= {"__name__": Known(name), "__file__": Known(path)}
        return module

    # evaluation

    def evaluate(self, path: str, observe: Callable[[Evaluator, Result], None]) -> None:
        """Run one file as the main program, then what it defines and nothing has called so far."""
        run = Evaluator(self, observe)
        run.called = self.called
        first_function, first_class = len(self._functions), len(self._classes)
        try:
            module = self._module(path, "main")
            run.run_module(module, self.units[path].chunks)
            self._read_uncalled(run, self._functions[first_function:], self._classes[first_class:])
        except BudgetExceededError as error:
            self.problems.setdefault(path, []).append(str(error))
        except RecursionError:
            self.problems.setdefault(path, []).append("nested too deeply to be followed")
        except Exception as error:  # noqa: BLE001 - a fault of this reader is listed with its file and the others are read
            self.problems.setdefault(path, []).append(f"the reader failed: {type(error).__name__}: {error}")

    def _read_uncalled(self, run: Evaluator, functions: list[Function], classes: list[Class]) -> None:
        """Functions that train or judge a model though nothing in sight calls them, outermost first."""
        waiting = _interesting([function for function in functions if function.node not in run.called])
        names = {function.name for function in waiting}
        used = {name for function in waiting for name in _names_in(function.node) if name in names and name != function.name}
        for function in sorted(waiting, key=lambda function: function.name in used):
            if function.node in run.called:
                continue
            run.frames.append(_frame(function.scope))
            try:
                if function.owner is not None and function.kind != "staticmethod":
                    for owner in _concrete(function.owner, classes):
                        run.call(Bound(function, self._instance(run, owner)))
                else:
                    run.call(function)
            finally:
                run.frames.pop()

    def _instance(self, run: Evaluator, owner: Class) -> Value:
        made = run.call(owner)
        return made if isinstance(made, Instance) else Unknown(f"an instance of {owner.name}")

    def note_function(self, function: Function) -> None:
        self._functions.append(function)

    def note_class(self, value: Class) -> None:
        self._classes.append(value)


def _frame(scope: Scope):  # type: ignore[no-untyped-def]
    from vggdoctor.gather.source.interpreter.evaluator import Frame

    return Frame(scope)


def _concrete(owner: Class, classes: list[Class]) -> list[Class]:
    """The classes of the project that derive from ``owner``, itself if there are none."""
    return [other for other in classes if owner in other.bases][:6] or [owner]


def _interesting(functions: list[Function]) -> list[Function]:
    """Those that train or judge a network, and those that call one of them: a web page's function gives predict its network."""
    chosen = [function for function in functions if _is_interesting(function.node)]
    growing = True
    while growing:
        names = {function.name for function in chosen}
        others = [function for function in functions if function not in chosen and not names.isdisjoint(_names_in(function.node))]
        growing = bool(others)
        chosen += others
    return [function for function in functions if function in chosen]


def _is_interesting(node: ast.AST) -> bool:
    return not INTERESTING.isdisjoint(_names_in(node))


def _names_in(node: ast.AST) -> set[str]:
    names = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute):
            names.add(inner.attr)
        elif isinstance(inner, ast.Name):
            names.add(inner.id)
    return names
