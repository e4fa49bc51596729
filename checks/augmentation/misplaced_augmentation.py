"""misplaced-augmentation: random transforms stand where they do harm, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.augmentation.order import application, evaluated, normalised_after
from vggdoctor.checks.preprocessing.contract import arrival, overall
from vggdoctor.evidence import Evidence, Pipeline, Role, Stage, Step
from vggdoctor.schema import (
    Change,
    Confidence,
    Finding,
    Location,
    Measure,
    NotApplicable,
    RemoveArgument,
    Repair,
    ReplaceExpression,
    Safety,
    SetArgument,
    Severity,
    SwapCalls,
    Undetermined,
)

WRECKING = {"RandomBrightness", "RandomColorJitter", "AutoContrast", "RandomPosterization", "RandAugment"}
"""Layers that with value_range=(0, 255) change pictures of 0..1 beyond recognition. Keras 3.15.1, one random batch:
RandomBrightness gave 0..49, AutoContrast 0..255, RandomPosterization zeros. RandomContrast, RandomHue, RandomSaturation,
RandomColorDegeneration and RandomSharpness leave 0..1 within 0..1.1. Every one of them cuts off what is negative."""
UNIT = 2.0
"""Values up to this are scaled pixels: 0..1 with what contrast and brightness add (ours)."""
PIXEL_RANGE = 100.0
"""A value_range that reaches further is meant for pixels of 0..255 (ours)."""
CACHE = ".cache()"
LAYER = re.compile(r"(\w+)(?=\(| layer$)")
"""The class in the spelling of a layer: as written, ``layers.RandomContrast(0.2)``, or as seen, ``RandomContrast layer``."""


class Misplaced(Struct, frozen=True):
    """One transform at the wrong place. ``places`` starts with the one to change."""

    message: str
    places: tuple[Location, ...]
    confidence: Confidence
    measured: dict[str, Measure]
    repair: Repair | None = None


class MisplacedAugmentation(Check):
    """A random transform stands where it does harm, or nothing.

    What it finds
        Colour layers of Keras behind a normalisation, though their value_range says 0..255; brightness_range of an
        ImageDataGenerator that is given arrays of 0..1; cache() behind a random map; and an augmenter that the program
        builds and never uses.

    Why it hurts
        RandomBrightness adds up to a fifth of 255 to pixels of 0..1, and every colour layer cuts off what is below its
        value_range: half of a picture that was scaled to -1..1 becomes flat. The generator turns arrays into 8-bit pictures to
        change their brightness, so that floats of 0..1 come back black. A cache behind a random map keeps the first draw for
        all epochs. What is never used augments nothing.

    How it is measured
        The range of the values is followed up to each transform and compared with the range that it expects; the position
        of cache() among the steps; the names that the project reads.

    The fix
        The order is: cache, shuffle, augment, normalise, batch, prefetch. Where values are 0..1 or -1..1 the layers are told so
        by value_range; elsewhere the normalisation and the last random step change places. A cache behind random steps is taken
        out. None is offered for what is never used, whose place in the program nobody but you knows (missing-augmentation
        offers one where nothing is random), nor where another pipeline shares the steps.

    References
        Keras 3.15: keras.layers.RandomBrightness, value_range; keras.src.legacy.preprocessing.image.apply_brightness_shift
        TensorFlow guide "Better performance with the tf.data API": cache before random transformations
    """

    id = "misplaced-augmentation"
    title = "Random transforms at the wrong place"
    area = "augmentation"
    severity = Severity.WARNING

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        recipe = evidence.recipe
        ways = [(*stage.train.steps, *stage.model.input_steps) for stage in recipe.stages]
        if not recipe.augmenters and not any(step.role is Role.AUGMENTATION for way in ways for step in way):
            lost = next((stage.train.complete for stage in recipe.stages if not stage.train.complete.is_(True)), None)
            yield Undetermined(lost.reason) if lost else NotApplicable("no random transform is in the program")
        for item in _all(evidence):
            yield self.finding(item.message, *item.places, confidence=item.confidence, measured=item.measured)

    def causes(self, finding: Finding, evidence: Evidence) -> tuple[str, ...]:
        return ("missing-augmentation",) if "never used" in finding.message else ()

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        repair = next((item.repair for item in _all(evidence) if item.places == finding.locations), None)
        if repair is None or _serves_another(finding.locations[0], evidence):
            return None
        swapped = {place for change in repair.changes if isinstance(change, SwapCalls) for place in (change.first, change.second)}
        return None if any(application(step) in swapped for step in evaluated(evidence.recipe)) else repair


def _all(evidence: Evidence) -> list[Misplaced]:
    """One for each place that is to be changed, however many stages meet it."""
    found: dict[Location, Misplaced] = {}
    for stage in evidence.recipe.stages:
        for item in (*_colours(stage), *_brightness(stage.train), *_cached(stage.train)):
            found.setdefault(item.places[0], item)
    for augmenter in evidence.recipe.augmenters:
        if not augmenter.used:
            name = augmenter.call.assigned_to
            found.setdefault(
                augmenter.call.place,
                Misplaced(
                    f"{name} is built and never used: no picture goes through it.",
                    (augmenter.call.place,),
                    Confidence.HIGH,
                    {"uses": Measure(0)},
                ),
            )
    return list(found.values())


def _serves_another(place: Location, evidence: Evidence) -> bool:
    """Whether a layer also meets values, in another stage, that it is right for as it is."""
    for stage in evidence.recipe.stages:
        layers = {step.places[0] for step in (*stage.train.steps, *stage.model.input_steps) if step.value_range and step.places}
        if place in layers and all(item.places[0] != place for item in _colours(stage)):
            return True
    return False


def _colours(stage: Stage) -> Iterator[Misplaced]:
    """Colour layers that meet other values than they take them to be."""
    start = stage.train.start_range.value
    steps = (*stage.train.steps, *stage.model.input_steps)
    for index, step in enumerate(steps):
        if step.value_range is None or start is None or not step.places:
            continue
        values = arrival(start, steps[:index])
        if values is None:
            return
        low, high = overall(values)
        if _fits(step, low, high):
            continue
        before = [other for other in steps[:index] if other.role is Role.NORMALIZATION]
        expected = f"{step.value_range[0]:g}..{step.value_range[1]:g}"
        yield Misplaced(
            f"{step.spelling} is given values of {low:.4g}..{high:.4g} and takes them for {expected}.",
            tuple(dict.fromkeys((step.places[0], *(place for other in before for place in other.places[:1]), stage.place))),
            max((each.confidence for each in steps[: index + 1]), key=lambda confidence: confidence.rank),
            {"lowest value": Measure(round(low, 4)), "highest value": Measure(round(high, 4)), "value_range": Measure(expected)},
            _with_range(step, low, high) or normalised_after(steps, before),
        )


def _fits(step: Step, low: float, high: float) -> bool:
    assert step.value_range is not None
    lowest, highest = step.value_range
    if highest <= UNIT:
        return high <= UNIT
    if highest < PIXEL_RANGE:
        return True  # a range of its own
    layer = LAYER.search(step.spelling)
    is_wrecking = layer is not None and layer[1] in WRECKING
    return low >= 0 and (high > UNIT or not is_wrecking) and lowest <= 0


def _with_range(step: Step, low: float, high: float) -> Repair | None:
    """The range that the layer meets, where it is one of the usual two."""
    ranges = {(0, 1): "(0, 1)", (-1, 1): "(-1, 1)"}
    written = ranges.get((round(low), round(high))) if abs(low - round(low)) < 0.01 and abs(high - round(high)) < 0.01 else None
    if written is None:
        return None
    return Repair(f"Tell the layer that the values are {written}", (SetArgument(step.places[0], "value_range", written),))


def _brightness(pipeline: Pipeline) -> Iterator[Misplaced]:
    """The generator's brightness on arrays that are scaled already."""
    for index, step in enumerate(pipeline.steps):
        if step.argument != "brightness_range" or not step.places:
            continue
        before = [other for other in pipeline.steps[:index] if other.role is Role.NORMALIZATION]
        confidence = Confidence.HIGH
        values = arrival(pipeline.start_range.value, pipeline.steps[:index]) if pipeline.start_range.value else None
        if values is None and len(before) == 1 and before[0].scale and before[0].offset == 0:
            values = arrival((0.0, 255.0), before)  # a division by 255 says what the file held
            confidence = Confidence.MEDIUM
        if values is None or not before:
            continue
        low, high = overall(values)
        if low < 0 or high > UNIT:
            continue
        holder = pipeline.generator.place if pipeline.generator else step.places[0]
        yield Misplaced(
            f"{step.spelling} turns arrays of {low:.4g}..{high:.4g} into 8-bit pictures: they come back black.",
            tuple(dict.fromkeys((holder, *before[0].places[:1]))),
            confidence,
            {"lowest value": Measure(round(low, 4)), "highest value": Measure(round(high, 4))},
            Repair(
                "Leave out brightness_range: these arrays are scaled already",
                (RemoveArgument(step.argument_of, "brightness_range"),),
                Safety.REVIEW,
            )
            if step.argument_of
            else None,
        )


