from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.distinct import distinct
from vggdoctor.checks.measurements import look_at
from vggdoctor.checks.model.symptoms import places
from vggdoctor.evidence import Evidence, FirstLook, Layer, LayerSignal, ProbeEvidence, Stage
from vggdoctor.schema import Change, Finding, Location, Measure, Repair, Safety, SetArgument, Severity, Undetermined

DEEP = 13
"""Convolutions in VGG16. Measured with it from scratch: activations shrink from 15 to 0.16, and after 40 to 60 steps the loss is
within 1 % of ln C, where He's initialization has learnt."""
GLOROT = ("glorot_uniform", "glorot_normal")
CONSTANT = ("zeros", "ones", "zero", "one", "constant")
RECTIFIED = ("relu", "relu6", "leaky_relu")
NORMALIZING = ("BatchNormalization", "LayerNormalization", "GroupNormalization")
PLAIN_VGG = {"VGG16": 13, "VGG19": 16}
"""The networks of keras.applications without any normalisation, with the number of their convolutions, all Glorot."""

SYMMETRIC = """\
import keras
from keras import layers

train_ds = keras.utils.image_dataset_from_directory("data/train", image_size=(64, 64))
inputs = keras.Input((64, 64, 3))
x = layers.Conv2D(32, 3, activation="relu")(layers.Rescaling(1 / 255)(inputs))
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dense(64, activation="relu", kernel_initializer="zeros")(x)
model = keras.Model(inputs, layers.Dense(4, activation="softmax")(x))
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=10)
"""
THIRTEEN = """\
import keras
from keras import layers

train_ds = keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224))
model = keras.Sequential([keras.Input((224, 224, 3)), layers.Rescaling(1 / 255)])
for filters, depth in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
    for _ in range(depth):
        model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
    model.add(layers.MaxPooling2D())
model.add(layers.GlobalAveragePooling2D())
model.add(layers.Dense(4, activation="softmax"))
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=10)
"""


OWN = """\
import keras

x, y = load()
model = keras.Sequential([keras.layers.Dense(64, activation="relu", kernel_initializer=start), keras.layers.Dense(3, "softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(x, y, epochs=30)
"""


def _seen(spread: float) -> ProbeEvidence:
    hidden = LayerSignal(name="hidden", kind="Dense", units=64, activation="relu", kernel_std=spread)
    last = LayerSignal(name="last", kind="Dense", units=3, activation="softmax", kernel_std=0.0)
    look = FirstLook(stage=Location("train.py", 6, 6), moment="start", pictures=64, loss=1.1, penalty=0.0, layers=(hidden, last))
    return ProbeEvidence(looks=(look,))


