"""Pretrained weights that cannot be had, in a real child process."""

from __future__ import annotations

from pathlib import Path

import pytest

from vggdoctor.evidence import Recipe
from vggdoctor.gather.capture import CaptureRequest, capture
from vggdoctor.project import Project

PROGRAM = """
import keras
import numpy as np

base = keras.applications.MobileNetV2(include_top=False, weights="imagenet", input_shape=(96, 96, 3), alpha=0.35, pooling="avg")
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(2, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
x = np.random.default_rng(0).uniform(-1, 1, (24, 96, 96, 3)).astype("float32")
model.fit(x, np.arange(24) % 2, validation_split=0.25, epochs=2)
"""


@pytest.mark.slow
def test_a_network_without_its_weights_is_probed_for_what_arrives_alone(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(PROGRAM, encoding="utf-8")
    request = CaptureRequest(entry="train.py", seconds=120, probe_seconds=30, offline=True)
    captured = capture(Project(tmp_path), Recipe(), request)
    assert captured.probe is not None, captured.capture.reason
    assert captured.probe.contracts[0].family == "mobilenet_v2"
    assert not captured.probe.pretrained
    assert not (captured.probe.runs or captured.probe.looks or captured.probe.predictions)
    assert "could not be had" in captured.probe.skipped["training"]
    assert any("random weights" in notice for notice in captured.notices)
