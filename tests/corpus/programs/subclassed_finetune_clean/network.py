import tensorflow as tf
from tensorflow.keras import layers


class FineTuneNet(tf.keras.Model):
    def __init__(self, n, size):
        super().__init__()
        self.base = tf.keras.applications.VGG16(include_top=False, weights='imagenet', input_shape=(size, size, 3))
        self.base.trainable = False
        self.pool = layers.GlobalAveragePooling2D()
        self.drop = layers.Dropout(0.4)
        self.fc = layers.Dense(n, activation='softmax')

    def call(self, x, training=False):
        x = self.base(x)
        x = self.pool(x)
        x = self.drop(x, training=training)
        return self.fc(x)

    def unfreeze(self, at):
        self.base.trainable = True
        for l in self.base.layers[:at]:
            l.trainable = False
