from __future__ import annotations

from vggdoctor.backbones import Mode
from vggdoctor.check import Case
from vggdoctor.checks.preprocessing.contract import Fault
from vggdoctor.checks.preprocessing.faulty_input import FaultyInput, Group, spelled
from vggdoctor.schema import Expectation, Severity

FROM_CV2 = """\
import glob
import cv2
import numpy as np
from tensorflow.keras.applications.vgg16 import VGG16
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential

images = [cv2.resize(cv2.imread(path), (224, 224)) for path in sorted(glob.glob("birds/*.jpg"))]
x = np.array(images, "float32") / 255.0
y = np.load("labels.npy")
base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3), pooling="avg")
base.trainable = False
model = Sequential([base, Dense(4, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x, y, epochs=5)
"""


class RescaleOnlyPreprocessing(FaultyInput):
    """Pictures are only scaled to a small range where the pretrained weights expect more.

    What it finds
        1/255 (a generator's rescale, a Rescaling layer, a division), or scaling to -1..1 by hand, as all that stands between
        the pictures and a pretrained backbone whose weights were trained on something else.

    Why it hurts
        For VGG16, VGG19 and ResNet50, pixels between 0 and 1 are nearly one grey: the features keep a cosine of 0.15 to the
        right ones. Measured on cats and dogs, 2000 pictures and a frozen base: VGG16 falls from 97 % to 87 %, ResNet50 from 98
        % to 50 %. Families that expect -1..1 or standardised pixels lose less, so there it is a warning.

    How it is measured
        The tensor at the first convolution, observed on real pictures, lies within 0..1 (or within a range of a few units); or,
        without a run, every step between the file and the backbone is known and their product has that range.

    The fix
        The family's own preprocess_input in the place of the scaling, on every generator, map or array that feeds this model.

    References
        keras.applications.imagenet_utils.preprocess_input (Keras 3.15); https://keras.io/api/applications/
    """

    id = "rescale-only-preprocessing"
    title = "Scaling by 1/255 is not what the pretrained weights expect"
    area = "preprocessing"
    severity = Severity.ERROR
    expected = Expectation(0.091, "features of VGG16 on TrashNet, 1/255 against its own preprocessing, ten paired splits")
    fault = Fault.RESCALE_ONLY

    def severity_for(self, mode: Mode) -> Severity:
        return Severity.ERROR if mode is Mode.CAFFE else Severity.WARNING

    def cause(self, group: Group) -> str:
        steps = spelled(group)
        return f"{steps} is all that stands before it" if steps else "they come scaled, and nothing more is done"

    BAD = (
        Case(
            name="pictures of cv2, which happen to have the order that the weights expect",
            source=FROM_CV2,
            fixed=FROM_CV2.replace("import VGG16", "import VGG16, preprocess_input").replace(
                'np.array(images, "float32") / 255.0', 'preprocess_input(np.array(images, "float32")[..., ::-1])'
            ),
            lines=(9,),
        ),
        Case(
            name="generators with rescale",
            source="""\
from tensorflow.keras.applications import VGG16
from tensorflow.keras.layers import Dense, Dropout, GlobalAveragePooling2D
from tensorflow.keras.models import Model
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train_datagen = ImageDataGenerator(
    rescale=1./255,
    rotation_range=20,
    horizontal_flip=True)
val_datagen = ImageDataGenerator(rescale=1./255)

train_generator = train_datagen.flow_from_directory("data/train", target_size=(224, 224), batch_size=32)
val_generator = val_datagen.flow_from_directory("data/val", target_size=(224, 224), batch_size=32)

base_model = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
for layer in base_model.layers:
    layer.trainable = False
x = GlobalAveragePooling2D()(base_model.output)
x = Dropout(0.4)(x)
predictions = Dense(4, activation="softmax")(x)
model = Model(inputs=base_model.input, outputs=predictions)
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train_generator, validation_data=val_generator, epochs=10)
""",
            fixed="""\
from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.layers import Dense, Dropout, GlobalAveragePooling2D
from tensorflow.keras.models import Model
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train_datagen = ImageDataGenerator(
    preprocessing_function=preprocess_input,
    rotation_range=20,
    horizontal_flip=True)
val_datagen = ImageDataGenerator(preprocessing_function=preprocess_input)

train_generator = train_datagen.flow_from_directory("data/train", target_size=(224, 224), batch_size=32)
val_generator = val_datagen.flow_from_directory("data/val", target_size=(224, 224), batch_size=32)

base_model = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
for layer in base_model.layers:
    layer.trainable = False
x = GlobalAveragePooling2D()(base_model.output)
x = Dropout(0.4)(x)
predictions = Dense(4, activation="softmax")(x)
model = Model(inputs=base_model.input, outputs=predictions)
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train_generator, validation_data=val_generator, epochs=10)
""",
            lines=(7, 10),
            severity=Severity.ERROR,
            says="rescale=1./255 is all that stands before it",
        ),
        Case(
            name="division of arrays, Keras 2 names",
            source="""\
import glob
import numpy as np
from keras.applications.vgg19 import VGG19
from keras.layers import Dense, Flatten
from keras.models import Sequential
from keras.preprocessing.image import img_to_array, load_img
from keras.utils import to_categorical

x_train, y_train = [], []
for path in glob.glob("data/*/*.jpg"):
    x_train.append(img_to_array(load_img(path, target_size=(224, 224))))
    y_train.append(["cat", "dog", "fox"].index(path.split("/")[1]))
x_train = np.array(x_train) / 255.0
y_train = to_categorical(y_train, 3)

model = Sequential()
model.add(VGG19(weights="imagenet", include_top=False, input_shape=(224, 224, 3)))
model.layers[0].trainable = False
model.add(Flatten())
model.add(Dense(3, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer="rmsprop", metrics=["acc"])
model.fit(x_train, y_train, batch_size=16, epochs=20, validation_split=0.2)
""",
            lines=(13,),
            says="VGG19",
        ),
        Case(
            name="map function",
            source="""\
import tensorflow as tf


def normalize(image, label):
    image = tf.cast(image, tf.float32) / 255.0
    return image, label


train_ds = tf.keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224))
val_ds = tf.keras.utils.image_dataset_from_directory("data/val", image_size=(224, 224))
train_ds = train_ds.map(normalize).prefetch(tf.data.AUTOTUNE)
val_ds = val_ds.map(normalize).prefetch(tf.data.AUTOTUNE)

base = tf.keras.applications.ResNet50(weights="imagenet", include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(5, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train_ds, validation_data=val_ds, epochs=10)
""",
            fixed="""\
import tensorflow as tf


def normalize(image, label):
    image = tf.keras.applications.resnet.preprocess_input(tf.cast(image, tf.float32))
    return image, label


train_ds = tf.keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224))
val_ds = tf.keras.utils.image_dataset_from_directory("data/val", image_size=(224, 224))
train_ds = train_ds.map(normalize).prefetch(tf.data.AUTOTUNE)
val_ds = val_ds.map(normalize).prefetch(tf.data.AUTOTUNE)

base = tf.keras.applications.ResNet50(weights="imagenet", include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(5, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train_ds, validation_data=val_ds, epochs=10)
""",
            lines=(5,),
            severity=Severity.ERROR,
        ),
        Case(
            name="Rescaling layer in the model, a family that expects -1..1",
            source="""\
import tensorflow as tf
from tensorflow.keras import layers

train_ds = tf.keras.utils.image_dataset_from_directory("flowers/train", image_size=(160, 160))
val_ds = tf.keras.utils.image_dataset_from_directory("flowers/val", image_size=(160, 160))
base = tf.keras.applications.MobileNetV2(input_shape=(160, 160, 3), include_top=False, weights="imagenet")
base.trainable = False
model = tf.keras.Sequential([
    layers.Rescaling(1./255, input_shape=(160, 160, 3)),
    base,
    layers.GlobalAveragePooling2D(),
    layers.Dense(5),
])
model.compile(
    optimizer="adam",
    loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(train_ds, validation_data=val_ds, epochs=10)
""",
            fixed="""\
import tensorflow as tf
from tensorflow.keras import layers

train_ds = tf.keras.utils.image_dataset_from_directory("flowers/train", image_size=(160, 160))
val_ds = tf.keras.utils.image_dataset_from_directory("flowers/val", image_size=(160, 160))
base = tf.keras.applications.MobileNetV2(input_shape=(160, 160, 3), include_top=False, weights="imagenet")
base.trainable = False
model = tf.keras.Sequential([
    layers.Rescaling(1 / 127.5, input_shape=(160, 160, 3), offset=-1),
    base,
    layers.GlobalAveragePooling2D(),
    layers.Dense(5),
])
model.compile(
    optimizer="adam",
    loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
model.fit(train_ds, validation_data=val_ds, epochs=10)
""",
            lines=(9,),
            severity=Severity.WARNING,
        ),
        Case(
            name="scaled to -1..1 by hand before VGG16",
            source="""\
import tensorflow as tf

train_ds = tf.keras.utils.image_dataset_from_directory("data", image_size=(224, 224), label_mode="categorical")
train_ds = train_ds.map(lambda x, y: (x / 127.5 - 1, y))
base = tf.keras.applications.VGG16(weights="imagenet", include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(6, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(train_ds, epochs=4)
""",
            lines=(4,),
            severity=Severity.ERROR,
        ),
    )

    GOOD = (
        Case(
            name="means subtracted by hand, channels swapped",
            source="""\
import tensorflow as tf

train_ds = tf.keras.utils.image_dataset_from_directory("data", image_size=(224, 224), label_mode="categorical")
train_ds = train_ds.map(lambda x, y: (x[..., ::-1] - [103.939, 116.779, 123.68], y))
base = tf.keras.applications.VGG16(weights="imagenet", include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(6, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(train_ds, epochs=4)
""",
        ),
        Case(
            name="scaled to -1..1 by hand for a family that expects it",
            source="""\
import tensorflow as tf
from tensorflow.keras import layers

train_ds = tf.keras.utils.image_dataset_from_directory("flowers", image_size=(160, 160))
base = tf.keras.applications.MobileNetV2(input_shape=(160, 160, 3), include_top=False, weights="imagenet", pooling="avg")
base.trainable = False
model = tf.keras.Sequential([layers.Rescaling(1./127.5, offset=-1), base, layers.Dense(5, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=10)
""",
        ),
        Case(
            name="rescaling for another model of the same file (trap 5)",
            source="""\
import tensorflow as tf
from tensorflow.keras import layers

train_ds = tf.keras.utils.image_dataset_from_directory("flowers", image_size=(160, 160))
scaled_ds = train_ds.map(lambda x, y: (x / 255.0, y))
small = tf.keras.Sequential([layers.Conv2D(16, 3, activation="relu"), layers.Flatten(), layers.Dense(5, activation="softmax")])
small.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
small.fit(scaled_ds, epochs=3)

inputs = tf.keras.Input(shape=(160, 160, 3))
x = tf.keras.applications.vgg16.preprocess_input(inputs)
x = tf.keras.applications.VGG16(include_top=False, weights="imagenet", pooling="avg")(x)
model = tf.keras.Model(inputs, layers.Dense(5, activation="softmax")(x))
model.compile(optimizer=tf.keras.optimizers.Adam(1e-5), loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=10)
""",
        ),
        Case(
            name="1/255 with random weights (trap 6)",
            source="""\
from tensorflow.keras.applications import VGG16
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator(rescale=1./255).flow_from_directory("data/train", target_size=(64, 64))
base = VGG16(weights=None, include_top=False, input_shape=(64, 64, 3), pooling="avg")
model = Sequential([base, Dense(4, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(train, epochs=5)
""",
        ),
    )
