"""ImageDataGenerators as repairs see them: what of one a second one must repeat, and where it is named."""

from __future__ import annotations

from vggdoctor.evidence import Call, Pipeline, Role
from vggdoctor.schema import Location


def normalising_arguments(pipeline: Pipeline, generator: Call) -> list[str] | None:
    """What the generator is given to normalise with, as written; None where a normalisation comes from somewhere else."""
    found: dict[str, str] = {}
    for step in pipeline.having(Role.NORMALIZATION):
        if step.argument_of != generator.place or not step.spelling.startswith(f"{step.argument}="):
            return None
        found[step.argument] = step.spelling
    return list(found.values())


def receiver_of(loader: Call, name: str) -> Location:
    """Where the generator stands whose flow is called: ``name`` at the beginning of the call."""
    call = loader.place
    return Location(call.path, call.line, call.line, call.column, call.column + len(name), call.cell)


def beside(generator: Call, prefix: str) -> str:
    """A name for a second generator: ``plain_datagen`` beside ``datagen``, ``self.plain_datagen`` beside ``self.datagen``."""
    holder, _, name = generator.assigned_to.rpartition(".")
    return f"{holder}.{prefix}_{name}" if holder else f"{prefix}_{name}"
