import keras
tr = keras.utils.image_dataset_from_directory("stamps/train", image_size=(224, 224), label_mode="categorical")
va = keras.utils.image_dataset_from_directory("stamps/val", image_size=(224, 224), label_mode="categorical")
body = keras.applications.ConvNeXtBase(include_top=False, include_preprocessing=False, pooling="avg", weights="imagenet", input_shape=(224, 224, 3))
body.trainable = False
m = keras.Sequential([keras.Input((224, 224, 3)), keras.layers.RandomFlip("horizontal"), body, keras.layers.Dense(9, activation="softmax")])
m.compile("adam", "categorical_crossentropy", metrics=["accuracy", keras.metrics.F1Score(average="macro")])
m.fit(tr, validation_data=va, epochs=9, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
