"""What arrives at a pretrained backbone against what it expects: by reading, and by observation."""

from __future__ import annotations

import numpy as np
import pytest
from backbone_recipes import FIT, affine, at, contract, evidence, function, pipeline, stage

from vggdoctor.backbones import Mode
from vggdoctor.checks.preprocessing.contract import Fault, arrival, fault_of, overall
from vggdoctor.checks.preprocessing.diagnosis import Diagnosis, diagnoses
from vggdoctor.checks.preprocessing.signature import best, guesses
from vggdoctor.evidence import InputContract, ProbeEvidence, Role, Step, known, unknown
from vggdoctor.schema import Confidence, NotApplicable, Undetermined

BY_255 = affine(1 / 255)
SIGNED = affine(1 / 127.5, -1.0)
STANDARDIZE = Step(role=Role.NORMALIZATION, operation="standardize")
CENTER, DEVIATION = (
    Step(role=Role.NORMALIZATION, operation="standardize", argument=argument)
    for argument in ("featurewise_center", "featurewise_std_normalization")
)
PIXELS = (0.0, 255.0)


@pytest.mark.parametrize(
    ("mode", "steps", "fault"),
    [
        (Mode.CAFFE, (), Fault.MISSING),
        (Mode.CAFFE, (BY_255,), Fault.RESCALE_ONLY),
        (Mode.CAFFE, (SIGNED,), Fault.RESCALE_ONLY),
        (Mode.CAFFE, (BY_255, affine(2.0, -1.0)), Fault.RESCALE_ONLY),
        (Mode.CAFFE, (STANDARDIZE,), Fault.RESCALE_ONLY),
        (Mode.CAFFE, (CENTER,), None),
        (Mode.CAFFE, (CENTER, DEVIATION), Fault.RESCALE_ONLY),
        (Mode.CAFFE, (DEVIATION,), Fault.RESCALE_ONLY),
        (Mode.TORCH, (CENTER, DEVIATION), None),
        (Mode.CAFFE, (function("vgg19"),), None),
        (Mode.CAFFE, (affine(1.0, -116.0),), None),
        (Mode.CAFFE, (function("xception"),), Fault.WRONG_FUNCTION),
        (Mode.CAFFE, (function("densenet"),), Fault.WRONG_FUNCTION),
        (Mode.CAFFE, (function("efficientnet"),), Fault.WRONG_FUNCTION),
        (Mode.CAFFE, (function("vgg16"), BY_255), Fault.DOUBLE),
        (Mode.CAFFE, (BY_255, function("vgg16")), Fault.DOUBLE),
        (Mode.CAFFE, (function("vgg16"), function("resnet50")), Fault.DOUBLE),
        (Mode.CAFFE, (function("xception"), BY_255), Fault.DOUBLE),
        (Mode.CAFFE, (BY_255, BY_255), Fault.DOUBLE),
        (Mode.CAFFE, (BY_255, affine(255.0), function("vgg16")), None),
        (Mode.TF, (), Fault.MISSING),
        (Mode.TF, (BY_255,), Fault.RESCALE_ONLY),
        (Mode.TF, (SIGNED,), None),
        (Mode.TF, (affine(1 / 128, -1.0),), None),
        (Mode.TF, (function("inception_v3"),), None),
        (Mode.TF, (function("vgg16"),), Fault.WRONG_FUNCTION),
        (Mode.TF, (function("xception"), function("xception")), Fault.DOUBLE),
        (Mode.TF, (STANDARDIZE,), None),
        (Mode.TORCH, (), Fault.MISSING),
        (Mode.TORCH, (BY_255,), Fault.RESCALE_ONLY),
        (Mode.TORCH, (SIGNED,), Fault.RESCALE_ONLY),
        (Mode.TORCH, (function("densenet"),), None),
        (Mode.TORCH, (STANDARDIZE,), None),
        (Mode.BUILTIN, (), None),
        (Mode.BUILTIN, (function("convnext"),), None),
        (Mode.BUILTIN, (BY_255,), Fault.DOUBLE),
        (Mode.BUILTIN, (SIGNED,), Fault.DOUBLE),
        (Mode.BUILTIN, (function("mobilenet_v2"),), Fault.WRONG_FUNCTION),
    ],
)
def test_fault_of_known_steps(mode: Mode, steps: tuple[Step, ...], fault: Fault | None) -> None:
    assert fault_of(PIXELS, steps, mode) is fault


