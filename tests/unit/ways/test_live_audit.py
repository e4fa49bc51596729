"""vggdoctor.audit on live objects: what it recognises, what it says, and that it leaves no trace."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from live_objects import class_folders, classifier, vgg16

import vggdoctor
from vggdoctor.errors import InputError
from vggdoctor.options import silent
from vggdoctor.schema import Status

keras = pytest.importorskip("keras")


class Case:
    """One audit of a small VGG16 classifier with pictures of 0..1, and how the world was before and after."""

    def __init__(self, folder: Path) -> None:
        from keras.src.legacy.preprocessing.image import ImageDataGenerator

        class_folders(folder / "train", {"left": 12, "right": 12})
        class_folders(folder / "val", {"left": 4, "right": 4})
        scaled = ImageDataGenerator(rescale=1 / 255, horizontal_flip=True)
        self.train = scaled.flow_from_directory(str(folder / "train"), target_size=(32, 32), batch_size=4)
        self.validation = scaled.flow_from_directory(str(folder / "val"), target_size=(32, 32), batch_size=4)
        self.model = classifier(vgg16(folder))
        next(self.train)
        before = self.state()
        self.result = vggdoctor.audit(model=self.model, train=self.train, validation=self.validation, budget=6, progress=silent)
        self.unchanged = [np.array_equal(one, other) for one, other in zip(before, self.state(), strict=True)]

    def state(self) -> list[Any]:
        """All that an audit might leave changed."""
        optimizer = [variable.numpy() for variable in self.model.optimizer.variables]
        drawn = [random.getstate(), np.random.get_state()[1].copy()]
        position = [self.train.batch_index, self.train.total_batches_seen]
        flags = [layer.trainable for layer in self.model._flatten_layers()]
        return [*self.model.get_weights(), *optimizer, repr(drawn[0]), drawn[1], *position, flags, self._next_name()]

    @staticmethod
    def _next_name() -> str:
        from keras.src.backend.common import global_state

        return repr(sorted((global_state.get_global_attribute("object_name_uids") or {}).items()))

    def outcome(self, check: str) -> Any:
        return next(outcome for outcome in self.result.outcomes if outcome.check == check)


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    folder = tmp_path_factory.mktemp("live")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_HOME", str(folder / "keras"))
        yield Case(folder)


@pytest.mark.slow
def test_the_fault_at_the_first_convolution_is_found(audited: Case) -> None:
    (finding,) = audited.outcome("rescale-only-preprocessing").findings
    assert "block1_conv1 receives 0.00..1.00" in finding.message
    assert finding.locations[0].path.endswith("test_live_audit.py")


@pytest.mark.slow
def test_everything_is_as_before(audited: Case) -> None:
    assert all(audited.unchanged)


@pytest.mark.slow
def test_what_was_not_told_is_not_judged(audited: Case) -> None:
    outcome = audited.outcome("missing-lr-schedule")
    assert outcome.status is Status.NOT_RUN
    assert "not told" in outcome.reason


@pytest.mark.slow
def test_the_folder_behind_the_iterator_is_scanned(audited: Case) -> None:
    assert audited.result.gather["dataset"].status == "ok"
    assert audited.result.gather["source"].status == "skipped"


@pytest.mark.slow
def test_a_notebook_shows_the_page_in_a_frame_and_a_script_writes_it(audited: Case, tmp_path: Path) -> None:
    shown = audited.result._repr_html_()
    assert shown.startswith("<iframe")
    assert shown.count("<") == 2, "everything but the frame itself is escaped"
    assert [path.name for path in audited.result.save(tmp_path / "out")] == ["report.html", "report.json"]
    assert "rescale-only-preprocessing" in str(audited.result)


def test_nothing_or_both_is_refused() -> None:
    with pytest.raises(InputError, match="either a project, or a model"):
        vggdoctor.audit()
    with pytest.raises(InputError, match="give train="):
        vggdoctor.audit(model=object())


def test_a_path_is_a_project(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("print('no training')\n")
    result = vggdoctor.audit(vggdoctor.Options(path=tmp_path, static=True, pictures=False), silent)
    assert isinstance(result, vggdoctor.Audit)
    assert {outcome.status for outcome in result.outcomes} <= {Status.NOT_APPLICABLE, Status.NOT_RUN}
    with pytest.raises(InputError, match="no check is called"):
        vggdoctor.audit(tmp_path, silent, select=["no-such-check"])
