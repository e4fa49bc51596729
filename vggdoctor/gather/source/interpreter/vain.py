"""Statements that look as if they changed a network and do not: ``model.layers.pop()``, layers chosen by a name that none has.

They are told to the observer, as calls of LIST_CHANGED and UNKNOWN_NAME.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from vggdoctor.gather.source.interpreter import networks
from vggdoctor.gather.source.interpreter.values import Known, Result, Value, constant, options
from vggdoctor.gather.source.names import words

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator

LIST_CHANGED = "#list_changed"
"""With the network."""
UNKNOWN_NAME = "#unknown_name"
"""With the network and the name."""
_CHANGES = words("pop append insert remove clear extend reverse sort")
_RESNET_NAME = re.compile(r"input|conv[1-5]_|pool1_|avg_pool|max_pool|post_(bn|relu)|predictions|probs")
"""How the layers of ResNet and ResNetV2 of keras.applications are called since Keras 2.3 (seen with Keras 3.15.1)."""


_NUMBERED = re.compile(r"(conv2d|batch_normalization|activation|dense|dropout|flatten|add|concatenate)_\d+")


def is_numbered(name: str) -> bool:
    """Whether Keras made the name, with a number that counts the layers of its kind since the process began."""
    return _NUMBERED.fullmatch(name) is not None


def note_call(run: Evaluator, node: ast.Call | None) -> None:
    """``model.layers.pop()``, also of ``_layers``."""
    if node is not None and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGES:
        _note_list(run, node.func.value, node)


def note_item(run: Evaluator, target: ast.expr) -> None:
    """``del model.layers[-1]`` and ``model.layers[-1] = layer``."""
    if isinstance(target, ast.Subscript):
        _note_list(run, target.value, target)


def _note_list(run: Evaluator, owner: ast.expr, at: ast.expr) -> None:
    if not isinstance(owner, ast.Attribute) or owner.attr not in {"layers", "_layers"}:
        return
    network = run.evaluate(owner.value)
    if any(networks.is_network(option) or _is_loaded(option) for option in options(network)):
        run.observe(run, Result(LIST_CHANGED, (network,), spot=run.spot(at)))


def _is_loaded(value: Value) -> bool:
    return isinstance(value, Result) and value.function in networks.LOADERS


def note_loop(run: Evaluator, node: ast.For | ast.AsyncFor) -> None:
    """``for layer in base.layers: if layer.name == "blok5_conv1": ...`` where no layer has the name."""
    owner = _looped_over(node.iter)
    target = node.target.elts[-1] if isinstance(node.target, ast.Tuple) else node.target
    if owner is None or not isinstance(target, ast.Name) or not _sets_trainable(node):
        return
    network = run.evaluate(owner)
    if not isinstance(network, Result) or not networks.is_application(network):
        return
    for test in (inner for statement in node.body for inner in ast.walk(statement)):
        names = list(_names_asked_for(run, test, target.id))
        if names and (not any(_has(network, name) for name in names) or is_numbered(names[0])):
            run.observe(run, Result(UNKNOWN_NAME, (network, Known(names[0])), spot=run.spot(test)))


def _looped_over(iterable: ast.expr) -> ast.expr | None:
    """The network of ``network.layers``, ``network.layers[:-4]`` or ``enumerate(network.layers)``."""
    if isinstance(iterable, ast.Call) and iterable.args:
        iterable = iterable.args[0]
    if isinstance(iterable, ast.Subscript):
        iterable = iterable.value
    return iterable.value if isinstance(iterable, ast.Attribute) and iterable.attr == "layers" else None


def _sets_trainable(loop: ast.For | ast.AsyncFor) -> bool:
    return any(
        isinstance(node, ast.Attribute) and node.attr == "trainable" and isinstance(node.ctx, ast.Store)
        for node in ast.walk(loop)
    )


def _names_asked_for(run: Evaluator, test: ast.AST, layer: str) -> Iterator[str]:
    """The names that ``layer.name`` is compared with."""
    if (
        not isinstance(test, ast.Compare)
        or len(test.ops) != 1
        or not isinstance(test.ops[0], ast.Eq | ast.NotEq | ast.In | ast.NotIn)
    ):
        return
    sides = [test.left, test.comparators[0]]
    if not any(ast.unparse(side) == f"{layer}.name" for side in sides):
        return
    for side in sides:
        value = None if ast.unparse(side) == f"{layer}.name" else constant(run.evaluate(side))
        is_part = isinstance(test.ops[0], ast.In | ast.NotIn) and isinstance(value, str)
        if isinstance(value, str) and not is_part:
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, str))


def _has(network: Result, name: str) -> bool:
    """Whether a network of keras.applications has a layer of that name; True where that is not known."""
    if network.name.startswith("VGG"):
        first = re.fullmatch(r"input_\w+|input\d*", name) is not None  # numbered
        return first or any(networks.name_of(layer) == name for layer in networks.application_layers(network))
    return not network.name.startswith("ResNet") or _RESNET_NAME.match(name) is not None
