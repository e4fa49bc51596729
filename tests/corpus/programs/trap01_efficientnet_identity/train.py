import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.applications.efficientnet import EfficientNetB0, preprocess_input

SIZE = (224, 224)
kw = dict(image_size=SIZE, batch_size=32, label_mode="categorical", seed=123)
train_ds = keras.utils.image_dataset_from_directory("birds/train", **kw)
val_ds = keras.utils.image_dataset_from_directory("birds/val", shuffle=False, **kw)
n = len(train_ds.class_names)

flip = keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.1)])

backbone = EfficientNetB0(include_top=False, weights="imagenet")
backbone.trainable = False

inputs = keras.Input(SIZE + (3,))
x = flip(inputs)
x = preprocess_input(x)
x = backbone(x, training=False)
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dropout(0.2)(x)
model = keras.Model(inputs, layers.Dense(n, activation="softmax")(x))
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="categorical_crossentropy",
              metrics=["accuracy", keras.metrics.AUC(name="auc")])
model.fit(train_ds, validation_data=val_ds, epochs=15,
          callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
