"""channel-order: red and blue arrive the wrong way round."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, structs

from vggdoctor.backbones import Mode
from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.measurements import at_stage
from vggdoctor.checks.preprocessing.contract import expected_by, mode_of
from vggdoctor.checks.preprocessing.way import BGR, RGB, channel_order, doubt, surest
from vggdoctor.evidence import Backbone, DatasetEvidence, Evidence, InputContract, Pipeline, ProbeEvidence, Role, Stage, Step
from vggdoctor.schema import (
    Expectation,
    Finding,
    Location,
    Measure,
    NotApplicable,
    Repair,
    ReplaceExpression,
    Safety,
    Severity,
    Undetermined,
)

SEEN_AS = {"training": "train", "validation": "validation"}
"""Roles of pipelines, and their names in what the probe measures."""
CAFFE_LOW, CAFFE_HIGH = -90.0, 100.0
"""Photographs under caffe's preprocessing reach both (-123.7..151.1); under any other they do not."""


class Swapped(Struct, frozen=True):
    """One pipeline that brings the channels in the wrong order; ``steps`` are those that decide it, ``way`` all of them.
    ``seen``: what the probe saw of it, where it told the order."""

    stage: Stage
    backbone: Backbone
    mode: Mode
    role: str
    steps: tuple[Step, ...]
    way: tuple[Step, ...]
    seen: InputContract | None = None

    @property
    def places(self) -> tuple[Location, ...]:
        known = tuple(dict.fromkeys(place for step in self.steps for place in step.places[:1]))
        return known or (self.stage.place,)


class ChannelOrder(Check):
    """Red and blue arrive the wrong way round at a pretrained backbone.

    What it finds
        cv2.imread, which gives blue, green, red, followed by a preprocess_input of VGG or ResNet, which swaps the
        channels itself; cv2.imread without any swap before a network whose weights were trained on RGB; and a swap by hand of
        pictures that were RGB already.

    Why it hurts
        The first filters have learnt which channel is which. Nothing fails and the range of the values looks right, but skin
        becomes blue: a network that is 65 % right on ImageNet is 49 % right with the channels swapped.

    How it is measured
        The reader of the files gives the order at the start; every swap and every function that swaps turns it round. The
        order at the end is compared with the one that the weights expect. Grey pictures (all of them, where they were scanned:
        three equal channels have no order), and ways that are not known in every step, are left alone. Where the program was run,
        pictures as they arrive are found again among the files, which are decoded once more: that decides.

    The fix
        cv2.cvtColor(image, cv2.COLOR_BGR2RGB) right after cv2.imread, or one swap less. A file that cv2 cannot read gives
        None, so the conversion belongs behind a test for that where there is one.

    References
        OpenCV, imread: "the decoded images will have the channels stored in B G R order"
        keras.applications.imagenet_utils.preprocess_input, mode "caffe" (Keras 3.15)
    """

    id = "channel-order"
    title = "Red and blue are swapped"
    area = "preprocessing"
    severity = Severity.ERROR
    expected = Expectation(0.16, "ImageNet, top-1 49 % with swapped channels against 65 %")

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        if _all_grey(evidence.dataset):
            yield NotApplicable("all pictures are grey: their channels are equal")
            return
        judged = [item for stage in evidence.recipe.stages for item in _judged(stage, evidence)]
        silent = [item for item in judged if not isinstance(item, Swapped)]
        yield from (item for item in silent if isinstance(item, Undetermined))
        if judged and all(isinstance(item, NotApplicable) for item in judged):
            yield from (item for item in silent if isinstance(item, NotApplicable))
        for group in _groups(evidence):
            yield self._found(group)

    def _found(self, group: list[Swapped]) -> Finding:
        first = group[0]
        wanted = BGR if first.mode is Mode.CAFFE else RGB
        roles = " and ".join(dict.fromkeys(item.role for item in group))
        return self.finding(
            f"In {roles} the channels reach {first.backbone.application} as {_other(wanted)}, "
            f"its weights expect {wanted}: {_cause(first)}.",
            *(place for item in group for place in item.places),
            confidence=surest([step for item in group for step in item.way]),
            measured={"order": Measure(_other(wanted)), "expected order": Measure(wanted)},
        )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for group in _groups(evidence):
            places = tuple(dict.fromkeys(place for item in group for place in item.places))
            if places == finding.locations:
                return _repair(group)
        return None


def _all_grey(dataset: DatasetEvidence | None) -> bool:
    """Whether every picture of the set was looked at, and none has a colour."""
    return dataset is not None and 0 < dataset.pictures == dataset.examined == dataset.grey