def test_a_half_understood_step_or_an_unnamed_range_is_undetermined() -> None:
    assert isinstance(fault_of(PIXELS, (Step(role=Role.NORMALIZATION, operation="affine"),), Mode.CAFFE), Undetermined)
    assert isinstance(fault_of(PIXELS, (affine(0.2, -20.0),), Mode.CAFFE), Undetermined)


def test_ranges_are_those_of_keras() -> None:
    assert overall(arrival(PIXELS, (function("vgg16"),)) or ()) == pytest.approx((-123.68, 151.061))
    assert overall(arrival(PIXELS, (function("densenet"),)) or ()) == pytest.approx((-2.1179, 2.64), abs=1e-4)
    assert overall(arrival(PIXELS, (function("vgg16"), BY_255)) or ()) == pytest.approx((-0.485, 0.592), abs=1e-3)


def only(found: list[object]) -> Diagnosis:
    (diagnosis,) = found
    assert isinstance(diagnosis, Diagnosis)
    return diagnosis


def test_unknown_parts_are_undetermined_not_fine() -> None:
    for broken in (
        stage(train=pipeline(complete=unknown("a map of an unknown function"))),
        stage(train=pipeline(Step(role=Role.UNKNOWN, operation="unknown", reason="a lambda"))),
        stage(weights=unknown("given on the command line")),
        stage(weights=known("own_classifier.h5")),
    ):
        (said,) = diagnoses(evidence(broken))
        assert isinstance(said, Undetermined)


def test_random_weights_are_not_applicable_and_a_copy_of_keras_weights_is() -> None:
    (said,) = diagnoses(evidence(stage(weights=known(None))))
    assert isinstance(said, NotApplicable)
    copied = stage(weights=known("../input/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"))
    assert only(list(diagnoses(evidence(copied)))).fault is Fault.MISSING


def observed(low: float, high: float, **other: float) -> ProbeEvidence:
    return ProbeEvidence(contracts=(contract(low, high, **other),))  # type: ignore[arg-type]


def test_observed_range_beats_steps_that_cannot_lead_to_it() -> None:
    believed = only(list(diagnoses(evidence(stage(train=pipeline(BY_255)), probe=observed(-123.0, 151.0)))))
    assert believed.fault is None
    hidden = only(list(diagnoses(evidence(stage(train=pipeline(function("vgg16"))), probe=observed(0.0, 1.0)))))
    assert (hidden.fault, hidden.explained) == (Fault.RESCALE_ONLY, False)


def test_observation_settles_what_was_not_read() -> None:
    half_read = pipeline(BY_255, complete=unknown("a map of an unknown function"))
    settled = only(list(diagnoses(evidence(stage(train=half_read), probe=observed(0.0, 1.0)))))
    assert (settled.fault, settled.explained, settled.confidence) == (Fault.RESCALE_ONLY, True, Confidence.HIGH)


def test_dark_pictures_that_allow_two_explanations_are_settled_by_the_steps() -> None:
    dark = observed(0.0, 0.35)
    read = only(list(diagnoses(evidence(stage(train=pipeline(BY_255)), probe=dark))))
    assert read.fault is Fault.RESCALE_ONLY
    unread = pipeline(complete=unknown("a map of an unknown function"))
    (said,) = diagnoses(evidence(stage(train=unread), probe=dark))
    assert isinstance(said, Undetermined)


