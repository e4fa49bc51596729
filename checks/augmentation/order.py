"""Where on the way of the pictures a step is, and how two of them change places."""

from __future__ import annotations

from collections.abc import Sequence

from vggdoctor.checks.judged import judged_on
from vggdoctor.evidence import Recipe, Role, Step
from vggdoctor.schema import Location, Repair, SwapCalls


def application(step: Step) -> Location | None:
    """The call that the pictures are put through."""
    return step.applied or next(iter(step.places), None)


def evaluated(recipe: Recipe) -> list[Step]:
    """What pictures outside of training go through."""
    return [step for other in judged_on(recipe) for step in other.pipeline.steps]


def normalised_after(steps: Sequence[Step], before: Sequence[Step]) -> Repair | None:
    """The one normalisation that comes ``before`` at the place of the last random step, and that at its own."""
    random = [step for step in steps if step.role is Role.AUGMENTATION]
    if len(before) != 1 or not random or before[0].argument_of or _is_made(random[-1]):
        return None
    early, late = application(before[0]), application(random[-1])
    behind = steps[steps.index(before[0]) :]
    is_plain = all(step.role in (Role.AUGMENTATION, Role.GEOMETRY, Role.NORMALIZATION) for step in behind)
    if early is None or late is None or not is_plain:
        return None
    return Repair("Change the colours first, and normalise after", (SwapCalls(early, late),))


def _is_made(step: Step) -> bool:
    """Whether a step is the making of a layer (in a list of layers), not its call."""
    return step.applied is None and step.value_range is not None
