"""A project that loads a large set into one array: ``python tests/benchmarks/capture/large_project.py --pictures 200000``.

The pictures are links to a few files. Printed: seconds of wall clock (and of processor time of all processes) until the stage was
captured, the most memory that the child and what it started held until then and with the probe, the parent's own, and what
in-memory-dataset says.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from vggdoctor import Options, audit

SCRIPT = """\
import os
import cv2
import keras
import numpy as np
from keras.applications.vgg16 import VGG16

pictures, labels = [], []
for number, name in enumerate(sorted(os.listdir("data"))):
    for file in os.listdir(os.path.join("data", name)):
        picture = cv2.cvtColor(cv2.imread(os.path.join("data", name, file)), cv2.COLOR_BGR2RGB)
        pictures.append(cv2.resize(picture, (224, 224)))
        labels.append(number)
pictures = np.array(pictures, dtype="float32") / 255.0
labels = keras.utils.to_categorical(labels, 10)
base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
base.trainable = False
model = keras.Sequential([base, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(10, activation="softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(pictures, labels, epochs=10, batch_size=32, validation_split=0.2)
"""
FILES_OF_A_CLASS = 20


def main() -> None:
    """Print one row of a table as Markdown, and the finding."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=200_000)
    parser.add_argument("--budget", type=float, default=120.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), options.pictures)
        report(Path(folder), options.pictures, options.budget)


def make(folder: Path, pictures: int) -> None:
    """Ten classes; each picture is a hard link to one of twenty files."""
    draw = np.random.default_rng(0)
    for number in range(10):
        at = folder / "data" / f"class{number}"
        at.mkdir(parents=True)
        for index in range(FILES_OF_A_CLASS):
            Image.fromarray(draw.integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(at / f"{index:06}.jpg")
        for index in range(FILES_OF_A_CLASS, pictures // 10):
            os.link(at / f"{index % FILES_OF_A_CLASS:06}.jpg", at / f"{index:06}.jpg")
    (folder / "train.py").write_text(SCRIPT)


def report(folder: Path, pictures: int, budget: float) -> None:
    started, seen = time.monotonic(), {"captured": 0.0, "processor": 0.0, "until": 0, "peak": 0}
    over = threading.Event()

    def progress(stage: str, text: str, left: float | None) -> None:
        if not seen["captured"] and "probing the model" in text:
            seen["captured"] = time.monotonic() - started
            seen["until"] = seen["peak"]
            seen["processor"] = sum(_processor(process) for process in _family())

    def watch() -> None:
        while not over.wait(0.1):
            seen["peak"] = max(seen["peak"], sum(_resident(process) for process in _family()[1:]))

    watcher = threading.Thread(target=watch)
    watcher.start()
    result = audit(Options(path=folder, budget=budget, offline=True), progress)
    over.set()
    watcher.join()
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print("| pictures | seconds to the captured stage (processor) | child until then | child with the probe | parent |")
    print("| --- | --- | --- | --- | --- |")
    times = f"{seen['captured']:.1f} ({seen['processor']:.1f})"
    print(f"| {pictures:,} | {times} | {seen['until'] / 1e6:,.0f} MB | {seen['peak'] / 1e6:,.0f} MB | {own / 1e6:,.0f} MB |")
    print(f"capture {result.gather['capture'].status} {result.gather['capture'].reason}")
    for finding in result.findings():
        if finding.check == "in-memory-dataset":
            print(finding.message)


def _family() -> list[psutil.Process]:
    here = psutil.Process()
    return [here, *here.children(recursive=True)]


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _processor(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


if __name__ == "__main__":
    main()
