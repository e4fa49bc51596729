"""Changes of networks that have no effect."""

from __future__ import annotations

from vggdoctor.evidence.recipe import VainChange
from vggdoctor.gather.source.interpreter.vain import LIST_CHANGED, UNKNOWN_NAME, is_numbered
from vggdoctor.gather.source.interpreter.values import Result, constant
from vggdoctor.schema import Location


class Futile:
    """Collects them, each place once."""

    def __init__(self) -> None:
        self._found: dict[Location, VainChange] = {}

    def note(self, call: Result) -> None:
        if call.place is None or call.function not in (LIST_CHANGED, UNKNOWN_NAME):
            return
        network = call.arguments[0]
        application = network.name if isinstance(network, Result) else ""
        name = constant(call.arguments[1], "") if call.function == UNKNOWN_NAME else ""
        self._found[call.place] = VainChange(place=call.place, network=application, name=name, numbered=is_numbered(name))

    def changes(self) -> tuple[VainChange, ...]:
        return tuple(self._found.values())
