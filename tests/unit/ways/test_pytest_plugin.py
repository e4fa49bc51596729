"""``pytest --vggdoctor``: one item for each check, which passes, fails or is skipped as the audit says."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

FAULTY = """\
from tensorflow import keras

train = keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224))
base = keras.applications.VGG16(weights="imagenet", include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = keras.Sequential([keras.layers.Rescaling(1 / 255), base, keras.layers.Dense(10, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=10)
"""
LIGHT = """
def test_nothing_heavy_is_loaded():
    import sys
    assert not {"tensorflow", "keras", "numpy", "libcst", "vggdoctor.check"} & set(sys.modules)
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makepyfile(train=FAULTY)
    return pytester


def test_each_check_is_an_item_with_its_outcome(project: pytest.Pytester) -> None:
    chosen = "rescale-only-preprocessing or class-imbalance or oversized-head or missing-augmentation"
    result = project.runpytest_inprocess("--vggdoctor", "-k", chosen, "-rfs", "-v")
    result.assert_outcomes(failed=1, passed=2, skipped=1, deselected=result.parseoutcomes()["deselected"])
    result.stdout.fnmatch_lines(
        [
            "vggdoctor::rescale-only-preprocessing FAILED*",
            "rescale-only-preprocessing (error): VGG16 expects BGR pixels*",
            "  at train.py:6",
            "  more: vggdoctor explain rescale-only-preprocessing",
            "SKIPPED*not-run: *",
        ]
    )
    assert "Traceback" not in result.stdout.str()


def test_the_threshold_and_the_path_are_options(project: pytest.Pytester) -> None:
    words = ("--vggdoctor", "-k", "missing-augmentation")
    assert project.runpytest_inprocess(*words).parseoutcomes()["passed"] == 1
    assert project.runpytest_inprocess(*words, "--vggdoctor-fail-on", "note").parseoutcomes()["failed"] == 1
    project.mkdir("elsewhere").joinpath("train.py").write_text("print('no training')\n")
    result = project.runpytest_inprocess("--vggdoctor", "--vggdoctor-path", "elsewhere")
    assert result.parseoutcomes().keys() == {"skipped"}


def test_the_projects_configuration_chooses_the_checks(project: pytest.Pytester) -> None:
    project.makepyprojecttoml('[tool.vggdoctor]\nselect = ["class-imbalance", "oversized-head"]\n')
    result = project.runpytest_inprocess("--vggdoctor", "--collect-only", "-q")
    assert [line for line in result.outlines if "::" in line] == ["vggdoctor::class-imbalance", "vggdoctor::oversized-head"]


def test_it_is_silent_and_light_unless_asked(project: pytest.Pytester) -> None:
    project.makepyfile(test_light=LIGHT)
    project.runpytest_subprocess().assert_outcomes(passed=1)


def test_collecting_and_reading_load_no_tensorflow(project: pytest.Pytester) -> None:
    project.makepyfile(test_light=LIGHT.replace(', "numpy", "libcst", "vggdoctor.check"', ""))
    result = project.runpytest_subprocess("--vggdoctor", "-k", "oversized or heavy", "-p", "no:randomly")
    assert {name: count for name, count in result.parseoutcomes().items() if name != "deselected"} == {"passed": 2}
