from tensorflow import keras
from tensorflow.keras.applications import efficientnet


class Trainer(object):
    def __init__(self, root, n):
        self.root = root
        self.n_classes = n
        self.model, self.base = None, None

    def data(self, part):
        return keras.utils.image_dataset_from_directory(f"{self.root}/{part}", image_size=(224, 224), batch_size=16)

    def build(self):
        self.base = efficientnet.EfficientNetB0(include_top=False, pooling="avg", input_shape=(224, 224, 3))
        self.base.trainable = False
        self.model = keras.Sequential([
            keras.layers.RandomRotation(0.1), self.base, keras.layers.Dropout(0.3),
            keras.layers.Dense(self.n_classes, activation="softmax")])
        self.model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        return self

    def warm_up(self, tr, va):
        self.model.fit(tr, validation_data=va, epochs=3)

    def fine_tune(self, tr, va):
        self.base.trainable = True
        self.model.fit(tr, validation_data=va, epochs=20)


t = Trainer("/data/herbs", 30).build()
tr, va = t.data("train"), t.data("val")
t.warm_up(tr, va)
t.fine_tune(tr, va)
