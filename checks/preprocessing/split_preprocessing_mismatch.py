"""split-preprocessing-mismatch: the model is judged, or used, on other values than it was trained on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.judged import JudgedOn, judged_on
from vggdoctor.checks.preprocessing.contract import agree, arrival, expected_by, fault_of, overall
from vggdoctor.checks.preprocessing.correction import correction
from vggdoctor.checks.preprocessing.diagnosis import Diagnosis, observed_at
from vggdoctor.checks.preprocessing.signature import ENOUGH_PICTURES
from vggdoctor.checks.preprocessing.way import channel_order, doubt, surest
from vggdoctor.evidence import Evidence, InputContract, Pipeline, Role
from vggdoctor.schema import (
    Confidence,
    Finding,
    Location,
    Measure,
    NotApplicable,
    Repair,
    ReplaceExpression,
    Severity,
    Undetermined,
)

VALUES, SIZE, ORDER = "values", "size", "channel order"
OTHER_RANGE = 0.35
"""Ends of the observed ranges further apart than this share of the wider one are two normalisations, not two sets of pictures:
1/255 and -1..1 differ by 0.5, caffe and raw pixels by 0.4, dull and bright photographs by less (ours)."""


class Difference(Struct, frozen=True):
    """What of ``other`` is not as in training: some of VALUES, SIZE and ORDER."""

    other: JudgedOn
    kinds: tuple[str, ...]

    @property
    def places(self) -> tuple[Location, ...]:
        return (*_places(self.other.pipeline, self.kinds, self.other.place), self.other.place)


class SplitPreprocessingMismatch(Check):
    """The pictures of validation, test or use are prepared in another way than those of training.

    What it finds
        Validation data, test data, or single pictures for predict (also in another file that loads the network which
        this project saves), that are normalised in another way than the training pictures, resized to another size, or
        have red and blue the other way round.

    Why it hurts
        The network learnt on one kind of values and is asked about another. Validation accuracy then says nothing about
        the network, callbacks stop or keep it for the wrong reason, and in use it fails on pictures that it has learnt well.

    How it is measured
        The range of the values is followed through every step of both ways, channel by channel, and compared at the
        model's input; sizes and the order of the channels likewise. Where the program was run, the ranges measured at
        the first convolution decide about training and validation. Random transforms do not count. Where one of the
        ways is not known in every step nothing is said.

    The fix
        One function for all, or the preprocessing inside the model, so that it cannot be forgotten. Where the training
        pictures are prepared as the backbone's weights expect, the others get the same preprocess_input.

    References
        Keras guide "Transfer learning and fine-tuning": preprocessing as part of the model,
        https://keras.io/guides/transfer_learning/ Sculley et al., "Hidden Technical Debt in Machine Learning Systems", 2015:
        training / serving skew
    """

    id = "split-preprocessing-mismatch"
    title = "Training and the other pictures are prepared differently"
    area = "preprocessing"
    severity = Severity.ERROR

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        others = list(judged_on(evidence.recipe))
        if not others:
            yield NotApplicable("there are no other pictures to compare the training pictures with")
        for other in others:
            reason = doubt(other.stage.train) or doubt(other.pipeline)
            if reason and not _observed(other, evidence) and not _difference(other, evidence):
                yield Undetermined(f"{other.role} is not compared with training: {reason}")
        for differences in _groups(evidence):
            yield self._found(differences, evidence)

    def _found(self, differences: Sequence[Difference], evidence: Evidence) -> Finding:
        train = differences[0].other.stage.train
        kinds = tuple(dict.fromkeys(kind for item in differences for kind in item.kinds))
        observed = next((seen for item in differences if (seen := _observed(item.other, evidence))), (None, None))
        alike = any(_read_alike(item.other) for item in differences)
        in_training = _described(train, kinds, observed[0], alike)
        measured = {"training": Measure(in_training)}
        told = []
        for item in differences:
            measured |= _measures(item.other, evidence)
            seen = _observed(item.other, evidence)
            described = _described(item.other.pipeline, item.kinds, seen[1] if seen else None, alike)
            measured[f"{item.other.role} ({item.other.place})"] = Measure(described)
            told.append(f"{item.other.role} pictures through {described}")
        steps = [*train.steps, *(step for item in differences for step in item.other.pipeline.steps)]
        unsure = any(doubt(item.other.pipeline) or doubt(train) for item in differences)
        return self.finding(
            f"Training pictures go through {in_training}, but {' and '.join(dict.fromkeys(told))}.",
            *(place for item in differences for place in item.places),
            *_places(train, kinds, differences[0].other.stage.place),
            confidence=Confidence.MEDIUM if unsure else surest(steps),
            measured=measured,
        )

    def causes(self, finding: Finding, evidence: Evidence) -> tuple[str, ...]:
        """Where the steps that were read are the same, a random one that does not fit its place makes the difference."""
        groups = (group for group in _groups(evidence) if self._found(group, evidence).locations == finding.locations)
        return ("misplaced-augmentation",) if any(_read_alike(item.other) for group in groups for item in group) else ()

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for differences in _groups(evidence):
            if self._found(differences, evidence).locations == finding.locations:
                return _repair(differences)
        return None


def _groups(evidence: Evidence) -> list[list[Difference]]:
    """The differences from each training pipeline; one that several stages share is told once."""
    found: dict[tuple[Location, ...], dict[tuple[Location, ...], Difference]] = {}
    for other in judged_on(evidence.recipe):
        difference = _difference(other, evidence)
        if difference is not None:
            train = _places(other.stage.train, difference.kinds, other.stage.place)
            found.setdefault(train, {}).setdefault(difference.places[:-1], difference)
    return [list(group.values()) for group in found.values()]


def _difference(other: JudgedOn, evidence: Evidence) -> Difference | None:
    train, pipeline, front = other.stage.train, other.pipeline, other.stage.model.input_steps
    kinds = []
    seen = _observed(other, evidence)
    if seen is not None and _differ(*seen):
        kinds.append(VALUES)
    if not doubt(train) and not doubt(pipeline):
        if seen is None and _read_alike(other) is False:
            kinds.append(VALUES)
        orders = {channel_order(way, way.steps) for way in (train, pipeline)}
        by_hand = train.having(Role.COLOUR_ORDER) or pipeline.having(Role.COLOUR_ORDER)
        if by_hand and len(orders) == 2 and "" not in orders:  # a function that swaps shows in the values
            kinds.append(ORDER)
    resized = any(step.role is Role.GEOMETRY for step in front)
    cropped = any(step.operation == "crop" for way in (train, pipeline) for step in way.steps)
    if train.size.known and pipeline.size.known and train.size.value != pipeline.size.value and not (resized or cropped):
        kinds.append(SIZE)
    return Difference(other, tuple(kinds)) if kinds else None


def _read_alike(other: JudgedOn) -> bool | None:
    """Whether both ways, as they were read, bring the pictures to the same values; None where they were not read in full."""
    ways = (other.stage.train, other.pipeline)
    if any(map(doubt, ways)):
        return None
    trained, judged = (arrival(way.start_range.value or (0.0, 255.0), way.steps) for way in ways)
    return agree(judged, trained) and agree(trained, judged) if trained and judged else None


def _observed(other: JudgedOn, evidence: Evidence) -> tuple[InputContract, InputContract] | None:
    """What the probe measured of training and validation at the first convolution, on enough pictures to compare."""
    if other.role != "validation":
        return None
    train, validation = (observed_at(evidence, other.stage, role) for role in ("train", "validation"))
    if train is None or validation is None or min(train.pictures, validation.pictures) < ENOUGH_PICTURES:
        return None
    return train, validation


def _differ(train: InputContract, validation: InputContract) -> bool:
    span = max(train.maximum - train.minimum, validation.maximum - validation.minimum)
    ends = (train.minimum - validation.minimum, train.maximum - validation.maximum)
    return any(abs(distance) > OTHER_RANGE * span for distance in ends)


def _described(pipeline: Pipeline, kinds: Sequence[str], observed: InputContract | None, alike: bool) -> str:
    """What a pipeline does as far as it matters for the difference; ``alike``: what was read of it and the other makes none."""
    parts = []
    if VALUES in kinds and observed is not None and (alike or doubt(pipeline)):
        parts.append(f"steps that bring them to {observed.minimum:.4g}..{observed.maximum:.4g} (observed)")
    elif VALUES in kinds:
        values = arrival(pipeline.start_range.value or (0.0, 255.0), pipeline.steps)
        done = [step.spelling or step.operation for step in pipeline.having(Role.NORMALIZATION)]
        reach = " ({:.4g}..{:.4g})".format(*overall(values)) if values else ""
        parts.append((" and ".join(dict.fromkeys(done)) or "no normalisation") + reach)
    if SIZE in kinds and pipeline.size.value:
        parts.append("a resize to {} x {}".format(*pipeline.size.value))
    if ORDER in kinds:
        parts.append(f"{channel_order(pipeline, pipeline.steps)} order")
    return ", ".join(parts)


def _measures(other: JudgedOn, evidence: Evidence) -> dict[str, Measure]:
    seen = _observed(other, evidence)
    if seen is None:
        return {}
    named = zip(("training", "validation"), seen, strict=True)
    return {
        f"observed {end} in {role}": Measure(round(value, 4), "input value")
        for role, contract in named
        for end, value in (("minimum", contract.minimum), ("maximum", contract.maximum))
    }


def _places(pipeline: Pipeline, kinds: Sequence[str], otherwise: Location) -> tuple[Location, ...]:
    """Where the deciding steps stand; where there is none, the call that would hold one."""
    roles = [role for kind, role in ((VALUES, Role.NORMALIZATION), (ORDER, Role.COLOUR_ORDER)) if kind in kinds]
    places = [place for step in pipeline.steps if step.role in roles for place in step.places[:1]]
    if SIZE in kinds:
        places += pipeline.size.locations[:1]
    holder = pipeline.generator or pipeline.loader
    return tuple(dict.fromkeys(places or ([holder.place] if holder else [*pipeline.places[:1], otherwise][:1])))


def _one_size(differences: Sequence[Difference]) -> Repair | None:
    """The training pictures' size for the others; of a size with two sides, which comes first differs from loader to loader."""
    wanted = differences[0].other.stage.train.size.value
    sizes = [item.other.pipeline.size for item in differences]
    if wanted is None or wanted[0] != wanted[1] or any(size.place is None for size in sizes):
        return None
    places = dict.fromkeys(size.place for size in sizes if size.place)
    like = differences[0].other.stage.train.size.place
    changes = tuple(ReplaceExpression(place, f"({wanted[0]}, {wanted[1]})", like) for place in places)
    return Repair("Give the other pictures the size that is trained on", changes)


