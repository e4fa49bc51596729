"""Class ids of the ILSVRC devkit that are compared with the outputs of a classifier of keras.applications."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from vggdoctor.gather.source.facts import Arguments
from vggdoctor.gather.source.files.units import Unit
from vggdoctor.gather.source.interpreter import networks
from vggdoctor.gather.source.interpreter.values import (
    Attribute,
    Element,
    Item,
    Items,
    Known,
    Operation,
    Result,
    Slice,
    Symbol,
    Value,
    constant,
)
from vggdoctor.gather.source.models.model import read_model
from vggdoctor.gather.source.names import words
from vggdoctor.gather.source.pipelines.tracer import Tracer
from vggdoctor.schema import Location

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator

_GROUND_TRUTH = re.compile(r"(.*[/\\])?ILSVRC20\d\d_validation_ground_truth\.txt")
"""The file of the devkits (data/ILSVRC2012_validation_ground_truth.txt, one ILSVRC2012_ID a line); readme.txt of the devkit."""
_READERS = words("open loadtxt genfromtxt fromfile read_csv read_table Path")
_UNCHANGING = words(
    """array asarray astype reshape flatten ravel squeeze list tuple int numpy tolist item to_numpy strip rstrip split
    splitlines read readlines read_text to_categorical one_hot convert_to_tensor constant cast"""
)
"""Calls after which ids are still the same ids, in whatever form."""
_PREDICTS = frozenset({".predict", ".predict_on_batch", ".__call__"})
_CHOICES = words("argmax argsort")
_OF_CHOICES = words(
    """accuracy_score balanced_accuracy_score zero_one_loss precision_score recall_score f1_score classification_report eq
    contains equal"""
)
"""Comparisons of class numbers with class numbers."""
_OF_PROBABILITIES = words(
    "top_k_accuracy_score sparse_categorical_accuracy sparse_top_k_categorical_accuracy in_top_k categorical_accuracy"
)
_COMPARING = ("sklearn.metrics.", "keras.metrics.", "tensorflow.", "numpy.", "operator.")
_CHANGES = words("fit fit_generator train_on_batch load_weights set_weights apply_gradients assign")
"""Calls that may bring the outputs of a network into another order."""
_LOOKUPS = words("get index map take")
_DEPTH = 25


class Devkit:
    """Collects the comparisons."""

    def __init__(self) -> None:
        self._found: dict[Location, tuple[Location, Location]] = {}
        self._networks_change = False

    def note(self, run: Evaluator, call: Result) -> None:
        self._networks_change = self._networks_change or call.name in _CHANGES
        if call.place is None:
            return
        if call.function == ".evaluate" and call.receiver is not None:
            labels = Arguments(call).get("y")
            if labels is not None and (file := _file(labels)) and _is_imagenet_classifier(run, call.receiver):
                self._found[call.place] = (file, call.place)
        elif call.name in _OF_CHOICES | _OF_PROBABILITIES and call.function.startswith(_COMPARING):
            sides = (*call.arguments, *call.keywords.values())
            files = [file for side in sides if (file := _file(side))]
            if files and any(_judges(run, side, call.name in _OF_PROBABILITIES) for side in sides):
                self._found[call.place] = (files[0], call.place)

    def comparisons(self, units: dict[str, Unit]) -> tuple[tuple[Location, Location], ...]:
        """None where a network may have been changed, or ids may have been replaced in the list that holds them."""
        if (
            not self._found
            or self._networks_change
            or any(_replaces(each) for unit in units.values() for each in unit.statements)
        ):
            return ()
        return tuple(self._found.values())


def _file(value: Value) -> Location | None:
    """Where the file is read whose ids a value holds, through operations that leave an id what it is (or one less)."""
    current: Value | None = value
    for _ in range(_DEPTH):
        if isinstance(current, Result) and current.name in _READERS and current.arguments:
            path = constant(current.arguments[0])
            if isinstance(path, str):
                return current.place if _GROUND_TRUTH.fullmatch(path) and not current.attributes else None
        current = _inner(current)
    return None


def _judges(run: Evaluator, value: Value, of_probabilities: bool) -> bool:
    """Whether a value is made of the outputs of an ImageNet classifier, in their own order."""
    chosen = of_probabilities
    current: Value | None = value
    for _ in range(_DEPTH):
        if isinstance(current, Result) and current.function in _PREDICTS:
            return chosen and current.receiver is not None and _is_imagenet_classifier(run, current.receiver)
        if isinstance(current, Result) and current.name in _CHOICES and "#stored" not in current.attributes:
            chosen = True
            current = _argument(current)
        elif isinstance(current, Item) and chosen and not _keeps_columns(current):
            return False
        else:
            current = _inner(current)
    return False


def _keeps_columns(item: Item) -> bool:
    """False for an index that may be a table of columns; the first index of what predict returns is one of rows."""
    indices = item.index.items if isinstance(item.index, Items) and item.index.kind == "tuple" else (item.index,)
    of_rows = isinstance(item.of, Result) and item.of.function in _PREDICTS
    return all(isinstance(index, Slice) or isinstance(constant(index), int) for index in indices[of_rows:])


def _is_imagenet_classifier(run: Evaluator, network: Value) -> bool:
    if not networks.is_application(network):
        return False
    backbone = read_model(run, network, Tracer(run)).backbone.value
    return backbone is not None and backbone.weights.is_("imagenet") and backbone.include_top.is_(True)


def _inner(value: Value | None) -> Value | None:
    """What a value holds, or is made of without a change of what the numbers mean."""
    if isinstance(value, Result):
        if "#stored" in value.attributes:
            return None
        if value.name == "map" and value.function.startswith("builtins.") and len(value.arguments) == 2:
            function = value.arguments[0]
            return value.arguments[1] if isinstance(function, Symbol) and function.name == "builtins.int" else None
        return _argument(value) if value.name in _READERS | _UNCHANGING else None
    if isinstance(value, Operation) and value.operator in {"Add", "Sub"} and isinstance(value.right, Known):
        return value.left
    if isinstance(value, Item | Element) or (isinstance(value, Attribute) and value.name == "values"):
        return value.of
    if isinstance(value, Items):
        return value.more if not value.items else (value.items[0] if len(value.items) == 1 and value.more is None else None)
    return None


def _argument(call: Result) -> Value | None:
    if call.function.startswith("."):
        return call.receiver
    return call.arguments[0] if call.arguments else None


def _replaces(statement: ast.stmt) -> bool:
    """``labels[i] = table[labels[i]]``, ``labels[:] = mapped(labels)``: values of a list or array are looked up elsewhere."""
    assignments = [node for node in ast.walk(statement) if isinstance(node, ast.Assign)]
    return any(
        isinstance(target, ast.Subscript) and any(_may_look_up(part, target) for part in ast.walk(node.value))
        for node in assignments
        for target in node.targets
    )


def _may_look_up(part: ast.AST, target: ast.Subscript) -> bool:
    name = part.attr if isinstance(part, ast.Attribute) else part.id if isinstance(part, ast.Name) else ""
    return isinstance(part, ast.Subscript) or name in _LOOKUPS or (name != "" and name == ast.unparse(target.value))
