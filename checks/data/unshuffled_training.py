"""unshuffled-training: the pictures come class by class."""

from __future__ import annotations

from collections.abc import Iterator

from vggdoctor.check import Case, Check, Said
from vggdoctor.checks.training.programs import DATASETS, GENERATORS
from vggdoctor.checks.trainings import is_given_arrays
from vggdoctor.evidence import Evidence, SourceKind, Stage
from vggdoctor.schema import Finding, NotApplicable, Repair, SetArgument, Severity, Undetermined


class UnshuffledTraining(Check):
    """Every batch holds one class, and the classes come one after another.

    What it finds
        A training set from class folders that is read with shuffle=False, a tf.data pipeline over lists or arrays that stand
        class by class and that nothing shuffles, or such arrays that fit is given with shuffle=False.

    Why it hurts
        The gradient of a batch of one class pulls the network towards that class alone. In the course of an epoch it
        learns each class and forgets the one before, the loss swings, and the last class of the folder wins.

    How it is measured
        The shuffle argument of the loader and the shuffle calls on the way are read, and observed; Keras' loaders read
        folders in the order of their names. Lists count as sorted where a loop over the classes appends their labels and
        nothing in the file shuffles, samples or splits at random, or where the labels that fit was given, or that a pipeline
        begins with, were seen to stand class by class.

    The fix
        shuffle=True for the training pictures; tf.data: shuffle with a buffer as large as the set, before batch.

    References
        Bengio, 2012, Practical recommendations, section 3: https://arxiv.org/abs/1206.5533
        TensorFlow, Dataset.shuffle: https://www.tensorflow.org/api_docs/python/tf/data/Dataset#shuffle
    """

    id = "unshuffled-training"
    title = "Training pictures in the order of their classes"
    area = "data"
    severity = Severity.ERROR

    def detect(self, evidence: Evidence) -> Iterator[Said]:
        for stage in evidence.recipe.stages:
            train = stage.train
            if is_given_arrays(train) and not train.kind.is_(SourceKind.TF_DATA):
                if stage.settings.get("shuffle") is False and train.order.is_("by-class"):
                    yield self._unshuffled(stage)
                else:
                    yield NotApplicable("fit shuffles arrays itself, or they do not stand class by class")
            elif not train.shuffle.known:
                yield Undetermined(f"whether the training pictures are shuffled is not known: {train.shuffle.reason}")
            elif train.shuffle.value is False:
                yield self._unshuffled(stage)

    def _unshuffled(self, stage: Stage) -> Said:
        train = stage.train
        if train.kind.is_(SourceKind.DIRECTORY):
            message = "The training pictures are read class by class (shuffle=False)."
        elif train.order.is_("by-class"):
            message = "The training pictures stand class by class, and nothing shuffles them."
        else:
            return Undetermined("the training pictures are not shuffled, and their order is not known")
        loader = train.loader.place if train.loader else None
        return self.finding(message, loader, stage.place, confidence=train.shuffle.confidence)

    def fix(self, finding: Finding, evidence: Evidence) -> Repair | None:
        for stage in evidence.recipe.stages:
            loader = stage.train.loader
            if is_given_arrays(stage.train) and not stage.train.kind.is_(SourceKind.TF_DATA) and stage.place in finding.locations:
                return Repair("Let fit shuffle the rows", (SetArgument(stage.place, "shuffle", "True"),))
            if loader and loader.place in finding.locations and stage.train.kind.is_(SourceKind.DIRECTORY):
                others = [each.pipeline.value for each in evidence.recipe.evaluations]
                others += [each.validation.value for each in evidence.recipe.stages]
                if all(other is None or other.loader != loader for other in others):
                    return Repair("Shuffle the training pictures", (SetArgument(loader.place, "shuffle", "True"),))
        return None


FIT = "model.fit(train, validation_data=val, epochs=20)\n"
SORTED = GENERATORS.replace('train", target_size=(224, 224)', 'train", target_size=(224, 224), shuffle=False')
LISTS = """\
import os
import tensorflow as tf

paths, labels = [], []
for number, name in enumerate(sorted(os.listdir("shells"))):
    for file in os.listdir(f"shells/{name}"):
        paths.append(f"shells/{name}/{file}")
        labels.append(number)


def load(path, label):
    image = tf.image.decode_jpeg(tf.io.read_file(path), channels=3)
    return tf.keras.applications.vgg16.preprocess_input(tf.image.resize(image, (224, 224))), label


train = tf.data.Dataset.from_tensor_slices((paths, labels)).map(load).batch(32)
base = tf.keras.applications.VGG16(include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(5, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=20)
"""

UnshuffledTraining.GOOD = (
    Case(name="the default of flow_from_directory", source=GENERATORS + FIT),
    Case(
        name="trap 13: image_dataset_from_directory shuffles by itself, and needs no prefetch",
        source=DATASETS + 'model.compile("adam", "sparse_categorical_crossentropy")\n' + FIT,
    ),
    Case(name="shuffle before batch", source=LISTS.replace(".map(load)", ".shuffle(len(paths)).map(load)")),
    Case(
        name="validation alone is in order",
        source=GENERATORS.replace('validation", ', 'validation", shuffle=False, ') + FIT,
    ),
)
UnshuffledTraining.BAD = (
    Case(
        name="shuffle=False for training",
        source=SORTED + FIT,
        lines=(9, 16),
        fixed=SORTED.replace("shuffle=False", "shuffle=True") + FIT,
        severity=Severity.ERROR,
        says="shuffle=False",
    ),
    Case(name="lists filled class by class", source=LISTS, lines=(16, 21), says="nothing shuffles them"),
)
