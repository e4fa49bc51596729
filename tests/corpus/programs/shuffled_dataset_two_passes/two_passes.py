import numpy as np
import keras
from sklearn.metrics import confusion_matrix

opts = {"image_size": (224, 224), "batch_size": 32, "label_mode": "int"}
train = keras.utils.image_dataset_from_directory("snakes/train", **opts)
val = keras.utils.image_dataset_from_directory("snakes/val", **opts)
inp = keras.Input((224, 224, 3))
x = keras.layers.RandomFlip("horizontal")(inp)
x = keras.applications.densenet.preprocess_input(x)
d = keras.applications.DenseNet121(include_top=False, pooling="avg")
d.trainable = False
model = keras.Model(inp, keras.layers.Dense(5, activation="softmax")(d(x, training=False)))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=10, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
y_true = np.concatenate([y for x, y in val], axis=0)
y_pred = model.predict(val).argmax(axis=1)
print(confusion_matrix(y_true, y_pred))
