"""label-breaking-augmentation: a random transform turns a picture of one class into one of another, or of none."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.augmentation.meaning import are_characters, class_names, sided, words_of
from vggdoctor.checks.trainings import trainings
from vggdoctor.evidence import ClassFolder, DatasetEvidence, Evidence, Role, Split, Stage, Step
from vggdoctor.schema import (
    Change,
    Confidence,
    Finding,
    Location,
    Measure,
    NotApplicable,
    RemoveArgument,
    Repair,
    SetArgument,
    Severity,
    Undetermined,
)

LARGEST_SHIFT = 0.4
"""A shift by more than this share of a side leaves little of a centred object in the picture (catalogue)."""
FEWEST_CHARACTERS = 20
"""So many classes with names of one character are letters; fewer may be grades or numbered classes (ours)."""
HAND_SIGNS = {"asl", "sign", "signs", "gesture", "gestures", "hand", "hands", "finger", "fingers"}
"""Words in a folder's name that say that letters stand for signs of a hand, which may be either hand (ours)."""
WRITTEN_SETS = ("mnist", "svhn", "emnist", "digits")
"""Words in the name of a loader or a folder that say that the pictures show digits (ours)."""
CLOTHES = "fashion_mnist"
UPRIGHT = {
    "cat", "cats", "dog", "dogs", "horse", "horses", "cow", "cows", "elephant", "elephants", "sheep", "person",
    "people", "man", "woman", "men", "women", "face", "faces", "mask", "car", "cars", "truck", "trucks", "bus", "buses",
    "ship", "ships", "building", "buildings", "street", "mountain", "mountains", "forest", "sea", "house", "houses",
    "chair", "chairs", "bicycle", "motorcycle",
}  # fmt: skip
"""Things that are hardly ever photographed upside down (ours)."""


class Broken(Struct, frozen=True):
    """What one step does to the labels of a training."""

    stage: Stage
    step: Step
    message: str
    measured: dict[str, Measure]


class LabelBreakingAugmentation(Check):
    """A random transform may turn a picture of one class into one of another, or of nothing.

    What it finds
        Horizontal flips where classes are called left and right, vertical flips where they are called up and down,
        flips of digits and letters, vertical flips of scenes that have an up and a down (cats, cars, faces, streets), and
        shifts by more than 0.4 of a side.

    Why it hurts
        The label stays while the meaning changes: half of the left hands are shown as right hands, a 6 becomes a 9, and a
        shift by half of the picture leaves a piece of background that is called a cat. The network learns contradictions, or
        spends its capacity on views that never occur.

    How it is measured
        The direction and strength of each transform, against the names of the classes, as given in the code or as
        found in the folders. Where the names are not known, only shifts are judged.

    The fix
        That transform is left out, or cut down to the direction that keeps the label; shifts are reduced to 0.1.

    References
        Shorten and Khoshgoftaar, 2019, "label preserving" transformations: https://doi.org/10.1186/s40537-019-0197-0
    """

    id = "label-breaking-augmentation"
    title = "A random transform may change the label"
    area = "augmentation"
    severity = Severity.NOTE

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for training in trainings(evidence.recipe):
            steps = [step for stage in training for step in _random(stage)]
            names = class_names(training[0].train, evidence.dataset)
            if not steps:
                complete = training[0].train.complete
                yield NotApplicable("nothing is augmented") if complete.is_(True) else Undetermined(complete.reason)
            elif _asks_for_names(steps) and not (names.known or any(_written(stage) for stage in training)):
                yield Undetermined("the names of the classes are not known, so whether a flip keeps them is not either")
        for item in _all(evidence):
            yield self.finding(
                item.message,
                *item.step.places[:1],
                item.stage.place,
                confidence=max(item.step.confidence, Confidence.MEDIUM, key=lambda confidence: confidence.rank),
                measured=item.measured,
            )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for item in _all(evidence):
            if item.step.places[0] == finding.locations[0]:
                return _repair(item, class_names(item.stage.train, evidence.dataset).value or ())
        return None


def _all(evidence: Evidence) -> list[Broken]:
    found: dict[Location, Broken] = {}
    for stage in evidence.recipe.stages:
        names = class_names(stage.train, evidence.dataset).value or ()
        for step in _random(stage):
            said = _flipped(stage, step, names) or _shifted(step)
            if said and step.places:
                found.setdefault(step.places[0], Broken(stage, step, *said))
    return list(found.values())


def _random(stage: Stage) -> list[Step]:
    return [step for step in (*stage.train.steps, *stage.model.input_steps) if step.role is Role.AUGMENTATION]


def _asks_for_names(steps: list[Step]) -> bool:
    return any(step.direction or step.operation == "flip" for step in steps)


Words = tuple[str, dict[str, Measure]]


def _flipped(stage: Stage, step: Step, names: tuple[str, ...]) -> Words | None:
    directions = ("horizontal", "vertical") if step.direction == "both" else (step.direction,)
    for direction in directions:
        if direction not in ("horizontal", "vertical"):
            continue
        turned = sorted(sided(names, direction))
        if turned:
            classes = " and ".join(turned)
            return f"{step.spelling} turns {classes} into one another.", {"classes": Measure(", ".join(names))}
        if _are_letters(stage, names) or _written(stage):
            return f"{step.spelling} mirrors digits or letters, which then mean nothing or another one.", _of(names)
        if direction == "vertical" and _are_upright(names):
            return f"{step.spelling} turns {names[0]} upside down, which no picture in use will be.", _of(names)
    return None


