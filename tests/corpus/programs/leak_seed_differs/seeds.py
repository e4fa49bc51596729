import keras
from keras.utils import image_dataset_from_directory as load

train = load("stones", validation_split=0.2, subset="training", seed=1, image_size=(224, 224))
val = load("stones", validation_split=0.2, subset="validation", seed=2, image_size=(224, 224))
x = inp = keras.Input((224, 224, 3))
x = keras.layers.RandomRotation(.1)(x)
base = keras.applications.EfficientNetB1(include_top=False, pooling="avg")
base.trainable = False
x = base(x, training=False)
model = keras.Model(inp, keras.layers.Dense(8, activation="softmax")(x))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy", ])
model.fit(train, validation_data=val, epochs=10, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