def _repair(differences: Sequence[Difference]) -> Repair | None:
    """What the weights expect, for the pipelines that do not bring it, where the training pictures do."""
    stage = differences[0].other.stage
    if all(item.kinds == (SIZE,) for item in differences):
        return _one_size(differences)
    contract = expected_by(stage.model)
    if not isinstance(contract, tuple) or any(item.kinds != (VALUES,) for item in differences):
        return None
    backbone, mode = contract
    train = stage.train
    if fault_of(train.start_range.value or (0.0, 255.0), (*train.steps, *stage.model.input_steps), mode) is not None:
        return None
    wrong = []
    for item in differences:
        pipeline = item.other.pipeline
        if doubt(pipeline) or doubt(train):
            return None
        steps = (*pipeline.steps, *stage.model.input_steps)
        wrong.append(
            Diagnosis(
                stage=stage,
                role=item.other.role,
                backbone=backbone,
                mode=mode,
                pipeline=pipeline,
                steps=steps,
                fault=None,
                confidence=surest(steps),
                explained=True,
                arriving=None,
                observed=None,
            )
        )
    return correction(wrong)


TWO_GENERATORS = """\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train_gen = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=10)
val_gen = ImageDataGenerator(rescale=1./255)
train = train_gen.flow_from_directory("lungs/train", target_size=(224, 224), class_mode="binary")
val = val_gen.flow_from_directory("lungs/val", target_size=(224, 224), class_mode="binary")

base = VGG16(include_top=False, weights="imagenet", pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, Dense(1, activation="sigmoid")])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=10)
"""

