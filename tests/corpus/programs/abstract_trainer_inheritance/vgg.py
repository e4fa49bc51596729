import keras
from base import Trainer


class VggTrainer(Trainer):
    epochs = 15

    def prepare(self, x):
        return x / 255.0

    def network(self, n):
        vgg = keras.applications.VGG16(include_top=False, weights="imagenet", pooling="avg", input_shape=self.size + (3,))
        vgg.trainable = False
        return keras.Sequential([vgg, keras.layers.Dense(n, activation="softmax")])


VggTrainer("data").run()
