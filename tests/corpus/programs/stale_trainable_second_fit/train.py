import keras
from keras import layers

train = keras.utils.image_dataset_from_directory("rice/train", image_size=(224, 224), label_mode="categorical")
valid = keras.utils.image_dataset_from_directory("rice/valid", image_size=(224, 224), label_mode="categorical")
classes = 5

inputs = keras.Input((224, 224, 3))
x = layers.RandomFlip("horizontal_and_vertical")(inputs)
x = keras.applications.vgg16.preprocess_input(x)
vgg = keras.applications.VGG16(include_top=False, weights="imagenet")
vgg.trainable = False
x = vgg(x)
x = layers.GlobalAveragePooling2D()(x)
outputs = layers.Dense(classes, activation="softmax")(x)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(1e-4), loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=valid, epochs=10)

# fine tuning
for layer in vgg.layers[-4:]:
    layer.trainable = True
model.fit(train, validation_data=valid, epochs=10)
