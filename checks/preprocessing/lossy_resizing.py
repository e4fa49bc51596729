"""lossy-resizing: pictures are brought to size in a way that throws detail away."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.trainings import takes_pictures, trainings
from vggdoctor.evidence import ClassFolder, DatasetEvidence, Evidence, Pipeline, Split
from vggdoctor.schema import (
    Change,
    Expectation,
    Finding,
    Location,
    Measure,
    NotApplicable,
    Repair,
    Safety,
    SetArgument,
    Severity,
    Undetermined,
)

LOADERS = ("flow_from_directory", "flow_from_dataframe", "image_dataset_from_directory")
WITHOUT_ANTIALIASING = ("bilinear", "bicubic", "lanczos3", "lanczos5")
"""Methods with which image_dataset_from_directory calls tf.image.resize, antialias=False (Keras 3.15); Pillow, behind
flow_from_directory, averages over the covered pixels itself."""
SPREAD = "width over height, 90 % quantile over 10 % quantile"
VARIOUS = 1.3
"""Spread of the proportions above which squashing is told (catalogue): one picture of ten is distorted by a seventh or more
against another."""
LARGE_REDUCTION = 2.0
"""Beyond half the size a linear method without antialiasing skips pixels (catalogue)."""


class Loss(Struct, frozen=True):
    """How a pipeline loses detail. ``reduction``: median source side over target side, None if the pictures were not scanned."""

    pipeline: Pipeline
    method: str
    reduction: float | None

    @property
    def place(self) -> Location | None:
        loader = self.pipeline.loader
        if loader is not None and loader.function.endswith(LOADERS):
            return loader.place
        return next(iter((*self.pipeline.interpolation.locations, *self.pipeline.size.locations, *self.pipeline.places)), None)


class LossyResizing(Check):
    """The pictures are brought to size in a way that throws detail away.

    What it finds
        Resizing by nearest neighbour, which is the default of flow_from_directory, flow_from_dataframe and load_img; and,
        where the pictures were scanned, image_dataset_from_directory reducing them to less than half without antialiasing, and
        loaders that squash pictures of various shapes into one.

    Why it hurts
        Nearest neighbour takes one pixel of each patch and drops the others: thin structures break up and noise stays. The
        pretrained filters never saw such edges. On ImageNet VGG16 is 64.2 % right with Keras' plain default resize, and
        71.3 % with the resize to 256 and the crop of 224 that it was trained with.

    How it is measured
        The interpolation that the loader is given, or its default. Where the pictures were scanned, their median sides against
        the target size; pictures that have the target size already are not resized, so nothing is said. Shapes are various where
        the 90 % quantile of width over height is over 1.3 times the 10 % quantile.

    The fix
        interpolation="bilinear" for the generators, interpolation="area" for image_dataset_from_directory. Where pictures
        are of various shapes, crop_to_aspect_ratio=True (of the generators: keep_aspect_ratio=True) keeps their proportions; what
        stands at the edges is then cut off, so look whether that matters.

    References
        Keras 3.15, keras.utils.load_img: interpolation="nearest" by default
        Parmar, Zhang and Zhu, "On Aliased Resizing", 2022: https://arxiv.org/abs/2104.11222
    """

    id = "lossy-resizing"
    title = "Resizing drops pixels"
    area = "preprocessing"
    severity = Severity.NOTE
    expected = Expectation(0.07, "ImageNet, top-1 64.2 % nearest against 71.3 % bicubic with a centre crop")

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for training in trainings(evidence.recipe):
            if takes_pictures(training[0]) is False:
                yield NotApplicable("the network is not trained on pictures")
            elif not training[0].train.interpolation.known and training[0].train.kind.known:
                yield Undetermined(f"how the pictures are resized is not known: {training[0].train.interpolation.reason}")
        for losses in _groups(evidence):
            yield self._found(losses)
        for pipelines in _squashing(evidence):
            yield self._squashed(pipelines, evidence)

    def _squashed(self, pipelines: list[Pipeline], evidence: Evidence) -> Finding:
        size, dataset = pipelines[0].size.get(None), evidence.dataset
        assert size is not None
        assert dataset is not None
        low, _, high = dataset.aspects
        return self.finding(
            f"Pictures of various shapes are squashed to {size[0]} x {size[1]}: their width is {low:.2f} to {high:.2f} times "
            "their height, between the 10 and 90 % quantiles.",
            *(pipeline.loader.place for pipeline in pipelines if pipeline.loader),
            measured={SPREAD: Measure(round(high / low, 2))},
        )

    def _found(self, losses: list[Loss]) -> Finding:
        first = losses[0]
        size = first.pipeline.size.get(None)
        target = f" to {size[0]} x {size[1]}" if size else ""
        measured = {"interpolation": Measure(first.method)}
        if first.reduction is not None:
            measured["median source side over target side"] = Measure(round(first.reduction, 2))
        if first.method == "nearest":
            message = (
                f"The pictures are resized{target} by nearest neighbour: one pixel of each patch is kept, the others are dropped."
            )
        else:
            message = (
                f"The pictures are {first.reduction:.1f} times as large as their target{target} in the median, "
                f"and {first.method} interpolation without antialiasing skips the pixels between."
            )
        return self.finding(message, *(loss.place for loss in losses), measured=measured)

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        if SPREAD in finding.measured:
            same = (p for p in _squashing(evidence) if self._squashed(p, evidence).locations == finding.locations)
            return next(map(_keep_shape, same), None)
        for losses in _groups(evidence):
            if self._found(losses).locations == finding.locations:
                return _repair(losses)
        return None


def _squashing(evidence: Evidence) -> Iterator[list[Pipeline]]:
    """The pipelines of each training whose loader stretches pictures of various shapes to one."""
    dataset = evidence.dataset
    if dataset is None or not dataset.aspects[0] or dataset.aspects[2] / dataset.aspects[0] <= VARIOUS:
        return
    seen: set[Location] = set()
    for training in trainings(evidence.recipe):
        pipelines = [pipeline for stage in training for pipeline in (stage.train, stage.validation.get(None)) if pipeline]
        found = {p.loader.place: p for p in pipelines if p.loader and p.squashes.is_(True) and p.size.get(None)}
        if found and not seen & found.keys():
            seen |= found.keys()
            yield list(found.values())


def _keep_shape(pipelines: list[Pipeline]) -> Repair:
    changes = []
    for loader in (pipeline.loader for pipeline in pipelines if pipeline.loader):
        by_tensorflow = loader.function.endswith("image_dataset_from_directory")
        name = "crop_to_aspect_ratio" if by_tensorflow else "keep_aspect_ratio"
        changes.append(SetArgument(loader.place, name, "True"))
    return Repair("Crop to the shape of the input instead of squashing", tuple(changes), Safety.REVIEW)


def _groups(evidence: Evidence) -> list[list[Loss]]:
    """The losses of each training, one list a method; a loader that several trainings share is told once."""
    found: dict[tuple[Location | None, str], list[Loss]] = {}
    for training in trainings(evidence.recipe):
        if takes_pictures(training[0]) is False:
            continue
        pipelines = [pipeline for stage in training for pipeline in (stage.train, stage.validation.get(None)) if pipeline]
        losses = [loss for pipeline in pipelines if (loss := _loss(pipeline, evidence.dataset))]
        for method in dict.fromkeys(loss.method for loss in losses):
            group = [loss for loss in losses if loss.method == method]
            found.setdefault((group[0].place, method), group)
    return list(found.values())


def _loss(pipeline: Pipeline, dataset: DatasetEvidence | None) -> Loss | None:
    method, size = pipeline.interpolation.get(None), pipeline.size.get(None)
    reduction = None
    if dataset is not None and dataset.examined and size:
        if len({*dataset.widths, size[1]}) == 1 and len({*dataset.heights, size[0]}) == 1:
            return None  # nothing is resized
        reduction = min(dataset.heights[1] / size[0], dataset.widths[1] / size[1])
    if method == "nearest":
        return Loss(pipeline, method, reduction)
    by_tensorflow = pipeline.loader is not None and pipeline.loader.function.endswith("image_dataset_from_directory")
    if by_tensorflow and method in WITHOUT_ANTIALIASING and reduction is not None and reduction > LARGE_REDUCTION:
        return Loss(pipeline, method, reduction)
    return None


def _repair(losses: list[Loss]) -> Repair | None:
    changes: dict[Change, None] = {}
    for loss in losses:
        loader = loss.pipeline.loader
        if loader is None or not loader.function.endswith(LOADERS):
            return None
        method = "area" if loader.function.endswith("image_dataset_from_directory") else "bilinear"
        changes[SetArgument(loader.place, "interpolation", f'"{method}"')] = None
    return Repair("Resize without dropping pixels", tuple(changes))


GENERATORS = """\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train_gen = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True)
val_gen = ImageDataGenerator(preprocessing_function=preprocess_input)
train = train_gen.flow_from_directory("train", target_size=(224, 224))
val = val_gen.flow_from_directory("val", target_size=(224, 224))

