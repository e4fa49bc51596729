"""Augmenters that the program makes, and whether anything reads the name that it gave them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from vggdoctor.evidence import Augmenter
from vggdoctor.gather.source.facts import Arguments, call_of
from vggdoctor.gather.source.files.units import Unit
from vggdoctor.gather.source.interpreter import networks
from vggdoctor.gather.source.interpreter.values import Result, constant
from vggdoctor.gather.source.pipelines.augmenters import AUGMENTERS
from vggdoctor.gather.source.pipelines.generators import RANDOM_TRANSFORMS

if TYPE_CHECKING:
    from vggdoctor.gather.source.interpreter.evaluator import Evaluator


class Made:
    """Collects what may turn out to be an augmenter when the program has been read to its end."""

    def __init__(self) -> None:
        self._found: list[tuple[Evaluator, Result]] = []

    def note(self, run: Evaluator, call: Result) -> None:
        if call.name in {"ImageDataGenerator", "Compose"} or call.function == "keras.Sequential":
            self._found.append((run, call))

    def augmenters(self, units: dict[str, Unit]) -> tuple[Augmenter, ...]:
        """Those that have a name, once each."""
        calls = [call for run, call in self._found if call.assigned_to and _transforms(run, call)]
        if not calls:
            return ()
        read = _names_read(units)
        broken = any(unit.problem for unit in units.values())
        made: dict[Augmenter, None] = {}
        for call in calls:
            name, described = call.assigned_to.rsplit(".", 1)[-1], call_of(call)
            if described is not None:
                made[Augmenter(call=described, used=broken or not name.isidentifier() or name in read)] = None
        return tuple(made)


def _transforms(run: Evaluator, call: Result) -> bool:
    if call.name == "ImageDataGenerator":
        arguments = Arguments(call)
        return any(constant(arguments.get(name)) for name in arguments.names() if name in RANDOM_TRANSFORMS)
    if call.name == "Compose":
        return call.function.startswith("albumentations.")
    layers = networks.stacked(run, call) or []
    parts = [layer for layer in layers if isinstance(layer, Result) and layer.name not in {"Input", "InputLayer"}]
    return bool(parts) and any(part.name in AUGMENTERS for part in parts) and all(part.name not in _LEARNING for part in parts)


_LEARNING = frozenset({"Conv2D", "Dense", "Flatten", "SeparableConv2D", "DepthwiseConv2D"})
"""Layers that make a stack a network rather than an augmenter."""


def _names_read(units: dict[str, Unit]) -> set[str]:
    """Every name that is read, imported or exported anywhere in the project; attributes by their last part."""
    names: set[str] = set()
    for unit in units.values():
        for statement in unit.statements:
            for node in ast.walk(statement):
                if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                    names.add(node.id if isinstance(node, ast.Name) else node.attr)
                elif isinstance(node, ast.alias):
                    names.add(node.name)
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    names.add(node.value)
    return names
