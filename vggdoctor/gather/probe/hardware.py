"""What the machine has, and what training takes of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import psutil
import tensorflow as tf

from vggdoctor.evidence import Hardware, MemoryUse
from vggdoctor.gather.live import LiveStage

DRIVER = Path("/proc/driver/nvidia/gpus")
"""Where Linux' driver lists its cards, for machines without nvidia-ml-py."""
TRAINED, FROZEN = 16, 4
"""Bytes a scalar in float32: weight, gradient and Adam's two moments; the weight alone."""
PASSES = 2
"""Every layer's result is kept for the backward pass, and has a gradient of the same size then."""


def hardware() -> Hardware:
    """The cards that the driver knows, and those that TensorFlow uses."""
    seen = tf.config.list_physical_devices("GPU")
    capabilities = [tf.config.experimental.get_device_details(device).get("compute_capability") for device in seen]
    return Hardware(
        gpus=_cards(),
        used=len(seen),
        cuda_build=bool(tf.test.is_built_with_cuda()),
        capability=min((one for one in capabilities if one), default=None),
        precision=keras.mixed_precision.dtype_policy().name,
        hidden=os.environ.get("CUDA_VISIBLE_DEVICES"),
    )


def memory(live: LiveStage, batch_size: int, exhausted: str) -> MemoryUse:
    """By formula from the layers' shapes, and what was counted during the probe. The model must be built."""
    trained = sum(int(np.prod(weight.shape)) for weight in live.model.trainable_variables)
    kept = [weight for weight in live.model.non_trainable_variables if "float" in str(weight.dtype)]
    frozen = sum(int(np.prod(weight.shape)) for weight in kept)
    weights = TRAINED * trained + FROZEN * frozen
    activations = PASSES * sum(map(_bytes_of_result, _layers(live.model)))
    total, peak, device = _counted()
    largest = None
    if total is not None and activations:
        largest = max(0, (total - weights) // activations)
    return MemoryUse(
        stage=live.stage.place,
        device=device,
        batch_size=batch_size,
        weights=weights,
        activations=activations,
        needed=weights + activations * batch_size,
        device_total=total,
        largest_batch=largest,
        peak=peak,
        exhausted=exhausted,
    )


def _cards() -> tuple[str, ...]:
    try:
        import pynvml
    except ImportError:
        return _cards_of_driver()
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return _cards_of_driver()
    try:
        names = [pynvml.nvmlDeviceGetName(pynvml.nvmlDeviceGetHandleByIndex(i)) for i in range(pynvml.nvmlDeviceGetCount())]
    finally:
        pynvml.nvmlShutdown()
    return tuple(name.decode() if isinstance(name, bytes) else name for name in names)


def _cards_of_driver() -> tuple[str, ...]:
    if not DRIVER.is_dir():
        return ()
    texts = [(card / "information").read_text(encoding="utf-8", errors="replace") for card in sorted(DRIVER.iterdir())]
    return tuple(text.partition("Model:")[2].split("\n")[0].strip() or "an NVIDIA GPU" for text in texts)


def _counted() -> tuple[int | None, int | None, str]:
    """Bytes of the device that trains, the most that was in use, and its name."""
    if not tf.config.list_physical_devices("GPU"):
        process = psutil.Process().memory_info()
        peak = getattr(process, "peak_wset", None) or _peak_resident() or process.rss
        return psutil.virtual_memory().total, int(peak), "CPU"
    peak = int(tf.config.experimental.get_memory_info("GPU:0")["peak"])
    return _memory_of_card(), peak, "GPU"


def _memory_of_card() -> int | None:
    try:
        import pynvml

        pynvml.nvmlInit()
    except (ImportError, OSError):
        return None
    try:
        return int(pynvml.nvmlDeviceGetMemoryInfo(pynvml.nvmlDeviceGetHandleByIndex(0)).total)
    finally:
        pynvml.nvmlShutdown()


def _peak_resident() -> int | None:
    if sys.platform == "win32":
        return None
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _layers(model: Any) -> list[Any]:
    """The innermost ones, that hold no others."""
    return [layer for layer in model._flatten_layers(include_self=False, recursive=True) if not layer._layers]


def _bytes_of_result(layer: Any) -> int:
    """Of the first result of a layer for one picture; 0 where its shape is open (a side of None) or it has none."""
    nodes = getattr(layer, "_inbound_nodes", None)
    if not nodes or type(layer).__name__ == "InputLayer":
        return 0
    total = 0
    for tensor in nodes[0].outputs:
        shape = tuple(tensor.shape)[1:]
        if all(isinstance(side, int) for side in shape):
            total += int(np.prod(shape, dtype="int64")) * np.dtype(str(tensor.dtype).replace("bfloat16", "float16")).itemsize
    return total
