import keras
from keras import layers
from keras.applications.vgg16 import VGG16, preprocess_input

train = keras.utils.image_dataset_from_directory("gloves/train", image_size=(224, 224), label_mode="binary")
val = keras.utils.image_dataset_from_directory("gloves/val", image_size=(224, 224), label_mode="binary")
train = train.map(lambda x, y: (preprocess_input(x), y))
val = val.map(lambda x, y: (preprocess_input(x), y))

inp = keras.Input((224, 224, 3))
x = preprocess_input(inp)
base = VGG16(include_top=False)
base.trainable = False
x = layers.GlobalAveragePooling2D()(base(x))
model = keras.Model(inp, layers.Dense(1, activation="sigmoid")(x))
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=val, epochs=5)
