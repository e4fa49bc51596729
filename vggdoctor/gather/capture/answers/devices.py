"""Scripts that are sure of a GPU come as far as those that ask."""

from __future__ import annotations

import ast
import functools
import sys
from types import FrameType
from typing import Any

import tensorflow as tf

from vggdoctor.gather.capture.session import Session

PRETENDED = "/physical_device:GPU:0"
SETTINGS = (
    "set_memory_growth", "get_memory_growth", "set_logical_device_configuration", "set_virtual_device_configuration",
    "set_visible_devices", "get_device_details",
)  # fmt: skip
"""Functions that take a device and would refuse one that is not there."""


def install(session: Session) -> None:
    """Where there is no GPU, a script that takes one for granted is shown one, which does nothing."""
    if tf.config.list_physical_devices("GPU"):
        return
    for module in (tf.config, tf.config.experimental):
        _listing(module, session)
        for name in SETTINGS:
            if hasattr(module, name):
                setattr(module, name, _without_effect(getattr(module, name)))


def _listing(module: Any, session: Session) -> None:
    original = module.list_physical_devices

    @functools.wraps(original)
    def list_physical_devices(device_type: Any = None) -> Any:
        frame = sys._getframe(1)
        if device_type != "GPU" or not session.places.is_users(frame.f_code.co_filename) or not _is_certain(session, frame):
            return original(device_type)
        session.journal.notice("the script takes a GPU for granted and there is none: it was run on the processor")
        return [tf.config.PhysicalDevice(PRETENDED, "GPU")]

    module.list_physical_devices = list_physical_devices


def _is_certain(session: Session, frame: FrameType) -> bool:
    """Whether the list is used without a look at its length: indexed, or asserted not to be empty."""
    place = session.places.at(frame)
    tree = session.places.tree(place)
    calls = [
        node for node in ast.walk(tree) if isinstance(node, ast.stmt) and node.lineno <= place.line <= (node.end_lineno or 0)
    ]
    names = {ast.unparse(one.targets[0]) for one in calls if isinstance(one, ast.Assign)}
    if any("'GPU')[" in ast.unparse(one) for one in calls):
        return True
    asked = [node.test for node in ast.walk(tree) if isinstance(node, (ast.If, ast.IfExp))]
    if any(isinstance(part, ast.Name) and part.id in names for test in asked for part in ast.walk(test)):
        return False
    guarded = [part for node in ast.walk(tree) if isinstance(node, ast.Try) for part in ast.walk(node)]
    uses = [node for node in ast.walk(tree) if isinstance(node, (ast.Subscript, ast.Assert)) and node not in guarded]
    return any(isinstance(part, ast.Name) and part.id in names for use in uses for part in ast.walk(use))


def _without_effect(original: Any) -> Any:
    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        given = [*args, *kwargs.values()]
        flat = [one for part in given for one in (part if type(part) in (list, tuple) else [part])]
        if any(getattr(one, "name", "") == PRETENDED for one in flat):
            return {} if "details" in original.__name__ else None
        return original(*args, **kwargs)

    return call
