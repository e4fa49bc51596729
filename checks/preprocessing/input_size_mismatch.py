"""input-size-mismatch: the pictures have another size than the network takes, or one that it can do nothing with."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from vggdoctor.backbones import FAMILIES, Family
from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.preprocessing.contract import is_imagenet
from vggdoctor.checks.trainings import takes_pictures
from vggdoctor.evidence import Backbone, Evidence, Model, Pipeline, Recipe, Role, Stage
from vggdoctor.schema import Change, Finding, Location, Measure, NotApplicable, Repair, SetArgument, Severity, Undetermined

SIZE_ARGUMENTS = {
    "flow_from_directory": "target_size",
    "flow_from_dataframe": "target_size",
    "image_dataset_from_directory": "image_size",
}
STRIDE = 32
"""Pixels of the input for one of the final map, in every family of keras.applications."""
ROUNDING_DOWN = {"vgg16", "vgg19", "convnext"}
"""Families whose poolings drop the rest: 63 px give a map of 1 x 1. The others pad (keras.applications, Keras 3.15)."""
OWN_STEMS = {"inception_v3", "inception_resnet_v2", "xception", "nasnet"}
"""Families with convolutions that do not pad, whose final map does not follow from the stride alone."""
RESHAPING = {"UpSampling2D", "ZeroPadding2D", "Resizing", "Lambda", "Conv2DTranspose", "Cropping2D", "Reshape"}
"""Layers that may bring the pictures to another size before the backbone."""

Side = tuple[int, int]


class Misfit(Struct, frozen=True):
    """What does not fit, for the message; ``wanted`` is the size to give the pictures, where that is the correction."""

    message: str
    severity: Severity
    places: tuple[Location, ...]
    measured: dict[str, Measure]
    wanted: Side | None = None


class InputSizeMismatch(Check):
    """The pictures have another size than the network takes, or one that it can do nothing with.

    What it finds
        A target size of the loader that differs from the network's input shape; an input below the smallest size that
        the backbone takes; an input shape that include_top=True does not allow; Flatten and Dense behind a backbone that was
        given no input shape; and, as a warning, pictures so small that the backbone's last map has a single pixel.

    Why it hurts
        Keras 3 refuses the first batch, or the model itself. Keras 2 only warned in some of these cases and trained on.
        With a last map of 1 x 1 all sense of place is lost, and features that were learnt on 7 x 7 maps of large
        pictures see a few dozen pixels.

    How it is measured
        The size that the loader is given, the shape of the model's input, and the family's smallest size and stride. A resize
        or a crop on the way, and layers that resize inside the model, are taken into account: then nothing is said.

    The fix
        The loader is given the size of the network's input. A constant for both keeps them together.

    References
        keras.applications.imagenet_utils.obtain_input_shape (Keras 3.15): the smallest sizes
        Keras 3.15, Functional: "expected shape=(None, 224, 224, 3), found shape=(None, 150, 150, 3)"
    """

    id = "input-size-mismatch"
    title = "Picture size and network input do not fit"
    area = "preprocessing"
    severity = Severity.ERROR

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for stage in evidence.recipe.stages:
            if takes_pictures(stage) is False:
                yield NotApplicable("the network is not trained on pictures")
            elif _misfit(stage) is None and (reason := _doubt(stage)):
                yield Undetermined(reason)
        for misfit, _ in _misfits(evidence.recipe):
            yield self.finding(misfit.message, *misfit.places, severity=misfit.severity, measured=misfit.measured)

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for misfit, stages in _misfits(evidence.recipe):
            if misfit.places == finding.locations and misfit.wanted:
                return _repair(stages, misfit.wanted, evidence.recipe)
        return None


def _misfits(recipe: Recipe) -> list[tuple[Misfit, list[Stage]]]:
    """One for several stages of the same network and loader."""
    found: dict[tuple[Location, ...], tuple[Misfit, list[Stage]]] = {}
    for stage in recipe.stages:
        misfit = _misfit(stage)
        if misfit is not None:
            found.setdefault(misfit.places[:-1], (misfit, []))[1].append(stage)
    return list(found.values())


def _misfit(stage: Stage) -> Misfit | None:
    backbone = stage.model.backbone.get(None)
    family = FAMILIES.get(backbone.family) if backbone else None
    if backbone is not None and family is not None:
        found = _impossible(stage, backbone, family)
        if found is not None:
            return found
    found = _other_size(stage)
    if found is not None or backbone is None or family is None:
        return found
    return _single_pixel(stage, backbone, family)


def _doubt(stage: Stage) -> str:
    if not stage.model.backbone.known:
        return f"the network is not fully known: {stage.model.backbone.reason}"
    if not stage.train.size.known:
        return f"the size of the pictures is not known: {stage.train.size.reason}"
    if not stage.model.input_shape.known and stage.model.backbone.value is not None:
        return f"the input shape of the network is not known: {stage.model.input_shape.reason}"
    return ""


def _sides(shape: tuple[int | None, ...] | None) -> Side | None:
    """(height, width) of (height, width, channels), with or without a batch axis; None where one is open."""
    shape = shape[1:] if shape and len(shape) == 4 else shape
    if not shape or len(shape) != 3 or shape[0] is None or shape[1] is None:
        return None
    channels_first = shape[0] in (1, 3) and shape[2] not in (1, 3, 4)
    return None if channels_first else (shape[0], shape[1])


def _is_reshaped(model: Model) -> bool:
    return any(step.role is Role.GEOMETRY or step.operation == "crop" for step in model.input_steps) or any(
        layer.kind in RESHAPING for layer in model.layers
    )


def _arriving(stage: Stage) -> Side | None:
    """The size of the pictures at the model, if it is sure."""
    cropped = any(step.operation == "crop" for step in stage.train.steps)
    return None if cropped or not stage.train.size.known else stage.train.size.value


def _other_size(stage: Stage) -> Misfit | None:
    model, arriving = stage.model, _arriving(stage)
    wanted = _sides(model.input_shape.get(None))
    geometry = any(step.role is Role.GEOMETRY or step.operation == "crop" for step in model.input_steps)
    if arriving is None or wanted is None or arriving == wanted or geometry:
        return None
    holder = stage.train.loader
    places = (
        (stage.train.size.locations[:1] or ((holder.place,) if holder else stage.train.places[:1]))
        + (model.input_shape.locations[:1] or ((model.place,) if model.place else ()))
        + (stage.place,)
    )
    return Misfit(
        f"The pictures have {arriving[0]} x {arriving[1]} pixels, the network takes {wanted[0]} x {wanted[1]}.",
        Severity.ERROR,
        tuple(dict.fromkeys(places)),
        {
            "pictures": Measure(f"{arriving[0]} x {arriving[1]}", "pixels"),
            "input": Measure(f"{wanted[0]} x {wanted[1]}", "pixels"),
        },
        wanted,
    )


def _backbone_input(stage: Stage, backbone: Backbone) -> Side | None:
    """The size at the backbone: its own input shape, else what the model's input or the loader brings there unchanged."""
    own = _sides(backbone.input_shape.get(None))
    if own or _is_reshaped(stage.model):
        return own
    return _sides(stage.model.input_shape.get(None)) or _arriving(stage)


