import tensorflow as tf
from dataclasses import dataclass


@dataclass
class HParams:
    lr: float = 1e-4
    batch: int = 32
    epochs: int = 10
    image: int = 224


class Data:
    def __init__(self, hp):
        self.hp = hp
        self.rescale = tf.keras.layers.Rescaling(1. / 255)

    def __call__(self, split):
        ds = tf.keras.utils.image_dataset_from_directory(f"leafs/{split}", image_size=(self.hp.image,) * 2, batch_size=self.hp.batch)
        return ds.map(lambda x, y: (self.rescale(x), y)).prefetch(tf.data.AUTOTUNE)


class Trainer:
    def __init__(self, hp):
        self.hp = hp
        self.backbone = tf.keras.applications.VGG16(include_top=False, pooling="avg")
        self.backbone.trainable = False
        self.head = tf.keras.layers.Dense(6)
        inp = tf.keras.Input((hp.image, hp.image, 3))
        self.net = tf.keras.Model(inp, self.head(self.backbone(inp)))
        self.loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.optim = tf.keras.optimizers.Adam(hp.lr)
        self.acc = tf.keras.metrics.SparseCategoricalAccuracy()

    @tf.function
    def train_step(self, x, y):
        with tf.GradientTape() as tape:
            logits = self.net(x, training=True)
            loss = self.loss_fn(y, logits)
        grads = tape.gradient(loss, self.net.trainable_variables)
        self.optim.apply_gradients(zip(grads, self.net.trainable_variables))
        self.acc.update_state(y, logits)
        return loss

    def run(self, train, val):
        for epoch in range(self.hp.epochs):
            for x, y in train:
                loss = self.train_step(x, y)
            for x, y in val:
                self.acc.update_state(y, self.net(x, training=False))
            print(epoch, self.acc.result())


if __name__ == "__main__":
    hp = HParams()
    data = Data(hp)
    Trainer(hp).run(data("train"), data("val"))
