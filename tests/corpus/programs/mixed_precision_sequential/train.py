from tensorflow.keras import mixed_precision, layers, applications, Sequential, utils
mixed_precision.set_global_policy("mixed_float16")
tr = utils.image_dataset_from_directory("u/train", image_size=(224, 224))
va = utils.image_dataset_from_directory("u/val", image_size=(224, 224))
b = applications.EfficientNetV2S(include_top=False, pooling="avg", input_shape=(224, 224, 3))
b.trainable = False
model = Sequential()
model.add(layers.RandomFlip("horizontal"))
model.add(b)
model.add(layers.Dropout(.2))
model.add(layers.Dense(30, activation="softmax"))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(tr, validation_data=va, epochs=3)