def _impossible(stage: Stage, backbone: Backbone, family: Family) -> Misfit | None:
    """What Keras refuses to build."""
    side = _backbone_input(stage, backbone)
    places = (*backbone.input_shape.locations[:1], backbone.place, stage.place)
    if backbone.include_top.is_(False) and side and min(side) < family.minimum:
        return Misfit(
            f"{backbone.application} without its top takes at least {family.minimum} x {family.minimum} pixels, "
            f"and gets {side[0]} x {side[1]}.",
            Severity.ERROR,
            tuple(dict.fromkeys(places)),
            {"input": Measure(min(side), "pixels"), "smallest input": Measure(family.minimum, "pixels")},
        )
    given = _sides(backbone.input_shape.get(None))
    default = 331 if backbone.application == "NASNetLarge" else family.size
    fixed_size = family.name not in ("efficientnet", "efficientnet_v2", "convnext") and is_imagenet(backbone)
    if backbone.include_top.is_(True) and fixed_size and given and given != (default, default):
        return Misfit(
            f"{backbone.application} with its top takes {default} x {default} pixels only, and is given an input shape of "
            f"{given[0]} x {given[1]}.",
            Severity.ERROR,
            tuple(dict.fromkeys(places)),
            {"input": Measure(min(given), "pixels"), "only input": Measure(default, "pixels")},
        )
    return _open_flatten(stage, backbone)


def _open_flatten(stage: Stage, backbone: Backbone) -> Misfit | None:
    """Flatten, then Dense, on maps of unknown size."""
    shape, layers = stage.model.input_shape.get(None), stage.model.layers
    is_open = shape is not None and len(shape) == 3 and shape[0] is None and shape[1] is None
    if not (
        is_open and backbone.include_top.is_(False) and backbone.pooling.is_(None) and layers and layers[0].kind == "Flatten"
    ):
        return None
    if not any(layer.kind == "Dense" for layer in layers[1:]):
        return None
    return Misfit(
        f"{backbone.application} is given no input shape, so a Dense layer behind Flatten cannot know how many inputs it has.",
        Severity.ERROR,
        tuple(dict.fromkeys(place for place in (backbone.place, layers[0].place, stage.place) if place)),
        {"input shape": Measure("(None, None, 3)")},
    )


def _single_pixel(stage: Stage, backbone: Backbone, family: Family) -> Misfit | None:
    """Pretrained features whose last map has one pixel."""
    side = _backbone_input(stage, backbone)
    whole = backbone.include_top.is_(False) and backbone.is_cut.is_(False) and is_imagenet(backbone)
    if not side or not whole or family.name in OWN_STEMS:
        return None
    longest = max(side)
    final = longest // STRIDE if family.name in ROUNDING_DOWN else -(-longest // STRIDE)
    if final != 1:
        return None
    return Misfit(
        f"Pictures of {side[0]} x {side[1]} pixels leave {backbone.application} a last map of 1 x 1; it learnt on maps of 7 x 7.",
        Severity.WARNING,
        tuple(dict.fromkeys((*backbone.input_shape.locations[:1], backbone.place, stage.place))),
        {"input": Measure(longest, "pixels"), "last map": Measure("1 x 1")},
    )


