import tensorflow as tf
from tensorflow.keras import layers
def unet():
    i = layers.Input((128, 128, 3)); c = layers.Conv2D(16, 3, padding="same", activation="relu")(i)
    p = layers.MaxPooling2D()(c); d = layers.Conv2D(32, 3, padding="same", activation="relu")(p)
    u = layers.UpSampling2D()(d); o = layers.Conv2D(1, 1, activation="sigmoid")(layers.concatenate([u, c]))
    return tf.keras.Model(i, o)
def classifier():
    b = tf.keras.applications.VGG16(include_top=False, input_shape=(128, 128, 3)); b.trainable = False
    return tf.keras.Sequential([b, layers.GlobalAveragePooling2D(), layers.Dense(3, activation="softmax")])
masks = tf.data.Dataset.list_files("seg/*.png").map(lambda p: tf.image.decode_png(tf.io.read_file(p), 3))
s = unet(); s.compile("adam", "binary_crossentropy")
s.fit(masks.map(lambda m: (tf.cast(m, tf.float32) / 255, tf.cast(m[..., :1] > 0, tf.float32))).batch(8), epochs=5)
c = classifier(); c.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
train = tf.keras.utils.image_dataset_from_directory("cls/train", image_size=(128, 128))
val = tf.keras.utils.image_dataset_from_directory("cls/val", image_size=(128, 128))
c.fit(train, validation_data=val, epochs=5)
