import keras
from keras import layers
import tensorflow_datasets as tfds
import tensorflow as tf
tf.random.set_seed(0)
(train, val), info = tfds.load("stanford_dogs", split=["train", "test"], as_supervised=True, with_info=True)
size = lambda im, lab: (tf.image.resize(im, (240, 240)), lab)
train = train.map(size).shuffle(1000).batch(32).prefetch(2)
val = val.map(size).batch(32)
inp = layers.Input((240, 240, 3))
x = inp
for l in [layers.RandomRotation(0.15), layers.RandomTranslation(0.1, 0.1), layers.RandomFlip(), layers.RandomContrast(0.1)]:
    x = l(x)
base = keras.applications.EfficientNetB1(include_top=False, input_tensor=x, weights="imagenet")
base.trainable = False
x = layers.GlobalAveragePooling2D(name="avg_pool")(base.output)
x = layers.BatchNormalization()(x)
x = layers.Dropout(0.2, name="top_dropout")(x)
model = keras.Model(inp, layers.Dense(info.features["label"].num_classes, activation="softmax", name="pred")(x))
model.compile(keras.optimizers.Adam(1e-2), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=5, validation_data=val)
for layer in model.layers[-20:]:
    if not isinstance(layer, layers.BatchNormalization):
        layer.trainable = True
model.compile(keras.optimizers.Adam(1e-5), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=4, validation_data=val)
