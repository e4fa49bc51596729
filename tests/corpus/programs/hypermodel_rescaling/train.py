import keras_tuner
import tensorflow as tf
class H(keras_tuner.HyperModel):
    def __init__(self, n): super().__init__(); self.n = n
    def build(self, hp):
        m = tf.keras.Sequential([tf.keras.layers.Rescaling(1/255., input_shape=(224, 224, 3))])
        b = tf.keras.applications.VGG16(include_top=False, input_shape=(224, 224, 3), pooling=hp.Choice("pool", ["avg", "max"]))
        b.trainable = False
        m.add(b)
        if hp.Boolean("drop"): m.add(tf.keras.layers.Dropout(.4))
        m.add(tf.keras.layers.Dense(self.n, activation="softmax"))
        m.compile(tf.keras.optimizers.Adam(hp.Float("lr", 1e-4, 1e-2, sampling="log")), "sparse_categorical_crossentropy", metrics=["accuracy"])
        return m
tr = tf.keras.utils.image_dataset_from_directory("y/train", image_size=(224, 224))
va = tf.keras.utils.image_dataset_from_directory("y/val", image_size=(224, 224))
t = keras_tuner.BayesianOptimization(H(5), objective="val_accuracy", max_trials=8)
t.search(tr, validation_data=va, epochs=4, callbacks=[tf.keras.callbacks.EarlyStopping(patience=2)])