def _repair(stages: list[Stage], wanted: Side, recipe: Recipe) -> Repair | None:
    """The network's size for every loader that feeds it with another one."""
    pipelines: list[Pipeline] = []
    for stage in stages:
        judged = [item.pipeline.value for item in recipe.evaluations if item.stage == recipe.stages.index(stage)]
        pipelines += [pipeline for pipeline in (stage.train, stage.validation.value, *judged) if pipeline is not None]
    changes: dict[Change, None] = {}
    for pipeline in pipelines:
        if pipeline.size.is_(wanted):
            continue
        argument = SIZE_ARGUMENTS.get(pipeline.loader.function.rsplit(".", 1)[-1]) if pipeline.loader else None
        if argument is None or pipeline.loader is None:
            return None
        changes[SetArgument(pipeline.loader.place, argument, f"({wanted[0]}, {wanted[1]})")] = None
    return Repair(f"Load the pictures at {wanted[0]} x {wanted[1]} pixels, as the network takes them", tuple(changes))


FLATTENED = """\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense, Flatten
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

gen = ImageDataGenerator(preprocessing_function=preprocess_input, validation_split=0.2)
train = gen.flow_from_directory("monkeys", target_size=(150, 150), subset="training")
valid = gen.flow_from_directory("monkeys", target_size=(150, 150), subset="validation")

vgg = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
vgg.trainable = False
model = Sequential([vgg, Flatten(), Dense(10, activation="softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=valid, epochs=10)
"""

CIFAR = """\
from keras.applications import VGG16
from keras.applications.vgg16 import preprocess_input
from keras.datasets import cifar10
from keras.layers import Dense, Flatten
from keras.models import Sequential

(x, y), _ = cifar10.load_data()
x = preprocess_input(x.astype("float32"))
base = VGG16(include_top=False, weights="imagenet", input_shape=(32, 32, 3))
base.trainable = False
model = Sequential([base, Flatten(), Dense(10, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(x, y, epochs=10, validation_split=0.1)
"""

InputSizeMismatch.BAD = (
    Case(
        name="a target size that differs from the input shape",
        source=FLATTENED,
        fixed=FLATTENED.replace("(150, 150)", "(224, 224)"),
        lines=(7, 10, 14),
        severity=Severity.ERROR,
        says="150 x 150 pixels, the network takes 224 x 224",
    ),
    Case(
        name="an Input layer of another size",
        source="""\
import keras

train = keras.utils.image_dataset_from_directory("tea", image_size=(200, 200))
entry = keras.Input(shape=(224, 224, 3))
base = keras.applications.EfficientNetB0(include_top=False)
base.trainable = False
model = keras.Model(entry, keras.layers.Dense(3, activation="softmax")(keras.layers.GlobalAveragePooling2D()(base(entry))))
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(train, epochs=5)
""",
        lines=(3, 4, 9),
    ),
    Case(
        name="below the smallest size",
        source=CIFAR.replace("VGG16", "InceptionV3").replace("vgg16", "inception_v3"),
        lines=(9, 13),
        says="at least 75 x 75",
    ),
    Case(name="a last map of one pixel", source=CIFAR, lines=(9, 13), severity=Severity.WARNING, says="1 x 1"),
    Case(
        name="Flatten behind a backbone without an input shape",
        source=FLATTENED.replace(", input_shape=(224, 224, 3)", ""),
        lines=(10, 12, 14),
        says="is given no input shape",
    ),
)
InputSizeMismatch.GOOD = (
    Case(name="the same size", source=FLATTENED.replace("(150, 150)", "(224, 224)")),
    Case(
        name="a network without a fixed size",
        source=FLATTENED.replace(", input_shape=(224, 224, 3)", ', pooling="avg"').replace("Flatten(), ", ""),
    ),
    Case(
        name="resized in the model",
        source="""\
import keras
from keras import layers

train = keras.utils.image_dataset_from_directory("tea", image_size=(300, 300))
base = keras.applications.ResNet50(include_top=False, input_shape=(224, 224, 3), pooling="avg")
base.trainable = False
model = keras.Sequential([
    layers.Resizing(224, 224),
    layers.Lambda(keras.applications.resnet.preprocess_input),
    base,
    layers.Dense(3, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(train, epochs=5)
""",
    ),
    Case(
        name="small pictures into the first blocks (trap 10)",
        source=CIFAR.replace(
            "model = Sequential([base, Flatten(), Dense(10",
            'base = Model(base.input, base.get_layer("block3_pool").output)\nmodel = Sequential([base, Flatten(), Dense(10',
        ).replace("import Sequential", "import Model, Sequential"),
    ),
)
