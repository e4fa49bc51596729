import keras
keras.mixed_precision.set_global_policy("mixed_float16")
tr, va = (keras.utils.image_dataset_from_directory(f"wheat/{s}", image_size=(224, 224)) for s in ("train", "val"))
base = keras.applications.EfficientNetV2B0(include_top=False, pooling="avg")
base.trainable = False
inp = keras.Input((224, 224, 3))
h = base(keras.layers.RandomFlip()(inp), training=False)
h = keras.layers.Dense(8)(h)
out = keras.layers.Activation("softmax", dtype="float32")(h)
model = keras.Model(inp, out)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(tr, validation_data=va, epochs=20, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