def _cached(pipeline: Pipeline) -> Iterator[Misplaced]:
    """A cache that keeps one draw of a random step."""
    random: list[Step] = []
    for step in pipeline.steps:
        if step.role is Role.AUGMENTATION:
            random.append(step)
        elif step.operation == "cache" and random and step.places:
            names = ", ".join(dict.fromkeys(other.spelling or other.operation for other in random))
            yield Misplaced(
                f"cache() keeps the first draw of {names}: every epoch sees the same pictures.",
                tuple(dict.fromkeys((step.places[0], *(place for other in random for place in other.places[:1])))),
                max((other.confidence for other in random), key=lambda confidence: confidence.rank),
                {"random transforms before the cache": Measure(len(random))},
                _without_cache(step),
            )
            return


def _without_cache(step: Step) -> Repair | None:
    place, written = step.places[0], step.spelling
    if place.line != place.end_line or place.end_column - place.column != len(written) or not written.endswith(CACHE):
        return None  # the spelling is not the whole text, or the cache is a file
    change: Change = ReplaceExpression(place, written.removesuffix(CACHE))
    return Repair("Take the cache out from behind the random steps", (change,))


CACHED = """\
import keras
import tensorflow as tf
from keras import layers

data_aug = keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomZoom(0.1)])
train = keras.utils.image_dataset_from_directory("bees/train", image_size=(180, 180), label_mode="binary")
train = train.map(lambda x, y: (data_aug(x, training=True), y)).cache().shuffle(1000)

inputs = keras.Input((180, 180, 3))
x = keras.applications.vgg16.preprocess_input(inputs)
vgg = keras.applications.VGG16(include_top=False, pooling="avg")
vgg.trainable = False
model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(vgg(x)))
model.compile("adam", "binary_crossentropy")
model.fit(train, epochs=12)
"""

