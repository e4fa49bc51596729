"""Where on the way of the pictures a step is."""

from __future__ import annotations

from vggdoctor.evidence import Step
from vggdoctor.schema import Location


def application(step: Step) -> Location | None:
    """The call that the pictures are put through."""
    return step.applied or next(iter(step.places), None)
