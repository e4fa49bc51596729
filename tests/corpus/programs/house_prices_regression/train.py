import tensorflow as tf, pandas as pd
from tensorflow.keras.layers import Dense, Flatten, Input, Concatenate
from tensorflow.keras.models import Model
d = pd.read_csv("houses.csv")
num = Input((6,)); img = Input((128, 128, 3))
b = tf.keras.applications.MobileNetV2(include_top=False, input_shape=(128, 128, 3), pooling="avg"); b.trainable = False
h = Concatenate()([Dense(16, activation="relu")(num), b(tf.keras.applications.mobilenet_v2.preprocess_input(img))])
m = Model([num, img], Dense(1)(Dense(32, activation="relu")(h)))
m.compile("adam", "mse", metrics=["mae"])
def load(n, p, t): return (n, tf.image.resize(tf.io.decode_jpeg(tf.io.read_file(p), 3), (128, 128))), t
ds = tf.data.Dataset.from_tensor_slices((d.iloc[:, :6].values, d.path.values, d.price.values)).shuffle(2000, reshuffle_each_iteration=False)
va, tr = ds.take(300).map(load).batch(32), ds.skip(300).map(load).batch(32)
m.fit(tr, validation_data=va, epochs=20)
