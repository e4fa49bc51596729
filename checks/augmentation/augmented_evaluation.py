"""augmented-evaluation: the network is judged on randomly changed pictures."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.augmentation.generators import beside, normalising_arguments, receiver_of
from vggdoctor.checks.augmentation.order import application
from vggdoctor.checks.judged import JudgedOn, judged_on
from vggdoctor.checks.trainings import is_name, takes_pictures
from vggdoctor.evidence import Call, Evidence, Pipeline, Recipe, Role, Stage, Step
from vggdoctor.schema import (
    BypassCall,
    Change,
    Confidence,
    Finding,
    InsertStatements,
    Location,
    Measure,
    NotApplicable,
    RemoveArgument,
    Repair,
    ReplaceExpression,
    Severity,
    SplitFunction,
    Undetermined,
)

TEST_TIME_AUGMENTATION = "tta"
"""Names with this say that random transforms are meant: predictions are averaged over several draws."""


class AugmentedEvaluation(Check):
    """Validation or test pictures go through random transforms.

    What it finds
        One ImageDataGenerator with random transforms for both subsets of a folder, a validation or test generator
        with transforms of its own, or a validation dataset that goes through the random map of the training set. Layers of the
        model do not count: they do nothing outside of training. Test-time augmentation by that name is left alone.

    Why it hurts
        Every epoch is judged on other, harder pictures than the model will meet. The measured accuracy is too low
        and jumps from epoch to epoch, so EarlyStopping and ModelCheckpoint pick an epoch by luck.

    How it is measured
        Every step between the files and validation_data, evaluate or predict is read; one of them is random.

    The fix
        A second generator with the same normalisation and the same validation_split, without random transforms, for
        everything but training. The split is by file name, so both generators cut the folder at the same place. Of a dataset
        the random calls are taken out of what only the validation pictures are mapped through; a function that the training
        pictures share gets a plain copy beside it. None is offered where one function maps both sets on its own: which of
        its calls is the training's is not for an edit to say.

    References
        Chollet, "Building powerful image classification models using very little data", 2016: "only rescaling" for validation
        Keras 3.15, DirectoryIterator: the subset is a range of the sorted file names
    """

    id = "augmented-evaluation"
    title = "Validation or test pictures are randomly changed"
    area = "augmentation"
    severity = Severity.WARNING

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        others = [other for other in judged_on(evidence.recipe) if takes_pictures(other.stage) is not False]
        if not others:
            yield NotApplicable("no pictures are used for validation or test")
        for other in others:
            if not _transforms(other) and not other.pipeline.complete.is_(True):
                yield Undetermined(f"not every step of the {other.role} pictures is understood: {other.pipeline.complete.reason}")
        for group in _groups(evidence.recipe):
            yield self._found(group)

    def _found(self, group: list[JudgedOn]) -> Finding:
        steps = [step for other in group for step in _transforms(other)]
        names = list(dict.fromkeys(step.spelling or step.operation for step in steps))
        roles = " and ".join(dict.fromkeys(other.role for other in group))
        shared = any(_holder(other.pipeline) == _holder(other.stage.train) for other in group)
        return self.finding(
            f"Random transforms reach the pictures of {roles}: {', '.join(names[:4])}{' ...' if len(names) > 4 else ''}"
            f"{', from the generator or map of the training pictures' if shared else ''}.",
            *(place for other in group for place in _places(other)),
            confidence=min((step.confidence for step in steps), key=lambda confidence: confidence.rank, default=Confidence.HIGH),
            measured={"random transforms": Measure(len(names))},
        )

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for group in _groups(evidence.recipe):
            if self._found(group).locations == finding.locations:
                return _repair(group, evidence.recipe)
        return None


def _transforms(other: JudgedOn) -> tuple[Step, ...]:
    """The random steps before the model, where they are not meant."""
    pipeline = other.pipeline
    names = [call.assigned_to for call in (pipeline.generator, pipeline.loader) if call]
    if any(TEST_TIME_AUGMENTATION in name.lower() for name in names) or _is_same_data(pipeline, other.stage.train):
        return ()
    if other.role == "prediction" and pipeline.loader is None:
        return ()  # single pictures that the program transforms itself
    return pipeline.having(Role.AUGMENTATION)


def _is_same_data(pipeline: Pipeline, train: Pipeline) -> bool:
    """Whether these are the training pictures themselves."""
    if pipeline.loader is None or train.loader is None or pipeline.loader.place != train.loader.place:
        return False
    same_folder = not pipeline.directory.known or pipeline.directory.value == train.directory.value
    return same_folder and pipeline.subset.value == train.subset.value


def _holder(pipeline: Pipeline) -> Location | None:
    if pipeline.generator is not None:
        return pipeline.generator.place
    first = next(iter(pipeline.having(Role.AUGMENTATION)), None)
    return first.places[0] if first and first.places else None


def _places(other: JudgedOn) -> tuple[Location, ...]:
    """The loader of the pictures and the generator; else the random steps and the call that is given the pictures."""
    pipeline = other.pipeline
    if pipeline.generator is not None:
        loader = (pipeline.loader.place,) if pipeline.loader else ()
        return (*loader, pipeline.generator.place)
    return (*(place for step in _transforms(other) for place in step.places[:1]), other.place)


def _groups(recipe: Recipe) -> list[list[JudgedOn]]:
    """What shares a generator or a random step shares a finding."""
    found: dict[Location | None, list[JudgedOn]] = {}
    for other in judged_on(recipe):
        if takes_pictures(other.stage) is not False and _transforms(other):
            found.setdefault(_holder(other.pipeline), []).append(other)
    return list(found.values())


def _repair(group: list[JudgedOn], recipe: Recipe) -> Repair | None:
    first = group[0].pipeline
    generator = first.generator
    if generator is None:
        return _without_maps(group, recipe)
    if not generator.function.endswith("ImageDataGenerator"):
        return None
    if not _trains(generator, recipe.stages):
        steps = first.having(Role.AUGMENTATION)
        if any(step.argument_of != generator.place for step in steps):
            return None
        changes = tuple(dict.fromkeys(RemoveArgument(generator.place, step.argument) for step in steps))
        return Repair("Leave the validation pictures as they are", changes)
    return _second_generator(group, generator)


def _without_maps(group: list[JudgedOn], recipe: Recipe) -> Repair | None:
    """The random calls out of the functions that only these pictures go through; where the training pictures go through them
    too, the map out of the way of these, or a function of its own for it."""
    training = [step for stage in recipe.stages for step in stage.train.steps]
    changes: dict[Change, None] = {}
    split: dict[Location, dict[Location, None]] = {}
    for other in group:
        for step in _transforms(other):
            call = application(step)
            if call is None or step.argument_of or step.inside_model:
                return None
            if call not in map(application, training):
                changes[BypassCall(call)] = None
                continue
            if step.mapped is None or step.mapped in (each.mapped for each in training):
                return None
            if all(each.role is Role.AUGMENTATION for each in other.pipeline.steps if each.mapped == step.mapped):
                changes[BypassCall(step.mapped, method=True)] = None
            else:
                split.setdefault(step.mapped, {})[call] = None
    apart = tuple(SplitFunction(mapped, tuple(calls)) for mapped, calls in split.items())
    return Repair("Leave the validation pictures as they are", (*changes, *apart))


def _trains(generator: Call, stages: tuple[Stage, ...]) -> bool:
    return any(stage.train.generator and stage.train.generator.place == generator.place for stage in stages)


def _second_generator(group: list[JudgedOn], generator: Call) -> Repair | None:
    """A generator without random transforms, for all that is not training."""
    first = group[0].pipeline
    kept = normalising_arguments(first, generator)
    loaders = {other.pipeline.loader.place: other.pipeline.loader for other in group if other.pipeline.loader}
    trained = {other.stage.train.loader.place for other in group if other.stage.train.loader}
    if kept is None or not is_name(generator.assigned_to) or not loaders or trained & set(loaders):
        return None
    if any(argument.startswith("featurewise_") for argument in kept):
        return None  # it would have to be fitted too
    if first.validation_split.value:
        kept.append(f"validation_split={first.validation_split.value!r}")
    plain = beside(generator, "plain")
    source = f"{plain} = ${{{generator.function}}}({', '.join(kept)})"
    changes: list[Change] = [InsertStatements(generator.place, source, after=True)]
    changes += [ReplaceExpression(receiver_of(loader, generator.assigned_to), plain) for loader in loaders.values()]
    return Repair("Validate on plain pictures, from a generator of their own", tuple(changes))


ONE_GENERATOR = """\
import tensorflow as tf
from tensorflow.keras.applications.mobilenet_v2 import preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator

