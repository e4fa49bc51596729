"""vggdoctor.Callback on real trainings: what it sees, what it writes, and that the training is what it would be without it."""

from __future__ import annotations

import builtins
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vggdoctor

keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")

from vggdoctor.gather.inprocess import input_clock  # noqa: E402

SIDE, CLASSES = 12, 3


def pictures(count: int = 96) -> tuple[Any, Any]:
    draw = np.random.default_rng(0)
    y = draw.integers(0, CLASSES, count)
    x = draw.integers(0, 160, (count, SIDE, SIDE, 3)).astype("float32")
    x[np.arange(count), :, :, y] += 80
    return x, y


def network(dead: int = 0) -> Any:
    """A small one whose hidden layer has ``dead`` of 8 units that never fire."""
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 3)),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Flatten(),
            keras.layers.Dense(8, activation="relu", name="hidden"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(CLASSES, activation="softmax"),
        ]
    )
    kernel, _ = model.get_layer("hidden").get_weights()
    model.get_layer("hidden").set_weights([np.abs(kernel), np.array([-1e4] * dead + [0.0] * (8 - dead))])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def test_a_finished_run_is_told_in_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, (x, y) = network(dead=6), pictures()
    callback = vggdoctor.Callback(tmp_path / "out")
    model.fit(x, y, validation_split=0.25, epochs=4, batch_size=8, verbose=0, callbacks=[callback])
    result = callback.result
    assert result is not None
    (finding,) = [finding for finding in result.findings() if finding.check == "dead-units"]
    assert "6 of the 8 units of the layer hidden" in finding.message
    assert finding.locations[0].path.endswith("test_callback.py")
    rows = {row.name: row.value for section in result.sections for row in section.rows}
    assert rows["epochs"] == "4 of 4, as planned"
    assert rows["callbacks"] == "none", "the callback does not count itself"
    assert float(rows["val_loss"]) > 0
    assert json.loads((tmp_path / "out" / "report.json").read_text())["outcomes"]
    assert (tmp_path / "out" / "report.html").read_text().count("Whole training at") >= 1
    assert "report.html" in capsys.readouterr().err


def test_the_training_is_the_same_with_it_and_without(tmp_path: Path) -> None:
    weights = []
    for callbacks in ([], [vggdoctor.Callback(tmp_path, quiet=True)]):
        model = network()
        model.fit(*pictures(), epochs=3, batch_size=8, verbose=0, callbacks=callbacks)
        weights.append(model.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_error_is_told_before_the_first_epoch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    x, y = pictures()
    model = network()
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    with pytest.raises(ValueError, match="shape"):
        model.fit(x, y, verbose=0, callbacks=[vggdoctor.Callback(tmp_path)])
    assert "vggdoctor: output-loss-mismatch: " in capsys.readouterr().err


def test_an_early_stop_and_a_second_fit_are_both_told(tmp_path: Path) -> None:
    model, (x, y) = network(), pictures()
    callback = vggdoctor.Callback(tmp_path, quiet=True)
    stop = keras.callbacks.EarlyStopping(monitor="loss", patience=0, min_delta=100.0, restore_best_weights=True)
    model.fit(x, y, epochs=9, verbose=0, callbacks=[callback, stop])
    model.fit(x, y, epochs=1, verbose=0, callbacks=[callback])
    callback._write()
    assert callback.result is not None
    epochs = [row.value for section in callback.result.sections for row in section.rows if row.name == "epochs"]
    assert "2 of 9, stopped by a callback" in epochs
    assert "1 of 1, as planned" in epochs


def test_steps_of_a_real_fit_are_timed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(input_clock, "ALLOWANCE", 1.0)
    model, (x, y) = network(), pictures()
    batches = ((x[start : start + 8], y[start : start + 8]) for start in [*range(0, 96, 8)] * 3)
    callback = vggdoctor.Callback(tmp_path, quiet=True, select=["starved-run"])
    model.fit(batches, steps_per_epoch=12, epochs=3, verbose=0, callbacks=[callback])
    (run,) = callback._done
    assert run.timed_steps >= input_clock.FEWEST
    assert run.waiting is not None
    assert 0 <= run.waiting <= 1


def test_the_share_of_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]

    class Model:
        steps_per_execution = 1

        def train_function(self, iterator: Any) -> None:
            clock[0] += 7.0
            seen.append(int(next(iterator)))

    def draw(iterator: Any, default: Any) -> Any:
        clock[0] += 3.0
        return builtins.next(iterator, default)

    monkeypatch.setattr(input_clock.time, "perf_counter", lambda: clock[0])
    monkeypatch.setattr(input_clock, "next", draw, raising=False)
    seen: list[int] = []
    model = Model()
    watching = input_clock.InputClock(model)
    watching.start()
    iterator = iter(tf.data.Dataset.range(20))
    for _ in range(20):
        model.train_function(iterator)
    assert watching.share == pytest.approx(0.3)
    assert seen == list(range(20)), "every batch reaches the training, once and in order"
    watching.stop()
    assert model.train_function.__func__ is Model.train_function


def test_after_a_fit_that_broke_off_the_model_trains_on(tmp_path: Path) -> None:
    class Boom(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            raise RuntimeError("boom")

    model, (x, y) = network(), pictures()
    callback = vggdoctor.Callback(tmp_path, quiet=True)
    with pytest.raises(RuntimeError, match="boom"):
        model.fit(x, y, verbose=0, callbacks=[callback, Boom()])
    model.fit(x, y, verbose=0, callbacks=[callback])
    assert [run.ended for run in callback._done] == ["broken", "finished"]
    assert not isinstance(getattr(model.train_function, "__self__", None), input_clock.InputClock)


@pytest.mark.slow
def test_an_exception_that_ends_the_program_leaves_a_report(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(
        f"import sys; sys.path[:0] = [{str(Path(__file__).parent)!r}]\n"
        "import vggdoctor, keras\n"
        "from test_callback import network, pictures\n"
        "class Stop(keras.callbacks.Callback):\n"
        "    def on_epoch_end(self, epoch, logs=None):\n"
        "        raise KeyboardInterrupt\n"
        "network().fit(*pictures(), epochs=5, verbose=0, callbacks=[vggdoctor.Callback('out'), Stop()])\n"
    )
    done = subprocess.run([sys.executable, script.name], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    rows = {row["name"]: row["value"] for section in report["sections"] for row in section["rows"]}
    assert rows["epochs"] == "1 of 5, broken off", done.stderr
    assert report["project"] == "the training at train.py:7"
