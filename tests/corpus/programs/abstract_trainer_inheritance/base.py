from abc import ABC, abstractmethod

import keras


class Trainer(ABC):
    size = (224, 224)
    epochs = 10

    def __init__(self, folder):
        self.folder = folder

    @abstractmethod
    def network(self, n): ...

    @abstractmethod
    def prepare(self, x): ...

    def load(self, part):
        return keras.utils.image_dataset_from_directory(f"{self.folder}/{part}", image_size=self.size)

    def run(self):
        train, val = self.load("train"), self.load("val")
        n = len(train.class_names)
        flip = keras.layers.RandomFlip("horizontal")
        train = train.map(lambda x, y: (self.prepare(flip(x)), y))
        val = val.map(lambda x, y: (self.prepare(x), y))
        model = self.network(n)
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        model.fit(train, validation_data=val, epochs=self.epochs, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
        return model
