import tensorflow as tf
from tensorflow.keras.applications.mobilenet_v2 import MobileNetV2, preprocess_input

SIZE = 192
def load(path, label):
    raw = tf.io.read_file(path)
    img = tf.io.decode_image(raw, channels=3, expand_animations=False)
    img = tf.image.convert_image_dtype(img, tf.float32)
    img = tf.image.resize(img, (SIZE, SIZE))
    return img, label

def prep(img, label):
    return preprocess_input(img), label

import pathlib
root = pathlib.Path("mushrooms")
files = [str(p) for p in root.glob("*/*.jpg")]
names = sorted(d.name for d in root.iterdir())
labels = [names.index(pathlib.Path(f).parent.name) for f in files]
ds = tf.data.Dataset.from_tensor_slices((files, labels)).shuffle(len(files), seed=0, reshuffle_each_iteration=False)
val = ds.take(500).map(load).map(prep).batch(32)
train = ds.skip(500).map(load).map(prep).batch(32)
base = MobileNetV2(input_shape=(SIZE, SIZE, 3), include_top=False)
base.trainable = False
x = tf.keras.layers.GlobalAveragePooling2D()(base.output)
model = tf.keras.Model(base.input, tf.keras.layers.Dense(len(names), activation="softmax")(x))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=12)