SINGLE_PICTURE = """\
import numpy as np
import tensorflow as tf
from tensorflow.keras.applications.resnet50 import ResNet50, preprocess_input
from tensorflow.keras.preprocessing.image import load_img, img_to_array

train = tf.keras.utils.image_dataset_from_directory("apples", image_size=(224, 224))
train = train.map(lambda x, y: (preprocess_input(x), y))
base = ResNet50(include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(4, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(train, epochs=5)
model.save("apples.keras")


def guess(path):
    network = tf.keras.models.load_model("apples.keras")
    picture = img_to_array(load_img(path, target_size=(224, 224)))
    picture = picture / 255.0
    return network.predict(np.expand_dims(picture, 0)).argmax()
"""

SIZES = """\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense, GlobalAveragePooling2D
from tensorflow.keras.models import Model
from tensorflow.keras.preprocessing.image import ImageDataGenerator

generator = ImageDataGenerator(preprocessing_function=preprocess_input)
train = generator.flow_from_directory("ore/train", target_size=(224, 224), class_mode="binary")
val = generator.flow_from_directory("ore/val", target_size=(128, 128), class_mode="binary")
base = VGG16(include_top=False, weights="imagenet")
base.trainable = False
model = Model(base.input, Dense(1, activation="sigmoid")(GlobalAveragePooling2D()(base.output)))
model.compile("adam", "binary_crossentropy")
model.fit(train, validation_data=val, epochs=10)
"""