base = VGG16(include_top=False, weights="imagenet", pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, Dense(4, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=10)
"""

DATASET = """\
import keras
from keras.utils import image_dataset_from_directory

train = image_dataset_from_directory("photos", image_size=(160, 160))
base = keras.applications.EfficientNetB0(include_top=False, pooling="avg", input_shape=(160, 160, 3))
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(2, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(train, epochs=10)
"""


def _scanned(sides: tuple[int, int, int]) -> DatasetEvidence:
    folders = (ClassFolder(name="a", files=50), ClassFolder(name="b", files=50))
    split = Split(path="photos", role="train", classes=folders)
    return DatasetEvidence(splits=(split,), pictures=100, examined=100, widths=sides, heights=sides)


LossyResizing.BAD = (
    Case(
        name="the default of flow_from_directory",
        source=GENERATORS,
        fixed=GENERATORS.replace(
            '("train", target_size=(224, 224))',
            '("train", target_size=(224, 224),\n                                      interpolation="bilinear")',
        ).replace('("val", target_size=(224, 224))', '("val", target_size=(224, 224), interpolation="bilinear")'),
        lines=(8, 9),
        severity=Severity.NOTE,
        says="to 224 x 224 by nearest neighbour",
    ),
    Case(
        name="the default of load_img",
        source="""\
import glob
import keras
import numpy as np

x = []
for name in glob.glob("tiles/*.png"):
    picture = keras.utils.load_img(name, target_size=(96, 96))
    x.append(keras.utils.img_to_array(picture) / 255.0)
x, y = np.array(x), np.load("labels.npy")
model = keras.Sequential([
    keras.layers.Conv2D(8, 3, activation="relu", input_shape=(96, 96, 3)),
    keras.layers.GlobalAveragePooling2D(),
    keras.layers.Dense(2, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, epochs=5)
""",
        lines=(7,),
    ),
    Case(
        name="large pictures without antialiasing",
        source=DATASET,
        fixed=DATASET.replace("image_size=(160, 160))", 'image_size=(160, 160), interpolation="area")'),
        lines=(4,),
        dataset=_scanned((600, 800, 1000)),
        says="5.0 times as large",
    ),
    Case(
        name="portraits and landscapes squashed to a square",
        source=DATASET,
        fixed=DATASET.replace("image_size=(160, 160))", "image_size=(160, 160), crop_to_aspect_ratio=True)"),
        lines=(4,),
        dataset=replace(_scanned((200, 240, 300)), aspects=(0.75, 1.0, 1.5)),
        says="their width is 0.75 to 1.50 times their height",
    ),
    Case(
        name="portraits and landscapes squashed by a generator",
        source=GENERATORS.replace("224))", '224), interpolation="bilinear")'),
        lines=(8, 9),
        dataset=replace(_scanned((200, 240, 300)), aspects=(0.75, 1.0, 1.5)),
        says="squashed to 224 x 224",
    ),
)
LossyResizing.GOOD = (
    Case(
        name="various shapes, cropped",
        source=DATASET.replace("160))", "160), crop_to_aspect_ratio=True)", 1),
        dataset=replace(_scanned((200, 240, 300)), aspects=(0.75, 1.0, 1.5)),
    ),
    Case(name="hardly various", source=DATASET, dataset=replace(_scanned((200, 240, 300)), aspects=(1.2, 1.33, 1.5))),
    Case(name="bilinear", source=GENERATORS.replace("224))", '224), interpolation="bilinear")')),
    Case(name="pictures of the target size", source=GENERATORS, dataset=_scanned((224, 224, 224))),
    Case(name="hardly reduced", source=DATASET, dataset=_scanned((200, 240, 300))),
    Case(
        name="load_img without a size, resized afterwards",
        source="""\
import glob
import keras
import numpy as np
from PIL import Image

x = np.array([np.array(keras.utils.load_img(name).resize((96, 96))) for name in glob.glob("tiles/*.png")]) / 255.0
y = np.load("labels.npy")
model = keras.Sequential([
    keras.layers.Conv2D(8, 3, activation="relu", input_shape=(96, 96, 3)),
    keras.layers.GlobalAveragePooling2D(),
    keras.layers.Dense(2, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, epochs=5)
""",
    ),
)