AFTER_RESCALING = """\
import keras
from keras import layers

train = keras.utils.image_dataset_from_directory("bees/train", image_size=(120, 120))
model = keras.Sequential([
    keras.Input((120, 120, 3)),
    layers.Rescaling(1 / 255),
    layers.RandomFlip("horizontal"),
    layers.RandomBrightness(0.2),
    layers.Conv2D(16, 3, activation="relu"),
    layers.GlobalAveragePooling2D(),
    layers.Dense(2, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(train, epochs=12)
"""

EARLY = "    x = keras.applications.vgg16.preprocess_input(x)\n"
LATE = "    x = colours(x, training=True)\n"
AFTER_PREPROCESSING = f"""\
import keras

colours = keras.layers.RandomContrast(0.2)


def prepare(x, y):
{EARLY}{LATE}    return x, y


train = keras.utils.image_dataset_from_directory("bees/train", image_size=(224, 224)).map(prepare)
vgg = keras.applications.VGG16(include_top=False, pooling="avg", input_shape=(224, 224, 3))
vgg.trainable = False
model = keras.Sequential([vgg, keras.layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(train, epochs=12)
"""

BLACK = """\
import numpy as np
from tensorflow.keras import layers, models
from tensorflow.keras.preprocessing.image import ImageDataGenerator

x = np.load("x_train.npy").astype("float32") / 255.0
y = np.load("y_train.npy")
gen = ImageDataGenerator(brightness_range=[0.6, 1.4], horizontal_flip=True)
model = models.Sequential([
    layers.Conv2D(16, 3, activation="relu", input_shape=(96, 96, 3)),
    layers.GlobalAveragePooling2D(),
    layers.Dense(4, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(gen.flow(x, y, batch_size=32), epochs=30)
"""

