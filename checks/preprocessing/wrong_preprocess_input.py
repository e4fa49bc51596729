from __future__ import annotations

from vggdoctor.backbones import Mode
from vggdoctor.check import Case
from vggdoctor.checks.preprocessing.contract import Fault, mode_of
from vggdoctor.checks.preprocessing.faulty_input import FaultyInput, Group
from vggdoctor.evidence import Step
from vggdoctor.schema import Expectation, Severity

DOES = {
    Mode.CAFFE: "subtracts the ImageNet means from BGR pixels",
    Mode.TF: "scales to -1..1",
    Mode.TORCH: "standardises with the mean and deviation of ImageNet",
    Mode.BUILTIN: "returns its input unchanged",
}


class WrongPreprocessInput(FaultyInput):
    """The pictures go through the preprocess_input of another family, one that normalises differently.

    What it finds
        keras.applications.X.preprocess_input before a pretrained backbone of family Y where X and Y differ in what they do.
        Equal modes are bit-identical functions (vgg16, vgg19, resnet and resnet50; or mobilenet, xception and inception): no
        fault.

    Why it hurts
        Each function brings the pictures to the range and the channel order that its own weights were trained on. VGG16 fed by
        a function that scales to -1..1 keeps a cosine of 0.19 to the right features.

    How it is measured
        The function is read from the import that it comes from, and the range that it leads to is compared with what the
        backbone expects; where the program was run, with the tensor observed at the first convolution.

    The fix
        The preprocess_input of the module that the backbone comes from.

    References
        keras.applications.imagenet_utils.preprocess_input and the `mode` in each family's module (Keras 3.15)
    """

    id = "wrong-preprocess-input"
    title = "preprocess_input of another family"
    area = "preprocessing"
    severity = Severity.ERROR
    expected = Expectation(0.05, "features of VGG16 on TrashNet, -1..1 against its own preprocessing, ten paired splits")
    fault = Fault.WRONG_FUNCTION

    def cause(self, group: Group) -> str:
        functions = dict.fromkeys(_described(step) for item in group for step in item.normalising if mode_of(step))
        if not functions:
            return "the ImageNet means were subtracted, which suits other families"
        return f"{' and '.join(functions)}, which suits other weights"

    BAD = (
        Case(
            name="ResNet's function before Xception",
            source="""\
from tensorflow.keras.applications.resnet50 import preprocess_input
from tensorflow.keras.applications.xception import Xception
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

datagen = ImageDataGenerator(preprocessing_function=preprocess_input, validation_split=0.2)
train = datagen.flow_from_directory("data", target_size=(299, 299), subset="training")
val = datagen.flow_from_directory("data", target_size=(299, 299), subset="validation")
base = Xception(weights="imagenet", include_top=False, pooling="avg")
base.trainable = False
model = Sequential([base, Dense(7, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=5)
""",
            fixed="""\
from tensorflow.keras.applications.xception import Xception, preprocess_input
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

datagen = ImageDataGenerator(preprocessing_function=preprocess_input, validation_split=0.2)
train = datagen.flow_from_directory("data", target_size=(299, 299), subset="training")
val = datagen.flow_from_directory("data", target_size=(299, 299), subset="validation")
base = Xception(weights="imagenet", include_top=False, pooling="avg")
base.trainable = False
model = Sequential([base, Dense(7, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=5)
""",
            lines=(7,),
            severity=Severity.ERROR,
            says="resnet.preprocess_input subtracts",
        ),
        Case(
            name="MobileNetV2's function in a model around VGG16",
            source="""\
import tensorflow as tf

train_ds = tf.keras.utils.image_dataset_from_directory("data", image_size=(224, 224))
preprocess_input = tf.keras.applications.mobilenet_v2.preprocess_input
base_model = tf.keras.applications.VGG16(input_shape=(224, 224, 3), include_top=False, weights="imagenet")
base_model.trainable = False
inputs = tf.keras.Input(shape=(224, 224, 3))
x = preprocess_input(inputs)
x = base_model(x, training=False)
x = tf.keras.layers.GlobalAveragePooling2D()(x)
outputs = tf.keras.layers.Dense(1, activation="sigmoid")(x)
model = tf.keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(train_ds, epochs=10)
""",
            lines=(8,),
            says="mobilenet_v2.preprocess_input scales to -1..1",
        ),
        Case(
            name="EfficientNet's function, which does nothing, mapped before VGG16",
            source="""\
import keras
from keras.applications.efficientnet import preprocess_input

train_ds = keras.utils.image_dataset_from_directory("data", image_size=(224, 224), label_mode="categorical")
train_ds = train_ds.map(lambda images, labels: (preprocess_input(images), labels))
base = keras.applications.VGG16(weights="imagenet", include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(3, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(train_ds, epochs=10)
""",
            lines=(5,),
            says="returns its input unchanged",
        ),
    )

    GOOD = (
        Case(
            name="equal modes (trap 2)",
            source="""\
from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.resnet50 import preprocess_input
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
train = datagen.flow_from_directory("data", target_size=(224, 224))
base = VGG16(weights="imagenet", include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, Dense(7, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(train, epochs=5)
""",
        ),
        Case(
            name="a local function of that name (trap 4)",
            source="""\
import tensorflow as tf


def preprocess_input(images, labels):
    return images / 127.5 - 1, labels


train_ds = tf.keras.utils.image_dataset_from_directory("data", image_size=(224, 224)).map(preprocess_input)
base = tf.keras.applications.MobileNetV2(weights="imagenet", include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(4, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=5)
""",
        ),
    )


def _described(step: Step) -> str:
    """The function and what it does; where the user wrote it in another way, as that."""
    name = f"{step.family}.preprocess_input"
    named = name if "preprocess_input" in step.spelling else f"{step.spelling}, like {name},"
    return f"{named} {DOES[mode]}" if (mode := mode_of(step)) else named
