"""What capture hands to the probe inside the child process: the live objects of one stage of training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vggdoctor.evidence import ProbeSizes, Stage


@dataclass
class LiveStage:
    """One intercepted fit: ``stage`` is what was observed, the rest are the user's own objects (Keras types, untyped here so
    that nothing imports TensorFlow).

    ``train`` and ``validation`` are what fit was given as x and validation_data, before any iteration; ``y`` and
    ``sample_weight`` likewise. ``backbone_layers``: the layers that the keras.applications constructor made, in order, empty
    where there is none. ``pretrained``: their weights are the real ones; ``substituted``: they are random, for want of those
    that the program asks for, so that what the network does says nothing of the user's. ``compile_arguments`` are those of
    the last compile. ``sizes``: those of an earlier probe that this one is to be compared with. ``features``: a folder with
    the features that earlier runs of this audit computed. ``restore`` puts the weights, the optimizer, the random states and
    resettable iterators back as they were at fit.
    """

    stage: Stage
    model: Any
    train: Any
    y: Any = None
    sample_weight: Any = None
    validation: Any = None
    backbone_layers: list[Any] = field(default_factory=list)
    pretrained: bool = False
    substituted: bool = False
    compile_arguments: dict[str, Any] = field(default_factory=dict)
    fit_arguments: dict[str, Any] = field(default_factory=dict)
    sizes: ProbeSizes | None = None
    features: Path | None = None
    restore: Callable[[], None] = lambda: None
