"""What the pictures go through comes from a package that is not here."""
import keras
from keras.applications.vgg16 import VGG16
from labtools.images import normalise_for, read_split

train = read_split("train", size=(224, 224)).map(normalise_for("vgg16"))
val = read_split("val", size=(224, 224)).map(normalise_for("vgg16"))
base = VGG16(include_top=False, pooling="avg", input_shape=(224, 224, 3))
base.trainable = False
model = keras.Sequential([base, keras.layers.Dense(6, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=10, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