def _groups(evidence: Evidence) -> list[list[Swapped]]:
    """Pipelines that share a deciding step share a finding."""
    found: dict[Location, list[Swapped]] = {}
    for stage in evidence.recipe.stages:
        for item in _judged(stage, evidence):
            if isinstance(item, Swapped) and item.places:
                found.setdefault(item.places[0], []).append(item)
    return list(found.values())


def _judged(stage: Stage, evidence: Evidence) -> Iterator[Swapped | Undetermined | NotApplicable | None]:
    """None stands for a pipeline whose order is right."""
    contract = expected_by(stage.model)
    if not isinstance(contract, tuple):
        yield contract
        return
    backbone, mode = contract
    for role, pipeline in (("training", stage.train), ("validation", stage.validation.get(None))):
        if pipeline is not None:
            said = _judge(stage, backbone, mode, role, pipeline)
            yield _with_what_was_seen(said, stage, backbone, mode, role, evidence)


def _with_what_was_seen(
    said: Swapped | Undetermined | None, stage: Stage, backbone: Backbone, mode: Mode, role: str, evidence: Evidence
) -> Swapped | Undetermined | None:
    """The order that was measured decides, where the normalisation is the family's: else the fault has another name."""
    contracts = at_stage(evidence.probe.contracts, stage) if evidence.probe else []
    seen = next((contract for contract in contracts if contract.role == SEEN_AS[role] and contract.order), None)
    if seen is None:
        return said
    if seen.order == (BGR if mode is Mode.CAFFE else RGB).lower():
        return None
    if mode is Mode.CAFFE and not (seen.minimum < CAFFE_LOW and seen.maximum > CAFFE_HIGH):
        return said
    return structs.replace(said, seen=seen) if isinstance(said, Swapped) else Swapped(stage, backbone, mode, role, (), (), seen)


def _judge(stage: Stage, backbone: Backbone, mode: Mode, role: str, pipeline: Pipeline) -> Swapped | Undetermined | None:
    way = (*pipeline.steps, *stage.model.input_steps)
    turning = tuple(step for step in way if step.role is Role.COLOUR_ORDER or mode_of(step) is Mode.CAFFE)
    unread = doubt(pipeline)
    if unread or any(step.role is Role.UNKNOWN for step in stage.model.input_steps):
        return Undetermined(unread or "a step at the front of the model is not understood")
    order = channel_order(pipeline, way)
    wanted = BGR if mode is Mode.CAFFE else RGB
    by_hand = any(step.role is Role.COLOUR_ORDER for step in way)
    has_function = any(mode_of(step) is Mode.CAFFE for step in way)
    if order in ("", wanted) or not by_hand or (mode is Mode.CAFFE and not has_function):
        return None  # without the function of its family the fault has another name
    return Swapped(stage, backbone, mode, role, turning, way)


def _other(order: str) -> str:
    return RGB if order == BGR else BGR


def _cause(item: Swapped) -> str:
    if item.seen is not None and not item.steps:
        return (
            f"{item.seen.order_pictures} pictures as they arrive were found among the files, and these decoded again (measured)"
        )
    from_bgr = any(step.operation == "bgr_source" for step in item.steps)
    by_function = any(mode_of(step) is Mode.CAFFE for step in item.steps)
    if from_bgr:
        return "cv2.imread gives BGR, " + ("and preprocess_input swaps the channels" if by_function else "and nothing swaps it")
    return "the pictures were RGB, and a swap by hand comes " + ("on top of preprocess_input's" if by_function else "into it")


def _repair(group: list[Swapped]) -> Repair | None:
    """Convert what cv2 has read."""
    sources = {step for item in group for step in item.steps if step.operation == "bgr_source"}
    if len(sources) != 1 or any(step.operation == "bgr_to_rgb" for item in group for step in item.steps):
        return None
    read = sources.pop()
    place = read.places[0]
    if place.line != place.end_line or place.end_column - place.column != len(read.spelling):
        return None  # the spelling is not the whole text
    converted = f"${{cv2.cvtColor}}({read.spelling}, ${{cv2.COLOR_BGR2RGB}})"
    return Repair("Convert what cv2 has read to RGB", (ReplaceExpression(place, converted),), Safety.REVIEW)


ARRAYS = """\
import cv2
import glob
import numpy as np
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D
from tensorflow.keras.models import Sequential

x = []
for name in glob.glob("leaves/*/*.jpg"):
    picture = cv2.imread(name)
    picture = cv2.resize(picture, (224, 224))
    x.append(picture)
x = preprocess_input(np.array(x, dtype="float32"))
y = np.load("labels.npy")

base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, GlobalAveragePooling2D(), Dense(5, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, validation_split=0.2, epochs=10)
"""

