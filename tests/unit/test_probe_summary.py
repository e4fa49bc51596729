"""The rows that tell what the probe saw."""

from __future__ import annotations

from vggdoctor.evidence import FirstLook, LayerSignal, LoaderSpeed, MemoryUse, OneBatch, OptimizerTrial, ProbeEvidence
from vggdoctor.probe_summary import behaviour
from vggdoctor.schema import Location

FIT = Location("train.py", 9, 9)


def rows(probe: ProbeEvidence) -> dict[str, str]:
    return {row.name: row.value for row in behaviour(probe)}


def test_each_measurement_has_a_row_with_its_numbers() -> None:
    layer = LayerSignal(name="dense", kind="Dense", units=8, dead=0.25, update_ratio=0.002)
    probe = ProbeEvidence(
        looks=(
            FirstLook(stage=FIT, moment="start", pictures=64, loss=1.5, penalty=3.0, chance_loss=1.1, layers=(layer,)),
            FirstLook(stage=FIT, moment="trained", pictures=64, loss=None, penalty=0.0),
        ),
        one_batch=(OneBatch(stage=FIT, pictures=16, rate=1e-3, losses=(1.0, 0.5), accuracy=0.5, majority=0.25),),
        optimizers=(
            OptimizerTrial(
                stage=FIT,
                label="user",
                optimizer="sgd",
                learning_rate=0.01,
                steps=64,
                pictures=99,
                losses=(1.0,),
                accuracies=(0.7, 0.8),
            ),
        ),
        loaders=(
            LoaderSpeed(
                stage=FIT, source="tf.data", batch_size=8, pipeline=80, step=300, both=70, waiting=(0.75,), measured=False
            ),
        ),
        memory=(
            MemoryUse(stage=FIT, device="GPU", batch_size=32, weights=1, activations=1, needed=5_000_000, largest_batch=1234),
        ),
    )
    found = rows(probe)
    assert found["first step"].startswith("loss 1.5 (guessing 1.1), penalty 3, an update is 0.002")
    assert "25% of the units" in found["first step"]
    assert found["step after the short training"].startswith("loss not finite")
    assert found["16 pictures by heart"] == "50% right after 2 steps of Adam at 0.001"
    assert found["your optimizer"] == "sgd at 0.01: balanced accuracy 0.75 after 64 steps, 2 splits"
    assert "both, worked out 70: 75% of a step is waiting" in found["loading"]
    assert found["memory"] == "5 MB for 32 pictures by formula, about 1,234 pictures a step fit (GPU)"


def test_an_empty_probe_has_no_rows() -> None:
    assert rows(ProbeEvidence()) == {}