datagen = ImageDataGenerator(
    preprocessing_function=preprocess_input, rotation_range=20, horizontal_flip=True, validation_split=0.2
)
train_gen = datagen.flow_from_directory("waste", target_size=(224, 224), subset="training")
val_gen = datagen.flow_from_directory("waste", target_size=(224, 224), subset="validation")

base = tf.keras.applications.MobileNetV2(input_shape=(224, 224, 3), include_top=False, pooling="avg")
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(6, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train_gen, validation_data=val_gen, epochs=10)
"""

TEST_GENERATOR = """\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train_datagen = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=40, zoom_range=0.2)
test_datagen = ImageDataGenerator(preprocessing_function=preprocess_input, horizontal_flip=True)
train = train_datagen.flow_from_directory("leaf/train", target_size=(224, 224))
test = test_datagen.flow_from_directory("leaf/test", target_size=(224, 224), shuffle=False)
base = VGG16(include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, Dense(38, activation="softmax")])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=9)
print(model.evaluate(test))
"""

LOADED = """\
import tensorflow as tf

train = tf.keras.utils.image_dataset_from_directory("fish/train", image_size=(192, 192))
val = tf.keras.utils.image_dataset_from_directory("fish/val", image_size=(192, 192))
"""
FITTED = """\
base = tf.keras.applications.ResNet50(include_top=False, input_shape=(192, 192, 3), pooling="avg")
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(9, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=10)
"""
MAPS = f"""\
{LOADED}

