import numpy as np, tensorflow as tf
from tensorflow.keras import layers, Model
# siamese: contrastive, both branches share one frozen backbone
base = tf.keras.applications.resnet50.ResNet50(include_top=False, pooling="avg", input_shape=(160, 160, 3)); base.trainable = False
def embed():
    i = layers.Input((160, 160, 3)); x = tf.keras.applications.resnet50.preprocess_input(i)
    return Model(i, layers.Dense(64)(base(x)))
e = embed(); a, b = layers.Input((160, 160, 3)), layers.Input((160, 160, 3))
d = layers.Lambda(lambda t: tf.norm(t[0] - t[1], axis=1, keepdims=True))([e(a), e(b)])
m = Model([a, b], layers.Dense(1, activation="sigmoid")(d))
m.compile("adam", "binary_crossentropy", metrics=["accuracy"])
def pairs():
    while True:
        x1, x2, y = sample_pairs(16)
        yield (x1, x2), y
m.fit(pairs(), steps_per_epoch=100, epochs=10, validation_data=pairs(), validation_steps=20)
