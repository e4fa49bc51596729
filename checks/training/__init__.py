"""Checks of the training area; each class is importable from here."""

from vggdoctor.check import Check, discover


def __getattr__(name: str) -> type[Check]:
    found = discover(__name__)
    if name in found:
        return found[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
