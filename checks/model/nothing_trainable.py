from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.distinct import distinct
from vggdoctor.checks.trainings import is_name
from vggdoctor.evidence import Backbone, Evidence, Layer, Role, Stage
from vggdoctor.schema import Finding, FreezeLess, Location, NotApplicable, Repair, Severity, Undetermined

WITHOUT_WEIGHTS = frozenset(
    [
        "Activation", "ActivityRegularization", "Add", "AveragePooling2D", "CenterCrop", "Concatenate", "Cropping2D", "Dropout",
        "ELU", "Flatten", "GaussianDropout", "GaussianNoise", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "Identity",
        "InputLayer", "LeakyReLU", "MaxPooling2D", "Multiply", "Permute", "RandomBrightness", "RandomContrast", "RandomCrop",
        "RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom", "ReLU", "Rescaling", "Reshape", "Resizing", "Softmax",
        "SpatialDropout2D", "UpSampling2D", "ZeroPadding2D", "add", "concatenate", "multiply",
    ]
)  # fmt: skip
"""Layers of Keras that never have trainable weights."""

FROZEN = """\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory("data/train", target_size=(224, 224))
base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
model = Sequential([base, GlobalAveragePooling2D(), Dense(3, activation="softmax")])
for layer in model.layers:
    layer.trainable = False
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(train, epochs=10)
"""

TWICE = "base.trainable = False\nmodel.trainable = False\n"
BASE = 'VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))'
UNNAMED = FROZEN.replace(f"base = {BASE}\n", "").replace("[base, ", f"[{BASE}, ")


