# multi-task face attributes
import tensorflow as tf
from tensorflow.keras import layers
base = tf.keras.applications.MobileNetV2(input_shape=(160, 160, 3), include_top=False, pooling="avg")
base.trainable = False
inp = tf.keras.Input((160, 160, 3))
f = base(tf.keras.applications.mobilenet_v2.preprocess_input(inp), training=False)
age = layers.Dense(1, name="age")(layers.Dense(64, activation="relu")(f))
sex = layers.Dense(1, activation="sigmoid", name="sex")(f)
eth = layers.Dense(5, activation="softmax", name="eth")(f)
m = tf.keras.Model(inp, {"age": age, "sex": sex, "eth": eth})
m.compile("adam", loss={"age": "mae", "sex": "binary_crossentropy", "eth": "sparse_categorical_crossentropy"}, metrics={"sex": "accuracy", "eth": "accuracy"})
def parse(p):
    parts = tf.strings.split(tf.strings.split(p, "/")[-1], "_")
    im = tf.image.resize(tf.io.decode_jpeg(tf.io.read_file(p), 3), (160, 160))
    return im, {"age": tf.strings.to_number(parts[0]), "sex": tf.strings.to_number(parts[1]), "eth": tf.strings.to_number(parts[2], tf.int32)}
files = tf.data.Dataset.list_files("UTKFace/*.jpg", seed=1)
n = files.cardinality().numpy()
val = files.take(n // 10).map(parse).batch(64)
train = files.skip(n // 10).shuffle(4096).map(parse).batch(64).prefetch(2)
m.fit(train, validation_data=val, epochs=10)