CONVERTED = ARRAYS.replace("cv2.imread(name)", "cv2.cvtColor(cv2.imread(name), cv2.COLOR_BGR2RGB)")

SEQUENCE = """\
import cv2
import numpy as np
from tensorflow import keras
from tensorflow.keras.applications import EfficientNetB0


class Eyes(keras.utils.Sequence):
    def __init__(self, table, batch):
        super().__init__()
        self.table, self.batch = table, batch

    def __len__(self):
        return len(self.table) // self.batch

    def __getitem__(self, index):
        part = self.table.iloc[index * self.batch : (index + 1) * self.batch]
        pictures = [cv2.resize(cv2.imread(f"eyes/{name}.png"), (224, 224)) for name in part.name]
        return np.array(pictures), part.grade.values


def train(table):
    net = EfficientNetB0(include_top=False, pooling="avg", input_shape=(224, 224, 3))
    net.trainable = False
    model = keras.Sequential([net, keras.layers.Dense(5, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(Eyes(table, 32), epochs=10)
"""

HIDDEN = ARRAYS.replace("cv2.imread(name)", "tools.read(name)").replace("import cv2\n", "import cv2\nimport tools\n")


def _probe(order: str, fit: int) -> ProbeEvidence:
    contract = InputContract(
        stage=Location("train.py", fit, fit),
        role="train",
        family="vgg16",
        tensor="block1_conv1",
        pictures=64,
        minimum=-123.7,
        maximum=151.1,
        mean=(0.0,) * 3,
        std=(60.0,) * 3,
        order=order,
        order_pictures=24,
    )
    return ProbeEvidence(contracts=(contract, structs.replace(contract, role="validation")))


ChannelOrder.BAD = (
    Case(
        name="read by a function that is not known, seen on what arrives",
        source=HIDDEN,
        probe=_probe("rgb", 21),
        lines=(21,),
        says="24 pictures as they arrive were found among the files",
    ),
    Case(
        name="BGR into a function that swaps",
        source=ARRAYS,
        fixed=CONVERTED,
        lines=(10, 13),
        severity=Severity.ERROR,
        says="preprocess_input swaps the channels",
    ),
    Case(
        name="BGR without a swap before a network that expects RGB",
        source=SEQUENCE,
        lines=(17,),
        says="nothing swaps it",
    ),
    Case(
        name="a swap by hand and one in the function",
        source="""\
import keras
import numpy as np
from keras.applications.resnet import ResNet50, preprocess_input

train = keras.utils.image_dataset_from_directory("birds", image_size=(224, 224))
train = train.map(lambda x, y: (preprocess_input(x[..., ::-1]), y))
base = ResNet50(include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(20, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(train, epochs=5)
""",
        lines=(6,),
        says="a swap by hand",
    ),
)
ChannelOrder.GOOD = (
    Case(name="the order that was measured is right", source=ARRAYS, probe=_probe("bgr", 20)),
    Case(name="converted after reading", source=CONVERTED),
    Case(
        name="X-rays, stored with three equal channels",
        source=ARRAYS,
        dataset=DatasetEvidence(splits=(), pictures=400, examined=400, grey=400),
    ),
    Case(
        name="BGR pixels minus the means, by hand",
        source=ARRAYS.replace(
            'preprocess_input(np.array(x, dtype="float32"))',
            'np.array(x, dtype="float32") - np.array([103.939, 116.779, 123.68])',
        ),
    ),
    Case(
        name="files read by Keras",
        source=ARRAYS.replace("cv2.imread(name)", "np.array(keras.utils.load_img(name))").replace(
            "import glob\n", "import glob\nimport keras\n"
        ),
    ),
    Case(
        name="grey pictures",
        source=SEQUENCE.replace(
            'cv2.imread(f"eyes/{name}.png")', 'cv2.cvtColor(cv2.imread(f"eyes/{name}.png"), cv2.COLOR_BGR2GRAY)'
        ),
    ),
    Case(
        name="BGR for a network of one's own",
        source="""\
import cv2
import glob
import numpy as np
from tensorflow import keras

x = np.array([cv2.resize(cv2.imread(name), (64, 64)) for name in glob.glob("cells/*.png")]) / 255.0
y = np.load("labels.npy")
model = keras.Sequential([
    keras.layers.Conv2D(16, 3, activation="relu", input_shape=(64, 64, 3)),
    keras.layers.Flatten(),
    keras.layers.Dense(2, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, epochs=5)
""",
    ),
)
