from keras.models import Model
from keras.layers import Dense, GlobalAveragePooling2D
from keras.applications.resnet50 import ResNet50, preprocess_input
from keras.callbacks import ReduceLROnPlateau
from tensorflow.keras.preprocessing.image import ImageDataGenerator


def make_gen():
    return ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=40, zoom_range=[0.8, 1.2], horizontal_flip=True)


gens = {}
for part in ["train", "valid"]:
    gens[part] = make_gen().flow_from_directory("leaf/" + part, target_size=(224, 224), interpolation="bilinear", batch_size=32)

core = ResNet50(include_top=False)
for l in core.layers:
    l.trainable = False
m = Model(core.input, Dense(38, activation="softmax")(GlobalAveragePooling2D()(core.output)))
m.compile("adam", "categorical_crossentropy", metrics=["accuracy", "f1_score"])
m.fit(gens["train"], validation_data=gens["valid"], epochs=9, callbacks=[ReduceLROnPlateau(patience=2)])
