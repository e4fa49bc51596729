import tensorflow as tf
from pathlib import Path

ROOT = Path(__file__).parent / "pictures"


def get_data(part: str, training: bool = False) -> tf.data.Dataset:
    data = tf.keras.utils.image_dataset_from_directory(ROOT / part, image_size=(224, 224), batch_size=16, shuffle=training)
    return data.prefetch(tf.data.AUTOTUNE)


class TwoPhase:
    def __init__(self, classes: int):
        self.backbone = tf.keras.applications.EfficientNetB0(include_top=False, pooling="avg")
        self.backbone.trainable = False
        inputs = tf.keras.Input((224, 224, 3))
        outputs = tf.keras.layers.Dense(classes, activation="softmax")(self.backbone(inputs, training=False))
        self.model = tf.keras.Model(inputs, outputs)

    def compile(self, rate: float):
        self.model.compile(tf.keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"])

    def head(self, epochs: int = 5):
        self.compile(1e-3)
        return self.model.fit(get_data("train", True), validation_data=get_data("val"), epochs=epochs)

    def tune(self, epochs: int = 5):
        for layer in self.backbone.layers[-30:]:
            if not isinstance(layer, tf.keras.layers.BatchNormalization):
                layer.trainable = True
        return self.model.fit(get_data("train", True), validation_data=get_data("val"), epochs=epochs)


if __name__ == "__main__":
    run = TwoPhase(12)
    run.head()
    run.tune()