class NothingTrainable(Check):
    """Not one weight of the network changes in training.

    What it finds
        A fit of a network all of whose layers are frozen, the new head included.

    Why it hurts
        Fit runs, shows a loss and an accuracy, and leaves the network as it was: the head stays random, and every epoch costs as
        much time as one that learns.

    How it is measured
        The number of trainable weights of the live model, or the trainable flag of each layer that can have weights, as far as
        all of them are known in the source.

    The fix
        Freeze the pretrained network alone: base.trainable = False for model.trainable = False, a loop over base.layers for
        one over model.layers, or over model.layers[:-n] where the base has no name of its own. Where the base is frozen already
        the statement goes. None is offered for a network without new layers (what to put on it is yours to choose), and where
        layers were frozen in more than one place.

    References
        https://keras.io/guides/transfer_learning/
    """

    id = "nothing-trainable"
    title = "No weight is trained"
    area = "model"
    severity = Severity.ERROR

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        yield from distinct(item for stage in evidence.recipe.stages if (item := self._judge(stage)))

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        stage = next((each for each in evidence.recipe.stages if each.place in finding.locations), None)
        backbone = stage.model.backbone.value if stage is not None else None
        if stage is None or backbone is None or not stage.model.layers:
            return None
        places = {layer.trainable.locations for layer in stage.model.layers}
        if len(places) != 1 or len(place := places.pop()) != 1:
            return None
        if is_name(backbone.assigned_to):
            return _freezing_alone(FreezeLess(place[0], backbone.assigned_to))
        if not stage.model.in_line.is_(True) or any(step.role is not Role.AUGMENTATION for step in stage.model.input_steps):
            return None
        return _freezing_alone(FreezeLess(place[0], kept=len(stage.model.layers)))

    def _judge(self, stage: Stage) -> Said | None:
        model = stage.model
        if stage.method == "train_on_batch":
            return NotApplicable("a loop of train_on_batch, which may train other networks in turn (as a GAN does)")
        frozen = model.trainable_parameters.value == 0 if model.trainable_parameters.known else _is_frozen(stage)
        if isinstance(frozen, Undetermined):
            return frozen
        if not frozen:
            return None
        backbone = model.backbone.value
        if backbone is not None and not model.layers:
            what = f"the model is {backbone.application} alone, with no new layer, and all of it is frozen"
        else:
            total = f"all {model.total_parameters.value:,} weights" if model.total_parameters.known else "all layers"
            what = f"{total} are frozen, the new ones as well"
        return self.finding(f"{what}: fit changes nothing", *_freezing(stage), stage.place)

    BAD = (
        Case(
            name="the loop freezes the head as well",
            source=FROZEN,
            fixed=FROZEN.replace("in model.layers", "in base.layers"),
            lines=(10, 12),
            severity=Severity.ERROR,
            says="fit changes nothing",
        ),
        Case(
            name="the whole model is frozen instead of the base",
            source=FROZEN.replace(
                "for layer in model.layers:\n    layer.trainable = False\n",
                "model.trainable = False\n",
            ),
            fixed=FROZEN.replace("for layer in model.layers:\n    layer.trainable = False\n", "base.trainable = False\n"),
            lines=(9, 11),
        ),
        Case(
            name="the base has no name of its own",
            source=UNNAMED,
            fixed=UNNAMED.replace("in model.layers", "in model.layers[:-2]"),
            lines=(9, 11),
        ),
        Case(
            name="the base is frozen, and then all of it",
            source=FROZEN.replace("for layer in model.layers:\n    layer.trainable = False\n", TWICE),
            fixed=FROZEN.replace("for layer in model.layers:\n    layer.trainable = False\n", "base.trainable = False\n"),
            lines=(10, 12),
        ),
        Case(
            name="the base is compiled, the head forgotten",
            source=FROZEN.replace("model = Sequential([base, ", "model = base\nhead = Sequential([base, "),
            lines=(7, 13),
            says="is VGG16 alone",
        ),
    )

    GOOD = (
        Case(name="the base alone is frozen", source=FROZEN.replace("for layer in model.layers:", "for layer in base.layers:")),
        Case(
            name="all but the last layer",
            source=FROZEN.replace("for layer in model.layers:", "for layer in model.layers[:-1]:"),
        ),
        Case(
            name="frozen after training, for use",
            source=FROZEN.replace("for layer in model.layers:\n    layer.trainable = False\n", "") + "model.trainable = False\n",
        ),
        Case(
            name="one network of two that are trained in turn",
            source=FROZEN.replace(
                "model.fit(train, epochs=10)", "for pictures, labels in train:\n    model.train_on_batch(pictures, labels)"
            ),
        ),
    )


def _is_frozen(stage: Stage) -> bool | Undetermined:
    """Whether no layer trains; one that certainly does settles it, whatever the others do."""
    backbone = stage.model.backbone.value
    weighted = [layer for layer in stage.model.layers if layer.kind not in WITHOUT_WEIGHTS]
    if any(_trains(layer) for layer in weighted) or (backbone is not None and backbone.trainable.is_("some", "all")):
        return False
    if not stage.model.complete.known:
        return Undetermined(f"the network is not fully known: {stage.model.complete.reason}")
    if backbone is not None and not backbone.trainable.known:
        return Undetermined(f"which layers of {backbone.application} train is not known: {backbone.trainable.reason}")
    if not all(layer.trainable.is_(False) for layer in weighted):
        return Undetermined("which of the network's layers have weights that train is not known")
    return bool(weighted) or backbone is not None


def _freezing_alone(change: FreezeLess) -> Repair:
    return Repair("Freeze the pretrained network alone, so that the head is trained", (change,))


def _trains(layer: Layer) -> bool:
    return layer.kind in ("Dense", "Conv2D", "SeparableConv2D", "DepthwiseConv2D") and layer.trainable.is_(True)


def _freezing(stage: Stage) -> tuple[Location, ...]:
    """Where the layers were frozen."""
    backbone: Backbone | None = stage.model.backbone.value
    places = [place for layer in stage.model.layers if layer.trainable.is_(False) for place in layer.trainable.locations]
    return tuple(dict.fromkeys(places)) or ((backbone.place,) if backbone is not None else ())
