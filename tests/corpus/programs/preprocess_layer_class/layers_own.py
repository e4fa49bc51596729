import keras


@keras.saving.register_keras_serializable()
class ToUnit(keras.layers.Layer):
    def call(self, pictures):
        return keras.ops.cast(pictures, "float32") / 255.0


def classifier(n, shape=(224, 224, 3), rate=1e-3):
    pictures = keras.Input(shape)
    x = keras.layers.RandomFlip("horizontal")(pictures)
    x = ToUnit()(x)
    base = keras.applications.VGG16(include_top=False, weights="imagenet", input_shape=shape)
    base.trainable = False
    x = keras.layers.GlobalMaxPooling2D()(base(x))
    y = keras.layers.Dense(n, "softmax")(x)
    model = keras.Model(pictures, y)
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


train, val = keras.utils.image_dataset_from_directory("wood", validation_split=0.2, subset="both", seed=3, image_size=(224, 224))
classifier(len(train.class_names)).fit(train, validation_data=val, epochs=10, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
