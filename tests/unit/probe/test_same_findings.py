"""The same seed on the same machine gives the same findings, however the clock runs."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tiny_models as tiny

from vggdoctor.evidence import Evidence, Recipe
from vggdoctor.gather.probe import probe
from vggdoctor.judge import judge
from vggdoctor.registry import load

RUNS = 10
TABLE = np.random.default_rng(0).normal(size=(96, 6)).astype("float32")
CLASSES = (TABLE[:, 0] > 0).astype("int32") + (TABLE[:, 1] > 0)
JUDGED = ("first look", "training", "second look", "predictions", "other rates")


def findings(rate: float) -> set[tuple[str, str, str]]:
    """Check, severity and message of what a probe of one network on a table lets the checks find."""
    keras.utils.set_random_seed(4)
    layers = [keras.layers.Dense(16, activation="relu", name="hidden"), keras.layers.Dense(3, activation="softmax", name="last")]
    model = keras.Sequential([keras.Input((6,)), *layers])
    live = tiny.live(model, [], TABLE, CLASSES, keras.optimizers.Adam(rate), validation=(TABLE[:48], CLASSES[:48]))
    evidence = Evidence(recipe=Recipe(stages=(live.stage,)), probe=probe(live, 60, 0, lambda so_far: None, JUDGED))
    outcomes = judge(load().checks.values(), evidence)
    return {(found.check, found.severity.value, found.message) for outcome in outcomes for found in outcome.findings}


@pytest.mark.slow
def test_ten_runs_find_the_same() -> None:
    first = findings(30.0)
    assert {"learning-rate-divergence", "constant-output", "dead-activations"} & {check for check, _, _ in first}
    assert all(findings(30.0) == first for _ in range(RUNS - 1))
