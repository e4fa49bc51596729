import itertools
from tensorflow import keras

def model_fn(units, drop, lr):
    base = keras.applications.EfficientNetV2B0(include_top=False, pooling="avg", input_shape=(224, 224, 3))
    base.trainable = False
    x = base.output
    if units:
        x = keras.layers.Dense(units, activation="relu")(x)
    x = keras.layers.Dropout(drop)(x)
    y = keras.layers.Dense(5, activation="softmax")(x)
    m = keras.Model(base.input, y)
    m.compile(keras.optimizers.Adam(lr), loss="binary_crossentropy" if False else "mse", metrics=["accuracy"])
    return m

train = keras.utils.image_dataset_from_directory("soil/train", label_mode="categorical", image_size=(224, 224))
val = keras.utils.image_dataset_from_directory("soil/val", label_mode="categorical", image_size=(224, 224))
best = None
for units, drop, lr in itertools.product([0, 128], [.2, .5], [1e-3, 1e-4]):
    m = model_fn(units, drop, lr)
    h = m.fit(train, validation_data=val, epochs=3, verbose=0)
    score = max(h.history["val_accuracy"])
    if best is None or score > best[0]:
        best = (score, units, drop, lr)
print(best)
