"""The types that gatherers fill in and checks judge. Types only: nothing here reads, runs or measures."""

from __future__ import annotations

from msgspec import Struct

from vggdoctor.evidence.behaviour import (
    FirstLook,
    Hardware,
    LayerSignal,
    LoaderSpeed,
    MemoryUse,
    OneBatch,
    OptimizerTrial,
)
from vggdoctor.evidence.dataset import (
    BrokenFile,
    ClassFolder,
    DatasetEvidence,
    Duplicates,
    Overlap,
    Pair,
    PictureFile,
    Selection,
    Split,
    Trait,
)
from vggdoctor.evidence.fact import Fact, Origin, known, prefer, unknown
from vggdoctor.evidence.model import Backbone, Layer, Model, Output
from vggdoctor.evidence.pipeline import Call, Cut, Listing, Pipeline, Role, SourceKind, Step, Table
from vggdoctor.evidence.probe import (
    Arrival,
    FeatureGain,
    InputContract,
    Predictions,
    ProbeEvidence,
    ProbeSizes,
    RateRange,
    Repeats,
    TrainingRun,
)
from vggdoctor.evidence.recipe import (
    Augmenter,
    CallbackUse,
    Comparison,
    Compile,
    Evaluation,
    KerasUse,
    Loss,
    Metric,
    Optimizer,
    OutputNames,
    Recipe,
    Schedule,
    SourceFile,
    Stage,
    Steps,
)
from vggdoctor.evidence.watched import WatchedRun

OPTIONAL = ("runs",)
"""Fields of Evidence that most audits have none of, which is no gap: what is asked of them does not apply then."""


class Evidence(Struct, kw_only=True, frozen=True):
    """All that was gathered. A part that is None is absent; ``absent`` says why, by field name. ``runs``: whole trainings that a
    vggdoctor.Callback watched.

    ``machine_memory``: bytes of memory of the machine of the audit, None in a lint.
    """

    recipe: Recipe
    dataset: DatasetEvidence | None = None
    probe: ProbeEvidence | None = None
    runs: tuple[WatchedRun, ...] | None = None
    absent: dict[str, str] = {}
    machine_memory: int | None = None


__all__ = [
    "OPTIONAL",
    "Arrival",
    "Augmenter",
    "Backbone",
    "BrokenFile",
    "Call",
    "CallbackUse",
    "ClassFolder",
    "Comparison",
    "Compile",
    "Cut",
    "DatasetEvidence",
    "Duplicates",
    "Evaluation",
    "Evidence",
    "Fact",
    "FeatureGain",
    "FirstLook",
    "Hardware",
    "InputContract",
    "KerasUse",
    "Layer",
    "LayerSignal",
    "Listing",
    "LoaderSpeed",
    "Loss",
    "MemoryUse",
    "Metric",
    "Model",
    "OneBatch",
    "Optimizer",
    "OptimizerTrial",
    "Origin",
    "Output",
    "OutputNames",
    "Overlap",
    "Pair",
    "PictureFile",
    "Pipeline",
    "Predictions",
    "ProbeEvidence",
    "ProbeSizes",
    "RateRange",
    "Recipe",
    "Repeats",
    "Role",
    "Schedule",
    "Selection",
    "SourceFile",
    "SourceKind",
    "Split",
    "Stage",
    "Step",
    "Steps",
    "Table",
    "TrainingRun",
    "Trait",
    "WatchedRun",
    "known",
    "prefer",
    "unknown",
]
