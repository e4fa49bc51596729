from dataclasses import dataclass
from typing import Tuple

import tensorflow as tf
from tensorflow.keras import applications, layers


@dataclass(frozen=True)
class Settings:
    train_dir: str = "isic/train"
    test_dir: str = "isic/test"
    image: Tuple[int, int] = (224, 224)
    batch: int = 32
    rate: float = 0.001
    rounds: int = 20


def read(folder: str, s: Settings, shuffle: bool = True):
    return tf.keras.utils.image_dataset_from_directory(
        folder, image_size=s.image, batch_size=s.batch, label_mode="binary", shuffle=shuffle)


def compile_model(s: Settings) -> tf.keras.Model:
    core = applications.VGG16(weights="imagenet", include_top=False, input_shape=(*s.image, 3))
    model = tf.keras.Sequential([
        layers.RandomFlip("horizontal_and_vertical"),
        layers.Lambda(applications.vgg16.preprocess_input),
        core,
        layers.GlobalAveragePooling2D(),
        layers.Dropout(0.3),
        layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(tf.keras.optimizers.Adam(learning_rate=s.rate), loss="binary_crossentropy",
                  metrics=["accuracy", tf.keras.metrics.AUC(name="auc")])
    return model


def main(s: Settings = Settings()):
    model = compile_model(s)
    model.fit(read(s.train_dir, s), validation_data=read(s.test_dir, s, shuffle=False), epochs=s.rounds,
              callbacks=[tf.keras.callbacks.ReduceLROnPlateau(monitor="val_auc", patience=2)])


if __name__ == "__main__":
    main()
