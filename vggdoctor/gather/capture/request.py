"""What capture is asked, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from vggdoctor.evidence import ProbeEvidence, ProbeSizes, Recipe
from vggdoctor.options import Progress, silent
from vggdoctor.schema import GatherReport


@dataclass(frozen=True)
class CaptureRequest:
    """How to run the user's script.

    ``entry``: path of the script or notebook relative to the project, None to choose one; ``arguments``: its command
    line, quoted as in a shell.
    ``data``: a folder with the pictures, where it is not in the project. ``seconds``: wall clock of the child, probe
    included;
    ``probe_seconds``: the share of the probe, 0 for none. ``memory_bytes``: limit for the child and all that it starts, None
    for
    most of what is free. ``offline``: not even Keras' own weights are downloaded.
    ``sizes``: those of an earlier probe, to be compared with this one. ``features``: a folder where the runs of one audit leave
    features for each other. ``probe``: the import path of the function that
    measures, ``package.module:function``.
    """

    entry: str | None = None
    arguments: str = ""
    data: Path | None = None
    seconds: float = 180.0
    probe_seconds: float = 60.0
    memory_bytes: int | None = None
    seed: int = 0
    offline: bool = False
    progress: Progress = silent
    probe: str = "vggdoctor.gather.probe:probe"
    sizes: ProbeSizes | None = None
    features: Path | None = None


@dataclass(frozen=True)
class Captured:
    """What the child saw. ``recipe`` holds observed facts only, None if no fit was reached; ``probe`` is None if nothing was
    measured.

    ``environment``: versions and devices. ``notices``: what people should know about how it ran (names supplied, paths mapped
    ...). ``peak_bytes``: most memory that the child and its own children held; ``output``: the end of what the script
    printed.
    """

    recipe: Recipe | None
    probe: ProbeEvidence | None
    capture: GatherReport
    probe_report: GatherReport
    environment: dict[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    peak_bytes: int = 0
    output: str = ""
