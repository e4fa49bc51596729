import tensorflow as tf


class ConvBlock(tf.keras.layers.Layer):
    def __init__(self, filters):
        super().__init__()
        self.conv = tf.keras.layers.Conv2D(filters, 3, padding="same", activation="relu")
        self.pool = tf.keras.layers.MaxPooling2D()

    def call(self, x):
        return self.pool(self.conv(x))


def small(classes):
    return tf.keras.Sequential([tf.keras.Input((96, 96, 3)), tf.keras.layers.Conv2D(16, 3, activation="relu"), tf.keras.layers.MaxPooling2D(),
                                tf.keras.layers.Flatten(), tf.keras.layers.Dense(classes, activation="softmax")])
