from __future__ import annotations

from vggdoctor.backbones import Mode
from vggdoctor.check import Case
from vggdoctor.checks.preprocessing.contract import Fault
from vggdoctor.checks.preprocessing.faulty_input import FaultyInput, Group, spelled
from vggdoctor.schema import Severity

IN_ONE_EXPRESSION = """\
import keras

train = keras.utils.image_dataset_from_directory("data", image_size=(224, 224))

def prepare(images, labels):
    return keras.applications.vgg16.preprocess_input(images / 255.0), labels

train = train.map(prepare)
base = keras.applications.VGG16(include_top=False, weights="imagenet", pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(5, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(train, epochs=5)
"""


class DoubleNormalization(FaultyInput):
    """The pictures are normalised twice on their way to a pretrained backbone.

    What it finds
        A rescale beside a preprocess_input, preprocess_input applied twice (it changes float arrays of NumPy in place), two
        divisions by 255, or any scaling before a family that rescales by itself.

    Why it hurts
        The pictures shrink to a sliver of the range. After 1/255 and the means of ImageNet all values lie below -100, and 92 %
        of the channels of VGG16's last block are dead; the other way round, -0.49..0.59, its features keep a cosine of 0.19 to
        the right ones.

    How it is measured
        The tensor at the first convolution, observed on real pictures, is what two normalisations make of pixels; or, without a
        run, every step is known and one of them gets values that an earlier one has already normalised. In a generator the
        preprocessing_function comes first, the rescale second, whatever their order in the call.

    The fix
        One normalisation: the right one stays, the others go.

    References
        keras.src.legacy.preprocessing.image.ImageDataGenerator.standardize; keras.applications.imagenet_utils (Keras 3.15)
    """

    id = "double-normalization"
    title = "Pictures are normalised twice"
    area = "preprocessing"
    severity = Severity.ERROR
    fault = Fault.DOUBLE

    def cause(self, group: Group) -> str:
        steps = spelled(group)
        if group[0].mode is Mode.BUILTIN and steps:
            return f"{steps} and the network's own rescaling both act on them"
        return f"they are normalised twice, by {steps}" if steps else "such values come from two normalisations"

    BAD = (
        Case(
            name="rescale beside the function",
            source="""\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train_datagen = ImageDataGenerator(rescale=1./255, preprocessing_function=preprocess_input, zoom_range=0.2)
train = train_datagen.flow_from_directory("data/train", target_size=(224, 224))
base = VGG16(weights="imagenet", include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, Dense(7, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=5)
""",
            fixed="""\
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train_datagen = ImageDataGenerator(preprocessing_function=preprocess_input, zoom_range=0.2)
train = train_datagen.flow_from_directory("data/train", target_size=(224, 224))
base = VGG16(weights="imagenet", include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, Dense(7, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=5)
""",
            lines=(6,),
            severity=Severity.ERROR,
            says="-0.485..0.592",
        ),
        Case(
            name="divided arrays, then the function",
            source="""\
import cv2
import numpy as np
from imutils import paths
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential

data, labels = [], []
for path in paths.list_images("data"):
    image = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)
    image = cv2.resize(image, (224, 224)) / 255.0
    data.append(preprocess_input(image))
    labels.append(1 if "cats" in path else 0)

base = VGG16(weights="imagenet", include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, Dense(1, activation="sigmoid")])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(np.array(data), np.array(labels), epochs=5)
""",
            fixed="""\
import cv2
import numpy as np
from imutils import paths
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential

data, labels = [], []
for path in paths.list_images("data"):
    image = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)
    image = cv2.resize(image, (224, 224))
    data.append(preprocess_input(image))
    labels.append(1 if "cats" in path else 0)

base = VGG16(weights="imagenet", include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, Dense(1, activation="sigmoid")])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(np.array(data), np.array(labels), epochs=5)
""",
            lines=(11, 12),
        ),
        Case(
            name="in the dataset and again in the model",
            source="""\
import tensorflow as tf
from tensorflow.keras.applications.vgg16 import preprocess_input

train_ds = tf.keras.utils.image_dataset_from_directory("data", image_size=(224, 224))
train_ds = train_ds.map(lambda x, y: (preprocess_input(x), y))
base = tf.keras.applications.VGG16(include_top=False, weights="imagenet", pooling="avg")
base.trainable = False
inputs = tf.keras.Input(shape=(224, 224, 3))
x = preprocess_input(inputs)
x = base(x, training=False)
model = tf.keras.Model(inputs, tf.keras.layers.Dense(5, activation="softmax")(x))
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=5)
""",
            lines=(5, 9),
        ),
        Case(
            name="the function is given pictures that are divided",
            source=IN_ONE_EXPRESSION,
            lines=(6,),
            fixed=IN_ONE_EXPRESSION.replace("images / 255.0", "images"),
        ),
        Case(
            name="1/255 before a family that rescales by itself",
            source="""\
from tensorflow.keras.applications import EfficientNetB0
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator(rescale=1/255.).flow_from_directory("data/train", target_size=(224, 224))
base = EfficientNetB0(weights="imagenet", include_top=False, pooling="avg")
base.trainable = False
model = Sequential([base, Dense(7, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(train, epochs=5)
""",
            lines=(6,),
            says="the network's own rescaling",
        ),
    )

    GOOD = (
        Case(
            name="scaled arrays multiplied by 255 before the function (trap 4)",
            source="""\
import cv2
import numpy as np
from imutils import paths
from tensorflow.keras.applications.vgg16 import VGG16, preprocess_input
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential

data, labels = [], []
for path in paths.list_images("data"):
    image = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)
    data.append(cv2.resize(image, (224, 224)) / 255.0)
    labels.append(1 if "cats" in path else 0)

data = preprocess_input(np.array(data) * 255.0)
base = VGG16(weights="imagenet", include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, Dense(1, activation="sigmoid")])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(data, np.array(labels), epochs=5)
""",
        ),
        Case(
            name="identity function before built-in rescaling (trap 1)",
            source="""\
from tensorflow.keras.applications.efficientnet import EfficientNetB0, preprocess_input
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator(preprocessing_function=preprocess_input).flow_from_directory("data/train", target_size=(224, 224))
base = EfficientNetB0(weights="imagenet", include_top=False, pooling="avg")
base.trainable = False
model = Sequential([base, Dense(7, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(train, epochs=5)
""",
        ),
    )
