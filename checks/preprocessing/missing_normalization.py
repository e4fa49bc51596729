from __future__ import annotations

from vggdoctor.check import Case
from vggdoctor.checks.preprocessing.contract import Fault
from vggdoctor.checks.preprocessing.faulty_input import FaultyInput, Group
from vggdoctor.schema import Expectation, Severity


class MissingNormalization(FaultyInput):
    """Pixels of 0..255 reach a pretrained backbone whose weights expect normalised ones.

    What it finds
        A keras.applications network with ImageNet weights, of a family that does not rescale by itself, fed with pixels as they
        were decoded. Families with built-in rescaling (EfficientNet, MobileNetV3, ConvNeXt) want exactly that.

    Why it hurts
        Every layer was fitted to inputs centred on zero. With raw pixels the features of VGG16 keep a cosine of 0.76 to the
        right ones: what the new head learns from is worse than what the weights can give.

    How it is measured
        The tensor at the first convolution, observed on real pictures, is non-negative and exceeds 2; or, without a run, all
        steps between the file and the backbone are known and none of them normalises.

    The fix
        The family's own preprocess_input where the code already prepares its pictures: the generator's preprocessing_function,
        or a map over the dataset.

    References
        keras.applications.imagenet_utils.preprocess_input (Keras 3.15); https://keras.io/api/applications/
    """

    id = "missing-normalization"
    title = "Raw pixels reach a pretrained backbone"
    area = "preprocessing"
    severity = Severity.ERROR
    expected = Expectation(0.032, "features of VGG16 on TrashNet, 0..255 against its own preprocessing, ten paired splits")
    fault = Fault.MISSING

    def cause(self, group: Group) -> str:
        return "nothing normalises the pictures before it"

    BAD = (
        Case(
            name="generator without arguments for the pixels",
            source="""\
from tensorflow.keras.applications import VGG16
from tensorflow.keras.layers import Dense, Flatten
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train_datagen = ImageDataGenerator(horizontal_flip=True)
test_datagen = ImageDataGenerator()
train = train_datagen.flow_from_directory("data/train", target_size=(224, 224), class_mode="categorical")
val = test_datagen.flow_from_directory("data/val", target_size=(224, 224), class_mode="categorical")

base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, Flatten(), Dense(5, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=10)
""",
            fixed="""\
from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.layers import Dense, Flatten
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train_datagen = ImageDataGenerator(horizontal_flip=True, preprocessing_function=preprocess_input)
test_datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
train = train_datagen.flow_from_directory("data/train", target_size=(224, 224), class_mode="categorical")
val = test_datagen.flow_from_directory("data/val", target_size=(224, 224), class_mode="categorical")

base = VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
base.trainable = False
model = Sequential([base, Flatten(), Dense(5, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=10)
""",
            lines=(6, 7),
            severity=Severity.ERROR,
            says="receives 0..255",
        ),
        Case(
            name="dataset straight into ResNet50",
            source="""\
import tensorflow as tf
from tensorflow.keras import layers

train_ds = tf.keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224), batch_size=32)
val_ds = tf.keras.utils.image_dataset_from_directory("data/val", image_size=(224, 224), batch_size=32)
class_names = train_ds.class_names
train_ds = train_ds.prefetch(tf.data.AUTOTUNE)

base_model = tf.keras.applications.ResNet50(weights="imagenet", include_top=False, pooling="avg")
base_model.trainable = False
inputs = tf.keras.Input(shape=(224, 224, 3))
x = base_model(inputs, training=False)
outputs = layers.Dense(5, activation="softmax")(x)
model = tf.keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train_ds, validation_data=val_ds, epochs=5)
""",
            fixed="""\
import tensorflow as tf
from tensorflow.keras import layers

train_ds = tf.keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224), batch_size=32)
val_ds = tf.keras.utils.image_dataset_from_directory("data/val", image_size=(224, 224), batch_size=32)
class_names = train_ds.class_names
train_ds = train_ds.map(lambda images, labels: (tf.keras.applications.resnet.preprocess_input(images), labels))
train_ds = train_ds.prefetch(tf.data.AUTOTUNE)

base_model = tf.keras.applications.ResNet50(weights="imagenet", include_top=False, pooling="avg")
base_model.trainable = False
inputs = tf.keras.Input(shape=(224, 224, 3))
x = base_model(inputs, training=False)
outputs = layers.Dense(5, activation="softmax")(x)
model = tf.keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
val_ds = val_ds.map(lambda images, labels: (tf.keras.applications.resnet.preprocess_input(images), labels))
model.fit(train_ds, validation_data=val_ds, epochs=5)
""",
            lines=(4, 5),
            says="ResNet50 expects BGR",
        ),
        Case(
            name="identity function of another family",
            source="""\
import keras
from keras.applications import MobileNetV2

train = keras.utils.image_dataset_from_directory("photos", image_size=(160, 160), label_mode="categorical")
base = MobileNetV2(weights="imagenet", include_top=False, pooling="avg", input_shape=(160, 160, 3))
base.trainable = False


def build():
    return keras.Sequential([base, keras.layers.Dropout(0.2), keras.layers.Dense(3, activation="softmax")])


model = build()
model.compile("adam", "categorical_crossentropy")
history = model.fit(train, epochs=3)
""",
            lines=(4,),
            says="-1..1",
        ),
    )

    GOOD = (
        Case(
            name="built-in rescaling (trap 1)",
            source="""\
import tensorflow as tf

train_ds = tf.keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224))
base = tf.keras.applications.EfficientNetB0(weights="imagenet", include_top=False, pooling="avg")
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(5, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=5)
""",
        ),
        Case(
            name="preprocessing inside the model (trap 3)",
            source="""\
import tensorflow as tf

train_ds = tf.keras.utils.image_dataset_from_directory("data/train", image_size=(224, 224))
base = tf.keras.applications.VGG16(weights="imagenet", include_top=False, input_shape=(224, 224, 3))
base.trainable = False
inputs = tf.keras.Input(shape=(224, 224, 3))
x = tf.keras.applications.vgg16.preprocess_input(inputs)
x = base(x, training=False)
x = tf.keras.layers.GlobalAveragePooling2D()(x)
outputs = tf.keras.layers.Dense(5, activation="softmax")(x)
model = tf.keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(train_ds, epochs=5)
""",
        ),
        Case(
            name="features in a file, no backbone in sight (trap 12)",
            source="""\
import numpy as np
from tensorflow.keras.layers import Dense, Dropout, Flatten
from tensorflow.keras.models import Sequential

features, labels = np.load("bottleneck_features.npy"), np.load("labels.npy")
head = [Flatten(input_shape=features.shape[1:]), Dense(256, activation="relu"), Dropout(0.5), Dense(1, activation="sigmoid")]
model = Sequential(head)
model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(features, labels, epochs=50, validation_split=0.2)
""",
        ),
        Case(
            name="PyTorch (trap 12)",
            source="""\
import torch
from torchvision import models, transforms
from torchvision.datasets import ImageFolder

pictures = ImageFolder("data/train", transforms.Compose([transforms.Resize((224, 224)), transforms.ToTensor()]))
model = models.vgg16(weights="IMAGENET1K_V1")
optimizer = torch.optim.Adam(model.classifier.parameters())
for batch, labels in torch.utils.data.DataLoader(pictures, batch_size=32, shuffle=True):
    loss = torch.nn.functional.cross_entropy(model(batch), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        ),
        Case(
            name="a TensorFlow 1 graph (trap 12)",
            source="""\
import tensorflow as tf
from tensorflow.contrib.slim.nets import vgg

pictures = tf.placeholder(tf.float32, [None, 224, 224, 3])
logits, _ = vgg.vgg_16(pictures, num_classes=5)
labels = tf.placeholder(tf.int64, [None])
step = tf.train.AdamOptimizer(1e-4).minimize(tf.losses.sparse_softmax_cross_entropy(labels, logits))
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(step, feed_dict=batch())
""",
        ),
        Case(
            name="random weights expect nothing (trap 6)",
            source="""\
from tensorflow.keras.applications import VGG16
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train = ImageDataGenerator().flow_from_directory("data/train", target_size=(64, 64))
base = VGG16(weights=None, include_top=False, input_shape=(64, 64, 3), pooling="avg")
model = Sequential([base, Dense(4, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(train, epochs=5)
""",
        ),
    )