@pytest.mark.parametrize(("pictures", "fault"), [(32, Fault.RESCALE_ONLY), (8, None)])
def test_what_many_pictures_have_in_common_settles_it_what_few_have_does_not(pictures: int, fault: Fault | None) -> None:
    """0..1 is either 1/255, or the bright half of -1..1."""
    unread = stage("mobilenet_v2", train=pipeline(complete=unknown("a map of an unknown function")))
    (said,) = diagnoses(evidence(unread, probe=observed(0.0, 1.0, pictures=pictures)))
    if fault is None:
        assert isinstance(said, Undetermined)
    else:
        assert isinstance(said, Diagnosis)
        assert (said.fault, said.confidence) == (fault, Confidence.MEDIUM)


def test_a_measurement_counts_for_its_own_stage_and_role_only() -> None:
    later = stage(train=pipeline(function("vgg16")), validation=pipeline(function("vgg16")), place=at(60))
    first = stage(train=pipeline(function("vgg16")), validation=pipeline(function("vgg16")))
    found = [item for item in diagnoses(evidence(first, later, probe=observed(0.0, 1.0))) if isinstance(item, Diagnosis)]
    assert [item.fault for item in found] == [Fault.RESCALE_ONLY, None, None, None]


WAYS = {
    "raw": lambda x: x,
    "by 255": lambda x: x / 255,
    "signed": lambda x: x / 127.5 - 1,
    "caffe": lambda x: x[..., ::-1] - [103.939, 116.779, 123.68],
    "torch": lambda x: (x / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225],
    "caffe, by 255": lambda x: (x[..., ::-1] - [103.939, 116.779, 123.68]) / 255,
    "by 255, caffe": lambda x: x[..., ::-1] / 255 - [103.939, 116.779, 123.68],
    "caffe twice": lambda x: x - [123.68 + 103.939, 2 * 116.779, 123.68 + 103.939],
    "by 255 twice": lambda x: x / 255 / 255,
}
SCALED, SUBTRACTED = Fault.RESCALE_ONLY, Fault.WRONG_FUNCTION
TWICE = dict.fromkeys(WAYS, Fault.DOUBLE)
TRUTH = {
    Mode.CAFFE: TWICE | {"raw": Fault.MISSING, "by 255": SCALED, "signed": SCALED, "torch": SCALED, "caffe": None},
    Mode.TF: TWICE | {"raw": Fault.MISSING, "by 255": SCALED, "signed": None, "torch": None, "caffe": SUBTRACTED},
    Mode.TORCH: TWICE | {"raw": Fault.MISSING, "by 255": SCALED, "signed": SCALED, "torch": None, "caffe": SUBTRACTED},
    Mode.BUILTIN: TWICE | {"raw": None, "caffe": SUBTRACTED},
}


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("pixels", [(0, 255), (10, 245), (0, 90), (150, 255), (70, 180)])
def test_statistics_alone_never_name_a_fault_that_is_not_there(mode: Mode, way: str, pixels: tuple[int, int]) -> None:
    """Over full-range pictures they name the right one; over dark, bright and dull ones the right one or none."""
    low, high = pixels
    pictures = np.random.default_rng(1).beta(1.2, 1.2, (16, 12, 12, 3)) * (high - low) + low
    tensor = WAYS[way](pictures)
    seen = InputContract(
        stage=FIT,
        role="train",
        family="vgg16",
        tensor="x",
        pictures=16,
        minimum=float(tensor.min()),
        maximum=float(tensor.max()),
        mean=tuple(tensor.mean((0, 1, 2))),
        std=tuple(tensor.std((0, 1, 2))),
    )
    chosen = best(guesses(seen, mode), seen.pictures)
    if pixels in ((0, 255), (10, 245)):
        assert chosen is not None
    if chosen is not None:
        assert chosen.fault is TRUTH[mode][way]
