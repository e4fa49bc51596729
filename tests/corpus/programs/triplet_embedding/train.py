import tensorflow as tf
from tensorflow.keras import layers, Model

def triplet(y_true, y_pred, margin=0.2):
    a, p, n = y_pred[:, 0], y_pred[:, 1], y_pred[:, 2]
    return tf.reduce_mean(tf.maximum(tf.reduce_sum((a - p) ** 2, -1) - tf.reduce_sum((a - n) ** 2, -1) + margin, 0.))

base = tf.keras.applications.VGG16(include_top=False, input_shape=(128, 128, 3), pooling='avg')
base.trainable = False
emb = tf.keras.Sequential([base, layers.Dense(128), layers.Lambda(lambda t: tf.math.l2_normalize(t, axis=1))])
ins = [layers.Input((128, 128, 3)) for _ in range(3)]
outs = layers.Lambda(lambda ts: tf.stack(ts, 1))([emb(tf.keras.applications.vgg16.preprocess_input(i)) for i in ins])
net = Model(ins, outs)
net.compile('adam', triplet)

def triplets():
    import numpy as np
    d = np.load('triplets.npz')
    while True:
        k = np.random.randint(0, len(d['a']), 16)
        yield (d['a'][k], d['p'][k], d['n'][k]), np.zeros(16)

net.fit(triplets(), steps_per_epoch=100, epochs=5, validation_data=triplets(), validation_steps=10)
