import argparse, os
import tensorflow as tf
import wandb
from wandb.integration.keras import WandbMetricsLogger

class Experiment:
    defaults = dict(lr=1e-3, batch=64, size=192, unfreeze=60)

    def __init__(self, **overrides):
        self.hp = {**self.defaults, **overrides}

    def data(self, split):
        return tf.keras.utils.image_dataset_from_directory(os.path.join("yoga", split), image_size=(self.hp["size"],) * 2, batch_size=self.hp["batch"], label_mode="int")

    def network(self):
        self.base = tf.keras.applications.MobileNetV2(include_top=False, input_shape=(self.hp["size"], self.hp["size"], 3), pooling="avg")
        self.base.trainable = False
        return tf.keras.Sequential([tf.keras.layers.RandomFlip(), tf.keras.layers.Rescaling(1 / 127.5, -1), self.base, tf.keras.layers.Dense(5, activation="softmax")])

    def go(self):
        tr, va = self.data("train"), self.data("val")
        net = self.network()
        opt = lambda: tf.keras.optimizers.Adam(self.hp["lr"])
        net.compile(opt(), "sparse_categorical_crossentropy", metrics=["accuracy"])
        net.fit(tr, validation_data=va, epochs=3, callbacks=[WandbMetricsLogger()])
        self.base.trainable = True
        for layer in self.base.layers[:-self.hp["unfreeze"]]:
            layer.trainable = False
        net.compile(opt(), "sparse_categorical_crossentropy", metrics=["accuracy"])
        net.fit(tr, validation_data=va, epochs=10, callbacks=[WandbMetricsLogger()])

if __name__ == "__main__":
    wandb.init(project="yoga")
    Experiment().go()
