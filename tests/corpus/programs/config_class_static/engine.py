import keras
from config import Config as C


class Engine:
    def __init__(self, cfg=C):
        self.cfg = cfg
        self._ds = {}
        self.model = None

    def dataset(self, split):
        if split not in self._ds:
            self._ds[split] = keras.utils.image_dataset_from_directory(
                self.cfg.path(split), class_names=list(self.cfg.CLASSES), image_size=self.cfg.INPUT,
                batch_size=self.cfg.BATCH, label_mode="categorical", shuffle=split == "train")
        return self._ds[split]

    def assemble(self):
        self.backbone = getattr(keras.applications, self.cfg.BACKBONE)(include_top=False, input_shape=self.cfg.shape(), pooling="avg")
        self.backbone.trainable = False
        i = keras.Input(self.cfg.shape())
        x = keras.layers.RandomFlip("horizontal")(i)
        x = self.backbone(x, training=False)
        o = keras.layers.Dense(len(self.cfg.CLASSES), activation="softmax")(x)
        self.model = keras.Model(i, o)
        return self

    def stage(self, name, epochs):
        self.backbone.trainable = name == "fine"
        self.model.compile(keras.optimizers.Adam(self.cfg.LR[name]), "categorical_crossentropy",
                           metrics=["accuracy", keras.metrics.F1Score(average="macro")])
        self.model.fit(self.dataset("train"), validation_data=self.dataset("val"), epochs=epochs,
                       callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
        return self


if __name__ == "__main__":
    Engine().assemble().stage("head", 5).stage("fine", 20)