UNUSED = """\
import keras
from keras import layers
from keras.applications.resnet_v2 import ResNet50V2, preprocess_input

data_augmentation = keras.Sequential([
    layers.RandomFlip("horizontal"),
    layers.RandomRotation(0.2),
])
train_ds = keras.utils.image_dataset_from_directory("shoes/train", image_size=(240, 240))
inputs = keras.Input(shape=(240, 240, 3))
x = preprocess_input(inputs)
base = ResNet50V2(include_top=False, pooling="avg")
base.trainable = False
model = keras.Model(inputs, layers.Dense(3, activation="softmax")(base(x)))
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(train_ds, epochs=10)
"""

MisplacedAugmentation.BAD = (
    Case(
        name="a cache behind the random map",
        source=CACHED,
        fixed=CACHED.replace(".cache()", ""),
        lines=(5, 7),
        severity=Severity.WARNING,
        says="keeps the first draw",
    ),
    Case(
        name="brightness behind a rescaling",
        source=AFTER_RESCALING,
        fixed=AFTER_RESCALING.replace("RandomBrightness(0.2)", "RandomBrightness(0.2, value_range=(0, 1))"),
        lines=(7, 9, 15),
        says="is given values of 0..1 and takes them for 0..255",
    ),
    Case(
        name="contrast behind a scaling to -1..1",
        source=AFTER_RESCALING.replace("1 / 255", "1 / 127.5, offset=-1").replace("RandomBrightness", "RandomContrast"),
        lines=(7, 9, 15),
        says="-1..1",
    ),
    Case(
        name="contrast behind the preprocessing of VGG16",
        source=AFTER_PREPROCESSING,
        fixed=AFTER_PREPROCESSING.replace(EARLY + LATE, LATE + EARLY),
        lines=(3, 7, 17),
        severity=Severity.WARNING,
        says="is given values of -123.7..151.1",
    ),
    Case(
        name="the generator's brightness on arrays of 0..1",
        source=BLACK,
        fixed=BLACK.replace("brightness_range=[0.6, 1.4], ", ""),
        lines=(5, 7),
        says="come back black",
    ),
    Case(name="built and never used", source=UNUSED, lines=(5,), says="data_augmentation is built and never used"),
)
MisplacedAugmentation.GOOD = (
    Case(name="the cache first", source=CACHED.replace("train.map(", "train.cache().map(").replace(")).cache()", "))")),
    Case(
        name="the colours before the rescaling",
        source=AFTER_RESCALING.replace(
            '    layers.Rescaling(1 / 255),\n    layers.RandomFlip("horizontal"),\n    layers.RandomBrightness(0.2),\n',
            '    layers.RandomFlip("horizontal"),\n    layers.RandomBrightness(0.2),\n    layers.Rescaling(1 / 255),\n',
        ),
    ),
    Case(name="with the range that it meets", source=AFTER_RESCALING.replace("(0.2)", "(0.2, value_range=(0, 1))")),
    Case(
        name="contrast on 0..1, which it leaves within 0..1", source=AFTER_RESCALING.replace("RandomBrightness", "RandomContrast")
    ),
    Case(
        name="brightness of files, rescaled behind it",
        source="""\
from tensorflow.keras import layers, models
from tensorflow.keras.preprocessing.image import ImageDataGenerator

gen = ImageDataGenerator(brightness_range=[0.6, 1.4], rescale=1.0 / 255)
train = gen.flow_from_directory("train", target_size=(96, 96))
model = models.Sequential([
    layers.Conv2D(16, 3, activation="relu", input_shape=(96, 96, 3)),
    layers.GlobalAveragePooling2D(),
    layers.Dense(4, activation="softmax"),
])
model.compile("adam", "categorical_crossentropy")
model.fit(train, epochs=30)
""",
    ),
    Case(
        name="used in the model", source=UNUSED.replace("preprocess_input(inputs)", "preprocess_input(data_augmentation(inputs))")
    ),
)
