import keras


class Data:
    def __init__(self, root, size=(224, 224), bs=32):
        self.root, self.size, self.bs = root, size, bs

    def setup(self):
        self.train = self._make("train")
        self.val = self._make("val")
        self.num_classes = 5

    def _make(self, split):
        ds = keras.utils.image_dataset_from_directory(f"{self.root}/{split}", image_size=self.size, batch_size=self.bs, label_mode="int")
        return ds.map(self.transform)

    def transform(self, x, y):
        return x, y


class VggData(Data):
    def transform(self, x, y):
        return keras.applications.vgg16.preprocess_input(x), y


class Module:
    data_cls = Data

    def __init__(self, root):
        self.data = self.data_cls(root)
        self.data.setup()

    def backbone(self):
        raise NotImplementedError

    def fit(self):
        b = self.backbone()
        b.trainable = False
        m = keras.Sequential([keras.layers.RandomFlip("horizontal"), b, keras.layers.GlobalAveragePooling2D(),
                              keras.layers.Dense(self.data.num_classes, activation="softmax")])
        m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy", keras.metrics.SparseCategoricalCrossentropy()])
        return m.fit(self.data.train, validation_data=self.data.val, epochs=12, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=2)])
