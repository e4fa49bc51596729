import keras
from keras import layers, optimizers
from keras.applications.vgg16 import VGG16, preprocess_input

ROOT, N = "eyes", 4
train, valid = [keras.utils.image_dataset_from_directory(f"{ROOT}/{p}", image_size=(224, 224), label_mode="categorical") for p in ("train", "valid")]
inp = keras.Input((224, 224, 3))
base = VGG16(include_top=False, weights="imagenet")
base.trainable = False
x = preprocess_input(layers.RandomFlip("horizontal")(inp))
out = layers.Dense(N, activation="softmax")(layers.GlobalAveragePooling2D()(base(x)))
model = keras.Model(inp, out)


def fit(epochs):
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy", keras.metrics.AUC()])
    return model.fit(train, validation_data=valid, epochs=epochs, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])


fit(5)
base.trainable = True
for layer in base.layers[:15]:
    layer.trainable = False
fit(15)