def _of(names: tuple[str, ...]) -> dict[str, Measure]:
    return {"classes": Measure(", ".join(names))} if names else {}


def _are_letters(stage: Stage, names: tuple[str, ...]) -> bool:
    folder = set(words_of(stage.train.directory.value or ""))
    return len(names) >= FEWEST_CHARACTERS and are_characters(names) and not folder & HAND_SIGNS


def _written(stage: Stage) -> bool:
    """Whether the data set is one of written digits, by its name."""
    loader, folder = stage.train.loader, stage.train.directory.value or ""
    name = f"{loader.function if loader else ''} {folder}".lower()
    return CLOTHES not in name and "fashion" not in name and bool(set(words_of(name)) & set(WRITTEN_SETS))


def _are_upright(names: tuple[str, ...]) -> bool:
    return bool(names) and all(set(words_of(name)) & UPRIGHT for name in names)


def _shifted(step: Step) -> Words | None:
    if step.operation != "translation" or step.amount is None or step.amount <= LARGEST_SHIFT:
        return None
    share = f"{step.amount:.0%}"
    return (
        f"{step.spelling} moves a picture by up to {share} of a side: what it shows may leave it.",
        {"largest shift": Measure(step.amount, "share of the side")},
    )


def _repair(item: Broken, names: tuple[str, ...]) -> Repair | None:
    step = item.step
    change: Change | None = None
    if step.argument_of and step.direction:
        change = RemoveArgument(step.argument_of, step.argument)
    elif step.argument_of and step.amount:
        change = SetArgument(step.argument_of, step.argument, "0.1")
    if change is None:
        return None
    return Repair(f"Leave out {step.argument}" if step.direction else f"Reduce {step.argument}", (change,))


HANDS = """\
import keras
from keras import layers
from keras.applications.mobilenet import MobileNet, preprocess_input

names = ["left_hand", "right_hand"]
train = keras.utils.image_dataset_from_directory("hands", image_size=(224, 224), class_names=names, label_mode="binary")
inputs = keras.Input((224, 224, 3))
x = layers.RandomFlip("horizontal")(inputs)
x = preprocess_input(x)
base = MobileNet(include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(base(x)))
model.compile("adam", "binary_crossentropy")
model.fit(train, epochs=5)
"""

GENERATOR = """\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

gen = ImageDataGenerator(preprocessing_function=preprocess_input, zoom_range=0.1, vertical_flip=True)
train = gen.flow_from_directory("animals", target_size=(224, 224), classes=["cats", "dogs"], class_mode="binary")
base = VGG16(include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(train, epochs=9)
"""

DIGITS = """\
import keras
from keras import layers

(x, y), _ = keras.datasets.mnist.load_data()
model = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.RandomFlip("horizontal"),
    layers.Rescaling(1 / 255),
    layers.Conv2D(16, 3, activation="relu"),
    layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x[..., None], y, epochs=5)
"""

SHIFTS = GENERATOR.replace("zoom_range=0.1, vertical_flip=True", "width_shift_range=0.5, height_shift_range=0.1")


def _folders(*names: str) -> DatasetEvidence:
    folders = tuple(ClassFolder(name=name, files=40) for name in names)
    return DatasetEvidence(splits=(Split(path="animals", role="train", classes=folders),), pictures=40 * len(names), examined=0)


LabelBreakingAugmentation.BAD = (
    Case(
        name="left and right hands", source=HANDS, lines=(8, 14), severity=Severity.NOTE, says="left and right into one another"
    ),
    Case(
        name="cats upside down",
        source=GENERATOR,
        fixed=GENERATOR.replace(", vertical_flip=True", ""),
        lines=(6, 12),
        says="upside down",
    ),
    Case(name="mirrored digits", source=DIGITS, lines=(7, 14), says="mirrors digits"),
    Case(
        name="a shift by half of the picture",
        source=SHIFTS,
        fixed=SHIFTS.replace("width_shift_range=0.5", "width_shift_range=0.1"),
        lines=(6, 12),
        says="50% of a side",
    ),
    Case(
        name="turns, by the folders",
        source=GENERATOR.replace('classes=["cats", "dogs"], ', "").replace("vertical_flip", "horizontal_flip"),
        dataset=_folders("turn left", "turn right"),
        lines=(6, 12),
    ),
)
LabelBreakingAugmentation.GOOD = (
    Case(name="mirrored cats", source=GENERATOR.replace("vertical_flip", "horizontal_flip")),
    Case(name="leaves upside down", source=GENERATOR.replace("cats", "rust").replace("dogs", "blight")),
    Case(
        name="grades by number",
        source=GENERATOR.replace('"cats", "dogs"', '"0", "1", "2", "3", "4"').replace("vertical_flip", "horizontal_flip"),
    ),
    Case(name="small shifts", source=SHIFTS.replace("0.5", "0.2")),
    Case(name="shifts in pixels", source=SHIFTS.replace("0.5", "30")),
    Case(name="only one side has its name", source=HANDS.replace('"right_hand"', '"foot"')),
)
