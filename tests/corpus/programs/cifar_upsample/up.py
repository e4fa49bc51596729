import keras, numpy as np
from keras import layers
from keras.applications.resnet50 import ResNet50, preprocess_input
(x, y), (xt, yt) = keras.datasets.cifar100.load_data()
i = layers.Input((32, 32, 3))
u = layers.UpSampling2D(7)(layers.RandomFlip("horizontal")(i))
u = preprocess_input(u)
b = ResNet50(include_top=False, input_shape=(224, 224, 3), pooling="avg")
b.trainable = False
o = layers.Dense(100, activation="softmax")(b(u, training=False))
m = keras.Model(i, o)
m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(5)])
m.fit(x, y, validation_split=.1, epochs=6, batch_size=64, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=1)])
print("test", m.evaluate(xt, yt))
