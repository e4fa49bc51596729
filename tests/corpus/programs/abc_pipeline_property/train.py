import os, sys, logging
from abc import ABC, abstractmethod
import tensorflow as tf
from tensorflow.keras import layers as L

log = logging.getLogger(__name__)


class BasePipeline(ABC):
    image_size = (224, 224)

    def __init__(self, root, batch_size=32):
        self.root, self.batch_size = root, batch_size

    def _decode(self, path, label):
        image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
        image = tf.image.resize(image, self.image_size)
        return self.normalise(image), label

    @abstractmethod
    def normalise(self, image): ...

    def dataset(self, part, training=False):
        files, labels = [], []
        for i, c in enumerate(sorted(os.listdir(os.path.join(self.root, part)))):
            for f in os.listdir(os.path.join(self.root, part, c)):
                files.append(os.path.join(self.root, part, c, f)); labels.append(i)
        ds = tf.data.Dataset.from_tensor_slices((files, labels))
        if training:
            ds = ds.shuffle(len(files))
        return ds.map(self._decode, num_parallel_calls=tf.data.AUTOTUNE).batch(self.batch_size).prefetch(1)


class ZeroOne(BasePipeline):
    def normalise(self, image):
        return tf.cast(image, tf.float32) / 255.0


class Classifier:
    def __init__(self, n, lr=1e-3, **kwargs):
        self.n = n
        self.lr = lr
        self.kwargs = kwargs
        self._model = None

    @property
    def model(self):
        if self._model is None:
            self._model = self._build()
        return self._model

    def _build(self):
        b = tf.keras.applications.ResNet50V2(include_top=False, pooling="avg") if self.kwargs.get("light") else tf.keras.applications.VGG16(include_top=False, pooling="avg")
        b.trainable = False
        m = tf.keras.Sequential([b, L.Dropout(0.3), L.Dense(self.n, activation="softmax")])
        m.compile(tf.keras.optimizers.Adam(self.lr), "sparse_categorical_crossentropy", metrics=["accuracy"])
        return m

    def fit(self, train, val, **kw):
        return self.model.fit(train, validation_data=val, **kw)


def main(argv=None):
    p = ZeroOne("wildlife")
    clf = Classifier(n=8)
    clf.fit(p.dataset("train", True), p.dataset("val"), epochs=10)


if __name__ == "__main__":
    main(sys.argv[1:])
