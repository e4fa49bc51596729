import numpy as np
import keras
from sklearn.metrics import classification_report

train = keras.utils.image_dataset_from_directory("ships/train", image_size=(299, 299))
val = keras.utils.image_dataset_from_directory("ships/val", image_size=(299, 299))   # shuffled, but labels and predictions come from one pass
base = keras.applications.InceptionResNetV2(include_top=False, pooling="avg")
base.trainable = False
model = keras.Sequential([keras.Input((299, 299, 3)), keras.layers.RandomFlip(), keras.layers.Rescaling(1 / 127.5, offset=-1),
                          base, keras.layers.Dense(6, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=4, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=1)])
truth, guess = [], []
for images, labels in val:
    truth.extend(labels.numpy())
    guess.extend(np.argmax(model.predict_on_batch(images), axis=-1))
print(classification_report(truth, guess))
