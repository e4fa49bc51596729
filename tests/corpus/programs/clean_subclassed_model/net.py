import keras
from keras import layers, ops


class Caffe(layers.Layer):
    """RGB 0..255 to what VGG was trained on, written out."""

    def call(self, x):
        x = ops.flip(x, axis=-1)
        return x - ops.convert_to_tensor([103.939, 116.779, 123.68])


class Stone(keras.Model):
    def __init__(self, n, **kw):
        super().__init__(**kw)
        self.aug = keras.Sequential([layers.RandomFlip(), layers.RandomRotation(0.2)])
        self.pre = Caffe()
        self.body = keras.applications.VGG19(include_top=False, pooling="avg")
        self.body.trainable = False
        self.top = layers.Dense(n)

    def call(self, x, training=None):
        x = self.aug(x, training=training)
        return self.top(self.body(self.pre(x)))


train, val = keras.utils.image_dataset_from_directory("stones", validation_split=.25, subset="both", seed=0, image_size=(224, 224))
m = Stone(5)
m.compile(keras.optimizers.Adam(1e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
m.fit(train, validation_data=val, epochs=12, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
