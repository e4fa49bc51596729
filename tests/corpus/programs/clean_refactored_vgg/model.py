from tensorflow import keras


class Classifier:
    def __init__(self, cfg):
        self.cfg = cfg
        self.base = keras.applications.VGG16(include_top=False, weights="imagenet", input_shape=cfg.shape)
        self.base.trainable = False
        self.model = self._assemble()

    def _assemble(self):
        x = keras.layers.GlobalAveragePooling2D()(self.base.output)
        x = keras.layers.Dropout(0.4)(x)
        return keras.Model(self.base.input, keras.layers.Dense(len(self.cfg.classes), activation="softmax")(x))

    def compile(self, rate):
        self.model.compile(optimizer=keras.optimizers.Adam(learning_rate=rate), loss="categorical_crossentropy",
                           metrics=["accuracy", keras.metrics.AUC(name="auc")])

    def unfreeze(self, block="block5"):
        self.base.trainable = True
        for layer in self.base.layers:
            layer.trainable = layer.name.startswith(block)