OWN_NETWORK = """\
import keras
import numpy as np

(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
x_train = x_train.astype("float32") / 255
model = keras.Sequential([
    keras.Input((32, 32, 3)),
    keras.layers.Conv2D(32, 3, activation="relu"),
    keras.layers.GlobalAveragePooling2D(),
    keras.layers.Dense(10, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=10, validation_split=0.1)
print(model.evaluate(x_test, y_test))
"""

SplitPreprocessingMismatch.BAD = (
    Case(
        name="validation through another generator",
        source=TWO_GENERATORS,
        fixed=TWO_GENERATORS.replace(
            "ImageDataGenerator(rescale=1./255)", "ImageDataGenerator(preprocessing_function=preprocess_input)"
        ),
        lines=(6, 7, 15),
        severity=Severity.ERROR,
        says="validation pictures through rescale=1./255 (0..1)",
    ),
    Case(
        name="a single picture in the loaded network",
        source=SINGLE_PICTURE,
        fixed=SINGLE_PICTURE.replace("    picture = picture / 255.0\n", "    picture = preprocess_input(picture)\n"),
        lines=(7, 19, 20),
        says="prediction pictures through picture / 255.0",
    ),
    Case(
        name="another size in validation",
        source=SIZES,
        lines=(7, 8, 13),
        fixed=SIZES.replace("(128, 128)", "(224, 224)"),
        says="128 x 128",
    ),
    Case(
        name="test arrays that were forgotten",
        source=OWN_NETWORK,
        lines=(4, 5, 14),
        says="evaluation pictures through no normalisation (0..255)",
    ),
    Case(
        name="a picture read by cv2 for a network trained on RGB",
        source=OWN_NETWORK.replace(
            "print(model.evaluate(x_test, y_test))\n",
            'picture = cv2.resize(cv2.imread("ship.png"), (32, 32)) / 255.0\nprint(model.predict(picture[None]))\n',
        ).replace("import keras\n", "import cv2\nimport keras\n"),
        lines=(5, 15, 16),
        says="BGR order",
    ),
)
SplitPreprocessingMismatch.GOOD = (
    Case(
        name="random transforms in training only",
        source=TWO_GENERATORS.replace("rescale=1./255", "preprocessing_function=preprocess_input"),
    ),
    Case(
        name="the same function for the single picture",
        source=SINGLE_PICTURE.replace("picture = picture / 255.0", "picture = preprocess_input(picture)"),
    ),
    Case(
        name="another spelling of the same values",
        source=OWN_NETWORK.replace("print(", "x_test = x_test * (1 / 255)\nprint("),
    ),
    Case(
        name="the preprocessing is in the model (trap 3)",
        source="""\
import keras

train = keras.utils.image_dataset_from_directory("cats/train", image_size=(180, 180))
val = keras.utils.image_dataset_from_directory("cats/val", image_size=(180, 180))
inputs = keras.Input((180, 180, 3))
base = keras.applications.VGG16(include_top=False, pooling="avg")
base.trainable = False
outputs = keras.layers.Dense(1, activation="sigmoid")(base(keras.applications.vgg16.preprocess_input(inputs)))
model = keras.Model(inputs, outputs)
model.compile("adam", "binary_crossentropy")
model.fit(train, validation_data=val, epochs=5)
picture = keras.utils.img_to_array(keras.utils.load_img("cat.jpg", target_size=(180, 180)))
print(model.predict(picture[None]))
""",
    ),
    Case(
        name="another model of the file has its own rescaling (trap 5)",
        source=SINGLE_PICTURE.replace('load_model("apples.keras")', 'load_model("pears.keras")'),
    ),
)