def augment(x, y):
    x = tf.image.random_flip_left_right(x)
    return x, y


def finish(x, y):
    return tf.keras.applications.resnet50.preprocess_input(x), y


train = train.map(augment).map(finish)
val = val.map(augment).map(finish)
{FITTED}"""

ONE_FUNCTION = f"""\
{LOADED}

def finish(x, y):
    x = tf.image.random_flip_left_right(x)
    return tf.keras.applications.resnet50.preprocess_input(x), y


train = train.map(finish)
val = val.map(finish)
{FITTED}"""
PLAIN = """

def plain_finish(x, y):
    return tf.keras.applications.resnet50.preprocess_input(x), y
"""
OWN_FUNCTION = f"""\
{LOADED}flip = tf.keras.layers.RandomFlip("horizontal")


def augment(x, y):
    x = flip(x, training=True)
    return tf.keras.applications.resnet50.preprocess_input(x), y


def finish(x, y):
    x = flip(x, training=True)
    return tf.keras.applications.resnet50.preprocess_input(x), y


train = train.map(augment)
val = val.map(finish)
{FITTED}"""

AugmentedEvaluation.BAD = (
    Case(
        name="one generator for both subsets",
        source=ONE_GENERATOR,
        fixed=ONE_GENERATOR.replace(
            "validation_split=0.2\n)\n",
            "validation_split=0.2\n)\n"
            "plain_datagen = ImageDataGenerator(preprocessing_function=preprocess_input, validation_split=0.2)\n",
        ).replace("val_gen = datagen.", "val_gen = plain_datagen."),
        lines=(5, 9),
        severity=Severity.WARNING,
        says="from the generator or map of the training pictures",
    ),
    Case(
        name="a test generator with transforms of its own",
        source=TEST_GENERATOR,
        fixed=TEST_GENERATOR.replace("preprocess_input, horizontal_flip=True)", "preprocess_input)"),
        lines=(7, 9),
        says="evaluation: horizontal_flip=True",
    ),
    Case(
        name="the random map of the training set",
        source=MAPS,
        fixed=MAPS.replace("val = val.map(augment)", "val = val"),
        lines=(8, 22),
    ),
    Case(
        name="one function for both, random and not",
        source=ONE_FUNCTION,
        fixed=ONE_FUNCTION.replace("\n\ntrain = train", f"{PLAIN}\n\ntrain = train").replace("val.map(f", "val.map(plain_f"),
        lines=(8, 18),
    ),
    Case(
        name="a random layer in the function of the validation set",
        source=OWN_FUNCTION,
        fixed=OWN_FUNCTION.replace("def finish(x, y):\n    x = flip(x, training=True)\n", "def finish(x, y):\n"),
        lines=(5, 24),
    ),
)
AugmentedEvaluation.GOOD = (
    Case(
        name="a second, plain generator with the same split (trap 11)",
        source=ONE_GENERATOR.replace(
            "train_gen =",
            "plain = ImageDataGenerator(preprocessing_function=preprocess_input, validation_split=0.2)\ntrain_gen =",
        ).replace("val_gen = datagen", "val_gen = plain"),
    ),
    Case(name="the map on the training set only", source=MAPS.replace("val = val.map(augment)", "val = val")),
    Case(
        name="layers of the model",
        source="""\
import keras

train = keras.utils.image_dataset_from_directory("cats/train", image_size=(180, 180))
val = keras.utils.image_dataset_from_directory("cats/val", image_size=(180, 180))
inputs = keras.Input((180, 180, 3))
x = keras.layers.RandomFlip("horizontal")(inputs)
x = keras.applications.vgg16.preprocess_input(x)
base = keras.applications.VGG16(include_top=False, pooling="avg")
base.trainable = False
model = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(base(x)))
model.compile("adam", "binary_crossentropy")
model.fit(train, validation_data=val, epochs=5)
""",
    ),
    Case(name="test-time augmentation", source=TEST_GENERATOR.replace("test_datagen", "tta_datagen")),
)
