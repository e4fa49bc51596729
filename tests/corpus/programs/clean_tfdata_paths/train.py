import pathlib
import numpy as np
import tensorflow as tf

ROOT = pathlib.Path("photos")
CLASSES = sorted(d.name for d in ROOT.iterdir() if d.is_dir())
IMG, BATCH = 224, 32


def parse(path, label):
    raw = tf.io.read_file(path)
    img = tf.io.decode_jpeg(raw, channels=3)
    img = tf.image.resize(img, [IMG, IMG], antialias=True)
    return img, label


def jitter(img, label):
    img = tf.image.random_flip_left_right(img)
    img = tf.image.random_brightness(img, 20.0)
    return tf.clip_by_value(img, 0.0, 255.0), label


def prepare(img, label):
    return tf.keras.applications.vgg16.preprocess_input(img), label


paths, labels = [], []
for i, c in enumerate(CLASSES):
    for f in (ROOT / c).glob("*.jpg"):
        paths.append(str(f))
        labels.append(i)
paths, labels = np.array(paths), np.array(labels)
perm = np.random.RandomState(0).permutation(len(paths))
paths, labels = paths[perm], labels[perm]
n_val = len(paths) // 5

ds_val = tf.data.Dataset.from_tensor_slices((paths[:n_val], labels[:n_val])).map(parse).map(prepare).batch(BATCH).prefetch(1)
ds_train = (tf.data.Dataset.from_tensor_slices((paths[n_val:], labels[n_val:]))
            .shuffle(len(paths))
            .map(parse, num_parallel_calls=tf.data.AUTOTUNE)
            .map(jitter)
            .map(prepare)
            .batch(BATCH)
            .prefetch(tf.data.AUTOTUNE))

base = tf.keras.applications.VGG16(include_top=False, weights="imagenet", input_shape=(IMG, IMG, 3), pooling="avg")
base.trainable = False
model = tf.keras.Sequential([base, tf.keras.layers.Dense(len(CLASSES), activation="softmax")])
schedule = tf.keras.optimizers.schedules.ExponentialDecay(1e-3, 500, 0.9)
model.compile(tf.keras.optimizers.Adam(schedule), "sparse_categorical_crossentropy", ["accuracy"])
model.fit(ds_train, validation_data=ds_val, epochs=20)