class PoorInitialization(Check):
    """The weights start where training gets nowhere.

    What it finds
        A hidden layer whose kernel starts constant, zeros for instance; a rectified network of 13 or more convolutions (VGG16 or
        deeper) trained from scratch with Glorot's initialization, Keras' default, and no normalisation layer.

    Why it hurts
        From constant kernels all units of a layer get the same gradient and stay equal; from zeros under relu they get none.
        Glorot keeps the spread of the activations through linear layers, but relu halves it: over the 13 convolutions of VGG16
        they shrink from 15 to 0.16, and the loss stays at ln C, that of guessing (measured; He's initialization and 1e-4 learn).

    How it is measured
        The initializer of each kernel, the activations, and whether anything normalises in between, read or observed. Where the
        program was run, the spread of each kernel before the first step.

    The fix
        kernel_initializer="he_normal" (which doubles the variance for relu); or BatchNormalization, or pretrained weights.

    References
        K. He et al., "Delving Deep into Rectifiers" (2015), section 2.2; https://keras.io/api/layers/initializers/
    """

    id = "poor-initialization"
    title = "Weights start where nothing is learnt"
    area = "model"
    severity = Severity.WARNING

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        yield from distinct(item for stage in evidence.recipe.stages for item in self._judge(stage, evidence))

    def _judge(self, stage: Stage, evidence: Evidence) -> Iterator[Said]:
        constant = _constant(stage)
        alike = [] if constant else _alike(stage, evidence)
        if alike:
            yield self.finding(
                f"all weights of the kernel of {alike[0].name} are the same number at the start: its units all learn the same",
                *places(stage, *(layer.name for layer in alike)),
                measured={"spread of the kernel": Measure(0.0), "units": Measure(alike[0].units, "units")},
            )
        for layer in constant:
            yield self.finding(
                f"the kernel of a hidden {layer.kind} starts as {layer.initializer.value}: its units all learn the same",
                layer.place,
                confidence=layer.initializer.confidence,
            )
        backbone = stage.model.backbone
        if not backbone.known:
            yield Undetermined(f"the network is not fully known: {backbone.reason}")
            return
        if backbone.value is not None:
            used = backbone.value
            is_plain = used.application in PLAIN_VGG and used.weights.is_(None) and used.trainable.is_("all")
            if is_plain and not used.is_cut.value:
                yield self._deep(PLAIN_VGG[used.application], used.application, used.place)
            return
        layers = _deep_and_plain(stage)
        if isinstance(layers, Undetermined):
            yield layers
        elif layers:
            yield self._deep(len(layers), "", *(layer.place for layer in layers))

    def _deep(self, depth: int, name: str, *places: Location | None) -> Finding:
        what = f"the {depth} convolutions of {name} start" if name else f"{depth} convolutions in a row start"
        return self.finding(
            f"{what} with Glorot's initialization, without a normalisation: relu shrinks the signal layer by layer",
            *places,
            measured={"convolutions": Measure(depth, "layers")},
        )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for stage in evidence.recipe.stages:
            deep = _deep_and_plain(stage) if stage.model.backbone.is_(None) else []
            faulty = [*_constant(stage), *(deep if isinstance(deep, list) else [])]
            places = dict.fromkeys(layer.place for layer in faulty if layer.place in finding.locations and layer.place)
            changes: tuple[Change, ...] = tuple(SetArgument(place, "kernel_initializer", '"he_normal"') for place in places)
            if changes:
                return Repair("Start with He's initialization, made for relu", changes, Safety.REVIEW)
        return None

    BAD = (
        Case(name="constant by an initializer of one's own", source=OWN, probe=_seen(0.0), lines=(6,), says="the same number"),
        Case(
            name="zeros in a hidden layer",
            source=SYMMETRIC,
            fixed=SYMMETRIC.replace('"zeros"', '"he_normal"'),
            lines=(8,),
            severity=Severity.WARNING,
            says="starts as zeros",
        ),
        Case(name="thirteen convolutions in a loop", source=THIRTEEN, lines=(8,), says="13 convolutions in a row"),
        Case(
            name="VGG16 without weights",
            source="""\
import keras

train_ds = keras.utils.image_dataset_from_directory("data/train", image_size=(112, 112))
base = keras.applications.VGG16(include_top=False, weights=None, input_shape=(112, 112, 3), pooling="avg")
model = keras.Sequential([keras.layers.Rescaling(1 / 255), base, keras.layers.Dense(4, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=10)
""",
            lines=(4,),
            says="the 13 convolutions of VGG16",
        ),
    )

    GOOD = (
        Case(name="kernels that vary", source=OWN, probe=_seen(0.1)),
        Case(name="He's initialization", source=THIRTEEN.replace('"relu")', '"relu", kernel_initializer="he_uniform")')),
        Case(
            name="normalised in between",
            source=THIRTEEN.replace(
                "    model.add(layers.MaxP",
                "    model.add(layers.BatchNormalization())\n    model.add(layers.MaxP",
            ),
        ),
        Case(name="not that deep", source=THIRTEEN.replace("(512, 3), (512, 3)", "(512, 3)")),
        Case(
            name="zeros in the last layer are a fair start",
            source=SYMMETRIC.replace(', kernel_initializer="zeros"', "").replace(
                '"softmax")', '"softmax", kernel_initializer="zeros")'
            ),
        ),
        Case(
            name="ResNet50 without weights has BatchNorm",
            source="""\
import keras

train_ds = keras.utils.image_dataset_from_directory("data/train", image_size=(112, 112))
base = keras.applications.ResNet50(include_top=False, weights=None, input_shape=(112, 112, 3), pooling="avg")
model = keras.Sequential([keras.layers.Rescaling(1 / 255), base, keras.layers.Dense(4, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=10)
""",
        ),
    )


def _alike(stage: Stage, evidence: Evidence) -> list[LayerSignal]:
    """Hidden layers whose kernel the probe saw to be constant before the first step; the last layer may be."""
    look = look_at(evidence, stage)
    return [layer for layer in look.layers[:-1] if layer.kernel_std == 0] if look else []


def _constant(stage: Stage) -> list[Layer]:
    """Hidden layers that train and whose kernel starts constant; the last layer may."""
    if not stage.model.weights_from.is_(None) and stage.model.weights_from.locations:
        return []
    wide = [layer for layer in stage.model.layers if layer.kind in ("Dense", "Conv2D")]
    return [layer for layer in wide[:-1] if layer.initializer.is_(*CONSTANT) and not layer.trainable.is_(False)]


def _deep_and_plain(stage: Stage) -> list[Layer] | Undetermined:
    """The convolutions of a deep rectified network that starts with Glorot's initialization and has no normalisation."""
    model = stage.model
    convolutions = [layer for layer in model.layers if layer.kind == "Conv2D"]
    is_given = not model.weights_from.is_(None) and bool(model.weights_from.locations)
    if len(convolutions) < DEEP or any(layer.kind in NORMALIZING for layer in model.layers) or is_given:
        return []
    if not model.in_line.known:
        return Undetermined(f"how the layers follow one another is not known: {model.in_line.reason}")
    unread = next((layer for layer in convolutions if not layer.initializer.known or not layer.activation.known), None)
    if unread is not None:
        return Undetermined(f"how a convolution starts is not known: {unread.initializer.reason or unread.activation.reason}")
    fits = all(layer.initializer.is_(*GLOROT) for layer in convolutions) and model.in_line.value
    rectified = sum(layer.activation.is_(*RECTIFIED) for layer in convolutions) + sum(
        layer.kind in ("ReLU", "LeakyReLU") or (layer.kind == "Activation" and layer.activation.is_(*RECTIFIED))
        for layer in model.layers
    )
    return convolutions if fits and rectified >= DEEP else []
