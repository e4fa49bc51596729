"""A piece of knowledge, with where it comes from, or the reason why it is missing."""

from __future__ import annotations

from enum import Enum
from typing import Any, Generic, TypeVar

from msgspec import Struct

from vggdoctor.schema import Confidence, Location

T = TypeVar("T")
U = TypeVar("U")


class Origin(str, Enum):
    """read: from the source; observed: on live objects; scanned: from the files on disk. Observed beats read."""

    READ = "read"
    OBSERVED = "observed"
    SCANNED = "scanned"


class Fact(Struct, Generic[T], frozen=True):
    """A value that is known, or unknown with the reason. Unknown is never treated as fine, nor as a fault.

    Make one with :func:`known` or :func:`unknown`. ``value`` of an unknown fact is None and must not be read as one:
    ask ``known`` first, or use ``is_`` and ``get``. ``confidence`` is below high where the value is one of several.
    """

    value: T | None = None
    known: bool = False
    reason: str = ""
    locations: tuple[Location, ...] = ()
    origin: Origin = Origin.READ
    confidence: Confidence = Confidence.HIGH

    def is_(self, *values: object) -> bool:
        """True only if the value is known and is one of ``values``."""
        return self.known and self.value in values

    def get(self, default: U) -> T | U:
        """The value if known (None included), else ``default``."""
        return self.value if self.known else default  # type: ignore[return-value]

    @property
    def place(self) -> Location | None:
        return self.locations[0] if self.locations else None


def known(
    value: T,
    *locations: Location | None,
    origin: Origin = Origin.READ,
    confidence: Confidence = Confidence.HIGH,
) -> Fact[T]:
    """A fact whose value is known, None included (for example: known to have no validation data)."""
    return Fact(value, True, "", tuple(place for place in locations if place), origin, confidence)


def unknown(reason: str, *locations: Location | None) -> Fact[Any]:
    """A fact that could not be determined, and why."""
    return Fact(None, False, reason, tuple(place for place in locations if place))


def prefer(read: Fact[T], observed: Fact[T]) -> Fact[T]:
    """The observed fact where it is known, else the read one.

    Where both say the same, the places are the read ones: they are exact spans, while a stack frame knows its line only.
    """
    if not observed.known:
        return read
    if not read.locations or (observed.locations and read.value != observed.value):
        return observed
    return Fact(observed.value, True, "", read.locations, observed.origin, observed.confidence)
